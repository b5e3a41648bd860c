package dev.privateapi.engine;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ResourceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/** What failed in the last passes of one stack, steps and reads, and when it is worth another try. */
final class Failures {

    private final Map<ResourceKey, Failure> steps = new HashMap<>();
    private final Map<Kind, Failure> reads = new EnumMap<>(Kind.class);

    /** @param since when it failed for the first time in a row */
    record Failure(Problem problem, int times, Instant since, Instant retryAt) {

        private Failure again(Problem problem, Instant now, IntFunction<Duration> pause) {
            return new Failure(problem, times + 1, since, now.plus(pause.apply(times + 1)));
        }

        private static Failure first(Problem problem, Instant now, IntFunction<Duration> pause) {
            return new Failure(problem, 1, now, now.plus(pause.apply(1)));
        }
    }

    /** @param pause how long to leave it alone after so many failures */
    void failed(ResourceKey key, Problem problem, Instant now, IntFunction<Duration> pause) {
        steps.merge(key, Failure.first(problem, now, pause), (before, first) -> before.again(problem, now, pause));
    }

    void succeeded(ResourceKey key) {
        steps.remove(key);
    }

    /** What failed may be the very thing that a new spec corrects: it deserves a try at once. */
    void forgetSteps() {
        steps.clear();
    }

    /** Why the last step on it failed; empty if it did not. */
    Optional<Failure> of(ResourceKey key) {
        return Optional.ofNullable(steps.get(key));
    }

    Collection<Failure> ofSteps() {
        return steps.values();
    }

    /** @param pause how long not to read this kind after so many failures */
    void unreadable(Kind kind, Problem problem, Instant now, IntFunction<Duration> pause) {
        reads.merge(kind, Failure.first(problem, now, pause), (before, first) -> before.again(problem, now, pause));
    }

    void readable(Kind kind) {
        reads.remove(kind);
    }

    /** Why the last read of this kind failed and when the next one is worth a try; empty if it did not. */
    Optional<Failure> blind(Kind kind) {
        return Optional.ofNullable(reads.get(kind));
    }

    /** The kinds that could not be read. */
    Set<Kind> blind() {
        return reads.keySet();
    }

    /** Ends a pass that leaves these to be done. */
    void end(Set<ResourceKey> toDo) {
        steps.keySet().retainAll(toDo);
    }
}
