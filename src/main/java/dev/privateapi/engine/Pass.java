package dev.privateapi.engine;

import dev.privateapi.graph.Node;
import dev.privateapi.ownership.Claims;
import dev.privateapi.ownership.Owner;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One turn of one stack.
 *
 * @param generation of the spec that {@code wanted} was made from
 * @param wanted empty to delete everything
 * @param planOnly look and say what differs, but change nothing
 */
public record Pass(
        Owner owner, long generation, List<Node> wanted, boolean planOnly, Memory memory, Inventory inventory) {

    public Pass {
        wanted = List.copyOf(wanted);
    }

    /** By what the stack knows its objects now. A surplus one is written down under a name of its own and only has its tags. */
    Claims claims() {
        return new Claims(owner, inventory.recorded().values().stream()
                .filter(entry -> !entry.announced() && !entry.key().name().endsWith("@" + entry.id()))
                .collect(Collectors.toMap(Inventory.Entry::id, Inventory.Entry::key, (one, other) -> one)));
    }
}
