package dev.privateapi.layers;

import java.util.function.UnaryOperator;

/**
 * One property that is not as wanted.
 *
 * @param property in the service's own spelling, such as {@code retentionInDays}
 * @param apply makes the call and answers with the object as it is afterwards, as far as the answer or the call tells
 */
public record Change<O>(String property, Object have, Object want, UnaryOperator<O> apply) {

    public String summary() {
        return property + ": " + have + " → " + want;
    }
}
