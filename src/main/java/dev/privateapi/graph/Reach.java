package dev.privateapi.graph;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Need;
import dev.privateapi.model.Plan;
import dev.privateapi.model.ResourceKey;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How far a plan reaches: what has to be looked at again before it is carried out, if it was made of what is remembered. */
public final class Reach {

    private Reach() {}

    /**
     * The kinds of all that is to be changed, is waited for or seems amiss, of what depends on it, and of what it needs or is in.
     *
     * @param around of which kinds AWS is asked by the objects of a kind that they are in, so that their answers must fit
     */
    public static Set<Kind> of(Plan plan, List<Node> wanted, Function<Kind, ? extends Collection<Kind>> around) {
        Set<ResourceKey> touched = new HashSet<>(plan.problems().keySet());
        plan.steps().forEach(step -> touched.add(step.key()));
        plan.waits().forEach(wait -> touched.add(wait.key()));
        Predicate<Node> depends = node -> node.needs().stream().map(Need::key).anyMatch(touched::contains);
        while (wanted.stream().filter(depends).anyMatch(node -> touched.add(node.key()))) {
            // until nothing new depends on it
        }
        Stream<Need> needs = wanted.stream().filter(node -> touched.contains(node.key())).flatMap(node -> node.needs().stream());
        Set<Kind> kinds = Stream.concat(touched.stream(), needs.map(Need::key)).map(ResourceKey::kind)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Kind.class)));
        while (kinds.addAll(kinds.stream().flatMap(kind -> around.apply(kind).stream()).toList())) {
            // until nothing new is around it
        }
        return kinds;
    }
}
