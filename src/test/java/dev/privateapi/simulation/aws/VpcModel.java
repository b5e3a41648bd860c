package dev.privateapi.simulation.aws;

import dev.privateapi.layers.Ec2;
import dev.privateapi.simulation.aws.Network.Vpc;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/** VPCs and subnets. */
final class VpcModel {

    private static final Filters<Vpc> VPC_FILTERS = new Filters<>(Map.of(
            "vpc-id", it -> Stream.of(it.sdk().vpcId()), "cidr", it -> Stream.of(it.sdk().cidrBlock())));
    private static final Filters<Subnet> SUBNET_FILTERS = new Filters<>(Map.of(
            "subnet-id", it -> Stream.of(it.subnetId()),
            "vpc-id", it -> Stream.of(it.vpcId()),
            "cidr-block", it -> Stream.of(it.cidrBlock())));

    private final Network network;
    private final World world;
    private final RouteTableModel tables;
    private final SecurityGroupModel groups;
    private final PeeringModel peerings;

    VpcModel(Network network) {
        this.network = network;
        this.world = network.world;
        this.tables = new RouteTableModel(network);
        this.groups = new SecurityGroupModel(network);
        this.peerings = new PeeringModel(network);
    }

    // ---- VPCs

    CreateVpcResponse create(CreateVpcRequest request) {
        Thing<Vpc> made = add("vpc-" + world.hex(), request.cidrBlock(), Network.tags(request.tagSpecifications()));
        return CreateVpcResponse.builder().vpc(shown(made.seen())).build();
    }

    Thing<Vpc> add(String id, String cidr, Map<String, String> tags) {
        var vpc = software.amazon.awssdk.services.ec2.model.Vpc.builder().vpcId(id).cidrBlock(cidr)
                .ownerId(network.place.account()).isDefault(false).state(VpcState.PENDING).build();
        Thing<Vpc> made = world.add(network.place, id, "", new Vpc(vpc, true, false), tags);
        world.after(world.takes(Takes.VPC), () -> made.change(it -> new Vpc(
                it.sdk().toBuilder().state(VpcState.AVAILABLE).build(), it.dnsSupport(), it.dnsHostnames())));
        tables.main(made);
        groups.standard(made);
        return made;
    }

    private static software.amazon.awssdk.services.ec2.model.Vpc shown(Seen<Vpc> seen) {
        return seen.state().sdk().toBuilder().tags(Ec2.tags(seen.tags())).build();
    }

    DescribeVpcsResponse describe(DescribeVpcsRequest request) {
        return DescribeVpcsResponse.builder().vpcs(network.shown(Vpc.class, request.vpcIds(), network::vpc)
                .filter(it -> VPC_FILTERS.pass(request.filters(), it)).map(VpcModel::shown).toList()).build();
    }

    DescribeVpcAttributeResponse describe(DescribeVpcAttributeRequest request) {
        Vpc vpc = network.vpc(request.vpcId()).state();
        DescribeVpcAttributeResponse.Builder answer = DescribeVpcAttributeResponse.builder().vpcId(request.vpcId());
        return (request.attribute() == VpcAttributeName.ENABLE_DNS_SUPPORT
                        ? answer.enableDnsSupport(value(vpc.dnsSupport()))
                        : answer.enableDnsHostnames(value(vpc.dnsHostnames()))).build();
    }

    private static AttributeBooleanValue value(boolean value) {
        return AttributeBooleanValue.builder().value(value).build();
    }

    ModifyVpcAttributeResponse modify(ModifyVpcAttributeRequest request) {
        network.vpc(request.vpcId()).change(it -> new Vpc(it.sdk(),
                changed(request.enableDnsSupport(), it.dnsSupport()), changed(request.enableDnsHostnames(), it.dnsHostnames())));
        return ModifyVpcAttributeResponse.builder().build();
    }

    private static boolean changed(AttributeBooleanValue wanted, boolean is) {
        return Optional.ofNullable(wanted).map(AttributeBooleanValue::value).orElse(is);
    }

