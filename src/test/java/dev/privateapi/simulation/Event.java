package dev.privateapi.simulation;

import dev.privateapi.simulation.aws.Weather.Fate;
import java.time.Duration;

/**
 * One thing that happens in a story, when the operators make their n-th call, or as soon as they have nothing left to do.
 *
 * @param at n
 */
record Event(int at, Happening what) {

    sealed interface Happening {}

    /** Somebody edits the spec. @param choice which field, and what to write into it */
    record Edit(long choice) implements Happening {}

    /** Somebody deletes the custom resource. */
    record Delete() implements Happening {}

    /** @param where part of the names of the calls that it befalls, as in {@code ec2:} or {@code :Create}; empty for any */
    record Fault(Fate fate, String where, int calls) implements Happening {

        @Override
        public String toString() {
            String which = where.isEmpty() ? "call" : where + " call";
            return (calls == 1 ? "The next " + which : "Each of the next " + calls + " " + which + "s") + switch (fate) {
                case FINE -> " is answered.";
                case THROTTLED -> " is throttled.";
                case DENIED -> " is denied.";
                case UNREACHABLE -> " finds nobody.";
                case LOST -> " loses its answer.";
                case DIES_BEFORE -> " is one too many: the process dies before its effect.";
                case DIES_AFTER -> " is one too many: the process dies after its effect.";
            };
        }
    }

    /** From now on listings may be so late. */
    record Lag(Duration most) implements Happening {}

    /** Somebody changes or deletes something behind the operator's back. @param choice what, and how */
    record Meddling(long choice) implements Happening {}

    /**
     * The process loses its lease in the middle of a call, another one takes over, and the first one wakes up with what it
     * knew and makes some more calls before it dies.
     *
     * @param turns of the other one meanwhile
     * @param calls of the first one after that
     */
    record Rival(int turns, int calls) implements Happening {}
}
