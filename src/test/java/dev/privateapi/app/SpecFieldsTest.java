package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** No field can be added to the spec without saying what becomes of it when it is set, changed and removed. */
class SpecFieldsTest {

    @Test
    void everyFieldOfTheCrdHasARow() {
        List<String> fields = SpecField.ofCrd();
        List<String> rows = SpecField.table().stream().map(SpecField::field).sorted().toList();
        long covered = fields.stream().filter(rows::contains).count();
        System.out.println("Spec fields with a case: " + covered + " of " + fields.size());

        assertThat(rows).as("spec-fields.yaml has a row for every field of the CRD and none for another").isEqualTo(fields);
    }

    @Test
    void immutableFieldsAreRefusedByTheApiServer() throws IOException {
        JsonNode refusals = new YAMLMapper().readTree(
                Path.of("src/test/resources/dev/privateapi/crd/refusals.yaml").toFile());
        SpecField.table().stream().filter(SpecField::immutable).forEach(it -> {
            String last = it.field().substring(it.field().lastIndexOf('.') + 1);
            assertThat(StreamSupport.stream(refusals.spliterator(), false).filter(row -> row.has("before")))
                    .as(it.field()).anyMatch(row -> row.path("says").asText().contains(last + " is immutable")
                            && row.path("field").asText().startsWith("spec." + it.field().split("[.]")[0]));
        });
    }
}
