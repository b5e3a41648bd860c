package dev.privateapi.layers.peering;

import dev.privateapi.api.v1alpha1.PeerSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.aws.Aws;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.Resource;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Need;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import java.util.List;
import java.util.stream.Stream;

/**
 * A peering connection to each peer, requested and accepted by the stack, and the routes over it: from the stack's subnets
 * to the peer's addresses, and back from the peer's route tables to the stack's VPC.
 */
public final class PeeringLayer implements LayerDefinition {

    private final Connections connections;
    private final Routes routes;

    public PeeringLayer(Aws aws) {
        connections = new Connections(aws);
        routes = new Routes(aws);
    }

    /** The routes in the stack's VPC that lead to a peer. */
    static ResourceKey routes(String peerVpcId) {
        return ResourceKey.of(Layer.PEERING, Kind.ROUTES, "routes/" + peerVpcId);
    }

    /** The routes in a peer VPC that lead to the stack's. */
    static ResourceKey peerRoutes(String peerVpcId) {
        return ResourceKey.of(Layer.PEERING, Kind.ROUTES, "peer-routes/" + peerVpcId);
    }

    @Override
    public List<Node> desired(Owner owner, PrivateApiStackSpec spec) {
        List<ResourceKey> tables = Keys.routeTables(spec);
        return spec.peers().stream().flatMap(peer -> nodes(owner, peer, tables)).toList();
    }

    private Stream<Node> nodes(Owner owner, PeerSpec peer, List<ResourceKey> tables) {
        ResourceKey connection = Keys.peering(peer.vpcId());
        Place place = new Place(peer.vpcId(), peer.accountId(), peer.region());
        List<Need> there = Stream.concat(Stream.of(Need.ready(connection)), tables.stream().map(Need::exists)).toList();
        List<Need> back = List.of(Need.ready(connection), Need.exists(Keys.VPC));
        return Stream.of(
                new Resource<>(owner, connection, new Connections.Desired(place), List.of(Need.exists(Keys.VPC)), null,
                        connections),
                new Resource<>(owner, routes(peer.vpcId()), new DesiredRoutes.There(connection, peer.cidr(), tables),
                        there, null, routes),
                new Resource<>(owner, peerRoutes(peer.vpcId()),
                        new DesiredRoutes.Back(connection, Keys.VPC, place, peer.routeTableIds()), back, null, routes));
    }

    @Override
    public List<Driver<?, ?>> drivers() {
        return List.of(connections, routes);
    }
}
