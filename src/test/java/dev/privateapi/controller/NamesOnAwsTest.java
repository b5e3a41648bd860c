package dev.privateapi.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import dev.privateapi.model.Kind;
import dev.privateapi.push.Heard;
import dev.privateapi.status.StackStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A write on any kind of object is known for the stack's by what the inventory has of that object. The records' shapes are
 * those of each service's guide, "Logging … API calls using AWS CloudTrail": parameters as the API's, EC2's in sets of items.
 */
class NamesOnAwsTest {

    private static final String UID = "3f1c9a52-0000-0000-0000-000000000001";
    private static final String AT = ":ap-northeast-1:123456789012:";
    private static final String ELB = "arn:aws:elasticloadbalancing" + AT;
    private static final String ECS = "arn:aws:ecs" + AT;

    record Case(Kind kind, String id, String source, String event, String record) {

        @Override
        public String toString() {
            return kind + " by " + event;
        }
    }

    private static Case of(Kind kind, String id, String source, String event, String parameters) {
        return new Case(kind, id, source, event, "\"requestParameters\": " + parameters + ", \"responseElements\": null");
    }

    static List<Case> cases() {
        return Stream.of(network(), balancing(), service(), api(), names()).flatMap(List::stream).toList();
    }

    private static List<Case> network() {
        return List.of(
                of(Kind.VPC, "vpc-0a", "ec2", "ModifyVpcAttribute",
                        "{'vpcId': 'vpc-0a', 'enableDnsHostnames': {'value': false}}"),
                of(Kind.VPC, "vpc-0a", "ec2", "AssociateVpcCidrBlock",
                        "{'AssociateVpcCidrBlockRequest': {'VpcId': 'vpc-0a', 'CidrBlock': '10.9.0.0/16'}}"),
                of(Kind.SUBNET, "subnet-0a", "ec2", "DeleteTags",
                        "{'resourcesSet': {'items': [{'resourceId': 'subnet-0a'}]}, 'tagSet': {'items': [{'key': 'Name'}]}}"),
                of(Kind.ROUTE_TABLE, "rtb-0a", "ec2", "DeleteRoute",
                        "{'routeTableId': 'rtb-0a', 'destinationCidrBlock': '10.4.0.0/16'}"),
                of(Kind.SECURITY_GROUP, "sg-0a", "ec2", "RevokeSecurityGroupIngress",
                        "{'groupId': 'sg-0a', 'ipPermissions': {'items': [{'ipProtocol': 'tcp', 'fromPort': 80, 'toPort': 80,"
                                + " 'groups': {}, 'ipRanges': {'items': [{'cidrIp': '10.0.0.0/8'}]}, 'prefixListIds': {}}]}}"),
                of(Kind.VPC_ENDPOINT, "vpce-0a", "ec2", "ModifyVpcEndpoint",
                        "{'ModifyVpcEndpointRequest': {'VpcEndpointId': 'vpce-0a', 'PolicyDocument': '{}'}}"),
                of(Kind.VPC_ENDPOINT, "vpce-0a", "ec2", "DeleteVpcEndpoints",
                        "{'DeleteVpcEndpointsRequest': {'VpcEndpointId': {'tag': 1, 'content': 'vpce-0a'}}}"),
                of(Kind.PEERING_CONNECTION, "pcx-0a", "ec2", "DeleteVpcPeeringConnection",
                        "{'vpcPeeringConnectionId': 'pcx-0a'}"),
                of(Kind.PEERING_CONNECTION, "pcx-0a", "ec2", "ModifyVpcPeeringConnectionOptions",
                        "{'ModifyVpcPeeringConnectionOptionsRequest': {'VpcPeeringConnectionId': 'pcx-0a'}}"),
                // In the peer's table, which is not the stack's: known by where it leads.
                of(Kind.ROUTES, "peering/vpc-0b/routes", "ec2", "DeleteRoute",
                        "{'routeTableId': 'rtb-0b', 'destinationCidrBlock': '10.1.0.0/16'}"));
    }

