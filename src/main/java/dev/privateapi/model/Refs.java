package dev.privateapi.model;

/** The ids and attributes of the resources that a resource {@linkplain Need needs}; others may be absent. */
public interface Refs {

    /** @throws IllegalStateException if there is no such object, which means that a {@link Need} is missing */
    Live live(ResourceKey key);

    default String id(ResourceKey key) {
        return live(key).id();
    }

    /** @throws IllegalStateException if the object does not tell it */
    default String attribute(ResourceKey key, Attribute name) {
        return live(key)
                .attribute(name)
                .orElseThrow(() -> new IllegalStateException(key + " tells no " + name));
    }
}
