package dev.privateapi.engine;

import dev.privateapi.graph.Node;
import dev.privateapi.ownership.Owner;
import java.util.List;

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
}
