package dev.privateapi.layers.network;

import static dev.privateapi.layers.Refusals.orTaken;
import static dev.privateapi.layers.Refusals.unlessGone;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;

import dev.privateapi.aws.Aws;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Ec2;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.RouteTableAssociation;

/**
 * The private route table: every subnet that the stack made, and no way out. Routes to peers and those of gateway endpoints
 * are other resources' and left alone here; any other route would open what should be closed.
 */
final class RouteTables implements Driver<RouteTables.Desired, RouteTables.State> {

    private final Aws aws;

    RouteTables(Aws aws) {
        this.aws = aws;
    }

    /** @param peerCidrs destinations whose routes are the peering layer's business */
    record Desired(List<ResourceKey> subnets, List<String> peerCidrs) {}

    /** @param peerings the stack's own connections: routes to them are the peering layer's business, wanted or not */
    record State(RouteTable table, Set<String> peerings) {

        private String id() {
            return table.routeTableId();
        }

        private Map<String, String> tags() {
            return Ec2.tags(table.tags());
        }

        private State tagged(Map<String, String> tags) {
            return new State(table.toBuilder().tags(Ec2.tags(tags)).build(), peerings);
        }

        private State associated(List<RouteTableAssociation> associations) {
            return new State(table.toBuilder().associations(associations).build(), peerings);
        }

        private State without(Route route) {
            List<Route> rest = table.routes().stream().filter(other -> !other.equals(route)).toList();
            return new State(table.toBuilder().routes(rest).build(), peerings);
        }
    }

    @Override
    public Kind kind() {
        return Kind.ROUTE_TABLE;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.VPC, Kind.PEERING_CONNECTION);
    }

    @Override
    public List<Live> observe(Sight sight) {
        Set<String> peerings = sight.seen(Kind.PEERING_CONNECTION).stream().map(Live::id).collect(toSet());
        return sight.pick(kind(), Ec2.routeTables(sight, aws), RouteTable::routeTableId, table -> Ec2.tags(table.tags()),
                (key, table) -> live(key, new State(table, peerings)));
    }

    /** A table that somebody made the VPC's main one cannot be deleted by itself; it goes with the VPC. */
    @Override
    public Live live(ResourceKey key, State state) {
        Live live = Live.of(key, state.id(), Phase.READY, state)
                .with(Map.of(Attribute.ROUTE_TABLE_IDS, state.id(), Attribute.VPC_ID, state.table.vpcId()))
                .using(Set.of(state.table.vpcId()));
        boolean main = state.table.associations().stream().anyMatch(it -> Boolean.TRUE.equals(it.main()));
        return main ? live.partOf(state.table.vpcId()) : live;
    }

    @Override
    public List<Change<State>> compare(Desired wanted, State have, Refs refs) {
        Set<String> subnets = wanted.subnets.stream().map(refs::id).collect(toCollection(TreeSet::new));
        List<Change<State>> changes = new ArrayList<>();
        Set<String> associated = have.table.associations().stream()
                .map(RouteTableAssociation::subnetId).filter(id -> id != null).collect(toSet());
        subnets.stream().filter(subnet -> !associated.contains(subnet)).forEach(subnet ->
                changes.add(new Change<>("associations", "without " + subnet, "with it", now -> associate(now, subnet))));
        have.table.associations().stream().filter(it -> it.subnetId() != null && !subnets.contains(it.subnetId())).forEach(
                association -> changes.add(new Change<>("associations", "with " + association.subnetId(), "without it",
                        now -> disassociate(now, association))));
        have.table.routes().stream().filter(route -> foreign(route, wanted, have.peerings)).forEach(route ->
                changes.add(new Change<>("routes", "with " + destination(route), "without it", now -> remove(now, route))));
        return changes;
    }

    private static boolean foreign(Route route, Desired wanted, Set<String> peerings) {
        String gateway = route.gatewayId() == null ? "" : route.gatewayId();
        boolean own = gateway.equals("local") || gateway.startsWith("vpce-") && route.destinationPrefixListId() != null;
        boolean peers = wanted.peerCidrs.contains(route.destinationCidrBlock())
                || route.vpcPeeringConnectionId() != null && peerings.contains(route.vpcPeeringConnectionId());
        return !own && !peers;
    }

    private static String destination(Route route) {
        if (route.destinationCidrBlock() != null) {
            return route.destinationCidrBlock();
        }
        return route.destinationIpv6CidrBlock() != null ? route.destinationIpv6CidrBlock() : route.destinationPrefixListId();
    }

    /** A subnet that somebody associated with another table refuses a second association; that one is replaced. */
    private State associate(State state, String subnetId) {
        String association = orTaken(
                () -> aws.ec2().associateRouteTable(request -> request.routeTableId(state.id()).subnetId(subnetId))
                        .associationId(),
                () -> reassociate(state, subnetId));
        List<RouteTableAssociation> all = new ArrayList<>(state.table.associations());
        all.add(RouteTableAssociation.builder().routeTableAssociationId(association).routeTableId(state.id())
                .subnetId(subnetId).main(false).build());
        return state.associated(all);
    }

    private String reassociate(State state, String subnetId) {
        String old = aws.ec2().describeRouteTables(request ->
                        request.filters(Ec2.filter("association.subnet-id", List.of(subnetId))))
                .routeTables().stream()
                .flatMap(table -> table.associations().stream())
                .filter(association -> subnetId.equals(association.subnetId()))
                .map(RouteTableAssociation::routeTableAssociationId)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(subnetId + " is associated and has no association"));
        return aws.ec2().replaceRouteTableAssociation(request -> request.associationId(old).routeTableId(state.id()))
                .newAssociationId();
    }

    private State disassociate(State state, RouteTableAssociation association) {
        unlessGone(() -> aws.ec2().disassociateRouteTable(
                request -> request.associationId(association.routeTableAssociationId())));
        return state.associated(state.table.associations().stream().filter(it -> !it.equals(association)).toList());
    }

    private State remove(State state, Route route) {
        unlessGone(() -> aws.ec2().deleteRoute(request -> request.routeTableId(state.id())
                .destinationCidrBlock(route.destinationCidrBlock())
                .destinationIpv6CidrBlock(route.destinationIpv6CidrBlock())
                .destinationPrefixListId(route.destinationPrefixListId())));
        return state.without(route);
    }

    @Override
    public Optional<Tagging<State>> tagging() {
        return Optional.of(Ec2.tagging(aws, State::id, State::tags, State::tagged));
    }

    @Override
    public State create(Desired wanted, Refs refs, Birth birth) {
        RouteTable table = aws.ec2().createRouteTable(request -> request.vpcId(refs.id(Keys.VPC))
                        .clientToken(birth.token())
                        .tagSpecifications(Ec2.tagged(ResourceType.ROUTE_TABLE, birth.tags())))
                .routeTable();
        return new State(table, Set.of()).tagged(birth.tags());
    }

    /** Its subnets are let go first: AWS refuses otherwise, and they may be held for minutes by interfaces being released. */
    @Override
    public Optional<State> delete(State state) {
        state.table.associations().stream()
                .filter(association -> association.subnetId() != null)
                .forEach(association -> disassociate(state, association));
        unlessGone(() -> aws.ec2().deleteRouteTable(request -> request.routeTableId(state.id())));
        return Optional.empty();
    }
}
