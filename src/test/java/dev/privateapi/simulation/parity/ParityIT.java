package dev.privateapi.simulation.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.simulation.aws.Caller;
import dev.privateapi.simulation.aws.ModelAws;
import dev.privateapi.simulation.aws.Place;
import dev.privateapi.simulation.aws.World;
import dev.privateapi.testing.LayerStack;
import dev.privateapi.testing.Sandbox;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The AWS in memory and the sandbox AWS answer the same scripts in the same way: what the simulation shows of the operator
 * is worth as much as its AWS is.
 */
class ParityIT {

    private static Sandbox sandbox;
    private static LayerStack stack;

    @BeforeAll
    static void start() {
        sandbox = LayerStack.sandbox("--lag", "0");
        stack = new LayerStack(sandbox, aws -> List.of());
    }

    @AfterAll
    static void stop() {
        stack.close();
        sandbox.close();
    }

    static Stream<Arguments> scripts() {
        return Stream.of(NetworkScripts.all(), ServiceScripts.all(), ApiScripts.all(), NameScripts.all())
                .flatMap(it -> it.entrySet().stream())
                .sorted(Map.Entry.comparingByKey())
                .map(it -> Arguments.of(it.getKey(), it.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    void answersAsTheSandbox(String name, Consumer<Transcript> script) {
        World world = new World(1);
        ModelAws model = new ModelAws(world, new Place("123456789012", LayerStack.REGION), Caller.person());
        Transcript inMemory = new Transcript(model, world::advance);
        Transcript inSandbox = new Transcript(stack.aws(), duration ->
                sandbox.post("/clock/advance", Map.of("seconds", duration.toSeconds())));

        script.accept(inMemory);
        script.accept(inSandbox);

        assertThat(inMemory.lines()).as(name).isEqualTo(inSandbox.lines());
    }
}
