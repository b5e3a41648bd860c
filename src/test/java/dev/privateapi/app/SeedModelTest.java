package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.AwsSettings;
import dev.privateapi.aws.AwsTargets;
import dev.privateapi.engine.Durations;
import dev.privateapi.engine.EngineSettings;
import dev.privateapi.graph.Node;
import dev.privateapi.model.Need;
import dev.privateapi.ownership.Owner;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The seed's whole desired model, so that a change of what a stack is made of shows in a review as what it is. */
class SeedModelTest {

    private static final Path GOLDEN = Path.of("src/test/resources/dev/privateapi/app/seed-model.txt");

    @Test
    void seedWantsExactlyWhatTheGoldenFileSays() throws IOException {
        String model = seed().stream().map(SeedModelTest::text).collect(Collectors.joining("\n", "", "\n"));
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, model);
        }

        assertThat(model).as("mvn test -Dtest=SeedModelTest -Dgolden.update=true writes %s anew", GOLDEN)
                .isEqualTo(Files.readString(GOLDEN));
    }

    private static List<Node> seed() throws IOException {
        ObjectMapper yaml = new YAMLMapper();
        PrivateApiStackSpec spec = yaml.treeToValue(
                yaml.readTree(Path.of("examples/seed.yaml").toFile()).get("spec"), PrivateApiStackSpec.class);
        try (AwsTargets targets = new AwsTargets(AwsSettings.standard(), Clock.systemUTC(), new SimpleMeterRegistry())) {
            EngineSettings settings = new EngineSettings(Clock.systemUTC(), new Random(1), new Durations(1),
                    Duration.ofMinutes(5), AwsErrors::problem);
            return new Engines(targets::home, settings, Runnable::run).apply(spec.region())
                    .wanted(new Owner("00000000-0000-0000-0000-000000000000", "default", "poc", "cluster"), spec);
        }
    }

    private static String text(Node node) {
        Stream<String> needs = node.needs().stream().map(SeedModelTest::text);
        return Stream.concat(
                        Stream.of(node.key() + " (" + node.key().kind().typeName() + ")", "  " + node.desired()), needs)
                .collect(Collectors.joining("\n"));
    }

    private static String text(Need need) {
        return "  needs " + need.key() + (need.ready() ? " ready" : "");
    }
}
