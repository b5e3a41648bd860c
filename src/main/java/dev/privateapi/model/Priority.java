package dev.privateapi.model;

import java.util.concurrent.Executor;

/** Who waits for a call, the most impatient first. What all stacks of an account share is given out in this order. */
public enum Priority {
    /** Somebody changed the spec of a stack that was as it should be, and looks at what comes of it. */
    EDIT,
    /** A stack is looked at, or brought back to what its spec says. */
    REPAIR,
    /** Stacks are made or taken down, maybe many at once. */
    BULK;

    private static final ScopedValue<Priority> CURRENT = ScopedValue.newInstance();

    /** That of the task which runs in this thread. */
    public static Priority current() {
        return CURRENT.orElse(BULK);
    }

    /** Runs its tasks with this priority. */
    public Executor on(Executor threads) {
        return task -> threads.execute(() -> ScopedValue.where(CURRENT, this).run(task));
    }
}
