package dev.privateapi.model;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * For whom a call is made.
 *
 * @param stack of which the calls queue one behind the other; empty if the call is nobody's in particular
 * @param recalled whether something else is wanted by now, so that the call is not worth waiting for its turn any longer
 */
public record Caller(Priority priority, String stack, BooleanSupplier recalled) {

    private static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();
    private static final Caller NOBODY = of(Priority.BULK);

    /** Who is never recalled. */
    public static Caller of(Priority priority) {
        return new Caller(priority, "", () -> false);
    }

    /** The same, for an answer that others wait for, too. */
    public Caller neverRecalled() {
        return new Caller(priority, stack, () -> false);
    }

    /** That of the task which runs in this thread. */
    public static Caller current() {
        return CURRENT.orElse(NOBODY);
    }

    /** Runs its tasks for this one. */
    public Executor on(Executor threads) {
        return task -> threads.execute(() -> ScopedValue.where(CURRENT, this).run(task));
    }
}
