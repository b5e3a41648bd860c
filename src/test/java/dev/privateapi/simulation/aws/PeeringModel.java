package dev.privateapi.simulation.aws;

import dev.privateapi.layers.Ec2;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/** Peering connections ("VPC peering connection lifecycle", VPC Peering Guide). Those that ended are shown for two hours. */
final class PeeringModel {

    private static final Duration SHOWN_AFTER_THE_END = Duration.ofHours(2);
    private static final Set<VpcPeeringConnectionStateReasonCode> ALIVE = Set.of(
            VpcPeeringConnectionStateReasonCode.PENDING_ACCEPTANCE,
            VpcPeeringConnectionStateReasonCode.PROVISIONING,
            VpcPeeringConnectionStateReasonCode.ACTIVE);
    private static final Filters<VpcPeeringConnection> FILTERS = new Filters<>(Map.of(
            "vpc-peering-connection-id", it -> Stream.of(it.vpcPeeringConnectionId()),
            "requester-vpc-info.vpc-id", it -> Stream.of(it.requesterVpcInfo().vpcId()),
            "accepter-vpc-info.vpc-id", it -> Stream.of(it.accepterVpcInfo().vpcId())));

    private final Network network;
    private final World world;

    PeeringModel(Network network) {
        this.network = network;
        this.world = network.world;
    }

    static boolean isAlive(VpcPeeringConnection connection) {
        return ALIVE.contains(connection.status().code());
    }

    static Stream<String> vpcs(VpcPeeringConnection connection) {
        return Stream.of(connection.requesterVpcInfo().vpcId(), connection.accepterVpcInfo().vpcId());
    }

    Stream<VpcPeeringConnection> alive() {
        return world.all(VpcPeeringConnection.class).map(Thing::state).filter(PeeringModel::isAlive);
    }

    private Thing<VpcPeeringConnection> connection(String id) {
        return world.find(VpcPeeringConnection.class, id).orElseThrow(() -> Network.refuse(
                "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '" + id + "' does not exist"));
    }

    private static VpcPeeringConnectionStateReason status(VpcPeeringConnectionStateReasonCode code) {
        return VpcPeeringConnectionStateReason.builder().code(code).message(code.toString()).build();
    }

    private static void become(Thing<VpcPeeringConnection> it, VpcPeeringConnectionStateReasonCode code) {
        it.change(connection -> connection.toBuilder().status(status(code)).build());
    }

    // ---- operations

    /** The same request again is answered with the connection that is there (as seen in public issues). */
    CreateVpcPeeringConnectionResponse create(CreateVpcPeeringConnectionRequest request) {
        Thing<VpcPeeringConnection> connection = world.all(VpcPeeringConnection.class)
                .filter(it -> isAlive(it.state()))
                .filter(it -> vpcs(it.state()).toList().equals(List.of(request.vpcId(), request.peerVpcId())))
                .findFirst().orElseGet(() -> made(request));
        return CreateVpcPeeringConnectionResponse.builder().vpcPeeringConnection(shown(connection.seen())).build();
    }

    private Thing<VpcPeeringConnection> made(CreateVpcPeeringConnectionRequest request) {
        Thing<Network.Vpc> ours = network.vpc(request.vpcId());
        Place there = new Place(
                request.peerOwnerId() == null ? network.place.account() : request.peerOwnerId(),
                request.peerRegion() == null ? network.place.region() : request.peerRegion());
        Thing<Network.Vpc> theirs = new Network(world, there).vpc(request.peerVpcId());
        boolean overlap = Cidr.of(ours.state().sdk().cidrBlock()).overlaps(Cidr.of(theirs.state().sdk().cidrBlock()));
        String id = "pcx-" + world.hex();
        Thing<VpcPeeringConnection> made = world.add(network.place, id, "", VpcPeeringConnection.builder()
                .vpcPeeringConnectionId(id)
                .requesterVpcInfo(side(ours, network.place))
                .accepterVpcInfo(side(theirs, there))
                .status(status(overlap ? VpcPeeringConnectionStateReasonCode.FAILED
                        : VpcPeeringConnectionStateReasonCode.PENDING_ACCEPTANCE))
                .build(), Network.tags(request.tagSpecifications()));
        if (overlap) {
            world.after(SHOWN_AFTER_THE_END, () -> world.remove(made));
        }
        return made;
    }

