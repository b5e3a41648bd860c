package dev.privateapi.layers.apigateway;

import dev.privateapi.layers.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.apigateway.model.Op;
import software.amazon.awssdk.services.apigateway.model.PatchOperation;

/** Differences of one object, told one by one and put right in one call, which API Gateway applies whole or not at all. */
final class Patch<O> {

    private final List<PatchOperation> operations = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();

    private record Difference(String property, Object have, Object want) {}

    /** @param path JSON pointer of the property, as the operation's documentation of patch operations gives it */
    Patch<O> replace(String property, String path, Object have, String want) {
        return want.equals(String.valueOf(have)) ? this : tell(property, have, want).with(Op.REPLACE, path, want);
    }

    Patch<O> tell(String property, Object have, Object want) {
        differences.add(new Difference(property, have, want));
        return this;
    }

    /** @param value null for an operation that needs none */
    Patch<O> with(Op op, String path, String value) {
        operations.add(PatchOperation.builder().op(op).path(path).value(value).build());
        return this;
    }

    /** The first change makes the call, the others only tell. */
    List<Change<O>> changes(BiFunction<O, List<PatchOperation>, O> call) {
        List<Change<O>> changes = new ArrayList<>();
        for (Difference it : differences) {
            UnaryOperator<O> apply = changes.isEmpty() ? now -> call.apply(now, operations) : UnaryOperator.identity();
            changes.add(new Change<>(it.property, it.have, it.want, apply));
        }
        return changes;
    }
}
