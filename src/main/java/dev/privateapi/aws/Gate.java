package dev.privateapi.aws;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.privateapi.model.Caller;
import dev.privateapi.model.Priority;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Keeps the operator within AWS' rates, one token bucket per class of calls, so that a fleet of stacks queues here and not
 * in AWS' refusals, which would count against everybody else in the account.
 *
 * <p>Each priority has a bucket of its own, and a call is taken from all of them. So bulk gets the whole rate while nobody
 * else wants it, and who comes with an edit finds tokens that bulk could not take. The bucket of edits is the deepest and
 * holds what AWS counts: nobody passes without a token of it, or two priorities might use the same moment.
 *
 * <p>Of one stack one call at a time queues in a class. So who makes many at once does not go before all others with them.
 */
final class Gate {

    /** How soon a call that queues hears that nobody wants it any more. */
    private static final long LISTEN_NANOS = Duration.ofMillis(100).toNanos();

    private final Function<ApiClass, Map<Priority, Bucket>> buckets;
    private final Duration patience;
    private final BlockingStrategy blocking;
    private final BooleanSupplier closed;
    /** Kept only while somebody queues. */
    private final LoadingCache<Line, Semaphore> lines = Caffeine.newBuilder().weakValues().build(line -> new Semaphore(1, true));

    private record Line(ApiClass apiClass, String stack) {}

    /**
     * @param buckets of a class
     * @param patience how long a call may queue in a class; one that would have to queue longer is refused, because its stack
     *     has other things to do and asks again
     * @param closed whether nobody may pass any more
     */
    Gate(
            Function<ApiClass, Map<Priority, Bucket>> buckets,
            Duration patience,
            BlockingStrategy blocking,
            BooleanSupplier closed) {
        this.buckets = buckets;
        this.patience = patience;
        this.blocking = blocking;
        this.closed = closed;
    }

    /** What is to be done is not what it was when the call began to queue: a turn that waits on would keep the new spec waiting. */
    private static final class Recalled extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final Duration left;

        private Recalled(Duration left) {
            super(null, null, false, false);
            this.left = left;
        }
    }

    /**
     * Returns when the call may be made.
     *
     * @throws ProblemException {@link Category#THROTTLED}, if that would take too long, or if the caller is recalled while it queues
     */
    void pass(List<ApiClass> classes, String operation) {
        for (int i = 0; i < classes.size(); i++) {
            if (!taken(classes.get(i))) {
                // A narrow class may give one token in half a minute: it must not be lost to a queue in the wide one.
                classes.subList(0, i).forEach(it -> buckets.apply(it).values().forEach(bucket -> bucket.addTokens(1)));
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
        classes.forEach(it -> buckets.apply(it).values().forEach(Bucket::tryConsumeAsMuchAsPossible));
    }

    private boolean taken(ApiClass apiClass) {
        Caller caller = Caller.current();
        Way way = new Way(caller);
        try {
            if (caller.stack().isEmpty()) {
                return way.token(buckets.apply(apiClass), caller.priority());
            }
            Semaphore line = lines.get(new Line(apiClass, caller.stack()));
            if (!way.turn(line)) {
                return false;
            }
            try {
                return way.token(buckets.apply(apiClass), caller.priority());
            } finally {
                line.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopping();
        }
    }

    /** One call's way through a class: not longer than the gate's patience in all, and no longer than somebody wants it. */
    private final class Way {

        private final Caller caller;
        private long left = patience.toNanos();

        Way(Caller caller) {
            this.caller = caller;
        }

        boolean turn(Semaphore line) throws InterruptedException {
            while (!line.tryAcquire(Math.min(left, LISTEN_NANOS), TimeUnit.NANOSECONDS)) {
                left -= LISTEN_NANOS;
                if (left <= 0 || caller.recalled().getAsBoolean()) {
                    return false;
                }
            }
            return true;
        }

        boolean token(Map<Priority, Bucket> all, Priority priority) throws InterruptedException {
            Bucket mine = all.get(priority);
            Bucket counted = all.get(Priority.EDIT);
            if (!taken(mine)) {
                return false;
            }
            if (mine != counted && !taken(counted)) {
                mine.addTokens(1);
                return false;
            }
            all.values().stream().filter(bucket -> bucket != mine && bucket != counted)
                    .forEach(bucket -> bucket.consumeIgnoringRateLimits(1));
            return true;
        }

        private boolean taken(Bucket bucket) throws InterruptedException {
            try {
                return bucket.asBlocking().tryConsume(1, Duration.ofNanos(Math.max(1, left)), this::park);
            } catch (Recalled e) {
                giveBack(bucket, e.left);
                return false;
            }
        }

        private void park(long nanos) throws InterruptedException {
            left -= nanos;
            for (long rest = nanos; rest > 0; rest -= LISTEN_NANOS) {
                if (caller.recalled().getAsBoolean()) {
                    throw new Recalled(Duration.ofNanos(rest));
                }
                blocking.park(Math.min(rest, LISTEN_NANOS));
            }
        }
    }

    /** Unless somebody queues behind, who keeps the time that he was told: with the token one more would be told the same. */
    private static void giveBack(Bucket mine, Duration left) {
        mine.addTokens(1);
        Duration next = Duration.ofNanos(mine.estimateAbilityToConsume(1).getNanosToWaitForRefill());
        if (next.compareTo(left.plusNanos(LISTEN_NANOS)) > 0) {
            mine.consumeIgnoringRateLimits(1);
        }
    }

    private static ProblemException stopping() {
        return new ProblemException(Category.THROTTLED, "The operator is stopping and makes no further call.");
    }
}
