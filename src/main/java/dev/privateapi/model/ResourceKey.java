package dev.privateapi.model;

import java.util.Optional;

/**
 * What an AWS object is to its stack, for example the subnet {@code network/subnet/10.1.1.0/24}. The name is the value
 * of the object's tag {@code privateapi.dev/resource} and of {@code status.resources[].name}; it begins with the layer.
 */
public record ResourceKey(Kind kind, String name) {

    public static ResourceKey of(Layer layer, Kind kind, String name) {
        return new ResourceKey(kind, layer.slug() + "/" + name);
    }

    /** The key of a name from outside; empty if it begins with no layer, which this operator's never do. */
    public static Optional<ResourceKey> named(Kind kind, String name) {
        return layer(name).map(layer -> new ResourceKey(kind, name));
    }

    private static Optional<Layer> layer(String name) {
        return Layer.ofSlug(name.substring(0, Math.max(0, name.indexOf('/'))));
    }

    public Layer layer() {
        return layer(name).orElseThrow(() -> new IllegalStateException("No layer in the resource name " + name));
    }

    @Override
    public String toString() {
        return name;
    }
}
