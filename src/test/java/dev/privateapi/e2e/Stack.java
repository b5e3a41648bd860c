package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OperatorProcess;
import dev.privateapi.testing.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

/** One stack on a sandbox of its own, driven as its user drives it: with kubectl, and with the AWS API behind its back. */
final class Stack implements AutoCloseable {

    static final String PEER_VPC = "vpc-0123456789abcdef0";
    /** Far more than any change takes: what hangs fails, what is slow does not. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int SCALE = 60;
    private static final ObjectMapper YAML = new YAMLMapper();

    final Cluster cluster;
    final Sandbox sandbox;
    final String name;
    private final Map<String, String> settings;
    private final List<Stack> others = new ArrayList<>();
    private OperatorProcess operator;

    private Stack(Cluster cluster, String name, Sandbox sandbox, Map<String, String> settings, OperatorProcess operator) {
        this.cluster = cluster;
        this.name = name;
        this.sandbox = sandbox;
        this.settings = settings;
        this.operator = operator;
    }

    /** @param drift the operator's drift interval, which the sandbox's time scale does not shorten */
    static Stack on(Cluster cluster, String name, Duration drift, String... sandboxOptions) {
        return on(cluster, name, drift, sandbox -> Map.of(), sandboxOptions);
    }

    /** @param settings of the operator, beside those that it needs, once there is the sandbox */
    static Stack on(
            Cluster cluster, String name, Duration drift, Function<Sandbox, Map<String, String>> settings, String... sandboxOptions) {
        var options = new ArrayList<>(List.of("--time-scale", Integer.toString(SCALE), "--seed", "1"));
        options.addAll(List.of(sandboxOptions));
        var sandbox = Sandbox.start(options.toArray(String[]::new));
        try {
            var all = new HashMap<>(settings.apply(sandbox));
            all.put("PRIVATEAPI_TIME_SCALE", Integer.toString(SCALE));
            all.put("PRIVATEAPI_DRIFT_INTERVAL", drift.toSeconds() + "s");
            return new Stack(cluster, name, sandbox, all, OperatorProcess.start(cluster, sandbox, all));
        } catch (RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    /** Another one of the same operator and the same AWS, until this one is closed. */
    Stack beside(String name) {
        var other = new Stack(cluster, name, sandbox, settings, operator);
        others.add(other);
        return other;
    }

    /** The seed's spec, to be changed before it is applied. */
    static ObjectNode seed() {
        try {
            return (ObjectNode) YAML.readTree(Files.readString(Path.of("examples", "seed.yaml"))).get("spec");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void apply(ObjectNode spec) {
        var resource = YAML.createObjectNode().put("apiVersion", "privateapi.dev/v1alpha1").put("kind", "PrivateApiStack");
        resource.putObject("metadata").put("name", name);
        resource.set("spec", spec);
        kubectl(resource.toString(), "apply", "-f", "-");
    }

    /** A merge patch of the spec, in YAML's flow style. */
    void change(String spec) {
        kubectl("", "patch", "pas", name, "--type=merge", "-p", json("{spec: " + spec + "}"));
    }

    static String json(String yaml) {
        try {
            return YAML.readTree(yaml).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String kubectl(String input, String... arguments) {
        var output = cluster.kubectl(input, List.of(arguments));
        assertThat(output.exitCode()).as("kubectl %s: %s", String.join(" ", arguments), output.stderr()).isZero();
        return output.stdout();
    }

    JsonNode get() {
        try {
            return new ObjectMapper().readTree(kubectl("", "get", "pas", name, "-o", "json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode status() {
        return get().path("status");
    }

    JsonNode condition(String type) {
        return condition(get(), type);
    }

    private static JsonNode condition(JsonNode stack, String type) {
        return StreamSupport.stream(stack.path("status").path("conditions").spliterator(), false)
                .filter(it -> it.path("type").asText().equals(type))
                .findFirst()
                .orElseGet(() -> new ObjectMapper().createObjectNode());
    }

    /** Until the spec as it is now is Ready. */
    JsonNode awaitReady() {
        return await("Ready=True for the current spec", stack -> {
            JsonNode ready = condition(stack, "Ready");
            return ready.path("status").asText().equals("True")
                    && ready.path("observedGeneration").asLong() == stack.path("metadata").path("generation").asLong();
        });
    }

    JsonNode awaitCondition(String type, String reason) {
        return condition(await(type + " says " + reason,
                stack -> condition(stack, type).path("reason").asText().equals(reason)), type);
    }

    JsonNode awaitConditionMessage(String type, String part) {
        return condition(await(type + " tells of " + part,
                stack -> condition(stack, type).path("message").asText().contains(part)), type);
    }

    JsonNode await(String what, Predicate<JsonNode> holds) {
        JsonNode[] last = new JsonNode[1];
        try {
            Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(100))
                    .failFast("the operator ended; see " + operator.log(), () -> !operator.isAlive())
                    .until(() -> holds.test(last[0] = get()));
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(what + " did not come; status: "
                    + last[0].path("status").path("conditions").toPrettyString() + "; operator " + operator.lastWords(), e);
        }
        return last[0];
    }

    void until(String what, java.util.concurrent.Callable<Boolean> holds) {
        Awaitility.await(what + "; log: " + operator.log()).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(holds);
    }

    /** What was told to be wrong with it, ever. */
    String warnings() {
        return kubectl("", "get", "events", "--field-selector=type=Warning,involvedObject.name=" + name, "-o",
                "jsonpath={.items[*].message}");
    }

    void beginDeletion() {
        kubectl("", "delete", "pas", name, "--wait=false");
    }

    void delete() {
        beginDeletion();
        awaitGone();
    }

    void awaitGone() {
        until("the resource is gone", () -> cluster.kubectl("get", "pas", name).stderr().contains("(NotFound)"));
    }

    void untilCalled(String operation) {
        until(operation, () -> sandbox.journal(0).stream().anyMatch(it -> it.get("operation").asText().equals(operation)));
    }

    void assertOneOfEach() {
        Map<String, Long> objects = sandbox.left().stream()
                .filter(it -> it.path("tags").has("privateapi.dev/resource") && !it.path("type").asText().equals("task"))
                .collect(Collectors.groupingBy(it -> String.join(" ", it.at("/tags/privateapi.dev~1owner").asText(),
                        it.path("type").asText(), it.at("/tags/privateapi.dev~1resource").asText()), TreeMap::new, Collectors.counting()));
        assertThat(objects).as("one of each").isNotEmpty().allSatisfy((object, count) -> assertThat(count).isEqualTo(1));
    }

    void assertNothingLeft() {
        assertThat(sandbox.left()).isEmpty();
        assertThat(sandbox.changed()).isEmpty();
    }

    boolean operatorLives() {
        return operator.isAlive();
    }

    /** As Kubernetes does with a container that ended; returns what it ended with. */
    int restartEndedOperator() {
        int exitCode = operator.exitCode();
        operator = OperatorProcess.start(cluster, sandbox, settings);
        return exitCode;
    }

    void restartOperator() {
        operator.kill();
        operator = OperatorProcess.start(cluster, sandbox, settings);
    }

    /** The number of the newest call, to ask for those that come after it. */
    long now() {
        return sandbox.journal(0).stream().mapToLong(call -> call.get("seq").asLong()).max().orElse(0);
    }

    /** The operations since then that change something, in their order. */
    List<String> changesSince(long seq) {
        return sandbox.journal(seq).stream().filter(call -> call.get("mutating").asBoolean())
                .map(call -> call.get("operation").asText()).toList();
    }

    JsonNode callFromPeer() {
        return callFromPeer("");
    }

    /** As a host of the peer VPC, which asks the inbound Resolver endpoint where the stack has one. */
    JsonNode callFromPeer(String path) {
        return callFromPeer(status(), path);
    }

    /** @param status of the stack, which may be gone by now */
    JsonNode callFromPeer(JsonNode status, String path) {
        List<String> nameservers = StreamSupport.stream(status.at("/dns/resolverInboundIps").spliterator(), false)
                .map(JsonNode::asText).toList();
        return sandbox.invoke(PEER_VPC, nameservers, status.path("endpoint").asText() + path);
    }

    /** A client of the same AWS under another caller's name: what people do behind the operator's back. */
    <B extends AwsClientBuilder<B, C>, C> C aws(B builder) {
        return aws(builder, "person");
    }

    /** @param caller an account's number for its root */
    <B extends AwsClientBuilder<B, C>, C> C aws(B builder, String caller) {
        return builder.endpointOverride(URI.create(sandbox.endpoint().toString()))
                .region(Region.AP_NORTHEAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(caller, caller)))
                .build();
    }

    @Override
    public void close() {
        operator.close();
        sandbox.close();
        others.forEach(Stack::forget);
        forget();
    }

    /** Its AWS is gone, so nothing can clean up: the next test of this namespace must not find the resource. */
    private void forget() {
        cluster.kubectl("patch", "pas", name, "--type=merge", "-p", "{\"metadata\": {\"finalizers\": null}}");
        cluster.kubectl("delete", "pas", name, "--ignore-not-found");
    }
}