    private static VpcPeeringConnectionVpcInfo side(Thing<Network.Vpc> vpc, Place place) {
        return VpcPeeringConnectionVpcInfo.builder().vpcId(vpc.id()).cidrBlock(vpc.state().sdk().cidrBlock())
                .ownerId(place.account()).region(place.region())
                .peeringOptions(it -> it.allowDnsResolutionFromRemoteVpc(false)).build();
    }

    private static VpcPeeringConnection shown(Thing.Seen<VpcPeeringConnection> seen) {
        return seen.state().toBuilder().tags(Ec2.tags(seen.tags())).build();
    }

    AcceptVpcPeeringConnectionResponse accept(AcceptVpcPeeringConnectionRequest request) {
        Thing<VpcPeeringConnection> connection = connection(request.vpcPeeringConnectionId());
        if (connection.state().status().code() == VpcPeeringConnectionStateReasonCode.PENDING_ACCEPTANCE) {
            become(connection, VpcPeeringConnectionStateReasonCode.PROVISIONING);
            world.after(world.takes(Takes.PEERING), () -> {
                if (isAlive(connection.state())) {
                    become(connection, VpcPeeringConnectionStateReasonCode.ACTIVE);
                }
            });
        } else if (!isAlive(connection.state())) {
            throw Network.refuse("InvalidStateTransition", "Invalid state transition for " + connection.id());
        }
        return AcceptVpcPeeringConnectionResponse.builder().vpcPeeringConnection(shown(connection.seen())).build();
    }

    DescribeVpcPeeringConnectionsResponse describe(DescribeVpcPeeringConnectionsRequest request) {
        return DescribeVpcPeeringConnectionsResponse.builder().vpcPeeringConnections(
                network.shown(VpcPeeringConnection.class, request.vpcPeeringConnectionIds(), this::connection)
                        .filter(it -> FILTERS.pass(request.filters(), it))
                        .map(PeeringModel::shown).toList()).build();
    }

    ModifyVpcPeeringConnectionOptionsResponse modify(ModifyVpcPeeringConnectionOptionsRequest request) {
        Thing<VpcPeeringConnection> connection = connection(request.vpcPeeringConnectionId());
        VpcPeeringConnection is = connection.state();
        if (is.status().code() != VpcPeeringConnectionStateReasonCode.ACTIVE) {
            throw Network.refuse("InvalidStateTransition", "Invalid state transition for " + connection.id());
        }
        connection.set(is.toBuilder()
                .requesterVpcInfo(optioned(is.requesterVpcInfo(), request.requesterPeeringConnectionOptions()))
                .accepterVpcInfo(optioned(is.accepterVpcInfo(), request.accepterPeeringConnectionOptions()))
                .build());
        return ModifyVpcPeeringConnectionOptionsResponse.builder().build();
    }

    private static VpcPeeringConnectionVpcInfo optioned(
            VpcPeeringConnectionVpcInfo side, PeeringConnectionOptionsRequest options) {
        return options == null || options.allowDnsResolutionFromRemoteVpc() == null ? side : side.toBuilder()
                .peeringOptions(it -> it.allowDnsResolutionFromRemoteVpc(options.allowDnsResolutionFromRemoteVpc())).build();
    }

    DeleteVpcPeeringConnectionResponse delete(DeleteVpcPeeringConnectionRequest request) {
        Thing<VpcPeeringConnection> connection = connection(request.vpcPeeringConnectionId());
        if (isAlive(connection.state())) {
            become(connection, VpcPeeringConnectionStateReasonCode.DELETING);
            world.after(Duration.ofSeconds(1), () -> become(connection, VpcPeeringConnectionStateReasonCode.DELETED));
            world.after(SHOWN_AFTER_THE_END, () -> world.remove(connection));
        } else if (connection.state().status().code() == VpcPeeringConnectionStateReasonCode.FAILED) {
            throw Network.refuse("InvalidStateTransition", "Invalid state transition for " + connection.id());
        }
        return DeleteVpcPeeringConnectionResponse.builder().returnValue(true).build();
    }
}
