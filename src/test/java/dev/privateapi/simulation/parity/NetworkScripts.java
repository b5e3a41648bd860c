package dev.privateapi.simulation.parity;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.VpcEndpointType;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;

/** What EC2 is asked: VPCs, subnets, route tables, security groups, network interfaces, endpoints, peerings. */
final class NetworkScripts {

    private static final String ZONE = "ap-northeast-1a";

    private final Transcript transcript;
    private final Ec2Client ec2;

    NetworkScripts(Transcript transcript) {
        this.transcript = transcript;
        this.ec2 = transcript.aws().ec2();
    }

    static Map<String, Consumer<Transcript>> all() {
        return Map.of(
                "VPCs and subnets", it -> new NetworkScripts(it).vpcsAndSubnets(),
                "route tables", it -> new NetworkScripts(it).routeTables(),
                "security groups", it -> new NetworkScripts(it).securityGroups(),
                "interface endpoints", it -> new NetworkScripts(it).interfaceEndpoints(),
                "gateway endpoints", it -> new NetworkScripts(it).gatewayEndpoints(),
                "peerings", it -> new NetworkScripts(it).peerings());
    }

    private String vpc(String cidr) {
        TagSpecification tags = TagSpecification.builder().resourceType(ResourceType.VPC)
                .tags(Tag.builder().key("script").value(cidr).build()).build();
        String id = transcript.made("CreateVpc", () ->
                ec2.createVpc(it -> it.cidrBlock(cidr).tagSpecifications(tags))).vpc().vpcId();
        transcript.passes(10);
        return id;
    }

    private String subnet(String vpc, String cidr) {
        String id = transcript.made("CreateSubnet", () ->
                ec2.createSubnet(it -> it.vpcId(vpc).cidrBlock(cidr).availabilityZone(ZONE))).subnet().subnetId();
        transcript.passes(10);
        return id;
    }

    private void vpcsAndSubnets() {
        String vpc = vpc("10.20.0.0/16");
        transcript.seen("its tags", () -> ec2.describeVpcs(it -> it.filters(filter("tag:script", "10.20.0.0/16")))
                .vpcs().stream().map(it -> it.cidrBlock() + " " + it.stateAsString() + " " + it.tags().size()).toList());
        transcript.seen("host names", () -> ec2.describeVpcAttribute(it ->
                it.vpcId(vpc).attribute("enableDnsHostnames")).enableDnsHostnames().value());
        transcript.tried("ModifyVpcAttribute", () ->
                ec2.modifyVpcAttribute(it -> it.vpcId(vpc).enableDnsHostnames(value -> value.value(true))));
        transcript.seen("host names", () -> ec2.describeVpcAttribute(it ->
                it.vpcId(vpc).attribute("enableDnsHostnames")).enableDnsHostnames().value());
        String subnet = subnet(vpc, "10.20.1.0/24");
        transcript.seen("the subnet", () -> ec2.describeSubnets(it -> it.filters(filter("vpc-id", vpc))).subnets().stream()
                .map(it -> it.cidrBlock() + " " + it.stateAsString() + " " + it.mapPublicIpOnLaunch()).toList());
        transcript.tried("a second one in the same block", () ->
                ec2.createSubnet(it -> it.vpcId(vpc).cidrBlock("10.20.1.0/24").availabilityZone(ZONE)));
        transcript.tried("one outside the VPC", () ->
                ec2.createSubnet(it -> it.vpcId(vpc).cidrBlock("10.99.1.0/24").availabilityZone(ZONE)));
        transcript.tried("DeleteVpc with a subnet in it", () -> ec2.deleteVpc(it -> it.vpcId(vpc)));
        String card = transcript.made("CreateNetworkInterface", () ->
                ec2.createNetworkInterface(it -> it.subnetId(subnet))).networkInterface().networkInterfaceId();
        transcript.tried("DeleteSubnet with an interface in it", () -> ec2.deleteSubnet(it -> it.subnetId(subnet)));
        transcript.tried("DeleteNetworkInterface", () -> ec2.deleteNetworkInterface(it -> it.networkInterfaceId(card)));
        transcript.tried("DeleteSubnet", () -> ec2.deleteSubnet(it -> it.subnetId(subnet)));
        transcript.tried("DeleteSubnet again", () -> ec2.deleteSubnet(it -> it.subnetId(subnet)));
        transcript.tried("DeleteVpc", () -> ec2.deleteVpc(it -> it.vpcId(vpc)));
        transcript.tried("DeleteVpc again", () -> ec2.deleteVpc(it -> it.vpcId(vpc)));
        transcript.seen("VPCs of that tag", () ->
                ec2.describeVpcs(it -> it.filters(filter("tag:script", "10.20.0.0/16"))).vpcs().size());
    }

