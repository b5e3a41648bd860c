package dev.privateapi.aws;

import dev.privateapi.model.Priority;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * A question that is on its way to AWS, or its answer.
 *
 * @param <T> of the answer
 */
final class Flight<T> {

    private final Instant startedAt;
    private final boolean passenger;
    private final Priority priority;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private volatile Instant asked;
    /** While this one is on its way the one whose place it took, which may be on its way, too; null if there is none. */
    private volatile Flight<?> before;

    /** @param passenger whether another's call brings the answer; if that fails, who waits asks for itself */
    Flight(Instant startedAt, boolean passenger, Priority priority) {
        this.startedAt = startedAt;
        this.passenger = passenger;
        this.priority = priority;
        this.asked = Instant.MIN;
    }

    /** Takes the place of one: who can do with the answer of that need not wait for this one's. */
    Flight<T> after(Flight<?> known) {
        asked = known.asked;
        before = known;
        return this;
    }

    Instant startedAt() {
        return startedAt;
    }

    boolean passenger() {
        return passenger;
    }

    Priority priority() {
        return priority;
    }

    void askedAt(Instant now) {
        asked = now;
    }

    /** Whether somebody wanted to know since then: what nobody asks for any more is gone, or another installation's. */
    boolean askedSince(Instant time) {
        return asked.isAfter(time);
    }

    void land(T value) {
        answer.complete(value);
        before = null;
    }

    void fail(Throwable e) {
        answer.completeExceptionally(e);
        before = null;
    }

    /** Waits for the answer. @throws java.util.concurrent.CompletionException with what the call threw */
    T join() {
        return answer.join();
    }

    boolean done() {
        return answer.isDone();
    }

    boolean serves(Instant notOlderThan) {
        return !startedAt.isBefore(notOlderThan) && !answer.isCompletedExceptionally();
    }

    /**
     * Whether who asks need not ask AWS: there is an answer that is good enough, or will be, and not from a queue in which the
     * other one goes before it: an edit must not wait with those who make.
     */
    boolean serves(Instant notOlderThan, Flight<?> other) {
        boolean behind = !answer.isDone() && priority.compareTo(other.priority) > 0;
        return serves(notOlderThan) && !behind || soonest(notOlderThan) != this;
    }

    /**
     * While this one is on its way the newest answer before it, if that is good enough; otherwise this one. Never an older answer
     * than somebody got before: what a stack has seen it must not see undone.
     */
    Flight<?> soonest(Instant notOlderThan) {
        Flight<?> newest = this;
        while (newest != null && !newest.answer.isDone()) {
            newest = newest.before;
        }
        return newest != null && newest.serves(notOlderThan) ? newest : this;
    }

    /** Whether it was since then that AWS did not answer. */
    boolean tells(Instant since) {
        return startedAt.isAfter(since) && answer.isCompletedExceptionally();
    }
}
