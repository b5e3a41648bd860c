package dev.privateapi.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.simulation.aws.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Some of the stories of {@link Simulation}; {@code make simulate} tells more of them. */
class SimulationTest {

    private static final int SEEDS = 300;

    @Test
    void keepsAllRulesInEveryStory() {
        List<Long> failing = Simulation.failing(1, SEEDS, seed -> {});

        assertThat(failing.stream().limit(1).map(Simulation::failure)).as("%d of %d seeds fail, %s; the first one, shortened",
                failing.size(), SEEDS, failing).isEmpty();
    }

    @Test
    void tellsTheSameStoryOfASeedEveryTime() {
        assertThat(calls(17)).isEqualTo(calls(17));
    }

    private static List<String> calls(long seed) {
        return Run.of(Story.of(seed)).calls().stream().map(Call::name).toList();
    }
}
