package dev.privateapi.engine;

import dev.privateapi.model.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What an engine is given from outside.
 *
 * @param driftInterval within which a change by somebody else is noticed; not scaled
 * @param problems reads the SDK's exceptions
 * @param quietInterval the same for a stack that was as it should be twice: longer while somebody tells what others change
 */
public record EngineSettings(
        Clock clock,
        RandomGenerator random,
        Durations durations,
        Duration driftInterval,
        Function<Throwable, Problem> problems,
        Supplier<Duration> quietInterval) {

    private static final Duration SOON = Duration.ofMillis(500);

    /** Where nobody tells anything. */
    public EngineSettings(
            Clock clock, RandomGenerator random, Durations durations, Duration driftInterval,
            Function<Throwable, Problem> problems) {
        this(clock, random, durations, driftInterval, problems, () -> driftInterval);
    }

    /** Where somebody tells, or does not, from one moment to the next. */
    public EngineSettings told(Supplier<Duration> quietInterval) {
        return new EngineSettings(clock, random, durations, driftInterval, problems, quietInterval);
    }

    Duration interval(boolean quiet) {
        return quiet ? quietInterval.get() : driftInterval;
    }

    /** How long a converged stack is left alone at least; with the rest of the interval looks are spread and shared. */
    Duration lookEvery(boolean quiet) {
        return interval(quiet).multipliedBy(8).dividedBy(10);
    }

    /** When to look next at what AWS works on; see {@link Durations#untilNextLook}. */
    Duration untilNextLook(Durations.Expectation expectation, Duration elapsed) {
        return durations.untilNextLook(expectation, elapsed, random.nextDouble());
    }

    /** The pause before the n-th try; see {@link Durations#backoff}. */
    Duration backoff(int failures, Duration longest) {
        return durations.backoff(failures, longest, random.nextDouble());
    }

    /** A look that is due so soon is taken now, instead of in a pass of its own. */
    Duration soon() {
        return durations.scaled(SOON);
    }

    /** By how much the looks of stacks that one process finds at once are moved apart. */
    Duration apart() {
        return Duration.ofNanos((long) (lookEvery(false).toNanos() * random.nextDouble()));
    }

    /** How old the answers may be that such a look uses: so long the fleet shares them. */
    Duration shareFor() {
        return driftInterval.dividedBy(10);
    }
}
