package dev.privateapi.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.Durations;
import dev.privateapi.engine.Outcome;
import dev.privateapi.simulation.aws.Call;
import dev.privateapi.simulation.aws.Caller;
import dev.privateapi.simulation.aws.ModelAws;
import dev.privateapi.simulation.aws.Owners;
import dev.privateapi.simulation.aws.Thing;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of the seed's stack to which nothing happens. */
class LifeTest {

    private static final int MOST_TURNS = 400;

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.2})
    void takesFewCallsAndNoneInVain(double patience) {
        Pilot pilot = new Pilot(1, Specs.of(Specs.SEED), new Durations(patience));

        assertThat(pilot.settle(MOST_TURNS)).isTrue();
        assertThat(pilot.world.journal()).as("calls of a creation").hasSizeLessThan(260);

        pilot.world.advance(Operator.DRIFT);
        int before = pilot.world.journal().size();
        Outcome look = pilot.turn();
        List<Call> calls = pilot.world.journal().subList(before, pilot.world.journal().size());
        assertThat(look.taken()).as("a converged stack plans nothing").isEmpty();
        assertThat(calls).as("and changes nothing").noneMatch(Call::mutating);
        assertThat(calls).as("calls of a look at everything").hasSizeLessThanOrEqualTo(41);

        pilot.stack.delete();
        assertThat(pilot.settle(MOST_TURNS)).isTrue();
        assertThat(pilot.rules.refusedDeletions()).as("what was deleted too early, or was gone already").isEmpty();
        assertThat(pilot.rules.left()).isEmpty();
        assertThat(pilot.rules.broken()).isEmpty();
    }

    /** It would hang in DRAINING for ever, also when its tags are back, as public reports have it. */
    @Test
    void leavesItsRolesToAServiceThatLostItsTags() {
        Pilot pilot = new Pilot(1, Specs.of(Specs.SEED), new Durations(0.2));
        pilot.settle(MOST_TURNS);
        Thing<?> service = pilot.world.all().filter(it -> Owners.kind(it).equals("RunningService")).findFirst().orElseThrow();
        new ModelAws(pilot.world, Operator.HOME, Caller.person()).ecs().untagResource(request ->
                request.resourceArn(service.id()).tagKeys(service.tags().keySet()));
        pilot.world.advance(Operator.DRIFT);

        pilot.stack.delete();
        pilot.settle(20);

        assertThat(pilot.stack.gone()).isFalse();
        assertThat(pilot.world.all().map(Owners::kind)).contains("KnownRole", "TaskDefinition", "LogGroup");
    }
}
