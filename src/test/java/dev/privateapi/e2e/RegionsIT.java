package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Region that does not answer, with more stacks than have a turn at the same time, is nothing to the stacks of another. */
@ExtendWith(OnApiServer.class)
class RegionsIT {

    private static final String AWAY = "eu-west-1";
    private static final String TURNS = "2";
    private static final int STACKS_THERE = 10;
    /** Longer than any client waits. */
    private static final int FOR_EVER = 1_000_000;

    @ParameterizedTest
    @ValueSource(strings = {"timeout", "throttle"})
    void stacksOfAnotherRegionConvergeMeanwhile(String fault, Cluster cluster) {
        try (Stack stack = Stack.on(cluster, "near", Duration.ofMinutes(5), it -> Map.of("PRIVATEAPI_MAX_CONCURRENT", TURNS))) {
            stack.sandbox.fault(Map.of("operation", "*", "region", AWAY, "kind", fault, "times", 0, "seconds", FOR_EVER));
            try {
                IntStream.range(0, STACKS_THERE).forEach(i -> applyFar(stack, i));
                stack.until("it is called there", () -> stack.sandbox.get("/faults").get(0).path("hits").asInt() > STACKS_THERE);

                stack.apply(Stack.seed());
                stack.awaitReady();

                assertThat(stack.sandbox.left()).as("nothing was made there").noneMatch(it -> it.path("region").asText().equals(AWAY));
                stack.delete();
            } finally {
                IntStream.range(0, STACKS_THERE).forEach(i -> forgetFar(stack, i));
            }
        }
    }

    private static void applyFar(Stack near, int number) {
        ObjectNode spec = Stack.seed();
        spec.put("region", AWAY);
        spec.withObject("/vpc").withArray("subnets").forEach(it -> ((ObjectNode) it).put("availabilityZone",
                it.path("availabilityZone").asText().replace("ap-northeast-1", AWAY).replaceFirst("c$", "b")));
        spec.withObject("/service").put("image", spec.at("/service/image").asText().replace("ap-northeast-1", AWAY));
        spec.withArray("peers").removeAll();
        ObjectNode stack = spec.objectNode().put("apiVersion", "privateapi.dev/v1alpha1").put("kind", "PrivateApiStack");
        stack.putObject("metadata").put("name", "far-" + number);
        stack.set("spec", spec);
        near.kubectl(stack.toString(), "apply", "-f", "-");
    }

    private static void forgetFar(Stack near, int number) {
        near.cluster.kubectl("delete", "pas", "far-" + number, "--wait=false");
        near.cluster.kubectl("patch", "pas", "far-" + number, "--type=merge", "-p", "{\"metadata\": {\"finalizers\": null}}");
    }
}
