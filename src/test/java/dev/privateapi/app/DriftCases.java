package dev.privateapi.app;

import static dev.privateapi.app.DriftCase.repaired;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Resource;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.model.Kind;
import dev.privateapi.model.ResourceKey;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every property of every resource of the seed, with a forward rule and a variable that the seed does without. */
final class DriftCases {

    private DriftCases() {}

    static ObjectNode spec() {
        ObjectNode spec = SandboxStack.seed();
        spec.withObject("/dns").putArray("forwardRules").addObject().put("domain", "corp.example").putArray("targetIps")
                .add("10.4.0.10");
        spec.withObject("/service").putArray("env").addObject().put("name", "LOG_LEVEL").put("value", "info");
        return spec;
    }

    static List<DriftCase> all(Collection<Node> wanted) {
        return Stream.of(
                        wanted.stream().filter(DriftCases::tagged).map(node -> (DriftCase) tags(node.key())),
                        NetworkDrift.cases(), EndpointDrift.cases(), LoadBalancerDrift.cases(), ServiceDrift.cases(),
                        ApiDrift.cases(), DnsDrift.cases(), PeeringDrift.cases())
                .flatMap(cases -> cases).toList();
    }

    /** A node that wraps a resource is asked for by its kind: only security groups are wrapped. */
    static boolean tagged(Node node) {
        Driver<?, ?> driver = node instanceof Resource<?, ?> resource ? resource.driver() : new SecurityGroups(null);
        return driver.tagging().isPresent();
    }

    private static DriftCase.Repaired tags(ResourceKey key) {
        return repaired(key.name(), DriftCase.TAGS, (stack, id) ->
                Tags.set(stack.person, key.kind(), id, Map.of("privateapi.dev/cluster", "another", "Name", "mine")));
    }

    /** The names of all that a node wants, those of nested records and maps with their container's before. */
    static Stream<String> properties(Node node) {
        Stream<String> own = properties("", node.desired());
        Stream<String> all = Stream.concat(Stream.of(DriftCase.EXISTS, DriftCase.ADDITIONS), own);
        return tagged(node) ? Stream.concat(all, Stream.of(DriftCase.TAGS)) : all;
    }

    private static Stream<String> properties(String name, Object value) {
        String prefix = name.isEmpty() ? "" : name + ".";
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            return map.keySet().stream().map(key -> prefix + key);
        } else if (value instanceof Record desired && !(value instanceof ResourceKey)) {
            return Stream.of(desired.getClass().getRecordComponents())
                    .flatMap(component -> properties(prefix + component.getName(), value(component, desired)));
        }
        return Stream.of(name);
    }

    private static Object value(RecordComponent component, Record desired) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(desired);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

}
