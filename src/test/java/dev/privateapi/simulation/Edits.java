package dev.privateapi.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.validation.SpecValidation;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What people write into specs: each edit is one field, and what comes of it is a spec that the API server takes. */
final class Edits {

    static final String IMAGE = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:";
    static final String BROKEN = IMAGE + "broken";

    private static final ObjectMapper YAML = new YAMLMapper();
    private static final List<BiConsumer<ObjectNode, Random>> ALL = List.of(
            (spec, random) -> service(spec).put("taskCount", random.nextInt(4)),
            (spec, random) -> service(spec).put("image", random.nextInt(4) == 0 ? BROKEN : IMAGE + "web" + random.nextInt(3)),
            (spec, random) -> service(spec).put("port", 80 + random.nextInt(3)),
            (spec, random) -> service(spec).put("cpu", 256).put("memory", 512 << random.nextInt(3)),
            (spec, random) -> service(spec).set("env", tree("[{name: MODE, value: '" + random.nextInt(3) + "'}]")),
            (spec, random) -> service(spec).put("logRetentionDays", List.of(7, 30, 90).get(random.nextInt(3))),
            (spec, random) -> service(spec).put("containerInsights", random.nextBoolean()),
            (spec, random) -> spec.withObject("api").put("stage", List.of("live", "prod").get(random.nextInt(2))),
            (spec, random) -> spec.withObject("api").set("routes", tree(List.of(
                    "[{path: /, methods: [GET]}]", "[{path: '/{proxy+}', methods: [ANY]}]",
                    "[{path: /, methods: [GET, POST]}, {path: '/items/{id}', methods: [GET]}]").get(random.nextInt(3)))),
            (spec, random) -> subnets(spec, random.nextInt(3)),
            (spec, random) -> spec.set("dns", tree(List.of(
                    "{resolver: None}", "{resolver: Inbound}", "{resolver: InboundAndOutbound}",
                    "{resolver: InboundAndOutbound, forwardRules: [{domain: corp.example, targetIps: [10.4.0.10]}]}",
                    "{resolver: InboundAndOutbound, forwardRules: [{domain: corp.example, targetIps: [10.4.0.11, 10.4.0.12]},"
                            + " {domain: lab.example, targetIps: [10.4.0.13]}]}").get(random.nextInt(5)))),
            (spec, random) -> spec.set("peers", tree(List.of(
                    "[]", "[" + Specs.ONE_PEER + "]", "[" + Specs.ONE_PEER + "," + Specs.OTHER_PEER + "]")
                    .get(random.nextInt(3)))),
            (spec, random) -> spec.put("suspend", random.nextBoolean()));

    private Edits() {}

    private static ObjectNode service(ObjectNode spec) {
        return spec.withObject("service");
    }

    /** Of its own, or as a guest also somebody else's. */
    private static void subnets(ObjectNode spec, int choice) {
        boolean guest = spec.withObject("vpc").has("id");
        String first = guest ? "{id: " + Specs.SUBNET + "}" : Specs.A;
        String second = guest && choice == 0 ? "{id: " + Specs.SUBNET_TOO + "}" : Specs.C;
        spec.withObject("vpc").set("subnets", tree(List.of(
                "[" + first + "," + second + "]", "[" + first + "," + second + "," + Specs.D + "]",
                "[" + first + "," + Specs.D + "]").get(choice)));
    }

    private static JsonNode tree(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(yaml, e);
        }
    }

    /** @param choice one of all edits and what is written; a spec that would be refused stays as it is */
    static PrivateApiStackSpec edited(PrivateApiStackSpec spec, long choice) {
        Random random = new Random(choice);
        return changed(spec, node -> ALL.get(random.nextInt(ALL.size())).accept(node, random));
    }

    /** What is left to do for a person at the end, so that the stack can come to rest: nothing suspended, no broken image. */
    static PrivateApiStackSpec sound(PrivateApiStackSpec spec) {
        return changed(spec, node -> {
            node.put("suspend", false);
            if (spec.service().image().equals(BROKEN)) {
                service(node).put("image", IMAGE + "web");
            }
        });
    }

    /** With every subnet that a stack of these stories can have: AWS takes none from a load balancer that has a VPC link. */
    static PrivateApiStackSpec withAllSubnets(PrivateApiStackSpec spec) {
        boolean guest = spec.vpc().id() != null;
        String first = guest ? "{id: " + Specs.SUBNET + "},{id: " + Specs.SUBNET_TOO + "}" : Specs.A;
        return changed(spec, node -> node.withObject("vpc")
                .set("subnets", tree("[" + first + "," + Specs.C + "," + Specs.D + "]")));
    }

    /** What an edit wrote, in words. */
    static String told(PrivateApiStackSpec before, PrivateApiStackSpec after) {
        ObjectNode was = YAML.valueToTree(before);
        ObjectNode is = YAML.valueToTree(after);
        String changes = is.properties().stream()
                .filter(it -> !it.getValue().equals(was.get(it.getKey())))
                .map(it -> it.getKey() + " to " + it.getValue())
                .collect(Collectors.joining(" and "));
        return changes.isEmpty() ? "Somebody edits the spec and changes nothing." : "Somebody changes " + changes + ".";
    }

    private static PrivateApiStackSpec changed(PrivateApiStackSpec spec, Consumer<ObjectNode> change) {
        ObjectNode node = YAML.valueToTree(spec);
        drop(node);
        change.accept(node);
        PrivateApiStackSpec changed = Specs.of(node.toString());
        return SpecValidation.problems(changed).isEmpty() ? changed : spec;
    }

    /** Absent is not null. */
    private static void drop(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().removeIf(it -> it.getValue().isNull());
            object.forEach(Edits::drop);
        } else if (node instanceof ArrayNode array) {
            array.forEach(Edits::drop);
        }
    }
}
