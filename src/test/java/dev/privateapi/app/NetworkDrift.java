package dev.privateapi.app;

import static dev.privateapi.app.DriftCase.ADDITIONS;
import static dev.privateapi.app.DriftCase.EXISTS;
import static dev.privateapi.app.DriftCase.fixed;
import static dev.privateapi.app.DriftCase.repaired;

import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.RouteTableAssociation;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;

/** VPC, subnets, route table, and the security groups of all layers. */
final class NetworkDrift {

    private static final String VPC = "network/vpc";
    private static final String TABLE = "network/route-table";

    private NetworkDrift() {}

    static Stream<DriftCase> cases() {
        return Stream.of(
                vpc(),
                Stream.of("network/subnet/10.1.1.0/24", "network/subnet/10.1.2.0/24").flatMap(NetworkDrift::subnet),
                table(),
                Stream.of("endpoints/security-group", "endpoints/execute-api-security-group", "service/security-group",
                        "dns/security-group").flatMap(NetworkDrift::group)).flatMap(cases -> cases);
    }

    private static Stream<DriftCase> vpc() {
        return Stream.of(
                fixed(VPC, "cidrBlock", "AWS changes the primary block of no VPC"),
                fixed(VPC, EXISTS, "AWS deletes no VPC with subnets (API reference, DeleteVpc)"),
                fixed(VPC, ADDITIONS, "what others build in the VPC is theirs; the stack's subnets stay closed by their table"),
                repaired(VPC, "enableDnsHostnames", (stack, id) -> stack.person.ec2()
                        .modifyVpcAttribute(it -> it.vpcId(id).enableDnsHostnames(off -> off.value(false)))),
                repaired(VPC, "enableDnsSupport", (stack, id) -> {
                    stack.person.ec2().modifyVpcAttribute(it -> it.vpcId(id).enableDnsHostnames(off -> off.value(false)));
                    stack.person.ec2().modifyVpcAttribute(it -> it.vpcId(id).enableDnsSupport(off -> off.value(false)));
                }));
    }

    private static Stream<DriftCase> subnet(String node) {
        return Stream.of(
                fixed(node, "cidrBlock", "AWS changes the block of no subnet"),
                fixed(node, "availabilityZone", "AWS moves no subnet"),
                fixed(node, EXISTS, "AWS deletes no subnet with network interfaces (API reference, DeleteSubnet)"),
                fixed(node, ADDITIONS, "what others put into the subnet is theirs"),
                repaired(node, "mapPublicIpOnLaunch", (stack, id) -> stack.person.ec2().modifySubnetAttribute(it ->
                        it.subnetId(id).mapPublicIpOnLaunch(on -> on.value(true)))));
    }

    private static Stream<DriftCase> table() {
        return Stream.of(
                fixed(TABLE, "peerCidrs", "the routes to peers are resources of their own: peering/routes"),
                repaired(TABLE, "subnets", (stack, id) -> subnets(stack, id).forEach(it ->
                        stack.person.ec2().disassociateRouteTable(ask -> ask.associationId(it.routeTableAssociationId())))),
                repaired(TABLE, "subnets in another table", (stack, id) -> subnets(stack, id).forEach(it -> stack.person.ec2()
                        .replaceRouteTableAssociation(ask -> ask.associationId(it.routeTableAssociationId())
                                .routeTableId(main(stack))))),
                repaired(TABLE, ADDITIONS, (stack, id) -> stack.person.ec2().createRoute(it -> it.routeTableId(id)
                        .destinationCidrBlock("0.0.0.0/0").networkInterfaceId(stack.person.ec2().describeNetworkInterfaces()
                                .networkInterfaces().getFirst().networkInterfaceId()))),
                repaired(TABLE, EXISTS, (stack, id) -> {
                    String main = main(stack);
                    String gateway = stack.id("endpoints/s3");
                    stack.person.ec2().modifyVpcEndpoint(it -> it.vpcEndpointId(gateway).addRouteTableIds(main)
                            .removeRouteTableIds(id));
                    subnets(stack, id).forEach(it -> stack.person.ec2()
                            .disassociateRouteTable(ask -> ask.associationId(it.routeTableAssociationId())));
                    stack.person.ec2().deleteRouteTable(it -> it.routeTableId(id));
                }).in(1));
    }

    private static List<RouteTableAssociation> subnets(SandboxStack stack, String table) {
        return stack.person.ec2().describeRouteTables(it -> it.routeTableIds(table)).routeTables().getFirst()
                .associations().stream().filter(it -> it.subnetId() != null).toList();
    }

    static String main(SandboxStack stack) {
        return stack.person.ec2().describeRouteTables().routeTables().stream()
                .filter(it -> it.vpcId().equals(stack.id(VPC)))
                .filter(it -> it.associations().stream().anyMatch(RouteTableAssociation::main))
                .map(RouteTable::routeTableId).findFirst().orElseThrow();
    }

    private static Stream<DriftCase> group(String node) {
        return Stream.of(
                fixed(node, "description", "AWS changes the description of no security group"),
                fixed(node, EXISTS, "AWS deletes no security group in use (API reference, DeleteSecurityGroup)"),
                repaired(node, "ingress", (stack, id) -> {
                    List<IpPermission> rules = group(stack, id).ipPermissions();
                    stack.person.ec2().revokeSecurityGroupIngress(it -> it.groupId(id).ipPermissions(rules));
                }),
                repaired(node, "egress", (stack, id) -> {
                    List<IpPermission> rules = group(stack, id).ipPermissionsEgress();
                    stack.person.ec2().revokeSecurityGroupEgress(it -> it.groupId(id).ipPermissions(rules));
                }),
                repaired(node, ADDITIONS, (stack, id) -> stack.person.ec2()
                        .authorizeSecurityGroupIngress(it -> it.groupId(id).ipPermissions(ssh()))),
                repaired(node, "additions out", (stack, id) -> stack.person.ec2()
                        .authorizeSecurityGroupEgress(it -> it.groupId(id).ipPermissions(ssh()))));
    }

    private static SecurityGroup group(SandboxStack stack, String id) {
        return stack.person.ec2().describeSecurityGroups(it -> it.groupIds(id)).securityGroups().getFirst();
    }

    static IpPermission ssh() {
        return IpPermission.builder().ipProtocol("tcp").fromPort(22).toPort(22)
                .ipRanges(IpRange.builder().cidrIp("0.0.0.0/0").build()).build();
    }
}
