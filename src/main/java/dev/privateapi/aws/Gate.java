package dev.privateapi.aws;

import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.model.Priority;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Keeps the operator within AWS' rates, one token bucket per class of calls, so that a fleet of stacks queues here and not
 * in AWS' refusals, which would count against everybody else in the account. One per account and Region.
 *
 * <p>Each priority has a bucket of its own, and a call is taken from all of them: the buckets fill at the same pace, and
 * those of the more impatient are a little deeper. So bulk gets the whole rate while nobody else wants it, and who comes
 * with an edit finds tokens that bulk could not take.
 */
final class Gate {

    /** Of a burst what only those before {@link Priority#BULK} get, each step of them as much more. */
    private static final double RESERVE = 0.1;

    private final Map<ApiClass, Map<Priority, Bucket>> buckets = new ConcurrentHashMap<>();
    private final Function<ApiClass, Rate> rates;
    private final double timeScale;
    private final Duration patience;
    private final TimeMeter time;
    private final BlockingStrategy blocking;
    private final BooleanSupplier closed;

    /**
     * @param patience how long a call may queue; one that would have to queue longer is refused at once, because its stack
     *     has other things to do and asks again
     * @param closed whether nobody may pass any more
     */
    Gate(
            Function<ApiClass, Rate> rates,
            double timeScale,
            Duration patience,
            TimeMeter time,
            BlockingStrategy blocking,
            BooleanSupplier closed) {
        this.rates = rates;
        this.timeScale = timeScale;
        this.patience = patience;
        this.time = time;
        this.blocking = blocking;
        this.closed = closed;
    }

    /**
     * Returns when the call may be made.
     *
     * @throws ProblemException {@link Category#THROTTLED}, if that would take too long
     */
    void pass(List<ApiClass> classes, String operation) {
        for (int i = 0; i < classes.size(); i++) {
            if (!taken(classes.get(i))) {
                // A narrow class may give one token in half a minute: it must not be lost to a queue in the wide one.
                classes.subList(0, i).forEach(it -> buckets(it).values().forEach(bucket -> bucket.addTokens(1)));
                throw new ProblemException(Category.THROTTLED, operation + " waits for its turn: the operator keeps to AWS'"
                        + " limit for " + classes.get(i).slug() + ", which all stacks of the account share. It is tried again.");
            }
        }
        if (closed.getAsBoolean()) {
            throw stopping();
        }
    }

    /** AWS refused although the gate let the call pass: others use the same account, so everything here is spent too. */
    void throttled(List<ApiClass> classes) {
        classes.forEach(it -> buckets(it).values().forEach(Bucket::tryConsumeAsMuchAsPossible));
    }

    private boolean taken(ApiClass apiClass) {
        Map<Priority, Bucket> all = buckets(apiClass);
        Bucket mine = all.get(Priority.current());
        try {
            boolean taken = mine.asBlocking().tryConsume(1, patience, blocking);
            if (taken) {
                all.values().stream().filter(bucket -> bucket != mine).forEach(bucket -> bucket.consumeIgnoringRateLimits(1));
            }
            return taken;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopping();
        }
    }

    private static ProblemException stopping() {
        return new ProblemException(Category.THROTTLED, "The operator is stopping and makes no further call.");
    }

    private Map<Priority, Bucket> buckets(ApiClass apiClass) {
        return buckets.computeIfAbsent(apiClass, it -> Arrays.stream(Priority.values())
                .collect(Collectors.toMap(Function.identity(), priority -> bucket(rates.apply(it), priority))));
    }

    private Bucket bucket(Rate rate, Priority priority) {
        Duration perToken = Duration.ofNanos((long) (1e9 / (rate.perSecond() * timeScale)));
        long reserved = (long) (rate.burst() * RESERVE * priority.ordinal());
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(rate.burst() - reserved).refillGreedy(1, perToken))
                .withCustomTimePrecision(time)
                .build();
    }
}
