package dev.privateapi.engine;

import dev.privateapi.model.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What an engine is given from outside.
 *
 * @param driftInterval how long a converged stack is left alone; not scaled
 * @param problems reads the SDK's exceptions
 */
public record EngineSettings(
        Clock clock,
        RandomGenerator random,
        Durations durations,
        Duration driftInterval,
        Function<Throwable, Problem> problems) {}
