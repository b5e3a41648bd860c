package dev.privateapi.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.api.v1alpha1.ServiceSpec;
import dev.privateapi.api.v1alpha1.SubnetSpec;
import dev.privateapi.api.v1alpha1.VpcSpec;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The resource as kubectl, GitOps tools and the operator use it, on a real API server. */
@ExtendWith(OnApiServer.class)
class CrdUseIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Cluster cluster;

    CrdUseIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @AfterEach
    void removeStacks() {
        cluster.client().resources(PrivateApiStack.class).delete();
    }

    static Stream<Path> examples() throws IOException {
        try (var files = Files.list(Path.of("examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void takesEveryExample(Path example) throws IOException {
        // People begin by copying one of these.
        var yaml = Files.readString(example).replace("namespace: default", "namespace: " + cluster.namespace());
        var output = cluster.kubectl(yaml, List.of("apply", "--dry-run=server", "--validate=strict", "-f", "-"));

        assertThat(output.stderr()).isEmpty();
        assertThat(output.stdout()).contains("created (server dry run)");
    }

    @Test
    void fillsInWhatTheRecordsFillIn() {
        // An object stored before a field existed has only the records' defaults; both must mean the same stack.
        var required = new PrivateApiStackSpec(
                "ap-northeast-1",
                new VpcSpec(
                        "10.1.0.0/16",
                        null,
                        List.of(
                                new SubnetSpec("10.1.1.0/24", "ap-northeast-1a", null),
                                new SubnetSpec("10.1.2.0/24", "ap-northeast-1c", null))),
                new ServiceSpec(
                        "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:web",
                        null, null, null, null, null, null, null, null),
                null, null, null, null, null, null);
        var patch = JsonNodeFactory.instance.objectNode();
        patch.putNull("api").putNull("dns").putNull("peers").putNull("deletionPolicy").putNull("suspend");
        patch.putObject("service").putNull("taskCount").putNull("cpu").putNull("memory").putNull("port");
        cluster.client().resource(SpecCase.seed("minimal", patch)).create();

        assertThat(stack("minimal").getSpec()).isEqualTo(required);
        // Every scalar is visible in the object too, for whoever reads it without these classes.
        assertThat(raw("minimal").at("/spec/service")).hasToString(
                """
                {"containerInsights":false,"cpu":256,"cpuArchitecture":"X86_64",\
                "image":"123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:web",\
                "logRetentionDays":30,"memory":512,"port":80,"taskCount":2}""");
        assertThat(raw("minimal").at("/spec/api")).hasToString("{\"stage\":\"live\"}");
        assertThat(raw("minimal").at("/spec/dns")).hasToString("{\"resolver\":\"None\"}");
    }

    @Test
    void showsNoDifferenceAfterApplyingTheSameAgain() throws IOException {
        // A GitOps tool applies every few minutes: a generation that moves each time never lets the stack settle.
        var file = Path.of("examples", "seed.yaml").toString();
        var yaml = Files.readString(Path.of(file)).replace("namespace: default", "namespace: " + cluster.namespace());

        cluster.kubectl(yaml, List.of("apply", "-f", "-"));
        assertThat(cluster.kubectl(yaml, List.of("apply", "-f", "-")).stdout()).contains("poc unchanged");
        assertThat(cluster.kubectl(yaml, List.of("diff", "-f", "-"))).isEqualTo(new Cluster.Output(0, "", ""));
        cluster.kubectl(yaml, List.of("apply", "--server-side", "--force-conflicts", "-f", "-"));
        cluster.kubectl(yaml, List.of("apply", "--server-side", "-f", "-"));

        assertThat(stack("poc").getMetadata().getGeneration()).isEqualTo(1);
    }

    @Test
    void letsTwoManagersOwnItemsOfOneList() {
        // The team of a peer VPC applies its own peer, the API's team its own routes: neither may remove the other's.
        apply("owner", SpecCase.seed("shared"));
        apply("peer-team", fragment(
                "{\"peers\": [{\"vpcId\": \"vpc-0aaaaaaaaaaaaaaaa\", \"cidr\": \"10.5.0.0/16\"}], \"api\": {\"routes\": [{\"path\": \"/b\", \"methods\": [\"GET\"]}]}}"));
        apply("owner", SpecCase.seed("shared"));

        assertThat(raw("shared").at("/spec/peers").findValuesAsText("vpcId"))
                .containsExactly("vpc-0123456789abcdef0", "vpc-0aaaaaaaaaaaaaaaa");
        assertThat(raw("shared").at("/spec/api/routes").findValuesAsText("path")).containsExactly("/", "/b");
    }

    @Test
    void dropsADefaultedListWhenOneIsApplied() {
        // Were the routes' default in the schema, /{proxy+} would stay open beside the route that is asked for.
        apply("owner", SpecCase.seed("closed", fragmentSpec("{\"api\": null}")));
        apply("owner", SpecCase.seed("closed", fragmentSpec("{\"api\": {\"routes\": [{\"path\": \"/a\", \"methods\": [\"GET\"]}]}}")));

        assertThat(raw("closed").at("/spec/api/routes").findValuesAsText("path")).containsExactly("/a");
    }

    @Test
    void scalesByTheScaleSubresource() {
        cluster.client().resource(SpecCase.seed("scaled")).create();
        publish("scaled", 2);

        var output = cluster.kubectl("scale", "pas", "scaled", "--current-replicas=2", "--replicas=3");

        assertThat(output.stderr()).isEmpty();
        assertThat(stack("scaled").getSpec().service().taskCount()).isEqualTo(3);
        var scale = cluster.client().resources(PrivateApiStack.class).withName("scaled").scale();
        assertThat(scale.getSpec().getReplicas()).isEqualTo(3);
        assertThat(scale.getStatus().getReplicas()).isEqualTo(2);
    }

    @Test
    void showsTheColumnsOfTheContract() {
        cluster.client().resource(SpecCase.seed("shown")).create();
        publish("shown", 2);

        var narrow = cluster.kubectl("get", "pas").stdout().lines().toList();
        var wide = cluster.kubectl("get", "privateapi", "-o", "wide").stdout().lines().toList();

        assertThat(narrow.get(0).split("\\s+")).containsExactly("NAME", "READY", "STATUS", "LAYERS", "TASKS", "API", "AGE");
        assertThat(narrow.get(1).split("\\s+")).startsWith("shown", "False", "Waiting", "5/7", "1/2", "a1b2c3d4e5");
        assertThat(wide.get(0).split("\\s+"))
                .containsExactly("NAME", "READY", "STATUS", "LAYERS", "TASKS", "API", "AGE", "ENDPOINT", "VPC", "MESSAGE");
        assertThat(wide.get(1)).endsWith("vpc-0cccccccccccccccc   waits for the VPC link");
    }

    @Test
    void keepsStatusApartFromSpec() {
        cluster.client().resource(SpecCase.seed("apart")).create();
        publish("apart", 2);

        assertThat(stack("apart").getMetadata().getGeneration()).isEqualTo(1);
        assertThat(stack("apart").getStatus().service().desiredTasks()).isEqualTo(2);
        assertThat(stack("apart").getStatus().resources()).isNull();
    }

    @Test
    void refusesANameThatFitsIntoNoTag() {
        var output = cluster.kubectl(
                Serialization.asYaml(SpecCase.seed("n".repeat(193))), List.of("apply", "--dry-run=server", "-f", "-"));

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.stderr()).contains("use at most 192 for the name");
    }

    @Test
    void refusesFieldsThatDoNotExist() {
        var output = cluster.kubectl(
                Serialization.asYaml(SpecCase.seed("typo", fragmentSpec("{\"service\": {\"replicas\": 2}}"))),
                List.of("apply", "--dry-run=server", "-f", "-"));

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.stderr()).contains("unknown field \"spec.service.replicas\"");
    }

    private void apply(String manager, GenericKubernetesResource resource) {
        cluster.client().resource(resource).patch(serverSideApply(manager));
    }

    private static PatchContext serverSideApply(String manager) {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager)
                .build();
    }

    /** What a second manager applies: only the fields it cares for. */
    private static GenericKubernetesResource fragment(String spec) {
        var resource = SpecCase.seed("shared");
        resource.setAdditionalProperty("spec", fragmentSpec(spec));
        return resource;
    }

    private static JsonNode fragmentSpec(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    private void publish(String name, int desired) {
        var condition = new ConditionBuilder()
                .withType("Ready")
                .withStatus("False")
                .withReason("Waiting")
                .withMessage("waits for the VPC link")
                .withLastTransitionTime("2026-01-01T00:00:00Z")
                .withObservedGeneration(1L)
                .build();
        var stack = new PrivateApiStack();
        stack.setMetadata(new ObjectMetaBuilder().withName(name).build());
        stack.setStatus(new PrivateApiStackStatus(
                1L,
                List.of(condition),
                "https://a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com/live",
                "5/7",
                "1/2",
                new PrivateApiStackStatus.Vpc("vpc-0cccccccccccccccc", List.of()),
                null,
                null,
                new PrivateApiStackStatus.Service(null, null, null, 1, desired),
                new PrivateApiStackStatus.Api("a1b2c3d4e5", "live", null),
                null,
                null,
                null));
        cluster.client().resource(stack).subresource("status").patch(serverSideApply("operator"));
    }

    private PrivateApiStack stack(String name) {
        return cluster.client().resources(PrivateApiStack.class).withName(name).require();
    }

    private JsonNode raw(String name) {
        return JSON.valueToTree(cluster.client()
                .genericKubernetesResources("privateapi.dev/v1alpha1", "PrivateApiStack")
                .withName(name)
                .require());
    }
}
