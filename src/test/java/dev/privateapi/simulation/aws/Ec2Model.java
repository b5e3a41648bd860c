package dev.privateapi.simulation.aws;

import dev.privateapi.layers.Ec2;
import dev.privateapi.simulation.aws.Errors.Code;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.*;

/** EC2: network interfaces and tags here, the rest in a class for each kind. */
final class Ec2Model extends ServiceModel implements Ec2Client {

    static final Errors ERRORS = new Errors(Ec2Exception::builder,
            new Code("RequestLimitExceeded", 503), new Code("UnauthorizedOperation", 403));

    private static final Filters<NetworkInterface> INTERFACE_FILTERS = new Filters<>(Map.of(
            "vpc-id", it -> Stream.of(it.vpcId()), "subnet-id", it -> Stream.of(it.subnetId())));

    private final Network network;
    private final VpcModel vpcs;
    private final RouteTableModel tables;
    private final SecurityGroupModel groups;
    private final EndpointModel endpoints;
    private final PeeringModel peerings;

    Ec2Model(World world, Place place, Caller caller) {
        super(world, place, caller, "ec2", ERRORS);
        network = new Network(world, place);
        vpcs = new VpcModel(network);
        tables = new RouteTableModel(network);
        groups = new SecurityGroupModel(network);
        endpoints = new EndpointModel(network);
        peerings = new PeeringModel(network);
    }

    // ---- VPCs and subnets

    @Override
    public CreateVpcResponse createVpc(CreateVpcRequest request) {
        return call("CreateVpc", () -> vpcs.create(request));
    }

    @Override
    public DescribeVpcsResponse describeVpcs(DescribeVpcsRequest request) {
        return call("DescribeVpcs", () -> vpcs.describe(request));
    }

    @Override
    public DescribeVpcAttributeResponse describeVpcAttribute(DescribeVpcAttributeRequest request) {
        return call("DescribeVpcAttribute", () -> vpcs.describe(request));
    }

    @Override
    public ModifyVpcAttributeResponse modifyVpcAttribute(ModifyVpcAttributeRequest request) {
        return call("ModifyVpcAttribute", () -> vpcs.modify(request));
    }

    @Override
    public DeleteVpcResponse deleteVpc(DeleteVpcRequest request) {
        return call("DeleteVpc", () -> vpcs.delete(request));
    }

    @Override
    public CreateSubnetResponse createSubnet(CreateSubnetRequest request) {
        return call("CreateSubnet", () -> vpcs.create(request));
    }

    @Override
    public DescribeSubnetsResponse describeSubnets(DescribeSubnetsRequest request) {
        return call("DescribeSubnets", () -> vpcs.describe(request));
    }

    @Override
    public ModifySubnetAttributeResponse modifySubnetAttribute(ModifySubnetAttributeRequest request) {
        return call("ModifySubnetAttribute", () -> vpcs.modify(request));
    }

    @Override
    public DeleteSubnetResponse deleteSubnet(DeleteSubnetRequest request) {
        return call("DeleteSubnet", () -> vpcs.delete(request));
    }

    // ---- network interfaces

    @Override
    public DescribeNetworkInterfacesResponse describeNetworkInterfaces(DescribeNetworkInterfacesRequest request) {
        return call("DescribeNetworkInterfaces", () -> DescribeNetworkInterfacesResponse.builder()
                .networkInterfaces(listed(NetworkInterface.class)
                        .filter(it -> INTERFACE_FILTERS.pass(request.filters(), it)).map(Seen::state).toList()).build());
    }

    @Override
    public CreateNetworkInterfaceResponse createNetworkInterface(CreateNetworkInterfaceRequest request) {
        return call("CreateNetworkInterface", () -> CreateNetworkInterfaceResponse.builder()
                .networkInterface(network.attach(
                        request.subnetId(), request.groups(), request.description(), "", "").state()).build());
    }

    @Override
    public DeleteNetworkInterfaceResponse deleteNetworkInterface(DeleteNetworkInterfaceRequest request) {
        return call("DeleteNetworkInterface", () -> {
            world.remove(network.find(NetworkInterface.class, request.networkInterfaceId(),
                    "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID does not exist"));
            return DeleteNetworkInterfaceResponse.builder().build();
        });
    }

    // ---- tags

    @Override
    public CreateTagsResponse createTags(CreateTagsRequest request) {
        return call("CreateTags", () -> {
            tagged(request.resources()).forEach(it -> it.tag(Ec2.tags(request.tags())));
            return CreateTagsResponse.builder().build();
        });
    }

    @Override
    public DeleteTagsResponse deleteTags(DeleteTagsRequest request) {
        return call("DeleteTags", () -> {
            tagged(request.resources()).forEach(it -> it.untag(request.tags().stream().map(Tag::key).toList()));
            return DeleteTagsResponse.builder().build();
        });
    }

    private List<Thing<?>> tagged(List<String> ids) {
        return ids.stream().<Thing<?>>map(id -> world.find(id)
                .orElseThrow(() -> refuse("InvalidID", 400, "The ID '" + id + "' is not valid"))).toList();
    }

    // ---- route tables

    @Override
    public CreateRouteTableResponse createRouteTable(CreateRouteTableRequest request) {
        return call("CreateRouteTable", () -> tables.create(request));
    }

