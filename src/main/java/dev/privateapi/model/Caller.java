package dev.privateapi.model;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * For whom a call is made.
 *
 * @param recalled whether something else is wanted by now, so that the call is not worth waiting for its turn any longer
 */
public record Caller(Priority priority, BooleanSupplier recalled) {

    private static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();
    private static final Caller NOBODY = of(Priority.BULK);

    /** Who is never recalled. */
    public static Caller of(Priority priority) {
        return new Caller(priority, () -> false);
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
