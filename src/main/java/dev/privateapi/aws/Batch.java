package dev.privateapi.aws;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A read that AWS answers for several objects in one call. Who asks for one of them gets others refreshed too whose answers
 * have become old, and those that others are about to ask for, so that a fleet makes a call for as many as fit.
 *
 * @param name what is read, all parameters but the objects included, as in {@code elasticloadbalancing:DescribeTags}
 * @param limit how many objects fit into one call
 * @param load makes the call for the objects of these ids; of an object that is gone the answer has nothing, or the call fails
 * @param next ids that others will ask for as soon as they look, such as a listing shows; a process that begins knows none yet
 */
public record Batch<T>(
        String name, int limit, Function<List<String>, Map<String, T>> load, Supplier<Stream<String>> next) {

    public Batch(String name, int limit, Function<List<String>, Map<String, T>> load) {
        this(name, limit, load, Stream::empty);
    }

    String name(String id) {
        return name + " " + id;
    }
}
