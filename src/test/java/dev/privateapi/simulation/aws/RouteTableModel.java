package dev.privateapi.simulation.aws;

import dev.privateapi.layers.Ec2;
import dev.privateapi.simulation.aws.Network.Vpc;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/** Route tables. A route to a peering connection is that connection's, whoever's the table is. */
final class RouteTableModel {

    private static final Filters<RouteTable> FILTERS = new Filters<>(Map.of(
            "route-table-id", it -> Stream.of(it.routeTableId()), "vpc-id", it -> Stream.of(it.vpcId()),
            "association.subnet-id", it -> it.associations().stream().map(RouteTableAssociation::subnetId)));

    private final Network network;
    private final World world;

    RouteTableModel(Network network) {
        this.network = network;
        this.world = network.world;
    }

    /** The one that AWS makes with a VPC. */
    void main(Thing<Vpc> vpc) {
        RouteTableAssociation main = RouteTableAssociation.builder()
                .routeTableAssociationId("rtbassoc-" + world.hex()).main(true).build();
        RouteTable table = bare(vpc).toBuilder().associations(main).build();
        world.add(network.place, table.routeTableId(), vpc.id(), table, Map.of());
    }

    private RouteTable bare(Thing<Vpc> vpc) {
        Route local = Route.builder().destinationCidrBlock(vpc.state().sdk().cidrBlock()).gatewayId("local")
                .origin(RouteOrigin.CREATE_ROUTE_TABLE).state(RouteState.ACTIVE).build();
        return RouteTable.builder().routeTableId("rtb-" + world.hex()).vpcId(vpc.id()).ownerId(network.place.account())
                .routes(local).associations(List.of()).build();
    }

    static boolean isMain(Thing<RouteTable> table) {
        return table.state().associations().stream().anyMatch(it -> Boolean.TRUE.equals(it.main()));
    }

    CreateRouteTableResponse create(CreateRouteTableRequest request) {
        Thing<RouteTable> table = world.repeated("CreateRouteTable", request.clientToken())
                .map(it -> table(it.id())).orElseGet(() -> {
            RouteTable bare = bare(network.vpc(request.vpcId()));
            world.remember("CreateRouteTable", request.clientToken(), request, bare.routeTableId());
            return world.add(network.place, bare.routeTableId(), "", bare, Network.tags(request.tagSpecifications()));
        });
        return CreateRouteTableResponse.builder().routeTable(shown(table.seen())).build();
    }

    private Thing<RouteTable> table(String id) {
        return network.find(RouteTable.class, id, "InvalidRouteTableID.NotFound",
                "The routeTable ID '" + id + "' does not exist");
    }

    private Stream<Thing<RouteTable>> tables() {
        return world.all(RouteTable.class, network.place);
    }

    DescribeRouteTablesResponse describe(DescribeRouteTablesRequest request) {
        return DescribeRouteTablesResponse.builder().routeTables(
                network.shown(RouteTable.class, request.routeTableIds(), this::table)
                .filter(it -> FILTERS.pass(request.filters(), it))
                .map(this::shown).toList()).build();
    }

    private RouteTable shown(Seen<RouteTable> seen) {
        return seen.state().toBuilder().tags(Ec2.tags(seen.tags()))
                .routes(seen.state().routes().stream().map(this::shown).toList()).build();
    }

    /** A route whose connection is gone stays, as a black hole ("Delete a VPC peering connection", VPC Peering Guide). */
    private Route shown(Route route) {
        boolean dark = route.vpcPeeringConnectionId() != null
                && world.find(VpcPeeringConnection.class, route.vpcPeeringConnectionId())
                        .filter(it -> it.state().status().code() == VpcPeeringConnectionStateReasonCode.ACTIVE).isEmpty();
        return dark ? route.toBuilder().state(RouteState.BLACKHOLE).build() : route;
    }

    DeleteRouteTableResponse delete(DeleteRouteTableRequest request) {
        Thing<RouteTable> table = table(request.routeTableId());
        if (!table.state().associations().isEmpty()) {
            throw Network.refuse("DependencyViolation",
                    "The routeTable '" + table.id() + "' has dependencies and cannot be deleted.");
        }
        world.remove(table);
        world.all(VpcEndpoint.class, network.place)
                .filter(it -> it.state().routeTableIds().contains(table.id()))
                .forEach(it -> it.change(endpoint -> endpoint.toBuilder().routeTableIds(endpoint.routeTableIds().stream()
                        .filter(id -> !id.equals(table.id())).toList()).build()));
        return DeleteRouteTableResponse.builder().build();
    }

    // ---- associations

    AssociateRouteTableResponse associate(AssociateRouteTableRequest request) {
        Thing<RouteTable> table = table(request.routeTableId());
        Thing<Subnet> subnet = network.subnet(request.subnetId());
        if (tables().anyMatch(it -> associations(it).anyMatch(a -> subnet.id().equals(a.subnetId())))) {
            throw Network.refuse("Resource.AlreadyAssociated", "the specified association for route table " + table.id()
                    + " conflicts with an existing association");
        }
        return AssociateRouteTableResponse.builder().associationId(bind(table, subnet.id())).build();
    }

    private static Stream<RouteTableAssociation> associations(Thing<RouteTable> table) {
        return table.state().associations().stream();
    }

    private String bind(Thing<RouteTable> table, String subnetId) {
        String id = "rtbassoc-" + world.hex();
        List<RouteTableAssociation> all = new ArrayList<>(table.state().associations());
        all.add(RouteTableAssociation.builder().routeTableAssociationId(id).routeTableId(table.id()).subnetId(subnetId)
                .main(false).build());
        table.set(table.state().toBuilder().associations(all).build());
        return id;
    }