    private void routeTables() {
        String vpc = vpc("10.21.0.0/16");
        String subnet = subnet(vpc, "10.21.1.0/24");
        String table = transcript.made("CreateRouteTable", () ->
                ec2.createRouteTable(it -> it.vpcId(vpc).clientToken("table"))).routeTable().routeTableId();
        transcript.seen("the same token makes the same table", () -> ec2.createRouteTable(it ->
                it.vpcId(vpc).clientToken("table")).routeTable().routeTableId().equals(table));
        transcript.seen("tables, the main one too", () -> ec2.describeRouteTables(it -> it.filters(filter("vpc-id", vpc)))
                .routeTables().size());
        String association = transcript.made("AssociateRouteTable", () ->
                ec2.associateRouteTable(it -> it.routeTableId(table).subnetId(subnet))).associationId();
        transcript.tried("the subnet again", () -> ec2.associateRouteTable(it -> it.routeTableId(table).subnetId(subnet)));
        transcript.tried("DeleteRouteTable in use", () -> ec2.deleteRouteTable(it -> it.routeTableId(table)));
        transcript.tried("DeleteRoute of none", () ->
                ec2.deleteRoute(it -> it.routeTableId(table).destinationCidrBlock("10.99.0.0/16")));
        transcript.tried("DeleteSubnet with a table", () -> ec2.deleteSubnet(it -> it.subnetId(subnet)));
        transcript.tried("DisassociateRouteTable", () -> ec2.disassociateRouteTable(it -> it.associationId(association)));
        transcript.tried("DeleteRouteTable", () -> ec2.deleteRouteTable(it -> it.routeTableId(table)));
        transcript.tried("DeleteRouteTable again", () -> ec2.deleteRouteTable(it -> it.routeTableId(table)));
    }

    private void securityGroups() {
        String vpc = vpc("10.22.0.0/16");
        String group = group(vpc, "one");
        transcript.tried("a second group of the name", () ->
                ec2.createSecurityGroup(it -> it.vpcId(vpc).groupName("one").description("script")));
        IpPermission rule = IpPermission.builder().ipProtocol("tcp").fromPort(443).toPort(443)
                .ipRanges(IpRange.builder().cidrIp("10.22.0.0/16").description("script").build()).build();
        transcript.tried("Authorize", () -> ec2.authorizeSecurityGroupIngress(it -> it.groupId(group).ipPermissions(rule)));
        transcript.tried("Authorize again", () -> ec2.authorizeSecurityGroupIngress(it -> it.groupId(group).ipPermissions(rule)));
        transcript.seen("the rules", () -> ec2.describeSecurityGroups(it -> it.groupIds(group)).securityGroups().getFirst()
                .ipPermissions().stream().map(it -> it.ipProtocol() + it.fromPort() + it.ipRanges()).toList());
        transcript.seen("outgoing", () -> ec2.describeSecurityGroups(it -> it.groupIds(group)).securityGroups().getFirst()
                .ipPermissionsEgress().stream().map(it -> it.ipProtocol() + it.ipRanges()).toList());
        transcript.tried("Revoke", () -> ec2.revokeSecurityGroupIngress(it -> it.groupId(group).ipPermissions(rule)));
        transcript.tried("Revoke again", () -> ec2.revokeSecurityGroupIngress(it -> it.groupId(group).ipPermissions(rule)));
        String subnet = subnet(vpc, "10.22.1.0/24");
        String card = transcript.made("an interface in the group", () -> ec2.createNetworkInterface(it ->
                it.subnetId(subnet).groups(group))).networkInterface().networkInterfaceId();
        transcript.tried("DeleteSecurityGroup in use", () -> ec2.deleteSecurityGroup(it -> it.groupId(group)));
        ec2.deleteNetworkInterface(it -> it.networkInterfaceId(card));
        transcript.tried("DeleteSecurityGroup", () -> ec2.deleteSecurityGroup(it -> it.groupId(group)));
        transcript.tried("DeleteSecurityGroup again", () -> ec2.deleteSecurityGroup(it -> it.groupId(group)));
        transcript.seen("a group that is gone", () -> ec2.describeSecurityGroups(it -> it.groupIds(group)).securityGroups());
    }

