package dev.privateapi.engine;

import dev.privateapi.model.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What an engine is given from outside.
 *
 * @param driftInterval within which a change by somebody else is noticed; not scaled
 * @param problems reads the SDK's exceptions
 */
public record EngineSettings(
        Clock clock,
        RandomGenerator random,
        Durations durations,
        Duration driftInterval,
        Function<Throwable, Problem> problems) {

    /** How long a converged stack is left alone at least; with the rest of the interval looks are spread and shared. */
    Duration lookEvery() {
        return driftInterval.multipliedBy(8).dividedBy(10);
    }

    /** How old the answers may be that such a look uses: so long the fleet shares them. */
    Duration shareFor() {
        return driftInterval.dividedBy(10);
    }
}
