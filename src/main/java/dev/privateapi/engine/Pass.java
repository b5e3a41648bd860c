package dev.privateapi.engine;

import dev.privateapi.graph.Node;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Adoption;
import dev.privateapi.ownership.Claims;
import dev.privateapi.ownership.Owner;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One turn of one stack.
 *
 * @param generation of the spec that {@code wanted} was made from
 * @param wanted empty to delete everything
 * @param planOnly look and say what differs, but change nothing
 * @param adoption what a person says is the stack's although its tags do not
 * @param recalled whether a person says something else by now: after its first steps the pass then begins nothing more, and no
 *     call queues for its turn
 */
public record Pass(
        Owner owner,
        long generation,
        List<Node> wanted,
        boolean planOnly,
        Memory memory,
        Inventory inventory,
        Adoption adoption,
        BooleanSupplier recalled) {

    public Pass {
        wanted = List.copyOf(wanted);
    }

    /** One that adopts nothing. */
    public Pass(Owner owner, long generation, List<Node> wanted, boolean planOnly, Memory memory, Inventory inventory) {
        this(owner, generation, wanted, planOnly, memory, inventory, Adoption.NONE, () -> false);
    }

    /** By what the stack knows its objects now. A surplus one is written down under a name of its own and only has its tags. */
    Claims claims() {
        Map<String, ResourceKey> recorded = inventory.recorded().values().stream()
                .filter(entry -> !entry.announced() && !entry.key().name().endsWith("@" + entry.id()))
                .collect(Collectors.toMap(Inventory.Entry::id, Inventory.Entry::key, (one, other) -> one));
        return new Claims(owner, recorded, offered(), adoption.uids());
    }

    /** The ids that a person names for what is wanted. */
    Map<String, ResourceKey> offered() {
        return wanted.stream().map(Node::key).filter(key -> adoption.ids().containsKey(key.name()))
                .collect(Collectors.toMap(key -> adoption.ids().get(key.name()), Function.identity()));
    }
}
