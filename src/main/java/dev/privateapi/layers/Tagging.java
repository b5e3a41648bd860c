package dev.privateapi.layers;

import dev.privateapi.ownership.Ownership;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * How the tags of one kind are read and set.
 *
 * @param read every tag that the object carries, as it was last seen
 * @param write sets these and leaves the others; the object as it is afterwards
 */
public record Tagging<O>(Function<O, Map<String, String>> read, BiFunction<O, Map<String, String>, O> write) {

    /**
     * Puts right the stack's own tags only: organisations and AWS itself add theirs, and those are none of its business.
     *
     * @param wanted the five tags of {@link Ownership#tags}
     */
    Optional<Change<O>> compare(Map<String, String> wanted, O object) {
        Map<String, String> have = read.apply(object);
        Map<String, String> wrong = new TreeMap<>(wanted);
        wrong.entrySet().removeIf(tag -> tag.getValue().equals(have.get(tag.getKey())));
        if (wrong.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> found = new TreeMap<>(have);
        found.keySet().retainAll(wrong.keySet());
        return Optional.of(new Change<>("tags", found, wrong, now -> write.apply(now, wrong)));
    }
}
