package dev.privateapi.model;

/** Where an AWS object is in its life, whatever word its service has for it. */
public enum Phase {
    /** AWS is still working on it; waiting is all there is to do. */
    PENDING,
    /** AWS starts or stops tasks of it, and replaces none: waiting is all there is to do, and it is not for long. */
    SCALING,
    /** Others may build on it. */
    READY,
    /** It is going; nothing may be built on it and its name may still be taken. */
    DELETING,
    /** It will never become ready and has to be replaced. */
    FAILED,
    /** It has the name that the stack needs, or was the stack's, but is not by its tags: never changed, never deleted. */
    FOREIGN,
    /** Nobody's, and a person says that it is to be the stack's: not changed or deleted before it has the stack's tags. */
    OFFERED
}
