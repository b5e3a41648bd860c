package dev.privateapi.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing to do now about one AWS object. Making a step does nothing; only {@link #effect} does.
 *
 * @param id the object's id, empty for a create
 * @param differences what is not as desired, for a person to read, such as {@code retentionInDays: 30 → 7}
 */
public record Step(ResourceKey key, Verb verb, String id, List<String> differences, Effect effect) {

    public enum Verb {
        CREATE,
        /** Makes an object the stack's by giving it the stack's tags. */
        ADOPT,
        UPDATE,
        DELETE
    }

    /** Calls AWS. Safe to repeat. */
    @FunctionalInterface
    public interface Effect {

        /**
         * @param incarnation tells one create of this resource from a later one; part of its client token, and written
         *     down before the call, so that a create that is repeated after a crash is the same create to AWS
         * @return the object as it is afterwards, empty if it is gone
         * @throws RuntimeException the SDK's, or a {@link ProblemException}
         */
        Optional<Live> apply(String incarnation);
    }

    /** As it stands in a log, an event or the message of a suspended stack. */
    public String summary() {
        String object = key.kind().typeName() + " " + key + (id.isEmpty() ? "" : " (" + id + ")");
        String what = verb.name().toLowerCase(Locale.ROOT) + " " + object;
        return differences.isEmpty() ? what : what + ": " + String.join(", ", differences);
    }
}
