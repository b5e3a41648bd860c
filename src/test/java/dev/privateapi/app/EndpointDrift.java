package dev.privateapi.app;

import static dev.privateapi.app.DriftCase.ADDITIONS;
import static dev.privateapi.app.DriftCase.EXISTS;
import static dev.privateapi.app.DriftCase.fixed;
import static dev.privateapi.app.DriftCase.repaired;

import java.util.stream.Stream;

/** The VPC endpoints. */
final class EndpointDrift {

    private static final String S3 = "endpoints/s3";
    private static final String NOBODY = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}""";

    private EndpointDrift() {}

    static Stream<DriftCase> cases() {
        return Stream.concat(
                Stream.of("ecr.api", "ecr.dkr", "logs", "execute-api").flatMap(it -> interfaceEndpoint("endpoints/" + it)),
                gateway());
    }

    private static Stream<DriftCase> interfaceEndpoint(String node) {
        return Stream.concat(common(node), Stream.of(
                repaired(node, "subnets", (stack, id) -> stack.person.ec2().modifyVpcEndpoint(it -> it.vpcEndpointId(id)
                        .removeSubnetIds(stack.id("network/subnet/10.1.1.0/24")))),
                repaired(node, "securityGroups", (stack, id) -> stack.person.ec2().modifyVpcEndpoint(it -> it.vpcEndpointId(id)
                        .addSecurityGroupIds(stack.id("dns/security-group"))
                        .removeSecurityGroupIds(stack.id(group(node))))),
                repaired(node, "privateDnsEnabled", (stack, id) -> stack.person.ec2().modifyVpcEndpoint(it -> it.vpcEndpointId(id)
                        .privateDnsEnabled(node.endsWith("execute-api")))),
                repaired(node, ADDITIONS, (stack, id) -> stack.person.ec2().modifyVpcEndpoint(it -> it.vpcEndpointId(id)
                        .addSecurityGroupIds(stack.id("service/security-group"))))));
    }

    private static String group(String node) {
        return node.endsWith("execute-api") ? "endpoints/execute-api-security-group" : "endpoints/security-group";
    }

    private static Stream<DriftCase> gateway() {
        return Stream.concat(common(S3), Stream.of(
                repaired(S3, "tables", (stack, id) -> stack.person.ec2().modifyVpcEndpoint(it -> it.vpcEndpointId(id)
                        .removeRouteTableIds(stack.id("network/route-table")))),
                repaired(S3, ADDITIONS, (stack, id) -> stack.person.ec2().modifyVpcEndpoint(it -> it.vpcEndpointId(id)
                        .addRouteTableIds(NetworkDrift.main(stack))))));
    }

    private static Stream<DriftCase> common(String node) {
        return Stream.of(
                fixed(node, "service", "AWS changes the service of no endpoint"),
                repaired(node, "policyDocument", (stack, id) -> stack.person.ec2().modifyVpcEndpoint(it -> it.vpcEndpointId(id)
                        .policyDocument(NOBODY))),
                repaired(node, EXISTS, (stack, id) -> stack.person.ec2().deleteVpcEndpoints(it -> it.vpcEndpointIds(id))).in(2));
    }
}
