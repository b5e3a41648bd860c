package dev.privateapi.model;

/** Who waits for a call, the most impatient first. What all stacks of an account share is given out in this order. */
public enum Priority {
    /** Somebody changed the spec of a stack that was as it should be, and looks at what comes of it. */
    EDIT,
    /** A stack is looked at, or brought back to what its spec says. */
    REPAIR,
    /** Stacks are made or taken down, maybe many at once. */
    BULK
}