    private String group(String vpc, String name) {
        return transcript.made("CreateSecurityGroup", () ->
                ec2.createSecurityGroup(it -> it.vpcId(vpc).groupName(name).description("script"))).groupId();
    }

    private void interfaceEndpoints() {
        String vpc = vpc("10.23.0.0/16");
        ec2.modifyVpcAttribute(it -> it.vpcId(vpc).enableDnsHostnames(value -> value.value(true)));
        String subnet = subnet(vpc, "10.23.1.0/24");
        String group = group(vpc, "endpoints");
        String endpoint = transcript.made("CreateVpcEndpoint", () -> ec2.createVpcEndpoint(it -> it
                .vpcId(vpc).vpcEndpointType(VpcEndpointType.INTERFACE).serviceName("com.amazonaws.ap-northeast-1.logs")
                .subnetIds(subnet).securityGroupIds(group).clientToken("endpoint"))).vpcEndpoint().vpcEndpointId();
        transcript.tried("the same token for something else", () -> ec2.createVpcEndpoint(it -> it
                .vpcId(vpc).vpcEndpointType(VpcEndpointType.INTERFACE).serviceName("com.amazonaws.ap-northeast-1.ecr.api")
                .subnetIds(subnet).securityGroupIds(group).clientToken("endpoint")));
        transcript.tried("a service that is none", () -> ec2.createVpcEndpoint(it -> it
                .vpcId(vpc).vpcEndpointType(VpcEndpointType.INTERFACE).serviceName("com.amazonaws.ap-northeast-1.nothing")
                .subnetIds(subnet)));
        endpoints(vpc);
        transcript.passes(30);
        endpoints(vpc);
        transcript.passes(60);
        endpoints(vpc);
        transcript.seen("interfaces", () -> interfaces(vpc));
        transcript.tried("DeleteSecurityGroup in use", () -> ec2.deleteSecurityGroup(it -> it.groupId(group)));
        transcript.tried("DeleteSubnet in use", () -> ec2.deleteSubnet(it -> it.subnetId(subnet)));
        transcript.seen("unsuccessful", () -> ec2.deleteVpcEndpoints(it -> it.vpcEndpointIds(endpoint)).unsuccessful().size());
        endpoints(vpc);
        transcript.tried("DeleteSubnet", () -> ec2.deleteSubnet(it -> it.subnetId(subnet)));
        transcript.passes(150);
        endpoints(vpc);
        transcript.seen("unsuccessful", () -> ec2.deleteVpcEndpoints(it -> it.vpcEndpointIds(endpoint)).unsuccessful().stream()
                .map(it -> it.error().code()).toList());
        transcript.tried("DeleteSubnet", () -> ec2.deleteSubnet(it -> it.subnetId(subnet)));
    }

    private long interfaces(String vpc) {
        return ec2.describeNetworkInterfaces(it -> it.filters(filter("vpc-id", vpc))).networkInterfaces().size();
    }

    private void endpoints(String vpc) {
        transcript.seen("endpoints", () -> ec2.describeVpcEndpoints(it -> it.filters(filter("vpc-id", vpc)))
                .vpcEndpoints().stream().map(it -> it.stateAsString().toLowerCase(Locale.ROOT) + " "
                        + it.serviceName() + " " + it.subnetIds().size() + it.groups().size() + it.routeTableIds().size())
                .toList());
    }

