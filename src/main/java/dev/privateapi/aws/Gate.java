package dev.privateapi.aws;

import dev.privateapi.model.Caller;
import dev.privateapi.model.Priority;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps the operator within AWS' rates, one token bucket per class of calls, so that a fleet of stacks queues here and not
 * in AWS' refusals, which would count against everybody else in the account.
 *
 * <p>Each priority has a bucket of its own, and a call is taken from all of them. So bulk gets the whole rate while nobody
 * else wants it, and who comes with an edit finds tokens that bulk could not take. The bucket of edits is the deepest and
 * holds what AWS counts: nobody passes without a token of it, or two priorities might use the same moment.
 */
final class Gate {

    /** How soon a call that queues hears that nobody wants it any more. */
    private static final long LISTEN_NANOS = Duration.ofMillis(100).toNanos();

    private final Function<ApiClass, Tokens> tokens;
    private final Duration patience;
    private final BlockingStrategy blocking;
    private final BooleanSupplier closed;

    /**
     * @param tokens of a class
     * @param patience how long a call may queue; one that would have to queue longer is refused at once, because its stack
     *     has other things to do and asks again
     * @param closed whether nobody may pass any more
     */
    Gate(
            Function<ApiClass, Tokens> tokens,
            Duration patience,
            BlockingStrategy blocking,
            BooleanSupplier closed) {
        this.tokens = tokens;
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
     * @param operation in words, asked for if it is refused
     * @throws ProblemException {@link Category#THROTTLED}, if that would take too long, or if the caller is recalled while it queues
     */
    void pass(List<ApiClass> classes, Supplier<String> operation) {
        for (int i = 0; i < classes.size(); i++) {
            if (!taken(classes.get(i))) {
                // A narrow class may give one token in half a minute: it must not be lost to a queue in the wide one.
                classes.subList(0, i).forEach(it -> tokens.apply(it).giveBack());
                throw new ProblemException(Category.THROTTLED, operation.get() + " waits for its turn: the operator keeps to AWS'"
                        + " limit for " + classes.get(i).slug() + ", which all stacks of the account share. It is tried again.");
            }
        }
        if (closed.getAsBoolean()) {
            throw stopping();
        }
    }

    /** AWS took a call that the gate let pass. */
    void accepted(List<ApiClass> classes) {
        classes.forEach(it -> tokens.apply(it).accepted());
    }

    /** AWS refused although the gate let the call pass. */
    void throttled(List<ApiClass> classes) {
        classes.forEach(it -> tokens.apply(it).refused());
    }

    private boolean taken(ApiClass apiClass) {
        Tokens all = tokens.apply(apiClass);
        Caller caller = Caller.current();
        Bucket mine = all.of(caller.priority());
        Bucket counted = all.of(Priority.EDIT);
        if (!taken(mine, all, caller)) {
            return false;
        }
        if (mine != counted && !taken(counted, all, caller)) {
            mine.addTokens(Tokens.CALL);
            return false;
        }
        all.all().stream().filter(bucket -> bucket != mine && bucket != counted)
                .forEach(bucket -> bucket.consumeIgnoringRateLimits(Tokens.CALL));
        return true;
    }

    private boolean taken(Bucket bucket, Tokens all, Caller caller) {
        try {
            return bucket.asBlocking().tryConsume(Tokens.CALL, patience, nanos -> queue(nanos, all, caller));
        } catch (Recalled e) {
            giveBack(bucket, e.left);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopping();
        }
    }

    /** Unless somebody queues behind, who keeps the time that he was told: with the token one more would be told the same. */
    private static void giveBack(Bucket mine, Duration left) {
        mine.addTokens(Tokens.CALL);
        Duration next = Duration.ofNanos(mine.estimateAbilityToConsume(Tokens.CALL).getNanosToWaitForRefill());
        if (next.compareTo(left.plusNanos(LISTEN_NANOS)) > 0) {
            mine.consumeIgnoringRateLimits(Tokens.CALL);
        }
    }

    private void queue(long nanos, Tokens all, Caller caller) throws InterruptedException {
        long turn = nanos + all.movedUp();
        long waited = 0;
        for (long left = nanos; left > 0; left = turn - all.movedUp() - waited) {
            if (caller.recalled().getAsBoolean()) {
                throw new Recalled(Duration.ofNanos(left));
            }
            blocking.park(Math.min(left, LISTEN_NANOS));
            waited += LISTEN_NANOS;
        }
    }

    private static ProblemException stopping() {
        return new ProblemException(Category.THROTTLED, "The operator is stopping and makes no further call.");
    }
}
