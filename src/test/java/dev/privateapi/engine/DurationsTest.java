package dev.privateapi.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.model.Kind;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration PATIENT_PAUSE = Duration.ofSeconds(10);
    private static final double AVERAGE = 0.5;

    private final Durations durations = new Durations(1);

    @ParameterizedTest
    @EnumSource(Kind.class)
    void nextLookIsNeverInThePastNorFarAway(Kind kind) {
        Stream.of(Durations.toReady(kind), Durations.toGone(kind)).forEach(expectation ->
                Stream.iterate(Duration.ZERO, it -> it.plusMillis(700)).limit(3000).forEach(elapsed ->
                        assertThat(durations.untilNextLook(expectation, elapsed, AVERAGE)).as("%s after %s", kind, elapsed)
                                .isPositive()
                                .isLessThanOrEqualTo(longest(expectation))));
    }

    @Test
    void clockThatWasSetBackDelaysNothing() {
        var expectation = Durations.toReady(Kind.VPC_LINK);

        assertThat(durations.untilNextLook(expectation, Duration.ofHours(-1), AVERAGE)).isEqualTo(expectation.soonest());
    }

    @Test
    void firstLookIsAtTheSoonest() {
        assertThat(durations.untilNextLook(Durations.toReady(Kind.LOAD_BALANCER), Duration.ofSeconds(20), AVERAGE))
                .isEqualTo(Duration.ofSeconds(100));
    }

    /** A rollout takes minutes, tasks alone do not: looking as for a rollout would tell a person who scales half a minute late. */
    @Test
    void looksForTasksAloneEachSecondAroundTheTimeThatTheyTake() {
        var scaled = Durations.toScaled();

        assertThat(durations.untilNextLook(scaled, Duration.ofSeconds(45), AVERAGE)).isEqualTo(Duration.ofSeconds(1));
        assertThat(durations.untilNextLook(scaled, Duration.ofSeconds(300), AVERAGE)).isEqualTo(PATIENT_PAUSE);
        assertThat(scaled.typical()).isLessThan(Durations.toReady(Kind.ECS_SERVICE).typical());
    }

    @Test
    void looksOftenAroundTheTypicalTimeAndPatientlyAfterIt() {
        var link = Durations.toReady(Kind.VPC_LINK);

        assertThat(durations.untilNextLook(link, Duration.ofSeconds(180), AVERAGE)).as("180 s / 30")
                .isEqualTo(Duration.ofSeconds(6));
        assertThat(durations.untilNextLook(link, Duration.ofSeconds(1200), AVERAGE)).isEqualTo(PATIENT_PAUSE);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void looksAtAnObjectAFewTimesOnly(Kind kind) {
        var expectation = Durations.toReady(kind);
        Duration elapsed = Duration.ZERO;
        int looks = 0;
        while (elapsed.compareTo(expectation.typical()) < 0) {
            elapsed = elapsed.plus(durations.untilNextLook(expectation, elapsed, AVERAGE));
            looks++;
        }
        assertThat(looks).as("each is a call; a fleet makes many").isLessThanOrEqualTo(10);
    }

    @Test
    void fasterWorldIsLookedAtFaster() {
        var link = Durations.toReady(Kind.VPC_LINK);
        Durations fast = new Durations(20);

        assertThat(fast.untilNextLook(link, Duration.ZERO, AVERAGE)).isEqualTo(link.soonest().dividedBy(20));
        assertThat(fast.untilNextLook(link, Duration.ofSeconds(9), AVERAGE)).as("180 s of life").isEqualTo(Duration.ofMillis(300));
        assertThat(fast.visibility()).isEqualTo(durations.visibility().dividedBy(20));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 10, 100, Integer.MAX_VALUE})
    void backoffIsBounded(int failures) {
        assertThat(durations.backoff(failures, Duration.ofMinutes(2), AVERAGE)).isPositive().isLessThanOrEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void backoffGrows() {
        Duration longest = Duration.ofSeconds(15);

        assertThat(Stream.of(1, 2, 3, 4, 5).map(times -> durations.backoff(times, longest, AVERAGE).toSeconds()))
                .containsExactly(2L, 4L, 8L, 15L, 15L);
    }

    /** A hundred stacks that were made by one command would ask AWS in the same second, again and again. */
    @Test
    void pausesDifferByATenthAndTheFirstLookIsNeverTooEarly() {
        var link = Durations.toReady(Kind.VPC_LINK);

        assertThat(durations.untilNextLook(link, Duration.ofSeconds(180), 0)).isEqualTo(Duration.ofMillis(5400));
        assertThat(durations.untilNextLook(link, Duration.ofSeconds(180), 1)).isEqualTo(Duration.ofMillis(6600));
        assertThat(durations.backoff(2, Duration.ofMinutes(1), 0)).isEqualTo(Duration.ofMillis(3600));
        assertThat(durations.backoff(2, Duration.ofMinutes(1), 1)).isEqualTo(Duration.ofMillis(4400));
        assertThat(durations.untilNextLook(link, Duration.ZERO, 0)).as("nothing was ever ready before").isEqualTo(link.soonest());
    }

    private static Duration longest(Durations.Expectation expectation) {
        return expectation.soonest().compareTo(LONGEST_PAUSE) > 0 ? expectation.soonest() : LONGEST_PAUSE;
    }
}