    private void gatewayEndpoints() {
        String vpc = vpc("10.24.0.0/16");
        String table = ec2.createRouteTable(it -> it.vpcId(vpc)).routeTable().routeTableId();
        String endpoint = transcript.made("CreateVpcEndpoint", () -> ec2.createVpcEndpoint(it -> it
                .vpcId(vpc).vpcEndpointType(VpcEndpointType.GATEWAY).serviceName("com.amazonaws.ap-northeast-1.s3")
                .routeTableIds(table))).vpcEndpoint().vpcEndpointId();
        transcript.tried("a second one for the table", () -> ec2.createVpcEndpoint(it -> it
                .vpcId(vpc).vpcEndpointType(VpcEndpointType.GATEWAY).serviceName("com.amazonaws.ap-northeast-1.s3")
                .routeTableIds(table)));
        transcript.passes(15);
        endpoints(vpc);
        transcript.tried("ModifyVpcEndpoint", () ->
                ec2.modifyVpcEndpoint(it -> it.vpcEndpointId(endpoint).removeRouteTableIds(table)));
        endpoints(vpc);
        ec2.deleteVpcEndpoints(it -> it.vpcEndpointIds(endpoint));
        transcript.passes(60);
        endpoints(vpc);
    }

    private void peerings() {
        String one = vpc("10.25.0.0/16");
        String other = vpc("10.26.0.0/16");
        String connection = peer(one, other);
        transcript.seen("a repetition finds the same", () -> ec2.createVpcPeeringConnection(it ->
                it.vpcId(one).peerVpcId(other)).vpcPeeringConnection().vpcPeeringConnectionId().equals(connection));
        String table = ec2.createRouteTable(it -> it.vpcId(one)).routeTable().routeTableId();
        peering(connection);
        transcript.tried("AcceptVpcPeeringConnection", () ->
                ec2.acceptVpcPeeringConnection(it -> it.vpcPeeringConnectionId(connection)));
        transcript.passes(15);
        peering(connection);
        transcript.tried("accepted again", () -> ec2.acceptVpcPeeringConnection(it -> it.vpcPeeringConnectionId(connection)));
        transcript.tried("CreateRoute", () -> route(table, connection));
        transcript.tried("CreateRoute again", () -> route(table, connection));
        transcript.seen("routes", () -> ec2.describeRouteTables(it -> it.routeTableIds(table)).routeTables().getFirst()
                .routes().stream().map(it -> it.destinationCidrBlock() + " " + it.stateAsString()).sorted().toList());
        transcript.tried("DeleteVpcPeeringConnection", () ->
                ec2.deleteVpcPeeringConnection(it -> it.vpcPeeringConnectionId(connection)));
        transcript.passes(15);
        peering(connection);
        transcript.seen("routes", () -> ec2.describeRouteTables(it -> it.routeTableIds(table)).routeTables().getFirst()
                .routes().stream().map(it -> it.destinationCidrBlock() + " " + it.stateAsString()).sorted().toList());
        transcript.tried("accepted when it is deleted", () ->
                ec2.acceptVpcPeeringConnection(it -> it.vpcPeeringConnectionId(connection)));
    }

    private Object route(String table, String connection) {
        return ec2.createRoute(it -> it.routeTableId(table).destinationCidrBlock("10.26.0.0/16")
                .vpcPeeringConnectionId(connection));
    }

    private String peer(String one, String other) {
        return transcript.made("CreateVpcPeeringConnection", () -> ec2.createVpcPeeringConnection(it ->
                it.vpcId(one).peerVpcId(other))).vpcPeeringConnection().vpcPeeringConnectionId();
    }

    private void peering(String connection) {
        transcript.seen("the peering", () -> ec2.describeVpcPeeringConnections(it ->
                        it.filters(filter("vpc-peering-connection-id", connection))).vpcPeeringConnections().stream()
                .map(VpcPeeringConnection::status).flatMap(it -> Stream.ofNullable(it.codeAsString())).toList());
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(List.of(value)).build();
    }
}
