package dev.privateapi.model;

/**
 * Why nothing is done about a resource now, although it is not as desired.
 *
 * @param on what it waits for: the resource itself while AWS works on it, or another one
 */
public record Wait(ResourceKey key, Cause cause, ResourceKey on, String message) {

    public enum Cause {
        /** AWS creates or changes the object. */
        PENDING,
        /** AWS starts or stops tasks of a service, and replaces none. */
        SCALING,
        /** AWS deletes the object. */
        DELETING,
        /** Another resource has to be there first, or gone first. */
        OTHER,
        /** A create was announced, or an id recorded, that AWS does not show yet. */
        UNCONFIRMED
    }
}
