package dev.privateapi.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrdsTest {

    @Test
    void theCommittedFileIsWhatTheClassesSay() throws IOException {
        // Users install the file, the operator reads by the classes: where they differ, fields are dropped silently.
        assertThat(Files.readString(Crds.FILE))
                .as("%s is stale: run `make crds` and commit the result", Crds.FILE)
                .isEqualTo(Crds.yaml());
    }

    @Test
    void everyFieldIsDescribed() throws IOException {
        // kubectl explain is the first place where people look.
        var crd = Serialization.unmarshal(Crds.yaml(), CustomResourceDefinition.class);
        var root = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();

        assertThat(withoutDescription("", root)).isEmpty();
    }

    @Test
    void noItemOfAListHasADefault() throws IOException {
        // The server writes it into the live object, the file that was applied lacks it: Argo CD shows that for ever.
        var crd = Serialization.unmarshal(Crds.yaml(), CustomResourceDefinition.class);
        var root = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();

        assertThat(defaultsInItems("", root, false)).isEmpty();
    }

    private static Stream<String> withoutDescription(String path, JSONSchemaProps schema) {
        var below = schema.getProperties().entrySet().stream()
                .flatMap(entry -> withoutDescription(path + "." + entry.getKey(), entry.getValue()));
        var items = schema.getItems() == null
                ? Stream.<String>empty()
                : schema.getItems().getSchema().getProperties().entrySet().stream()
                        .flatMap(entry -> withoutDescription(path + "[]." + entry.getKey(), entry.getValue()));
        return Stream.of(schema.getDescription() == null ? Stream.of(path) : Stream.<String>empty(), below, items)
                .flatMap(paths -> paths);
    }

    private static Stream<String> defaultsInItems(String path, JSONSchemaProps schema, boolean inItems) {
        var below = schema.getProperties().entrySet().stream()
                .flatMap(entry -> defaultsInItems(path + "." + entry.getKey(), entry.getValue(), inItems));
        var items = schema.getItems() == null
                ? Stream.<String>empty()
                : defaultsInItems(path + "[]", schema.getItems().getSchema(), true);
        var own = inItems && schema.getDefault() != null ? Stream.of(path) : Stream.<String>empty();
        return Stream.of(own, below, items).flatMap(paths -> paths);
    }
}
