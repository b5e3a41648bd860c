package dev.privateapi.model;

/**
 * What an AWS object is to its stack, for example the subnet {@code network/subnet/10.1.1.0/24}. The name is the value
 * of the object's tag {@code privateapi.dev/resource} and of {@code status.resources[].name}; it begins with the layer.
 */
public record ResourceKey(Kind kind, String name) {

    public static ResourceKey of(Layer layer, Kind kind, String name) {
        return new ResourceKey(kind, layer.slug() + "/" + name);
    }

    public Layer layer() {
        return Layer.ofSlug(name.substring(0, Math.max(0, name.indexOf('/'))))
                .orElseThrow(() -> new IllegalStateException("No layer in the resource name " + name));
    }

    @Override
    public String toString() {
        return name;
    }
}