    private static List<Case> balancing() {
        return List.of(
                of(Kind.LOAD_BALANCER, ELB + "loadbalancer/net/poc-1/50dc6c495c0c9188", "elasticloadbalancing",
                        "ModifyLoadBalancerAttributes", "{'loadBalancerArn': '" + ELB + "loadbalancer/net/poc-1/50dc6c495c0c9188',"
                                + " 'attributes': [{'key': 'deletion_protection.enabled', 'value': 'true'}]}"),
                of(Kind.TARGET_GROUP, ELB + "targetgroup/poc-1/73e2d6bc24d8a067", "elasticloadbalancing", "ModifyTargetGroup",
                        "{'targetGroupArn': '" + ELB + "targetgroup/poc-1/73e2d6bc24d8a067', 'healthCheckPort': '81'}"),
                of(Kind.LISTENER, ELB + "listener/net/poc-1/50dc6c495c0c9188/f2f7dc8efc522ab2", "elasticloadbalancing",
                        "DeleteListener", "{'listenerArn': '" + ELB + "listener/net/poc-1/50dc6c495c0c9188/f2f7dc8efc522ab2'}"));
    }

    private static List<Case> service() {
        return List.of(
                of(Kind.ROLE, "arn:aws:iam::123456789012:role/privateapi/poc-role-1", "iam", "DetachRolePolicy",
                        "{'roleName': 'poc-role-1', 'policyArn': 'arn:aws:iam::aws:policy/X'}"),
                of(Kind.LOG_GROUP, "/privateapi/default/poc", "logs", "PutRetentionPolicy",
                        "{'logGroupName': '/privateapi/default/poc', 'retentionInDays': 1}"),
                of(Kind.LOG_GROUP, "/privateapi/default/poc", "logs", "TagResource",
                        "{'resourceArn': 'arn:aws:logs" + AT + "log-group:/privateapi/default/poc', 'tags': {}}"),
                of(Kind.ECS_CLUSTER, ECS + "cluster/poc-cluster-1", "ecs", "UpdateClusterSettings",
                        "{'cluster': 'poc-cluster-1', 'settings': [{'name': 'containerInsights', 'value': 'enabled'}]}"),
                of(Kind.ECS_CLUSTER, ECS + "cluster/poc-cluster-1", "ecs", "PutClusterCapacityProviders",
                        "{'cluster': '" + ECS + "cluster/poc-cluster-1', 'capacityProviders': []}"),
                of(Kind.TASK_DEFINITION, ECS + "task-definition/poc-1:3", "ecs", "DeregisterTaskDefinition",
                        "{'taskDefinition': 'poc-1:3'}"),
                of(Kind.ECS_SERVICE, ECS + "service/poc-cluster-1/poc-service-1", "ecs", "UpdateService",
                        "{'cluster': 'c', 'service': 'poc-service-1', 'desiredCount': 0}"),
                of(Kind.ECS_SERVICE, ECS + "service/poc-cluster-1/poc-service-1", "ecs", "DeleteService",
                        "{'cluster': 'c', 'service': '" + ECS + "service/poc-cluster-1/poc-service-1', 'force': true}"));
    }

    private static List<Case> api() {
        return List.of(
                of(Kind.REST_API, "a1b2c3d4e5", "apigateway", "UpdateRestApi",
                        "{'restApiId': 'a1b2c3d4e5', 'updateRestApiInput': {'patchOperations': [{'op': 'replace',"
                                + " 'path': '/policy', 'value': '{}'}]}, 'template': false}"),
                of(Kind.VPC_LINK, "v1b2c3", "apigateway", "DeleteVpcLink", "{'vpcLinkId': 'v1b2c3', 'template': false}"),
                of(Kind.API_METHODS, "a1b2c3d4e5/methods", "apigateway", "PutIntegration",
                        "{'restApiId': 'a1b2c3d4e5', 'resourceId': 'x1', 'httpMethod': 'GET', 'putIntegrationInput':"
                                + " {'type': 'MOCK'}, 'template': false}"),
                of(Kind.DEPLOYMENT, "d1b2c3", "apigateway", "DeleteDeployment",
                        "{'restApiId': 'a1', 'deploymentId': 'd1b2c3', 'template': false}"),
                of(Kind.STAGE, "a1b2c3d4e5/prod", "apigateway", "UpdateStage",
                        "{'restApiId': 'a1b2c3d4e5', 'stageName': 'prod', 'updateStageInput': {'patchOperations': []}}"),
                of(Kind.STAGE, "a1b2c3d4e5/prod", "apigateway", "UntagResource",
                        "{'resourceArn': 'arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod'}"));
    }

