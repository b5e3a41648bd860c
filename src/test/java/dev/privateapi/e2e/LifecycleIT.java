package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** The seed's stack from apply to gone, and every change on the way, through the real jar, API server and sandbox. */
@ExtendWith(OnApiServer.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class LifecycleIT {

    private static final String OTHER_PEER = "{vpcId: %s, cidr: 10.4.0.0/16}".formatted(Stack.PEER_VPC);

    private Stack stack;

    @BeforeAll
    void createTheSeed(Cluster cluster) {
        stack = Stack.on(cluster, "poc", Duration.ofMinutes(5));
        stack.apply(Stack.seed());
        stack.awaitReady();
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    @Test
    @Order(1)
    void clientInThePeerVpcGetsTheContainersJson() {
        JsonNode answer = stack.callFromPeer();

        assertThat(answer.path("status").asInt()).as("%s", answer).isEqualTo(200);
        assertThat(answer.path("body").asText()).contains("\"a\"", "\"e\"");
        assertThat(stack.condition("Verified").path("status").asText()).isEqualTo("True");
    }

    @Test
    @Order(1)
    void creatingTakesAtMost200Calls() {
        // A fleet shares its account's rates: calls are what a stack costs others.
        assertThat(stack.sandbox.journal(0)).hasSizeLessThanOrEqualTo(200);
    }

    @Test
    @Order(1)
    void statusTellsWhatUsersAndProgramsRelyOn() {
        JsonNode status = stack.status();

        assertThat(status.path("endpoint").asText()).matches("https://[a-z0-9]+\\.execute-api\\.ap-northeast-1\\.amazonaws\\.com/live/?");
        assertThat(status.at("/vpc/id").asText()).startsWith("vpc-");
        assertThat(status.at("/vpc/subnetIds")).hasSize(2);
        assertThat(status.at("/vpcEndpoints")).hasSize(5);
        assertThat(status.at("/loadBalancer/arn").asText()).contains(":loadbalancer/net/");
        assertThat(status.at("/service/runningTasks").asInt()).isEqualTo(2);
        assertThat(status.at("/api/vpcLinkId").asText()).isNotEmpty();
        assertThat(status.at("/dns/resolverInboundIps")).hasSize(2);
        assertThat(status.at("/peers/0/state").asText()).isEqualTo("active");
        assertThat(status.at("/layersReady").asText()).isEqualTo("7/7");
        assertThat(status.at("/resources")).allSatisfy(it -> assertThat(it.path("id").asText()).isNotEmpty());
        assertThat(stack.kubectl("", "get", "pas")).contains("True", "7/7", "2/2");
    }

    @Test
    @Order(1)
    void inventoryIsExactlyWhatIsTaggedOnAws() {
        Set<String> inventory = new TreeSet<>();
        stack.status().path("resources").forEach(it -> inventory.add(it.path("name").asText()));
        Set<String> tagged = new TreeSet<>();
        stack.sandbox.left().forEach(it -> {
            String key = it.path("tags").path("privateapi.dev/resource").asText();
            if (!key.isEmpty()) {
                tagged.add(key);
            }
        });

        assertThat(inventory).as("every tagged object is listed").containsAll(tagged);
    }

    @Test
    @Order(2)
    void aConvergedStackIsLeftAlone() {
        long before = stack.now();
        String version = stack.get().at("/metadata/resourceVersion").asText();
        stack.kubectl("", "annotate", "pas", "poc", "looked=at", "--overwrite");
        stack.restartOperator();
        stack.until("the new process has looked at everything",
                () -> stack.sandbox.journal(before).stream().anyMatch(it -> it.get("operation").asText().equals("GetRestApis")));
        stack.awaitReady();

        assertThat(stack.changesSince(before)).as("a restart changes nothing on AWS").isEmpty();
        assertThat(version).isNotEmpty();
    }

    @Test
    @Order(3)
    void scalesThroughTheScaleSubresource() {
        long before = stack.now();
        stack.kubectl("", "scale", "pas", "poc", "--replicas=3");

        JsonNode ready = stack.awaitReady();

        assertThat(stack.changesSince(before)).containsExactly("UpdateService");
        assertThat(ready.at("/status/service/runningTasks").asInt()).isEqualTo(3);
        assertThat(ready.at("/status/tasksReady").asText()).isEqualTo("3/3");
    }

    @Test
    @Order(4)
    void newEnvironmentRollsAndCleansUpTheOldRevision() {
        long before = stack.now();
        stack.change("{service: {taskCount: 2, env: [{name: GREETING, value: hello}]}}");

        stack.awaitReady();

        assertThat(new TreeSet<>(stack.changesSince(before))).containsExactly(
                "DeleteTaskDefinitions", "DeregisterTaskDefinition", "RegisterTaskDefinition", "UpdateService");
        assertThat(stack.callFromPeer().path("status").asInt()).isEqualTo(200);
    }

    @Test
    @Order(5)
    void newLogRetentionIsOneCall() {
        long before = stack.now();
        stack.change("{service: {logRetentionDays: 7}}");

        stack.awaitReady();

        assertThat(stack.changesSince(before)).containsExactly("PutRetentionPolicy");
    }

    @Test
    @Order(6)
    void addedRouteIsDeployedAndRemovedRouteIsGone() {
        stack.change("{api: {routes: [{path: /, methods: [GET]}, {path: '/items/{id}', methods: [GET]}]}}");
        stack.awaitReady();
        stack.until("the new route reaches the container", () -> stack.callFromPeer("/items/7").path("stoppedAt").isNull());
        long before = stack.now();

        stack.change("{api: {routes: [{path: /, methods: [GET]}]}}");
        stack.awaitReady();

        assertThat(stack.changesSince(before)).contains("PutRestApi", "CreateDeployment", "DeleteDeployment");
        stack.until("the old route is refused", () -> stack.callFromPeer("/items/7").path("status").asInt() == 403);
        assertThat(stack.callFromPeer().path("status").asInt()).isEqualTo(200);
    }

    @Test
    @Order(7)
    void resolverModeSwitchesAndBack() {
        stack.change("{dns: {resolver: None}}");
        stack.awaitReady();
        stack.until("the Resolver endpoints are gone", () -> stack.sandbox.left().stream()
                .noneMatch(it -> it.path("service").asText().equals("route53resolver")));
        assertThat(stack.callFromPeer().path("status").asInt())
                .as("the zone is associated with the peer VPC instead").isEqualTo(200);

        stack.change("{dns: {resolver: InboundAndOutbound, forwardRules: [{domain: corp.example, targetIps: [10.4.0.10]}]}}");
        stack.awaitReady();

        assertThat(stack.status().at("/dns/resolverInboundIps")).hasSize(2);
        assertThat(stack.callFromPeer().path("status").asInt()).isEqualTo(200);
    }

    @Test
    @Order(8)
    void peerIsRemovedAndAddedAgain() {
        stack.change("{peers: []}");
        stack.awaitReady();
        stack.until("its connection is gone", () -> stack.status().path("peers").isEmpty());
        assertThat(stack.callFromPeer().path("status").asInt()).as("a VPC that is no peer cannot call").isNotEqualTo(200);
        assertThat(stack.sandbox.changed()).as("the former peer's route tables are as they were").isEmpty();

        stack.change("{peers: [" + OTHER_PEER + "]}");
        stack.awaitReady();

        assertThat(stack.callFromPeer().path("status").asInt()).isEqualTo(200);
    }

    @Test
    @Order(9)
    void suspendedStackIsNotTouchedAndSaysWhatDiffers() {
        stack.change("{suspend: true}");
        stack.awaitCondition("Ready", "Suspended");
        long before = stack.now();

        stack.change("{service: {taskCount: 1}}");
        JsonNode condition = stack.awaitConditionMessage("ServiceReady", "desiredCount");

        assertThat(condition.path("message").asText()).contains("desiredCount");
        assertThat(stack.changesSince(before)).isEmpty();
        stack.change("{suspend: false, service: {taskCount: 2}}");
        stack.awaitReady();
    }

    @Test
    @Order(100)
    void deletionLeavesNothing() {
        stack.delete();

        assertThat(stack.sandbox.left()).as("what is left on AWS").isEmpty();
        assertThat(stack.sandbox.changed()).as("what was not ours and changed").isEmpty();
        assertThat(List.copyOf(stack.sandbox.journal(0))).filteredOn(it -> it.get("mutating").asBoolean())
                .as("nothing is deleted before what uses it, so AWS refuses nothing")
                .noneMatch(it -> Set.of("DependencyViolation", "ResourceInUse").contains(it.get("outcome").asText()));
    }
}
