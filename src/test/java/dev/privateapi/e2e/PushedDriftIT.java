package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.apigateway.ApiGatewayClient;
import software.amazon.awssdk.services.apigateway.model.Op;
import software.amazon.awssdk.services.apigateway.model.PatchOperation;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.iam.IamClient;

/**
 * What others write wakes the stack at once: no look is due for an hour. The rule, the queues' policy and the operator's are
 * those in docs/.
 */
@ExtendWith(OnApiServer.class)
@TestInstance(Lifecycle.PER_CLASS)
class PushedDriftIT {

    private static final int TOLD_AFTER = 5;

    private Stack stack;
    private Ec2Client ec2;

    @BeforeAll
    void createTheSeed(Cluster cluster) {
        stack = Stack.on(cluster, "pushed", Duration.ofHours(1), Told::in, "--iam", "on");
        ec2 = stack.aws(Ec2Client.builder());
        stack.apply(Stack.seed());
        stack.awaitReady();
    }

    @BeforeEach
    void nothingIsOnItsWay() {
        toldAfter(TOLD_AFTER);
        allIsTold(TOLD_AFTER);
    }

    @AfterAll
    void stop() {
        ec2.close();
        stack.close();
    }

    private void toldAfter(int seconds) {
        stack.sandbox.post("/durations", Map.of("cloudtrail-event", seconds));
    }

    private double time() {
        return stack.sandbox.get("/time").path("now").asDouble();
    }

    /** Until whatever happened before this call has reached the operator, and what a wake-up gathers is over. */
    private void allIsTold(int seconds) {
        double then = time() + seconds;
        stack.until("CloudTrail has told all", () -> time() > then);
        ec2.createTags(it -> it.resources(Stack.PEER_VPC).tags(Tag.builder().key("seen").value("yes").build()));
        long seq = stack.now();
        stack.until("the operator has heard what came after it", () -> Told.calls(stack.sandbox, seq, "DeleteMessageBatch") > 0);
        Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
    }

    private String id(String name) {
        for (JsonNode resource : stack.status().path("resources")) {
            if (resource.path("name").asText().equals(name)) {
                return resource.path("id").asText();
            }
        }
        throw new AssertionError("no " + name + " in " + stack.status().path("resources"));
    }

    /** The repair comes by one look, and neither it nor what it wrote brings another. */
    private void byOneLook(long since) {
        allIsTold(TOLD_AFTER);
        assertThat(Told.looks(stack.sandbox, since)).as("looks at everything").isEqualTo(1);
    }

    @Test
    void revokedRuleComesBackByOneLook() {
        String group = id("service/security-group");
        List<IpPermission> rules = rules(group);
        long since = stack.now();
        ec2.revokeSecurityGroupIngress(it -> it.groupId(group).ipPermissions(rules));

        stack.until("the tasks' port is open again", () -> !rules(group).isEmpty());

        byOneLook(since);
    }

    private List<IpPermission> rules(String group) {
        return ec2.describeSecurityGroups(it -> it.groupIds(group)).securityGroups().getFirst().ipPermissions();
    }

    @Test
    void changedStageIsPutRightByOneLook() {
        try (ApiGatewayClient apis = stack.aws(ApiGatewayClient.builder())) {
            String api = id("api/rest-api");
            String name = apis.getStages(it -> it.restApiId(api)).item().getFirst().stageName();
            Map<String, String> variables = apis.getStage(it -> it.restApiId(api).stageName(name)).variables();
            String variable = variables.keySet().iterator().next();
            long since = stack.now();
            apis.updateStage(it -> it.restApiId(api).stageName(name).patchOperations(PatchOperation.builder()
                    .op(Op.REPLACE).path("/variables/" + variable).value("elsewhere").build()));

            stack.until("the stage leads where it led", () ->
                    apis.getStage(it -> it.restApiId(api).stageName(name)).variables().equals(variables));

            byOneLook(since);
        }
    }

    @Test
    void roleIsPutRightThoughItsEventsAreOfAnotherRegion() {
        try (IamClient iam = stack.aws(IamClient.builder())) {
            String role = id("service/execution-role").replaceAll(".*/", "");
            String policy = iam.listAttachedRolePolicies(it -> it.roleName(role)).attachedPolicies().getFirst().policyArn();
            long since = stack.now();
            iam.detachRolePolicy(it -> it.roleName(role).policyArn(policy));

            stack.until("the role has its policy again", () ->
                    iam.listAttachedRolePolicies(it -> it.roleName(role)).hasAttachedPolicies()
                            && !iam.listAttachedRolePolicies(it -> it.roleName(role)).attachedPolicies().isEmpty());

            assertThat(Told.looks(stack.sandbox, since)).isEqualTo(1);
        }
    }

    @Test
    void routeInThePeersTableIsPutRightThoughTheTableIsNotTheStacks() {
        String connection = ec2.describeVpcPeeringConnections(it -> it.filters(
                filter("status-code", "active"))).vpcPeeringConnections().getFirst().vpcPeeringConnectionId();
        String table = tablesTo(connection).getFirst();
        String cidr = Stack.seed().at("/vpc/cidr").asText();
        ec2.deleteRoute(it -> it.routeTableId(table).destinationCidrBlock(cidr));

        stack.until("the route is back", () -> tablesTo(connection).contains(table));
    }

    private List<String> tablesTo(String connection) {
        return ec2.describeRouteTables(it -> it.filters(filter("vpc-id", Stack.PEER_VPC))).routeTables().stream()
                .filter(table -> table.routes().stream().anyMatch(route -> connection.equals(route.vpcPeeringConnectionId())))
                .map(table -> table.routeTableId()).toList();
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    @Test
    void burstOfWritesIsWorthOneLook() {
        String vpc = id("network/vpc");
        long since = stack.now();
        for (int write = 0; write < 10; write++) {
            String value = Integer.toString(write);
            ec2.createTags(it -> it.resources(vpc).tags(Tag.builder().key("somebodys").value(value).build()));
        }

        allIsTold(TOLD_AFTER);

        assertThat(Told.looks(stack.sandbox, since)).isBetween(1L, 2L);
    }

    @Test
    void whatIsNoneOfTheStacksWakesNobody() {
        long since = stack.now();
        String another = ec2.createSecurityGroup(it -> it.groupName("another").description("d").vpcId(Stack.PEER_VPC)).groupId();
        ec2.deleteSecurityGroup(it -> it.groupId(another));

        allIsTold(TOLD_AFTER);

        assertThat(Told.looks(stack.sandbox, since)).isZero();
    }

    @Test
    void operatorsOwnWritesWakeNobody() {
        int late = 900; // longer than the change takes, so that it is told of when all is done
        toldAfter(late);
        long before = stack.now();
        stack.change("{service: {taskCount: 3}}");
        stack.awaitReady();
        assertThat(stack.changesSince(before)).contains("UpdateService");
        long since = stack.now();

        allIsTold(late);

        assertThat(Told.looks(stack.sandbox, since)).isZero();
    }
}
