package dev.privateapi.layers.service;

import dev.privateapi.graph.Node;
import dev.privateapi.layers.Shown;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.ResourceKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Whose an object is, of a kind whose names are unique: all kinds of this room but security groups. */
final class Named {

    private Named() {}

    /**
     * Those of a listing that may be the stack's, or hold a name that it needs.
     *
     * @param name of a wanted resource
     */
    static <O> List<O> among(Sight sight, Kind kind, Shown<O> shown, Function<ResourceKey, String> name) {
        return sight.among(shown, kind, sight.wanted(kind).map(Node::key).map(name).toArray(String[]::new));
    }

    /**
     * The object as the stack knows it; as somebody else's, if it holds a name that the stack needs; otherwise it is none of
     * its business.
     *
     * @param id as in {@link Live#id}
     * @param holdsNameOf whether the object has the name of a wanted resource
     */
    static Optional<Live> judge(
            Sight sight,
            Kind kind,
            String id,
            Map<String, String> tags,
            Predicate<ResourceKey> holdsNameOf,
            Function<ResourceKey, Live> live) {
        return sight.judge(kind, id, tags, live)
                .or(() -> sight.wanted(kind)
                        .map(Node::key)
                        .filter(holdsNameOf)
                        .findFirst()
                        .map(key -> live.apply(key).in(Phase.FOREIGN)));
    }
}
