package dev.privateapi.validation;

/**
 * Something in a spec that no AWS call can mend.
 *
 * @param field path of the field, as {@code kubectl explain} spells it, list items by their key
 * @param value what is written there now
 * @param advice what is wrong with it, and what to write instead
 */
public record SpecProblem(String field, String value, String advice) {

    /** One sentence for a condition's message. */
    public String message() {
        return field + ": " + value + " " + advice;
    }
}