    @Override
    public DescribeRouteTablesResponse describeRouteTables(DescribeRouteTablesRequest request) {
        return call("DescribeRouteTables", () -> tables.describe(request));
    }

    @Override
    public DeleteRouteTableResponse deleteRouteTable(DeleteRouteTableRequest request) {
        return call("DeleteRouteTable", () -> tables.delete(request));
    }

    @Override
    public AssociateRouteTableResponse associateRouteTable(AssociateRouteTableRequest request) {
        return call("AssociateRouteTable", () -> tables.associate(request));
    }

    @Override
    public DisassociateRouteTableResponse disassociateRouteTable(DisassociateRouteTableRequest request) {
        return call("DisassociateRouteTable", () -> tables.disassociate(request));
    }

    @Override
    public ReplaceRouteTableAssociationResponse replaceRouteTableAssociation(ReplaceRouteTableAssociationRequest request) {
        return call("ReplaceRouteTableAssociation", () -> tables.reassociate(request));
    }

    @Override
    public CreateRouteResponse createRoute(CreateRouteRequest request) {
        return call("CreateRoute", () -> tables.createRoute(request));
    }

    @Override
    public ReplaceRouteResponse replaceRoute(ReplaceRouteRequest request) {
        return call("ReplaceRoute", () -> tables.replaceRoute(request));
    }

    @Override
    public DeleteRouteResponse deleteRoute(DeleteRouteRequest request) {
        return call("DeleteRoute", () -> tables.deleteRoute(request));
    }

    // ---- security groups

    @Override
    public CreateSecurityGroupResponse createSecurityGroup(CreateSecurityGroupRequest request) {
        return call("CreateSecurityGroup", () -> groups.create(request));
    }

    @Override
    public DescribeSecurityGroupsResponse describeSecurityGroups(DescribeSecurityGroupsRequest request) {
        return call("DescribeSecurityGroups", () -> groups.describe(request));
    }

    @Override
    public AuthorizeSecurityGroupIngressResponse authorizeSecurityGroupIngress(AuthorizeSecurityGroupIngressRequest request) {
        return call("AuthorizeSecurityGroupIngress", () -> groups.allow(request));
    }

    @Override
    public AuthorizeSecurityGroupEgressResponse authorizeSecurityGroupEgress(AuthorizeSecurityGroupEgressRequest request) {
        return call("AuthorizeSecurityGroupEgress", () -> groups.allow(request));
    }

    @Override
    public RevokeSecurityGroupIngressResponse revokeSecurityGroupIngress(RevokeSecurityGroupIngressRequest request) {
        return call("RevokeSecurityGroupIngress", () -> groups.revoke(request));
    }

    @Override
    public RevokeSecurityGroupEgressResponse revokeSecurityGroupEgress(RevokeSecurityGroupEgressRequest request) {
        return call("RevokeSecurityGroupEgress", () -> groups.revoke(request));
    }

    @Override
    public DeleteSecurityGroupResponse deleteSecurityGroup(DeleteSecurityGroupRequest request) {
        return call("DeleteSecurityGroup", () -> groups.delete(request));
    }

    // ---- endpoints

    @Override
    public CreateVpcEndpointResponse createVpcEndpoint(CreateVpcEndpointRequest request) {
        return call("CreateVpcEndpoint", () -> endpoints.create(request));
    }

    @Override
    public DescribeVpcEndpointsResponse describeVpcEndpoints(DescribeVpcEndpointsRequest request) {
        return call("DescribeVpcEndpoints", () -> endpoints.describe(request));
    }

    @Override
    public ModifyVpcEndpointResponse modifyVpcEndpoint(ModifyVpcEndpointRequest request) {
        return call("ModifyVpcEndpoint", () -> endpoints.modify(request));
    }

    @Override
    public DeleteVpcEndpointsResponse deleteVpcEndpoints(DeleteVpcEndpointsRequest request) {
        return call("DeleteVpcEndpoints", () -> endpoints.delete(request));
    }

    // ---- peering connections

    @Override
    public CreateVpcPeeringConnectionResponse createVpcPeeringConnection(CreateVpcPeeringConnectionRequest request) {
        return call("CreateVpcPeeringConnection", () -> peerings.create(request));
    }

    @Override
    public AcceptVpcPeeringConnectionResponse acceptVpcPeeringConnection(AcceptVpcPeeringConnectionRequest request) {
        return call("AcceptVpcPeeringConnection", () -> peerings.accept(request));
    }

    @Override
    public DescribeVpcPeeringConnectionsResponse describeVpcPeeringConnections(DescribeVpcPeeringConnectionsRequest request) {
        return call("DescribeVpcPeeringConnections", () -> peerings.describe(request));
    }

    @Override
    public ModifyVpcPeeringConnectionOptionsResponse modifyVpcPeeringConnectionOptions(
            ModifyVpcPeeringConnectionOptionsRequest request) {
        return call("ModifyVpcPeeringConnectionOptions", () -> peerings.modify(request));
    }

    @Override
    public DeleteVpcPeeringConnectionResponse deleteVpcPeeringConnection(DeleteVpcPeeringConnectionRequest request) {
        return call("DeleteVpcPeeringConnection", () -> peerings.delete(request));
    }
}
