package dev.privateapi.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.model.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryTest {

    private static final Instant START = Instant.parse("2025-11-24T12:00:00Z");
    private final Memory memory = new Memory();
    private final EngineSettings settings = new EngineSettings(Clock.systemUTC(), new Random(1), new Durations(1),
            Duration.ofMinutes(5), e -> new Problem(Problem.Category.INTERNAL, "no"));

    private boolean calmPass(Instant at) {
        boolean everything = memory.begin(1, false, at, settings);
        memory.settle(true, false, at);
        return everything;
    }

    @Test
    void answersFromBeforeADisturbanceAreTooOldAndThoseSinceAreShared() {
        calmPass(START);
        calmPass(START.plus(Duration.ofMinutes(5)));
        assertThat(memory.since()).as("a calm stack shares answers").isBefore(START.plus(Duration.ofMinutes(5)));
        Instant disturbed = START.plus(Duration.ofMinutes(6));

        memory.disturbed(disturbed);

        assertThat(memory.begin(1, false, disturbed.plusSeconds(2), settings)).as("everything is looked at").isTrue();
        assertThat(memory.since()).as("with all others that the same burst disturbed").isEqualTo(disturbed);
        assertThat(memory.calm()).as("it waits for no turn among those who can wait").isFalse();
    }

    @Test
    void disturbanceIsWorthOneLook() {
        calmPass(START);
        memory.disturbed(START.plusSeconds(60));

        assertThat(calmPass(START.plusSeconds(61))).isTrue();
        assertThat(calmPass(START.plusSeconds(62))).isFalse();
    }

    /** A process that begins finds a thousand stacks: with a listing for each of them it would never come to an end. */
    @Test
    void whoWroteNothingSharesAnswers() {
        memory.begin(1, false, START, settings);
        assertThat(memory.since()).isEqualTo(START.minus(settings.shareFor()));
        memory.settle(false, false, START);

        Instant next = START.plus(Duration.ofMinutes(10));
        memory.begin(1, false, next, settings);
        assertThat(memory.since()).as("nothing could be read, so it is no more known").isEqualTo(next.minus(settings.shareFor()));

        Memory going = new Memory();
        going.begin(1, true, next, settings);
        assertThat(going.since()).as("whoever is deleted may be gone, and says so by this look").isEqualTo(next);

        memory.lookAtEverything();
        memory.begin(1, false, next.plusSeconds(1), settings);
        assertThat(memory.since()).as("who has to be sure").isEqualTo(next.plusSeconds(1));
    }

    /** A hundred that were made together would look at everything together, in the way of those that are still being made. */
    @Test
    void whatHasJustBeenMadeIsNotLookedAtAtOnce() {
        memory.begin(1, false, START, settings);
        memory.settle(false, true, START);
        Instant made = START.plus(Duration.ofMinutes(6));
        assertThat(calmPass(made)).as("longer than the interval, and nothing is looked at while it is made").isFalse();

        assertThat(calmPass(made.plusSeconds(1))).isFalse();
        assertThat(calmPass(made.plusSeconds(30))).as("it is overdue").isTrue();
    }
}