    private void unbind(Thing<RouteTable> table, Predicate<RouteTableAssociation> which) {
        table.set(table.state().toBuilder().associations(associations(table).filter(which.negate()).toList()).build());
    }

    private Thing<RouteTable> associated(String associationId) {
        return tables().filter(it -> associations(it).anyMatch(a -> a.routeTableAssociationId().equals(associationId)))
                .findFirst().orElseThrow(() -> Network.refuse("InvalidAssociationID.NotFound",
                        "The association ID '" + associationId + "' does not exist"));
    }

    DisassociateRouteTableResponse disassociate(DisassociateRouteTableRequest request) {
        unbind(associated(request.associationId()), it -> it.routeTableAssociationId().equals(request.associationId()));
        return DisassociateRouteTableResponse.builder().build();
    }

    /** The other table loses a subnet by it; whose write it is, the one that gains it says. */
    ReplaceRouteTableAssociationResponse reassociate(ReplaceRouteTableAssociationRequest request) {
        Thing<RouteTable> table = table(request.routeTableId());
        Thing<RouteTable> old = associated(request.associationId());
        RouteTableAssociation association = associations(old)
                .filter(it -> it.routeTableAssociationId().equals(request.associationId())).findFirst().orElseThrow();
        old.set(old.state().toBuilder().associations(associations(old).filter(it -> !it.equals(association)).toList()).build(),
                table);
        return ReplaceRouteTableAssociationResponse.builder().newAssociationId(bind(table, association.subnetId())).build();
    }

    void forget(Thing<Subnet> subnet) {
        tables().filter(it -> associations(it).anyMatch(a -> subnet.id().equals(a.subnetId()))).toList()
                .forEach(it -> it.set(it.state().toBuilder().associations(
                        associations(it).filter(a -> !subnet.id().equals(a.subnetId())).toList()).build(), subnet));
    }

    // ---- routes

    CreateRouteResponse createRoute(CreateRouteRequest request) {
        Thing<RouteTable> table = table(request.routeTableId());
        Route route = Route.builder().destinationCidrBlock(request.destinationCidrBlock()).gatewayId(request.gatewayId())
                .vpcPeeringConnectionId(connection(table, request.vpcPeeringConnectionId()))
                .origin(RouteOrigin.CREATE_ROUTE).state(RouteState.ACTIVE).build();
        Optional<Route> there = route(table, request.destinationCidrBlock());
        if (there.isEmpty()) {
            put(table, request.destinationCidrBlock(), route);
        } else if (!there.get().equals(route)) {
            throw Network.refuse("RouteAlreadyExists",
                    "The route identified by " + request.destinationCidrBlock() + " already exists.");
        }
        return CreateRouteResponse.builder().returnValue(true).build();
    }

    ReplaceRouteResponse replaceRoute(ReplaceRouteRequest request) {
        Thing<RouteTable> table = table(request.routeTableId());
        Route old = route(table, request.destinationCidrBlock()).orElseThrow(() -> Network.refuse("InvalidParameterValue",
                "There is no route defined for '" + request.destinationCidrBlock() + "' in the route table."));
        put(table, request.destinationCidrBlock(), old.toBuilder().gatewayId(request.gatewayId())
                .vpcPeeringConnectionId(connection(table, request.vpcPeeringConnectionId())).build());
        return ReplaceRouteResponse.builder().build();
    }

    DeleteRouteResponse deleteRoute(DeleteRouteRequest request) {
        Thing<RouteTable> table = table(request.routeTableId());
        String to = destination(request.destinationCidrBlock(), request.destinationPrefixListId());
        Route route = route(table, to).orElseThrow(() -> Network.refuse("InvalidRoute.NotFound",
                "no route with destination-cidr-block " + to + " in route table " + table.id()));
        table.set(table.state().toBuilder().routes(table.state().routes().stream().filter(it -> it != route).toList()).build(),
                subject(table, route));
        return DeleteRouteResponse.builder().build();
    }

    private String connection(Thing<RouteTable> table, String id) {
        if (id == null) {
            return null;
        }
        VpcPeeringConnection connection = world.find(VpcPeeringConnection.class, id)
                .map(Thing::state).filter(PeeringModel::isAlive).orElseThrow(() -> Network.refuse(
                        "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '" + id + "' does not exist"));
        if (PeeringModel.vpcs(connection).noneMatch(table.state().vpcId()::equals)) {
            throw Network.refuse("InvalidParameterValue",
                    "route table " + table.id() + " and network " + id + " belong to different networks");
        }
        return id;
    }

    private static Optional<Route> route(Thing<RouteTable> table, String to) {
        return table.state().routes().stream()
                .filter(it -> destination(it.destinationCidrBlock(), it.destinationPrefixListId()).equals(to)).findFirst();
    }

    private static String destination(String cidr, String prefixList) {
        return Stream.of(Optional.ofNullable(cidr), Optional.ofNullable(prefixList)).flatMap(Optional::stream)
                .findFirst().orElse("");
    }

    private void put(Thing<RouteTable> table, String to, Route route) {
        List<Route> routes = new ArrayList<>(table.state().routes());
        Optional<Route> old = route(table, to);
        old.ifPresent(routes::remove);
        routes.add(route);
        Route told = old.filter(it -> !Objects.equals(it.vpcPeeringConnectionId(), route.vpcPeeringConnectionId()))
                .orElse(route);
        table.set(table.state().toBuilder().routes(routes).build(), subject(table, told));
    }

    private Thing<?> subject(Thing<RouteTable> table, Route route) {
        Optional<Thing<VpcPeeringConnection>> connection = Optional.ofNullable(route.vpcPeeringConnectionId())
                .flatMap(id -> world.find(VpcPeeringConnection.class, id));
        return connection.isPresent() ? connection.get() : table;
    }
}
