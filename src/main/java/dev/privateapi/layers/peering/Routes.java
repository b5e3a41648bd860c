package dev.privateapi.layers.peering;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Ec2;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode;

/**
 * The routes of either side over a peering connection, found from the stack's connections and not from the spec, so that
 * those of a removed peer are found too. A connection that somebody deleted leaves its routes as black holes ("Delete a VPC
 * peering connection", VPC Peering Guide): as long as AWS shows that it was the stack's, they are led to the next one or
 * removed. A route that leads anywhere else is somebody's, and stays.
 */
final class Routes implements Driver<DesiredRoutes, Side> {

    private final Aws aws;

    Routes(Aws aws) {
        this.aws = aws;
    }

    @Override
    public Kind kind() {
        return Kind.ROUTES;
    }

    /**
     * The connections, so that they are not deleted while it is not known whether routes still use them; the route tables,
     * because the call that tells the stack's own then tells the peers'.
     */
    @Override
    public Set<Kind> after() {
        return Set.of(Kind.PEERING_CONNECTION, Kind.VPC, Kind.ROUTE_TABLE);
    }

    @Override
    public List<Live> observe(Sight sight) {
        Map<String, List<VpcPeeringConnection>> byPeer = Connections.ofStacks(sight, aws).stream()
                .filter(it -> !Connections.failed(it))
                .filter(it -> sight.claims().own(
                        Kind.PEERING_CONNECTION, it.vpcPeeringConnectionId(), Ec2.tags(it.tags())))
                .collect(groupingBy(it -> it.accepterVpcInfo().vpcId()));
        return byPeer.values().stream().flatMap(connections -> sides(connections, sight)).toList();
    }

    private Stream<Live> sides(List<VpcPeeringConnection> connections, Sight sight) {
        VpcPeeringConnection last = connections.stream().min(Comparator.comparing(Connections::ended)).orElseThrow();
        Set<String> ids = connections.stream().map(VpcPeeringConnection::vpcPeeringConnectionId).collect(toSet());
        String peer = last.accepterVpcInfo().vpcId();
        Side ours = new Side(Place.home(last.requesterVpcInfo().vpcId()), ids, List.of(), null);
        Side theirs = new Side(Place.accepter(last), ids, List.of(), null);
        boolean active = last.status().code() == VpcPeeringConnectionStateReasonCode.ACTIVE;
        return Stream.of(
                        seen(PeeringLayer.routes(peer), ours, active, sight),
                        seen(PeeringLayer.peerRoutes(peer), theirs, active, sight))
                .flatMap(Optional::stream);
    }

    /**
     * What cannot be read of one peer says nothing of the others, and its connection has to stay while it is active: without
     * it, routes that are still there would be black holes that nobody knows to be the stack's.
     */
    private Optional<Live> seen(ResourceKey key, Side side, boolean active, Sight sight) {
        try {
            Side read = new Side(side.place(), side.connections(), tables(side.place(), sight), null);
            return read.ours().isEmpty() ? Optional.empty() : Optional.of(live(key, read));
        } catch (RuntimeException e) {
            return active
                    ? Optional.of(live(key, new Side(side.place(), side.connections(), List.of(), AwsErrors.problem(e))))
                    : Optional.empty();
        }
    }

    /** In a VPC of the stack's own only its own tables can have such routes, and those are listed for the fleet. */
    private List<RouteTable> tables(Place place, Sight sight) {
        boolean own = sight.seen(Kind.VPC).stream().anyMatch(vpc -> vpc.owned() && vpc.id().equals(place.vpcId()));
        return own
                ? Ec2.routeTables(sight, aws).stream().filter(table -> table.vpcId().equals(place.vpcId())).toList()
                : Ec2.routeTablesOf(place.vpcId(), sight, place.from(aws));
    }

    /** Under its name: the set has no id, and it stays the same when another connection takes the place of the first. */
    @Override
    public Live live(ResourceKey key, Side side) {
        Set<String> tables = side.ours().stream().map(Side.Entry::table).collect(toCollection(TreeSet::new));
        Set<String> uses = new HashSet<>(side.connections());
        uses.addAll(tables);
        Live live = Live.of(key, key.name(), Phase.READY, side)
                .using(uses)
                .with(Map.of(Attribute.ROUTE_TABLE_IDS, String.join(",", tables)));
        return side.unread() == null ? live : live.troubled(side.unread());
    }

