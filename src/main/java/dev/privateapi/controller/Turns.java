package dev.privateapi.controller;

import dev.privateapi.model.Priority;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Bounds how many stacks have a turn at the same time: on virtual threads nothing else would, and a thousand stacks that
 * all begin at once would hold a thousand views and connections. Stacks with other accounts and Regions have places of
 * their own: while one of those does not answer, each turn that needs it lasts until its calls time out.
 */
public final class Turns {

    private final int atOnce;
    private final Map<Need, Semaphore> places = new ConcurrentHashMap<>();

    private record Need(Set<String> targets, Priority priority) {}

    /**
     * @param atOnce of each priority: so nobody who edits waits until a thousand stacks had their turn, nor a repair until as many
     *     are made
     */
    public Turns(int atOnce) {
        this.atOnce = atOnce;
    }

    /**
     * Waits for a free place and takes the turn.
     *
     * @param targets the accounts and Regions that the turn needs; places are shared by turns of one priority that need the same
     * @param failed hears of anything thrown before it is thrown on
     * @throws RuntimeException for anything thrown, Errors included: JOSDK would never give a stack whose turn ended in an
     *     Error another one, not even to be deleted
     */
    <T> T take(Set<String> targets, Priority priority, Supplier<T> turn, Consumer<Throwable> failed) {
        Semaphore free = places.computeIfAbsent(new Need(targets, priority), it -> new Semaphore(atOnce, true));
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
