package dev.privateapi.controller;

import dev.privateapi.model.Priority;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Bounds how many stacks have a turn at the same time: on virtual threads nothing else would, and a thousand stacks that
 * all begin at once would hold a thousand views and connections.
 */
public final class Turns {

    private final Semaphore free;
    private final Semaphore freeForEdits;

    /** @param atOnce the same number again is kept for edits, so that nobody waits until a thousand stacks had their turn */
    public Turns(int atOnce) {
        this.free = new Semaphore(atOnce, true);
        this.freeForEdits = new Semaphore(atOnce, true);
    }

    /**
     * Waits for a free place and takes the turn.
     *
     * @param priority of the turn
     * @param failed hears of anything thrown before it is thrown on
     * @throws RuntimeException for anything thrown, Errors included: JOSDK would never give a stack whose turn ended in an
     *     Error another one, not even to be deleted
     */
    <T> T take(Priority priority, Supplier<T> turn, Consumer<Throwable> failed) {
        Semaphore free = priority == Priority.EDIT ? freeForEdits : this.free;
        free.acquireUninterruptibly();
        try {
            return turn.get();
        } catch (Throwable e) {
            tell(e, failed);
            throw e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
        } finally {
            free.release();
        }
    }

    private static void tell(Throwable failure, Consumer<Throwable> failed) {
        try {
            failed.accept(failure);
        } catch (Throwable e) {
            if (e != failure) {
                failure.addSuppressed(e);
            }
        }
    }
}
