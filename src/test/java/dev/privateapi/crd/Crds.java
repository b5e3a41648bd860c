package dev.privateapi.crd;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.privateapi.api.v1alpha1.PrivateApiStack;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the CustomResourceDefinition from the Java classes. A main of its own, because the generator's Maven plugin loads
 * the classes into Maven's JVM, which may be older than they are.
 */
public final class Crds {

    static final Path FILE = Path.of("crds", "privateapistacks.privateapi.dev-v1.yml");

    private static final String HEADER = "# Generated from dev.privateapi.api.v1alpha1 by `make crds`; do not edit.\n";

    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]).resolve(FILE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, yaml());
        System.out.println("wrote " + file);
    }

    static String yaml() throws IOException {
        var completion = new Completion();
        new CRDGenerator()
                .customResourceClasses(PrivateApiStack.class)
                .withPostProcessor(completion)
                .withOutput(new Discarded())
                .generate();
        // Not the generator's own YAML: with few quotes it writes the string "True" as a boolean, with many it is unreadable.
        return HEADER
                + YAMLMapper.builder()
                        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER, YAMLGenerator.Feature.SPLIT_LINES)
                        .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES, YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
                        .build()
                        .writeValueAsString(completion.definition);
    }

    /** Adds what the generator cannot express, and keeps the result. */
    private static final class Completion implements CRDPostProcessor {
        private CustomResourceDefinition definition;

        @Override
        public HasMetadata process(HasMetadata crd, String version) {
            definition = (CustomResourceDefinition) crd;
            var only = definition.getSpec().getVersions().getFirst();
            new SchemaCompletion().complete(only.getSchema().getOpenAPIV3Schema(), PrivateApiStack.class);
            only.setAdditionalPrinterColumns(PrinterColumns.inDeclaredOrder(PrivateApiStack.class, only));
            return definition;
        }
    }

    private static final class Discarded implements CRDGenerator.CRDOutput<OutputStream> {
        @Override
        public OutputStream outputFor(String crdName) {
            return OutputStream.nullOutputStream();
        }

        @Override
        public URI crdURI(String crdName) {
            return FILE.toUri();
        }

        @Override
        public void close() {}
    }

    private Crds() {}
}
