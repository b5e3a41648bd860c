package dev.privateapi.simulation;

import dev.privateapi.simulation.aws.Caller;
import dev.privateapi.simulation.aws.ModelAws;
import dev.privateapi.simulation.aws.Place;
import dev.privateapi.simulation.aws.World;
import java.time.Duration;

/**
 * What there is before a stack: two peers' VPCs, one of them another account's, with route tables of their own, and a VPC
 * with two subnets and an endpoint in which a stack may be built.
 */
final class Surroundings {

    private static final Place OTHER_ACCOUNT = new Place("222222222222", Operator.HOME.region());

    private Surroundings() {}

    static void build(World world) {
        peer(world, Operator.HOME, Specs.PEER, "10.4.0.0/16");
        peer(world, OTHER_ACCOUNT, Specs.PEER_TOO, "10.5.0.0/16");
        existing(world);
        world.advance(Duration.ofMinutes(1));
    }

    private static void existing(World world) {
        ModelAws owner = new ModelAws(world, Operator.HOME, Caller.person());
        world.vpc(Operator.HOME, Specs.EXISTING, "10.1.0.0/16");
        owner.ec2().modifyVpcAttribute(request -> request.vpcId(Specs.EXISTING).enableDnsHostnames(it -> it.value(true)));
        world.subnet(Operator.HOME, Specs.SUBNET, Specs.EXISTING, "10.1.9.0/24", "ap-northeast-1a");
        world.subnet(Operator.HOME, Specs.SUBNET_TOO, Specs.EXISTING, "10.1.10.0/24", "ap-northeast-1b");
    }

    private static void peer(World world, Place place, String vpcId, String cidr) {
        ModelAws owner = new ModelAws(world, place, Caller.person());
        world.vpc(place, vpcId, cidr);
        owner.ec2().modifyVpcAttribute(request -> request.vpcId(vpcId).enableDnsHostnames(it -> it.value(true)));
        owner.ec2().createRouteTable(request -> request.vpcId(vpcId));
    }
}
