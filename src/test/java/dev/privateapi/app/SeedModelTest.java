package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.graph.Node;
import dev.privateapi.model.Need;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The seed's whole desired model, so that a change of what a stack is made of shows in a review as what it is. */
class SeedModelTest {

    private static final Path GOLDEN = Path.of("src/test/resources/dev/privateapi/app/seed-model.txt");

    @Test
    void seedWantsExactlyWhatTheGoldenFileSays() throws IOException {
        String model = SandboxStack.desired(SandboxStack.seed()).stream().map(SeedModelTest::text).collect(
                Collectors.joining("\n", "", "\n"));
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, model);
        }

        assertThat(model).as("mvn test -Dtest=SeedModelTest -Dgolden.update=true writes %s anew", GOLDEN)
                .isEqualTo(Files.readString(GOLDEN));
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
