package dev.privateapi.model;

/** What has to be there before a resource can be created. */
public record Need(ResourceKey key, boolean ready) {

    /** The other one has an id; AWS may still be working on it. */
    public static Need exists(ResourceKey key) {
        return new Need(key, false);
    }

    /** The other one is {@link Phase#READY}. */
    public static Need ready(ResourceKey key) {
        return new Need(key, true);
    }
}
