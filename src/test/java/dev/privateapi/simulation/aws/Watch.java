package dev.privateapi.simulation.aws;

/** Hears of everything that calls do to the world, in order. */
public interface Watch {

    Watch NOBODY = new Watch() {};

    /** @param subject whose the write is: the object itself, or the one that it belongs to, as a route to its connection */
    default void wrote(Call call, Thing<?> subject) {}

    /** @param code AWS' own */
    default void refused(Call call, String code, String message) {}
}
