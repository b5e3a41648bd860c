package dev.privateapi.layers.service;

import dev.privateapi.layers.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One property that is not as wanted, of an object whose properties are put right by one call.
 *
 * @param property in the service's own spelling
 */
record Difference(String property, Object have, Object want) {

    /** The first change makes the call; the others tell what else it changes. */
    static <O> List<Change<O>> changes(List<Difference> differences, UnaryOperator<O> call) {
        List<Change<O>> changes = new ArrayList<>();
        for (Difference it : differences) {
            changes.add(new Change<>(
                    it.property, it.have, it.want, changes.isEmpty() ? call : UnaryOperator.identity()));
        }
        return changes;
    }
}
