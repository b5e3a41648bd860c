package dev.privateapi.layers.network;

import dev.privateapi.aws.Aws;
import dev.privateapi.layers.Ec2;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * What keeps a VPC from being deleted, when nothing of the stack does: AWS says only that there is something ("You must detach
 * or delete all gateways and resources that are associated with the VPC before you can delete it", API reference, DeleteVpc).
 * Network interfaces are known before.
 */
final class Tenants {

    private final Aws aws;

    Tenants(Aws aws) {
        this.aws = aws;
    }

    /** The first kind of which there are any: one call or a few, because the question is asked again and again. */
    List<String> in(String vpcId) {
        return Stream.<Function<String, List<String>>>of(
                        this::groups, this::subnets, this::endpoints, this::gateways, this::tables, this::peerings)
                .map(kind -> kind.apply(vpcId))
                .filter(found -> !found.isEmpty())
                .findFirst().orElse(List.of());
    }

    private List<String> groups(String vpcId) {
        return aws.ec2().describeSecurityGroups(request -> request.filters(of("vpc-id", vpcId))).securityGroups().stream()
                .filter(group -> !group.groupName().equals("default"))
                .map(group -> "the security group " + group.groupId() + " (" + group.groupName() + ")").toList();
    }

    private List<String> subnets(String vpcId) {
        return aws.ec2().describeSubnets(request -> request.filters(of("vpc-id", vpcId))).subnets().stream()
                .map(subnet -> "the subnet " + subnet.subnetId() + called(subnet.tags())).toList();
    }

    private List<String> endpoints(String vpcId) {
        return aws.ec2().describeVpcEndpoints(request -> request.filters(of("vpc-id", vpcId))).vpcEndpoints().stream()
                .map(endpoint -> "the VPC endpoint " + endpoint.vpcEndpointId() + " (" + endpoint.serviceName() + ")").toList();
    }

    private List<String> gateways(String vpcId) {
        return aws.ec2().describeInternetGateways(request -> request.filters(of("attachment.vpc-id", vpcId)))
                .internetGateways().stream()
                .map(gateway -> "the internet gateway " + gateway.internetGatewayId() + called(gateway.tags())).toList();
    }

    private List<String> tables(String vpcId) {
        return Ec2.routeTablesOf(vpcId, aws).stream()
                .filter(table -> table.associations().stream().noneMatch(it -> Boolean.TRUE.equals(it.main())))
                .map(table -> "the route table " + table.routeTableId() + called(table.tags())).toList();
    }

    private List<String> peerings(String vpcId) {
        return Stream.of("requester-vpc-info.vpc-id", "accepter-vpc-info.vpc-id")
                .flatMap(side -> aws.ec2().describeVpcPeeringConnections(request -> request.filters(
                        of(side, vpcId), Ec2.filter("status-code", List.of("pending-acceptance", "provisioning", "active"))))
                        .vpcPeeringConnections().stream())
                .map(peering -> "the peering connection " + peering.vpcPeeringConnectionId() + called(peering.tags())).toList();
    }

    private static Filter of(String name, String value) {
        return Ec2.filter(name, List.of(value));
    }

    private static String called(List<Tag> tags) {
        String name = Ec2.tags(tags).getOrDefault("Name", "");
        return name.isEmpty() ? "" : " (" + name + ")";
    }
}
