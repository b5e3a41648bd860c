package dev.privateapi.graph;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is known of a stack's AWS objects at one moment. Immutable.
 *
 * @param lives by key, in an order that is the same in every process, because steps are planned in it; several of one
 *     key are ordered, the one to keep first
 * @param unreadable the kinds that could not be read, and why: their absence is not known
 * @param unconfirmed the resources that were announced or recorded and that AWS may not show yet
 */
public record View(
        Map<ResourceKey, List<Live>> lives,
        Map<Kind, Problem> unreadable,
        Set<ResourceKey> unconfirmed,
        List<Blocker> blockers)
        implements Refs {

    public View {
        lives = Collections.unmodifiableMap(new LinkedHashMap<>(lives));
        unreadable = Map.copyOf(unreadable);
        unconfirmed = Set.copyOf(unconfirmed);
        blockers = List.copyOf(blockers);
    }

    public static View of(Collection<Live> lives) {
        Map<ResourceKey, List<Live>> byKey = new LinkedHashMap<>();
        lives.forEach(live -> byKey.merge(live.key(), List.of(live), View::joined));
        return new View(byKey, Map.of(), Set.of(), List.of());
    }

    private static List<Live> joined(List<Live> some, List<Live> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    public List<Live> of(ResourceKey key) {
        return lives.getOrDefault(key, List.of());
    }

    public Stream<Live> all() {
        return lives.values().stream().flatMap(List::stream);
    }

    /** Of one that the spec names and one of the stack's own, the first if it is as it should be, otherwise the second. */
    @Override
    public Optional<Live> usable(ResourceKey key) {
        return of(key).stream()
                .filter(Live::sound)
                .min(Comparator.comparing(live -> live.serves() ? 0 : live.referenced() ? 2 : 1));
    }

    /**
     * This view after a step on the object {@code id}: {@code after} stands for it, or it is gone. A step that made another
     * object instead has left the old one where it was.
     */
    public View after(ResourceKey key, String id, Optional<Live> after) {
        String touched = after.map(Live::id).orElse(id);
        Stream<Live> others = of(key).stream().filter(live -> !live.id().equals(touched));
        Map<ResourceKey, List<Live>> changed = new LinkedHashMap<>(lives);
        changed.put(key, Stream.concat(after.stream(), others).toList());
        return new View(changed, unreadable, unconfirmed, blockers);
    }

    public View blockedBy(List<Blocker> blockers) {
        return new View(lives, unreadable, unconfirmed, blockers);
    }
}
