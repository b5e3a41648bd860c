package dev.privateapi.aws;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A read that AWS answers for several objects in one call. Who asks for one of them gets others refreshed too whose answers
 * have become old, so that a fleet makes a call for as many as fit.
 *
 * @param name what is read, all parameters but the objects included, as in {@code elasticloadbalancing:DescribeTags}
 * @param limit how many objects fit into one call
 * @param load makes the call for the objects of these ids; of an object that is gone the answer has nothing, or the call fails
 */
public record Batch<T>(String name, int limit, Function<List<String>, Map<String, T>> load) {

    String name(String id) {
        return name + " " + id;
    }
}
