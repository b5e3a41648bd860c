package dev.privateapi.status;

/** What asking the API came to. */
public sealed interface Verdict {

    /** @param message what was asked and answered */
    record Answered(String message) implements Verdict {}

    /** @param reason a reason of a condition */
    record Failed(String reason, String message) implements Verdict {}

    /** Every route may change something when called. */
    record NoSafeRoute() implements Verdict {}

    /** Not now: it is not due, or the stack is not ready for it. */
    record NotAsked() implements Verdict {}
}
