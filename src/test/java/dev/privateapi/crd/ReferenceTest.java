package dev.privateapi.crd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.model.Layer;
import dev.privateapi.model.Problem;
import dev.privateapi.status.Reason;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the tables of docs/reference.md against the schema and the code. */
class ReferenceTest {

    private static final Path REFERENCE = Path.of("docs", "reference.md");

    @Test
    void tellsTypeDefaultAndMutabilityOfEveryFieldOfSpec() throws IOException {
        var spec = schema().getProperties().get("spec");
        var immutable = immutable("spec", spec).toList();

        assertThat(cells("`spec.", 4))
                .containsExactlyInAnyOrderElementsOf(fields("spec", spec)
                        .map(field -> field.row() + " | " + (immutable.contains(field.path()) ? "no" : "yes"))
                        .toList());
    }

    @Test
    void tellsTypeOfEveryFieldOfStatus() throws IOException {
        var status = schema().getProperties().get("status");

        assertThat(cells("`status.", 2))
                .containsExactlyInAnyOrderElementsOf(fields("status", status)
                        .filter(field -> !field.path().startsWith("status.conditions[]"))
                        .map(Field::typed)
                        .toList());
    }

    @Test
    void tellsEveryLayersConditionAndEveryReasonOfAProblem() throws IOException {
        // Alerts are written by this list: a reason that is not in it surprises at night.
        assertThat(cells("`", 1))
                .containsAll(Arrays.stream(Layer.values()).map(layer -> "`" + layer.condition() + "`").toList())
                .containsAll(Arrays.stream(Problem.Category.values()).map(it -> "`" + it.reason() + "`").toList())
                .containsAll(Arrays.stream(Reason.values()).map(it -> "`" + it.word() + "`").toList());
    }

    /** The first {@code count} cells of the table rows whose first cell begins with {@code start}. */
    private static List<String> cells(String start, int count) throws IOException {
        return Files.readAllLines(REFERENCE).stream()
                .filter(line -> line.startsWith("| " + start))
                .map(line -> line.split("(?<!\\\\)\\|"))
                .map(cells -> Arrays.stream(cells).skip(1).limit(count).map(String::strip).collect(Collectors.joining(" | ")))
                .toList();
    }

    private record Field(String path, JSONSchemaProps schema, boolean required) {
        String typed() {
            return "`" + path + "` | " + type(schema);
        }

        String row() {
            var value = schema.getDefault();
            var fallback = value == null ? "none" : "`" + (value.isTextual() ? value.asText() : value) + "`";
            return typed() + " | " + (required ? "required" : fallback);
        }
    }

    private static Stream<Field> fields(String path, JSONSchemaProps schema) {
        return schema.getProperties().entrySet().stream().flatMap(entry -> {
            var below = path + "." + entry.getKey();
            var property = entry.getValue();
            var own = Stream.of(new Field(below, property, schema.getRequired().contains(entry.getKey())));
            var items = property.getItems() == null
                    ? Stream.<Field>empty()
                    : fields(below + "[]", property.getItems().getSchema());
            return Stream.of(own, fields(below, property), items).flatMap(fields -> fields);
        });
    }

    private static String type(JSONSchemaProps schema) {
        if (!schema.getEnum().isEmpty()) {
            return schema.getEnum().stream().map(value -> "`" + value.asText() + "`").collect(Collectors.joining(" \\| "));
        }
        return switch (schema.getType()) {
            case "integer" -> "integer" + range(schema.getMinimum(), schema.getMaximum());
            case "array" -> list(schema) + range(schema.getMinItems(), schema.getMaxItems());
            default -> schema.getType();
        };
    }

    private static String list(JSONSchemaProps schema) {
        return switch (schema.getXKubernetesListType()) {
            case "map" -> "list by `" + schema.getXKubernetesListMapKeys().getFirst() + "`";
            case "set" -> "set of " + type(schema.getItems().getSchema());
            default -> "list, atomic";
        };
    }

    private static String range(Number least, Number most) {
        return most == null ? "" : ", " + (least == null ? 0 : least.longValue()) + "–" + most.longValue();
    }

    /** The paths whose rules say that they are immutable; the message begins with the field's name. */
    private static Stream<String> immutable(String path, JSONSchemaProps schema) {
        var own = schema.getXKubernetesValidations().stream()
                .map(rule -> String.valueOf(rule.getMessageExpression()))
                .filter(message -> message.contains(" is immutable"))
                .map(message -> message.substring(1, message.indexOf(' ')))
                .map(field -> path.endsWith("." + field) ? path : path + "." + field);
        return Stream.concat(own, schema.getProperties().entrySet().stream()
                .flatMap(entry -> immutable(path + "." + entry.getKey(), entry.getValue())));
    }

    private static JSONSchemaProps schema() throws IOException {
        var crd = Serialization.unmarshal(Files.readString(Crds.FILE), CustomResourceDefinition.class);
        return crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    }
}
