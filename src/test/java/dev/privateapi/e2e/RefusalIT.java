package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** What only AWS can refuse: it becomes a condition that says what to do, the rest goes on, and a correction heals it. */
@ExtendWith(OnApiServer.class)
class RefusalIT {

    private Stack stack;

    @BeforeEach
    void start(Cluster cluster, TestInfo test) {
        String name = test.getTestMethod().orElseThrow().getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
        stack = Stack.on(cluster, name.substring(0, Math.min(30, name.length())).replaceFirst("-$", ""), Duration.ofSeconds(20));
    }

    @AfterEach
    void stop() {
        stack.close();
    }

    @Test
    void imageThatDoesNotExistIsToldAndTheOldTasksServe() {
        stack.apply(Stack.seed());
        stack.awaitReady();

        stack.change("{service: {image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:nowhere'}}");
        JsonNode condition = stack.awaitCondition("ServiceReady", "TasksFailing");

        assertThat(condition.path("message").asText()).as("the cause in AWS' words").contains("CannotPullContainerError");
        assertThat(stack.callFromPeer().path("status").asInt()).as("the old revision serves on").isEqualTo(200);

        stack.change("{service: {image: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:web'}}");
        stack.awaitReady();
    }

    @Test
    void peerThatDoesNotExistHoldsUpOnlyItself() {
        var spec = Stack.seed();
        spec.withArray("peers").removeAll().addObject().put("vpcId", "vpc-00000000000000bad").put("cidr", "10.9.0.0/16");
        spec.withObject("dns").put("resolver", "Inbound");
        stack.apply(spec);

        stack.await("everything but the peering is ready", it -> it.at("/status/layersReady").asText().equals("6/7"));
        JsonNode condition = stack.condition("PeeringReady");

        assertThat(condition.path("status").asText()).isEqualTo("False");
        assertThat(condition.path("message").asText()).contains("vpc-00000000000000bad");
        stack.change("{peers: [{vpcId: %s, cidr: 10.4.0.0/16}]}".formatted(Stack.PEER_VPC));
        stack.awaitReady();
    }

    @Test
    void missingPermissionNamesTheActionAndHealsWhenGranted() {
        stack.sandbox.fault(Map.of("operation", "CreateLoadBalancer", "kind", "error", "code", "AccessDenied", "times", 1000));
        stack.apply(Stack.seed());

        JsonNode condition = stack.awaitCondition("LoadBalancerReady", "AccessDenied");
        assertThat(condition.path("message").asText()).contains("elasticloadbalancing:CreateLoadBalancer");

        stack.sandbox.clearFaults();
        stack.change("{service: {env: [{name: RETRY, value: now}]}}");
        stack.awaitReady();
    }

    @Test
    void networkInterfaceOfSomebodyElseIsNamedAndLeftAlone() {
        stack.apply(Stack.seed());
        stack.awaitReady();
        try (var ec2 = stack.aws(Ec2Client.builder())) {
            String subnet = stack.status().at("/vpc/subnetIds/0").asText();
            String foreign = ec2.createNetworkInterface(it -> it.subnetId(subnet).description("of somebody else"))
                    .networkInterface().networkInterfaceId();
            stack.beginDeletion();

            JsonNode condition = stack.awaitConditionMessage("Ready", foreign);
            assertThat(condition.path("message").asText()).as("who holds it up").contains("of somebody else");
            stack.until("all that can go is gone", () -> stack.sandbox.left().stream()
                    .noneMatch(it -> List.of("ecs", "elbv2", "apigateway").contains(it.path("service").asText())));

            ec2.deleteNetworkInterface(it -> it.networkInterfaceId(foreign));
            stack.until("the deletion ends by itself", () -> stack.sandbox.left().isEmpty());
        }
    }

    @Test
    void retainedStackStaysOnAwsWhenItsResourceGoes() {
        var spec = Stack.seed();
        spec.put("deletionPolicy", "Retain");
        stack.apply(spec);
        stack.awaitReady();
        long before = stack.now();
        JsonNode status = stack.status();

        stack.delete();

        assertThat(stack.changesSince(before)).isEmpty();
        assertThat(stack.callFromPeer(status, "").path("status").asInt()).isEqualTo(200);
    }
}
