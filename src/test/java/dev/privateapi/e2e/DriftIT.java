package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.apigateway.ApiGatewayClient;
import software.amazon.awssdk.services.apigateway.model.Op;
import software.amazon.awssdk.services.apigateway.model.PatchOperation;
import software.amazon.awssdk.services.apigateway.model.Resource;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.VpcAttributeName;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** What people change behind the operator's back, at least once per layer, is put right within a drift interval. */
@ExtendWith(OnApiServer.class)
@TestInstance(Lifecycle.PER_CLASS)
class DriftIT {

    private static final String ANYWHERE = "0.0.0.0/0";

    private Stack stack;
    private Ec2Client ec2;

    @BeforeAll
    void createTheSeed(Cluster cluster) {
        stack = Stack.on(cluster, "drift", Duration.ofSeconds(3));
        stack.apply(Stack.seed());
        stack.awaitReady();
        ec2 = stack.aws(Ec2Client.builder());
    }

    @AfterEach
    void theStackServes() {
        stack.awaitReady();
        // A change of a zone reaches the name servers up to a minute after Route 53 has taken it.
        stack.until("after the repair the API answers", () -> stack.callFromPeer().path("status").asInt() == 200);
    }

    @AfterAll
    void stop() {
        ec2.close();
        stack.close();
    }

    private String id(String name) {
        for (JsonNode resource : stack.status().path("resources")) {
            if (resource.path("name").asText().equals(name)) {
                return resource.path("id").asText();
            }
        }
        throw new AssertionError("no " + name + " in " + stack.status().path("resources"));
    }

    private void repaired(String what, Callable<Boolean> holds) {
        stack.until(what, holds);
    }

    @Test
    void networkGetsItsDnsHostnamesBack() throws Exception {
        String vpc = id("network/vpc");
        ec2.modifyVpcAttribute(it -> it.vpcId(vpc).enableDnsHostnames(off -> off.value(false)));

        repaired("DNS hostnames are on again", () -> ec2.describeVpcAttribute(it ->
                it.vpcId(vpc).attribute(VpcAttributeName.ENABLE_DNS_HOSTNAMES)).enableDnsHostnames().value());
    }

    @Test
    void foreignRuleInOurSecurityGroupGoes() {
        String group = id("endpoints/security-group");
        ec2.authorizeSecurityGroupIngress(it -> it.groupId(group).ipPermissions(IpPermission.builder()
                .ipProtocol("tcp").fromPort(22).toPort(22).ipRanges(IpRange.builder().cidrIp(ANYWHERE).build()).build()));

        repaired("port 22 is closed", () -> group(group).ipPermissions().stream().noneMatch(it -> it.fromPort() == 22));
    }

    @Test
    void revokedRuleComesBack() {
        String group = id("service/security-group");
        List<IpPermission> rules = group(group).ipPermissions();
        ec2.revokeSecurityGroupIngress(it -> it.groupId(group).ipPermissions(rules));

        repaired("the tasks' port is open again", () -> !group(group).ipPermissions().isEmpty());
    }

    private SecurityGroup group(String id) {
        return ec2.describeSecurityGroups(it -> it.groupIds(id)).securityGroups().getFirst();
    }

    @Test
    void deletedEndpointIsMadeAnew() {
        String logs = id("endpoints/logs");
        ec2.deleteVpcEndpoints(it -> it.vpcEndpointIds(logs));

        repaired("there is another endpoint for logs", () -> !id("endpoints/logs").equals(logs));
    }

    @Test
    void listenerAndAttributesOfTheLoadBalancerComeBack() {
        try (var lb = stack.aws(ElasticLoadBalancingV2Client.builder())) {
            String group = id("load-balancer/target-group");
            lb.deleteListener(it -> it.listenerArn(id("load-balancer/listener")));
            lb.modifyTargetGroupAttributes(it -> it.targetGroupArn(group).attributes(TargetGroupAttribute.builder()
                    .key("deregistration_delay.timeout_seconds").value("300").build()));

            repaired("there is a listener", () -> !lb.describeListeners(it ->
                    it.loadBalancerArn(id("load-balancer/nlb"))).listeners().isEmpty());
            repaired("the deregistration delay is short", () -> lb.describeTargetGroupAttributes(it ->
                    it.targetGroupArn(group)).attributes().stream().noneMatch(it -> "300".equals(it.value())));
        }
    }

