package dev.privateapi.aws;

import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.model.Priority;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** What is left of AWS' rate for one class of calls: a bucket for each priority, of which a call takes from all. */
final class Tokens {

    /** What a call takes of a bucket. bucket4j knows whole tokens only, and after a refusal a part of a call is given. */
    static final int CALL = 100;

    /** Of its period, after what part a process that was refused comes again at the latest. */
    private static final double SOON = 0.25;
    /** After so many refusals in a row it is no other process' turn that it meets: then it comes again within its period. */
    private static final int SOON_AGAIN = 4;

    private final Map<Priority, Bucket> buckets;
    private final Duration perCall;
    private final boolean inTurns;
    private final RandomGenerator random;
    private final AtomicLong movedUp = new AtomicLong();
    private final AtomicInteger refusals = new AtomicInteger();

    /** @param perCall the period in which a bucket gets one call more; shorter than the rate's where AWS runs faster than life */
    Tokens(Map<Priority, Bucket> buckets, Duration perCall, Rate rate, RandomGenerator random) {
        this.buckets = buckets;
        this.perCall = perCall;
        this.inTurns = rate.inTurns();
        this.random = random;
    }

    Bucket of(Priority priority) {
        return buckets.get(priority);
    }

    Collection<Bucket> all() {
        return buckets.values();
    }

    /** By how many nanoseconds whoever queues has moved up, all in all. */
    long movedUp() {
        return movedUp.get();
    }

    /** A call that took its token is not made. */
    void giveBack() {
        all().forEach(bucket -> bucket.addTokens(CALL));
    }

    /** AWS took a call that took its token. */
    void accepted() {
        refusals.set(0);
    }

    /** AWS refused a call that took its token. */
    void refused() {
        if (inTurns) {
            moveUp();
        } else {
            // Others use the account, and what came back sooner would be refused, too. So also of a burst of one: who comes first
            // there at the same pace is never refused, however soon the other asks again.
            all().forEach(Tokens::spend);
        }
    }

    /**
     * Another process had this turn. The next call here comes soon and by chance, for after the whole period it would meet that
     * process' next one; and so would those who queue already, if they kept the times that they were told.
     */
    private void moveUp() {
        int latest = refusals.incrementAndGet() <= SOON_AGAIN ? (int) (CALL * SOON) : CALL;
        int given = CALL - random.nextInt(latest + 1);
        all().forEach(bucket -> bucket.addTokens(given));
        movedUp.addAndGet(perCall.toNanos() * given / CALL);
    }

    /** Whole calls. With the part of one that has come since, refusals that follow each other would keep a bucket empty for ever. */
    private static void spend(Bucket bucket) {
        long calls = bucket.getAvailableTokens() / CALL;
        if (calls > 0) {
            bucket.tryConsumeAsMuchAsPossible(calls * CALL);
        }
    }
}
