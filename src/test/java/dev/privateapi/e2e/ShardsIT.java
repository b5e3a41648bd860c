package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import dev.privateapi.testing.OperatorProcess;
import dev.privateapi.testing.Sandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessKey;

/**
 * Two shards, as docs/operations.md has them: those with the label {@code shard=a}, in two replicas, and all others; or some
 * namespaces and some others. Each process calls AWS as a user of its own, so that the sandbox's journal tells who did what.
 */
@ExtendWith(OnApiServer.class)
class ShardsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String SCALE = "60";
    private static final String MIDST_OF_CREATION = "CreateLoadBalancer";
    /** Of a burst of one there are no halves: AWS refuses one of two shards that call at the same moment. */
    private static final Set<String> ONE_AT_A_TIME = Set.of("CreateRestApi", "PutRestApi", "CreateDeployment", "DeleteRestApi");

    private final List<OperatorProcess> operators = new ArrayList<>();
    private final Map<String, String> cidrs = new HashMap<>();
    /** Namespace by stack. */
    private final Map<String, String> homes = new HashMap<>();
    /** Stack by id of an object, also of those that are gone by now. */
    private final Map<String, String> owners = new HashMap<>();
    private Cluster cluster;
    private Sandbox sandbox;

    @BeforeEach
    void start(Cluster cluster) {
        this.cluster = cluster;
        sandbox = Sandbox.start("--time-scale", SCALE, "--seed", "1", "--quotas", "off");
    }

    @AfterEach
    void stop() {
        operators.forEach(OperatorProcess::close);
        sandbox.close();
        homes.forEach((stack, home) -> {
            cluster.kubectl("-n", home, "patch", "pas", stack, "--type=merge", "-p", "{\"metadata\": {\"finalizers\": null}}");
            cluster.kubectl("-n", home, "delete", "pas", stack, "--ignore-not-found");
        });
    }

    @Test
    void eachStackHasOneShardAndNoneIsMissed() {
        OperatorProcess leader = operator("a-leader", "shard=a");
        until("it leads", () -> cluster.kubectl("get", "leases", "-o", "jsonpath={.items[*].spec.holderIdentity}")
                .stdout().contains("a-leader-"));
        operator("a-standby", "shard=a");
        operator("others", "shard notin (a)");

        apply("alpha", "a");
        apply("beta", "a");
        apply("gamma", "b");
        apply("delta", "");
        untilCalled(MIDST_OF_CREATION, "a-leader");
        leader.kill();
        List.of("alpha", "beta", "gamma", "delta").forEach(this::awaitReady);

        assertThat(callers(0).get("alpha")).as("the standby finished what the leader had begun")
                .containsExactlyInAnyOrder("a-leader", "a-standby");
        assertThat(callers(0).get("beta")).isSubsetOf("a-leader", "a-standby").contains("a-standby");
        assertThat(callers(0).get("gamma")).as("the other shard's").containsExactly("others");
        assertThat(callers(0).get("delta")).as("without a label").containsExactly("others");
        assertThat(failures("others")).as("what the death of the one was to the other").isEmpty();
        assertOneOfEach();

        deleteAll();
        assertNothingLeft();
    }

    @Test
    void eachNamespaceHasOneShardAndOthersAreLeftAlone() {
        String home = cluster.namespace();
        List.of("-team", "-other", "-nobodys").forEach(it -> kubectl("", "create", "namespace", home + it));
        OperatorProcess two = operator("two", Map.of("PRIVATEAPI_WATCH_NAMESPACES", home + "," + home + "-team"));
        OperatorProcess one = operator("one", Map.of("PRIVATEAPI_WATCH_NAMESPACES", home + "-other"));

        apply("sigma", home, "");
        apply("theta", home + "-team", "");
        apply("iota", home + "-other", "");
        apply("kappa", home + "-nobodys", "");
        List.of("sigma", "theta", "iota").forEach(this::awaitReady);

        assertThat(callers(0)).as("by namespace, at the same time and without each other's lease").isEqualTo(
                Map.of("sigma", Set.of("two"), "theta", Set.of("two"), "iota", Set.of("one")));
        assertThat(stacksCountedBy(two)).as("both of its namespaces").isEqualTo(2);
        assertThat(stacksCountedBy(one)).isEqualTo(1);
        long edited = lastCall();
        List.of("theta", "iota").forEach(stack -> kubectl("", "-n", homes.get(stack), "patch", "pas", stack, "--type=merge", "-p",
                Stack.json("{spec: {service: {taskCount: 3}}}")));
        List.of("theta", "iota").forEach(this::awaitReady);
        assertThat(callers(edited)).as("edits, and nothing for the others").isEqualTo(
                Map.of("theta", Set.of("two"), "iota", Set.of("one")));
        assertOneOfEach();
        assertThat(kubectl("", "-n", homes.get("kappa"), "get", "pas", "kappa", "-o", "jsonpath={.status}{.metadata.finalizers}"))
                .as("in a namespace that nobody watches: no word, and nothing that would hold up its deletion").isEmpty();

        deleteAll();
        assertNothingLeft();
    }

    @Test
    void stackThatIsRelabelledIsTheOtherShardsAndNothingIsDoubled() {
        operator("a", "shard=a");
        OperatorProcess others = operator("others", "shard notin (a)");
        apply("epsilon", "b");
        awaitReady("epsilon");
        assertThat(stacksCountedBy(others)).isEqualTo(1);

        long moved = relabel("epsilon", "a", "{service: {taskCount: 3}}");
        awaitReady("epsilon");
        assertThat(callers(moved).get("epsilon")).as("a converged stack").containsExactly("a");
        until("counted by one of them only", () -> stacksCountedBy(others) == 0);

        apply("zeta", "b");
        untilCalled(MIDST_OF_CREATION, "others");
        relabel("zeta", "a", "{}");
        untilCalled("PutRestApi", "a");
        relabel("zeta", "b", "{}");
        awaitReady("zeta");
        assertThat(callers(0).get("zeta")).as("there and back in the midst of creation").containsExactlyInAnyOrder("a", "others");
        assertOneOfEach();
        moved = relabel("zeta", "b", "{service: {taskCount: 3}}");
        awaitReady("zeta");
        assertThat(callers(moved).get("zeta")).containsExactly("others");

        deleteAll();
        assertNothingLeft();
    }

    private OperatorProcess operator(String name, String selector) {
        return operator(name, Map.of("PRIVATEAPI_LABEL_SELECTOR", selector));
    }

    /** @param share which stacks are its */
    private OperatorProcess operator(String name, Map<String, String> share) {
        AccessKey key = key(name);
        Map<String, String> settings = new HashMap<>(Map.of(
                "HOSTNAME", name,
                "AWS_ACCESS_KEY_ID", key.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", key.secretAccessKey(),
                "PRIVATEAPI_RATE_SHARE", "0.5",
                "PRIVATEAPI_LEADER_ELECTION", "true",
                "PRIVATEAPI_LEASE_NAMESPACE", cluster.namespace(),
                "PRIVATEAPI_TIME_SCALE", SCALE));
        settings.putAll(share);
        OperatorProcess operator = OperatorProcess.start(cluster, sandbox, settings);
        operators.add(operator);
        return operator;
    }

    private AccessKey key(String user) {
        try (IamClient iam = IamClient.builder().endpointOverride(sandbox.endpoint()).region(Region.AP_NORTHEAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("person", "person"))).build()) {
            iam.createUser(it -> it.userName(user));
            return iam.createAccessKey(it -> it.userName(user)).accessKey();
        }
    }

    private void apply(String name, String shard) {
        apply(name, cluster.namespace(), shard);
    }

    /** A small one: without Resolver endpoints and peers. */
    private void apply(String name, String namespace, String shard) {
        homes.put(name, namespace);
        String net = "10." + (20 + cidrs.size()) + ".";
        cidrs.put(name, net + "0.0/16");
        ObjectNode spec = Stack.seed();
        spec.withObject("/vpc").put("cidr", cidrs.get(name));
        spec.withObject("/vpc").withArray("subnets").forEach(it -> ((ObjectNode) it)
                .put("cidr", it.path("cidr").asText().replace("10.1.", net)));
        spec.withObject("/dns").put("resolver", "None");
        spec.withArray("peers").removeAll();
        ObjectNode stack = spec.objectNode().put("apiVersion", "privateapi.dev/v1alpha1").put("kind", "PrivateApiStack");
        stack.putObject("metadata").put("name", name).put("namespace", namespace);
        if (!shard.isEmpty()) {
            stack.withObject("/metadata/labels").put("shard", shard);
        }
        stack.set("spec", spec);
        kubectl(stack.toString(), "-n", namespace, "apply", "-f", "-");
    }

    /** Both at once. @return the number of the last call before */
    private long relabel(String name, String shard, String spec) {
        long last = lastCall();
        kubectl("", "patch", "pas", name, "--type=merge", "-p", Stack.json(
                "{metadata: {labels: {shard: " + shard + "}}, spec: " + spec + "}"));
        return last;
    }

    private long lastCall() {
        return sandbox.journal(0).stream().mapToLong(call -> call.path("seq").asLong()).max().orElse(0);
    }

    private String kubectl(String input, String... arguments) {
        Cluster.Output output = cluster.kubectl(input, List.of(arguments));
        assertThat(output.exitCode()).as("kubectl %s: %s", String.join(" ", arguments), output.stderr()).isZero();
        return output.stdout();
    }

    private void awaitReady(String name) {
        until(name + " is ready", () -> {
            rememberOwners();
            String[] seen = kubectl("", "-n", homes.get(name), "get", "pas", name, "-o", "jsonpath={.metadata.generation} "
                    + "{.status.conditions[?(@.type==\"Ready\")].observedGeneration} "
                    + "{.status.conditions[?(@.type==\"Ready\")].status}").split(" ", -1);
            return seen[0].equals(seen[1]) && seen[2].equals("True");
        });
    }

    private void untilCalled(String operation, String caller) {
        until(operation + " by " + caller, () -> sandbox.journal(0).stream().anyMatch(call ->
                call.path("operation").asText().equals(operation) && caller(call).equals(caller)));
    }

    private void deleteAll() {
        homes.forEach((stack, home) -> kubectl("", "-n", home, "delete", "pas", stack, "--wait=false"));
        until("all are gone", () -> kubectl("", "get", "pas", "-A", "-o", "name").isEmpty());
    }

    private void until(String what, Callable<Boolean> holds) {
        try {
            Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(holds);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(what + ": not within " + PATIENCE + ". The stacks:\n"
                    + cluster.kubectl("get", "pas", "-A", "-o", "jsonpath={range .items[*]}{.metadata.name}: {.metadata.deletionTimestamp} "
                            + "{.status.conditions}{\"\\n\"}{end}").stdout()
                    + operators.stream().map(OperatorProcess::lastWords).collect(Collectors.joining("\n")), e);
        }
    }

    private void rememberOwners() {
        sandbox.left().forEach(it -> owners.put(it.path("id").asText(), it.at("/tags/privateapi.dev~1owner").asText()));
    }

    /** Who changed something of each stack since then. */
    private Map<String, Set<String>> callers(long seq) {
        rememberOwners();
        Map<String, Set<String>> callers = new TreeMap<>();
        sandbox.journal(seq).stream().filter(call -> call.path("mutating").asBoolean()).forEach(call ->
                stacksOf(call).forEach(stack -> callers.computeIfAbsent(stack, it -> new HashSet<>()).add(caller(call))));
        return callers;
    }

    /** By the ids of objects that it names; by the addresses, or the names, which no two share, where there is no object yet. */
    private Set<String> stacksOf(JsonNode call) {
        String params = call.path("params").toString();
        Set<String> stacks = cidrs.entrySet().stream()
                .filter(it -> params.contains(it.getValue()) || params.contains(it.getKey()))
                .map(Map.Entry::getKey).collect(Collectors.toSet());
        owners.forEach((id, owner) -> {
            if (!owner.isEmpty() && params.contains('"' + id + '"')) {
                stacks.add(owner.substring(owner.indexOf('/') + 1));
            }
        });
        return stacks;
    }

    private static String caller(JsonNode call) {
        String arn = call.path("caller").asText();
        return arn.substring(arn.indexOf('/') + 1);
    }

    private List<String> failures(String caller) {
        return sandbox.journal(0).stream()
                .filter(call -> caller(call).equals(caller) && call.path("mutating").asBoolean())
                .filter(call -> !call.path("outcome").asText().equals("ok") && !waitsForTheOther(call))
                .map(JsonNode::toString).toList();
    }

    private static boolean waitsForTheOther(JsonNode call) {
        return ONE_AT_A_TIME.contains(call.path("operation").asText())
                && call.path("outcome").asText().equals("TooManyRequestsException");
    }

    private static long stacksCountedBy(OperatorProcess operator) {
        return operator.metrics().lines().filter(line -> line.startsWith("privateapi_stacks{"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private void assertNothingLeft() {
        assertThat(sandbox.left()).as("but the operators").allMatch(it -> it.path("type").asText().equals("user"));
        assertThat(sandbox.changed()).isEmpty();
    }

    private void assertOneOfEach() {
        Map<String, Long> objects = sandbox.left().stream()
                .filter(it -> it.path("tags").has("privateapi.dev/resource") && !it.path("type").asText().equals("task"))
                .collect(Collectors.groupingBy(it -> String.join(" ", it.at("/tags/privateapi.dev~1owner").asText(),
                        it.path("type").asText(), it.at("/tags/privateapi.dev~1resource").asText()), Collectors.counting()));
        assertThat(objects).as("one of each").isNotEmpty().allSatisfy((object, count) -> assertThat(count).isEqualTo(1));
    }
}