    private static List<Case> names() {
        return List.of(
                of(Kind.HOSTED_ZONE, "Z0123", "route53", "DisassociateVPCFromHostedZone",
                        "{'hostedZoneId': '/hostedzone/Z0123', 'vPC': {'vPCRegion': 'ap-northeast-1', 'vPCId': 'vpc-0b'}}"),
                of(Kind.HOSTED_ZONE, "Z0123", "route53", "ChangeTagsForResource",
                        "{'resourceType': 'hostedzone', 'resourceId': 'Z0123', 'removeTagKeys': ['a']}"),
                of(Kind.RECORD_SET, "Z0123/api.example/A", "route53", "ChangeResourceRecordSets",
                        "{'hostedZoneId': 'Z0123', 'changeBatch': {'changes': [{'action': 'DELETE',"
                                + " 'resourceRecordSet': {'name': 'api.example.', 'type': 'A'}}]}}"),
                of(Kind.RESOLVER_ENDPOINT, "rslvr-in-0a", "route53resolver", "DisassociateResolverEndpointIpAddress",
                        "{'resolverEndpointId': 'rslvr-in-0a', 'ipAddress': {'ipId': 'rni-1'}}"),
                of(Kind.RESOLVER_RULE, "rslvr-rr-0a", "route53resolver", "UpdateResolverRule",
                        "{'resolverRuleId': 'rslvr-rr-0a', 'config': {'name': 'x'}}"),
                new Case(Kind.RESOLVER_RULE_ASSOCIATION, "rslvr-rrassoc-0a", "route53resolver", "DisassociateResolverRule",
                        "\"requestParameters\": {'vPCId': 'vpc-0a', 'resolverRuleId': 'rslvr-rr-0a'}, \"responseElements\":"
                                + " {'resolverRuleAssociation': {'id': 'rslvr-rrassoc-0a', 'status': 'DELETING'}}"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void writeIsKnownForTheStacks(Case written) {
        assertThat(heard(written)).as("what the record names, among what the stack is known by")
                .containsAnyElementsOf(Disturbances.names(stack(written.kind, written.id)));
    }

    @Test
    void everyKindHasAWrite() {
        assertThat(cases()).extracting(Case::kind).containsAll(Arrays.asList(Kind.values()));
    }

    @Test
    void theSameOnAnothersObjectsIsNot() {
        PrivateApiStack other = stack(Kind.VPC, "vpc-0another");

        assertThat(cases()).filteredOn(written -> written.kind != Kind.ROUTES).allSatisfy(written ->
                assertThat(heard(written)).doesNotContainAnyElementsOf(Disturbances.names(other)));
    }

    @Test
    void tagThatSaysWhoseItIsConcernsThatStack() {
        assertThat(heard(of(Kind.VPC, "", "ec2", "CreateTags", "{'resourcesSet': {'items': [{'resourceId': 'vpc-0z'}]},"
                        + " 'tagSet': {'items': [{'key': 'privateapi.dev/owner-uid', 'value': '" + UID + "'}]}}")))
                .containsAnyElementsOf(Disturbances.names(stack(Kind.VPC, "vpc-0a")));
    }

    private static Set<String> heard(Case written) {
        return Heard.names(Heard.event("arn:aws:iam::123456789012:user/person", written.source, written.event,
                written.record.replace('\'', '"'))).orElseThrow();
    }

    private static PrivateApiStack stack(Kind kind, String id) {
        PrivateApiStack stack = new PrivateApiStack();
        stack.setMetadata(new ObjectMetaBuilder().withName("poc").withNamespace("default").withUid(UID).build());
        stack.setSpec(Controlled.spec());
        stack.setStatus(StackStatus.with(new StackStatus(Clock.systemUTC(), null).first(1), List.of(
                new OwnedResource("x", "x", kind.typeName(), id, "READY", ""),
                new OwnedResource("x", "announced", kind.typeName(), null, null, ""))));
        return stack;
    }
}
