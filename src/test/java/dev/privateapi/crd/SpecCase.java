package dev.privateapi.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One row of the tables beside this class: a change of the seed's spec, and what the API server must say to it.
 *
 * @param before the change with which the object exists already, or null where it is created
 * @param patch the change to judge
 * @param field where the refusal points, list indices left out; null where the change is accepted
 * @param says a part of the refusal's message
 * @param also fields of further refusals that the same mistake causes
 */
record SpecCase(String name, JsonNode before, JsonNode patch, String field, String says, List<String> also) {

    private static final ObjectMapper YAML = new YAMLMapper();

    SpecCase {
        also = also == null ? List.of() : List.copyOf(also);
    }

    static List<SpecCase> table(String file) {
        try (var stream = SpecCase.class.getResourceAsStream(file)) {
            return List.of(YAML.readValue(stream, SpecCase[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The seed's resource under another name, with {@code patches} merged into its spec. */
    static GenericKubernetesResource seed(String name, JsonNode... patches) {
        try {
            var resource = (ObjectNode) YAML.readTree(Files.readString(Path.of("examples", "seed.yaml")));
            resource.putObject("metadata").put("name", name);
            for (var patch : patches) {
                merge((ObjectNode) resource.get("spec"), patch);
            }
            return YAML.treeToValue(resource, GenericKubernetesResource.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JSON merge patch, RFC 7396. */
    private static void merge(ObjectNode target, JsonNode patch) {
        patch.properties().forEach(entry -> {
            var value = entry.getValue();
            if (value.isNull()) {
                target.remove(entry.getKey());
            } else if (value.isObject() && target.get(entry.getKey()) instanceof ObjectNode nested) {
                merge(nested, value);
            } else {
                target.set(entry.getKey(), value);
            }
        });
    }

    @Override
    public String toString() {
        return name;
    }
}