    @Test
    void serviceRunsAsManyTasksAsTheSpecSays() {
        try (var ecs = stack.aws(EcsClient.builder())) {
            String cluster = id("service/cluster");
            String service = id("service/service");
            ecs.updateService(it -> it.cluster(cluster).service(service).desiredCount(1));

            repaired("two tasks are wanted", () -> ecs.describeServices(it ->
                    it.cluster(cluster).services(service)).services().getFirst().desiredCount() == 2);
        }
    }

    @Test
    void retentionOfTheLogsIsWhatTheSpecSays() {
        try (var logs = stack.aws(CloudWatchLogsClient.builder())) {
            var group = logs.describeLogGroups(it -> it.logGroupNamePrefix("/")).logGroups().getFirst();
            logs.putRetentionPolicy(it -> it.logGroupName(group.logGroupName()).retentionInDays(3653));

            repaired("30 days", () -> logs.describeLogGroups(it -> it.logGroupNamePrefix(group.logGroupName()))
                    .logGroups().getFirst().retentionInDays() == 30);
        }
    }

    @Test
    void policyThatSomebodyAttachedToOurRoleIsDetached() {
        try (var iam = stack.aws(IamClient.builder())) {
            String role = iam.listRoles(it -> it.pathPrefix("/privateapi/")).roles().stream()
                    .map(it -> it.roleName()).filter(it -> it.contains("task")).findFirst().orElseThrow();
            iam.attachRolePolicy(it -> it.roleName(role)
                    .policyArn("arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"));

            repaired("the task role is bare", () -> iam.listAttachedRolePolicies(it -> it.roleName(role))
                    .attachedPolicies().isEmpty());
        }
    }

    @Test
    void changedPolicyAndDeletedMethodAreDeployedAgain() {
        try (var api = stack.aws(ApiGatewayClient.builder())) {
            String id = id("api/rest-api");
            Resource root = api.getResources(it -> it.restApiId(id)).items().getFirst();
            String deployed = stage(api, id);
            api.deleteMethod(it -> it.restApiId(id).resourceId(root.id()).httpMethod("GET"));
            api.updateRestApi(it -> it.restApiId(id).patchOperations(PatchOperation.builder().op(Op.REPLACE)
                    .path("/policy").value("{\"Version\":\"2012-10-17\",\"Statement\":[]}").build()));

            repaired("the method is back", () -> api.getResources(it -> it.restApiId(id).embed("methods")).items()
                    .getFirst().hasResourceMethods());
            repaired("the policy is back", () -> api.getRestApi(it -> it.restApiId(id)).policy().contains("vpce-"));
            assertThat(deployed).isNotEmpty();
        }
    }

    private static String stage(ApiGatewayClient api, String id) {
        return api.getStages(it -> it.restApiId(id)).item().getFirst().deploymentId();
    }

    @Test
    void deletedRecordComesBackAndAForeignOneIsNotOurs() {
        try (var route53 = stack.aws(Route53Client.builder())) {
            String zone = id("dns/hosted-zone");
            ResourceRecordSet alias = alias(route53, zone).getFirst();
            route53.changeResourceRecordSets(it -> it.hostedZoneId(zone).changeBatch(batch -> batch.changes(
                    Change.builder().action(ChangeAction.DELETE).resourceRecordSet(alias).build())));

            repaired("the alias is back", () -> !alias(route53, zone).isEmpty());
        }
    }

    private static List<ResourceRecordSet> alias(Route53Client route53, String zone) {
        return route53.listResourceRecordSets(it -> it.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(it -> it.type() == RRType.A).toList();
    }

    @Test
    void deletedRouteOnThePeersSideComesBack() {
        var table = ec2.describeRouteTables(it -> it.filters(
                Filter.builder().name("vpc-id").values(Stack.PEER_VPC).build())).routeTables()
                .getFirst().routeTableId();
        ec2.deleteRoute(it -> it.routeTableId(table).destinationCidrBlock("10.1.0.0/16"));

        repaired("the route back is there", () -> ec2.describeRouteTables(it -> it.routeTableIds(table)).routeTables()
                .getFirst().routes().stream().map(Route::destinationCidrBlock).anyMatch("10.1.0.0/16"::equals));
    }
}
