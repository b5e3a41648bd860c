package dev.privateapi.model;

import java.util.Optional;

/** The ids and attributes of the resources that a resource {@linkplain Need needs}; others may be absent. */
public interface Refs {

    /** The one that others may refer to, if there is one: not going, not failed, not somebody else's. */
    Optional<Live> usable(ResourceKey key);

    /** @throws IllegalStateException if there is no such object, which means that a {@link Need} is missing */
    default Live live(ResourceKey key) {
        return usable(key).orElseThrow(() -> new IllegalStateException("There is no " + key + " to refer to"));
    }

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
