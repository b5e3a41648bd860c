package dev.privateapi.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One row of {@code spec-fields.yaml}.
 *
 * @param at the beginning of the name of the resource where AWS shows the field
 * @param sets a part of what AWS shows there after {@code set}
 * @param elsewhere where the field is tested instead
 */
record SpecField(
        String field, int wave, JsonNode set, JsonNode change, JsonNode remove, String at, String sets, String changes,
        boolean immutable, String elsewhere) {

    /** One row of {@code spec-refused-by-aws.yaml}. */
    record Refused(String name, JsonNode patch, String at, String category) {}

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path CRD = Path.of("crds", "privateapistacks.privateapi.dev-v1.yml");

    static List<SpecField> table() {
        return List.of(read("spec-fields.yaml", SpecField[].class));
    }

    static List<Refused> refused() {
        return List.of(read("spec-refused-by-aws.yaml", Refused[].class));
    }

    private static <T> T read(String file, Class<T> type) {
        try (var stream = SpecField.class.getResourceAsStream(file)) {
            return YAML.readValue(stream, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean tried() {
        return set != null;
    }

    /** The fields of the resource's spec that hold values, as in {@code service.env[].name}. */
    static List<String> ofCrd() {
        try {
            JsonNode spec = YAML.readTree(CRD.toFile()).at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
            return fields("", spec).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> fields(String name, JsonNode schema) {
        if (schema.has("properties")) {
            return schema.get("properties").properties().stream()
                    .flatMap(it -> fields(name.isEmpty() ? it.getKey() : name + "." + it.getKey(), it.getValue()));
        } else if (schema.at("/items/properties").isObject()) {
            return fields(name + "[]", schema.get("items"));
        }
        return Stream.of(name);
    }

    /** JSON merge patch, RFC 7396. */
    static ObjectNode merge(ObjectNode target, JsonNode patch) {
        patch.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                target.remove(entry.getKey());
            } else if (value.isObject() && target.get(entry.getKey()) instanceof ObjectNode nested) {
                merge(nested, value);
            } else {
                target.set(entry.getKey(), value.deepCopy());
            }
        });
        return target;
    }
}
