package dev.privateapi.aws;

import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Keeps the operator within AWS' rates, one token bucket per class of calls, so that a fleet of stacks queues here and not
 * in AWS' refusals, which would count against everybody else in the account. One per account and Region.
 */
final class Gate {

    private final Map<ApiClass, Bucket> buckets = new ConcurrentHashMap<>();
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
                classes.subList(0, i).forEach(it -> bucket(it).addTokens(1));
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
        classes.forEach(it -> bucket(it).tryConsumeAsMuchAsPossible());
    }

    private boolean taken(ApiClass apiClass) {
        try {
            return bucket(apiClass).asBlocking().tryConsume(1, patience, blocking);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopping();
        }
    }

    private static ProblemException stopping() {
        return new ProblemException(Category.THROTTLED, "The operator is stopping and makes no further call.");
    }

    private Bucket bucket(ApiClass apiClass) {
        return buckets.computeIfAbsent(apiClass, it -> {
            Rate rate = rates.apply(it);
            Duration perToken = Duration.ofNanos((long) (1e9 / (rate.perSecond() * timeScale)));
            return Bucket.builder()
                    .addLimit(limit -> limit.capacity(rate.burst()).refillGreedy(1, perToken))
                    .withCustomTimePrecision(time)
                    .build();
        });
    }
}