    /** Its main route table and default group go with it (API reference, DeleteVpc). */
    DeleteVpcResponse delete(DeleteVpcRequest request) {
        Thing<Vpc> vpc = network.vpc(request.vpcId());
        if (dependants().anyMatch(vpc.id()::equals)) {
            throw Network.refuse("DependencyViolation", "The vpc '" + vpc.id() + "' has dependencies and cannot be deleted.");
        }
        all(RouteTable.class).filter(it -> it.state().vpcId().equals(vpc.id())).toList().forEach(world::remove);
        all(SecurityGroup.class).filter(it -> it.parent().equals(vpc.id())).toList().forEach(world::remove);
        world.remove(vpc);
        return DeleteVpcResponse.builder().build();
    }

    /** The VPCs of everything that keeps one from being deleted. */
    private Stream<String> dependants() {
        return Stream.of(
                        all(Subnet.class).map(it -> it.state().vpcId()),
                        all(SecurityGroup.class).filter(it -> it.parent().isEmpty()).map(it -> it.state().vpcId()),
                        all(VpcEndpoint.class).map(it -> it.state().vpcId()),
                        all(RouteTable.class).filter(it -> !RouteTableModel.isMain(it)).map(it -> it.state().vpcId()),
                        network.interfaces().map(it -> it.state().vpcId()),
                        peerings.alive().flatMap(PeeringModel::vpcs))
                .flatMap(ids -> ids);
    }

    private <T> Stream<Thing<T>> all(Class<T> type) {
        return world.all(type, network.place);
    }

    // ---- subnets

    CreateSubnetResponse create(CreateSubnetRequest request) {
        Thing<Vpc> vpc = network.vpc(request.vpcId());
        Cidr block = Cidr.of(request.cidrBlock());
        if (!Cidr.of(vpc.state().sdk().cidrBlock()).holds(block)) {
            throw Network.refuse("InvalidSubnet.Range", "The CIDR '" + request.cidrBlock() + "' is invalid.");
        } else if (all(Subnet.class).anyMatch(it -> it.state().vpcId().equals(vpc.id())
                && Cidr.of(it.state().cidrBlock()).overlaps(block))) {
            throw Network.refuse("InvalidSubnet.Conflict",
                    "The CIDR '" + request.cidrBlock() + "' conflicts with another subnet");
        }
        Thing<Subnet> made = add("subnet-" + world.hex(), request.vpcId(), request.cidrBlock(), request.availabilityZone(),
                Network.tags(request.tagSpecifications()));
        return CreateSubnetResponse.builder().subnet(shownSubnet(made.seen())).build();
    }

    Thing<Subnet> add(String id, String vpcId, String cidr, String zone, Map<String, String> tags) {
        Subnet subnet = Subnet.builder().subnetId(id).vpcId(vpcId).cidrBlock(cidr).availabilityZone(zone)
                .mapPublicIpOnLaunch(false).ownerId(network.place.account()).state(SubnetState.PENDING).build();
        Thing<Subnet> made = world.add(network.place, id, "", subnet, tags);
        world.after(world.takes(Takes.SUBNET), () ->
                made.change(it -> it.toBuilder().state(SubnetState.AVAILABLE).build()));
        return made;
    }

    private static Subnet shownSubnet(Seen<Subnet> seen) {
        return seen.state().toBuilder().tags(Ec2.tags(seen.tags())).build();
    }

    DescribeSubnetsResponse describe(DescribeSubnetsRequest request) {
        return DescribeSubnetsResponse.builder().subnets(network.shown(Subnet.class, request.subnetIds(), network::subnet)
                .filter(it -> SUBNET_FILTERS.pass(request.filters(), it)).map(VpcModel::shownSubnet).toList()).build();
    }

    ModifySubnetAttributeResponse modify(ModifySubnetAttributeRequest request) {
        network.subnet(request.subnetId()).change(it ->
                it.toBuilder().mapPublicIpOnLaunch(request.mapPublicIpOnLaunch().value()).build());
        return ModifySubnetAttributeResponse.builder().build();
    }

    DeleteSubnetResponse delete(DeleteSubnetRequest request) {
        Thing<Subnet> subnet = network.subnet(request.subnetId());
        if (network.interfaces().anyMatch(it -> it.state().subnetId().equals(subnet.id()))) {
            throw Network.refuse("DependencyViolation",
                    "The subnet '" + subnet.id() + "' has dependencies and cannot be deleted.");
        }
        tables.forget(subnet);
        world.remove(subnet);
        return DeleteSubnetResponse.builder().build();
    }
}