    /** Only over an active connection; routes that others hold the place of come last, for they keep nothing else up. */
    @Override
    public List<Change<Side>> compare(DesiredRoutes wanted, Side have, Refs refs) {
        Live connection = refs.live(wanted.connection());
        if (have.unread() != null || connection.phase() != Phase.READY) {
            return List.of();
        }
        Side side = have.knowing(connection.id());
        String destination = wanted.destination(refs);
        Set<String> elsewhere = wanted.elsewhere(side.tableIds());
        Set<String> tables = new TreeSet<>(wanted.tables(side.tableIds(), refs));
        tables.removeAll(elsewhere);
        Set<String> own = wanted.ownTables(refs);
        Stream<Change<Side>> wantedOnes = tables.stream()
                .flatMap(table -> lead(table, destination, connection.id(), side, own).stream());
        Stream<Change<Side>> others = side.ours().stream()
                .filter(it -> !(tables.contains(it.table()) && it.destination().equals(destination)))
                .map(it -> new Change<>(it.table() + " " + it.destination(), it.target(), "none", now -> remove(now, it)));
        Stream<Change<Side>> refusals = Stream.concat(
                elsewhere.stream().map(table -> stranger(table, side.place())),
                tables.stream().flatMap(table -> side.entry(table, destination).stream())
                        .filter(it -> !side.ours(it) && !own.contains(it.table()))
                        .map(it -> taken(it, connection.id(), side.place())));
        return Stream.of(wantedOnes, others, refusals).flatMap(some -> some).toList();
    }

    /** What leads this destination over the connection; nothing if it does, or if another's route is there in another's table. */
    private Optional<Change<Side>> lead(
            String table, String destination, String connection, Side side, Set<String> own) {
        Side.Entry right = new Side.Entry(
                table, Route.builder().destinationCidrBlock(destination).vpcPeeringConnectionId(connection).build());
        Optional<Side.Entry> there = side.entry(table, destination);
        if (there.isEmpty()) {
            return Optional.of(add(right));
        }
        return there.filter(it -> (side.ours(it) || own.contains(table)) && !it.leadsTo(connection))
                .map(old -> replace(old, right));
    }

    private Change<Side> add(Side.Entry right) {
        return new Change<>(right.table() + " " + right.destination(), "none", right.target(), now -> {
            now.place().from(aws).ec2().createRoute(request -> request.routeTableId(right.table())
                    .destinationCidrBlock(right.route().destinationCidrBlock())
                    .vpcPeeringConnectionId(right.route().vpcPeeringConnectionId()));
            return now.knowing(right.route().vpcPeeringConnectionId()).with(right);
        });
    }

    private Change<Side> replace(Side.Entry old, Side.Entry right) {
        return new Change<>(right.table() + " " + right.destination(), old.target(), right.target(), now -> {
            now.place().from(aws).ec2().replaceRoute(request -> request.routeTableId(right.table())
                    .destinationCidrBlock(right.route().destinationCidrBlock())
                    .vpcPeeringConnectionId(right.route().vpcPeeringConnectionId()));
            return now.knowing(right.route().vpcPeeringConnectionId()).with(right);
        });
    }

    private Side remove(Side side, Side.Entry entry) {
        Refusals.unlessGone(() -> side.place().from(aws).ec2().deleteRoute(request -> request.routeTableId(entry.table())
                .destinationCidrBlock(entry.route().destinationCidrBlock())
                .destinationIpv6CidrBlock(entry.route().destinationIpv6CidrBlock())
                .destinationPrefixListId(entry.route().destinationPrefixListId())));
        return side.without(entry);
    }

    private static Change<Side> taken(Side.Entry there, String connection, Place place) {
        return refusal(there.table() + " " + there.destination(), there.target(), connection, Category.EXISTS,
                "In " + there.table() + " of " + place + ", " + there.destination() + " leads to " + there.target()
                        + " instead of " + connection + ", and the stack replaces no route that it did not make: delete that"
                        + " route, or, if the table is the peer's, leave it out of peers[].routeTableIds; the stack then"
                        + " goes on by itself.");
    }

    private static Change<Side> stranger(String table, Place place) {
        return refusal(table, "not in " + place.vpcId(), "in it", Category.INVALID, table + " is no route table of " + place
                + ": correct peers[].routeTableIds, or leave it out for every table of that VPC.");
    }

    private static Change<Side> refusal(String property, String have, String want, Category category, String message) {
        return new Change<>(property, have, want, now -> {
            throw new ProblemException(category, message);
        });
    }

    /** Looks at the tables now, for what is seen of them was seen before there was a connection. */
    @Override
    public Side create(DesiredRoutes wanted, Refs refs, Birth birth) {
        Place place = wanted.place(refs);
        Side side = look(new Side(place, Set.of(refs.id(wanted.connection())), List.of(), null));
        for (Change<Side> change : compare(wanted, side, refs)) {
            side = change.apply().apply(side);
        }
        return side;
    }

    private Side look(Side side) {
        List<RouteTable> tables = Ec2.routeTablesOf(side.place().vpcId(), side.place().from(aws));
        return new Side(side.place(), side.connections(), tables, null);
    }

    /** Of a side that could not be read, it tries once more: the refusal of that is what a person has to see. */
    @Override
    public Optional<Side> delete(Side side) {
        Side now = side.unread() == null ? side : look(side);
        for (Side.Entry entry : now.ours()) {
            now = remove(now, entry);
        }
        return Optional.empty();
    }
}
