package dev.privateapi.layers;

import dev.privateapi.ownership.Ownership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a listing shows, at hand by what a stack may know its own by: a fleet's listing has thousands of objects, of which each
 * stack wants a few.
 */
public final class Shown<O> {

    private final List<O> all;
    private final Map<String, List<Integer>> positions = new HashMap<>();

    /** @param keys of an object; one that belongs to others too only costs a second look */
    public Shown(Collection<O> all, Function<O, Stream<String>> keys) {
        this.all = List.copyOf(all);
        for (int i = 0; i < this.all.size(); i++) {
            Integer position = i;
            keys.apply(this.all.get(i)).filter(Objects::nonNull).distinct()
                    .forEach(key -> positions.computeIfAbsent(key, it -> new ArrayList<>(1)).add(position));
        }
    }

    /** By its id, and by who owns it and owned it. */
    public static <O> Shown<O> owned(Collection<O> all, Function<O, String> id, Function<O, Map<String, String>> tags) {
        return new Shown<>(all, object -> Stream.concat(Stream.of(id.apply(object)), owners(tags.apply(object))));
    }

    /** The same, and by a name that the stack may need for itself. */
    public static <O> Shown<O> named(
            Collection<O> all, Function<O, String> id, Function<O, String> name, Function<O, Map<String, String>> tags) {
        return new Shown<>(all, object ->
                Stream.concat(Stream.of(id.apply(object), name.apply(object)), owners(tags.apply(object))));
    }

    private static Stream<String> owners(Map<String, String> tags) {
        return Stream.of(Ownership.OWNER_UID, Ownership.OWNER).map(tags::get).filter(Objects::nonNull);
    }

    public List<O> all() {
        return all;
    }

    /** Those with any of these keys, in the order of the listing. */
    public List<O> by(Stream<String> keys) {
        return keys.flatMap(key -> positions.getOrDefault(key, List.of()).stream()).distinct().sorted().map(all::get).toList();
    }
}
