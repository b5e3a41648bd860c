package dev.privateapi.simulation.aws;

/** What becomes of the operators' calls. */
@FunctionalInterface
public interface Weather {

    Weather FINE = call -> Fate.FINE;

    /** Asked once for each call, before its effect; may itself change the world, as others do while a call is on its way. */
    Fate of(Call call);

    /** The first three have no effect, the next two have theirs, and of the last two one each. */
    enum Fate {
        THROTTLED,
        DENIED,
        UNREACHABLE,
        FINE,
        /** AWS does what it is asked, and the answer is lost. */
        LOST,
        DIES_BEFORE,
        DIES_AFTER
    }
}
