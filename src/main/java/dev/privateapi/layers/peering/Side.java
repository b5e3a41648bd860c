package dev.privateapi.layers.peering;

import static java.util.stream.Collectors.toCollection;

import dev.privateapi.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteState;
import software.amazon.awssdk.services.ec2.model.RouteTable;

/**
 * The route tables of one VPC of a peering. Routes carry no tags: those are the stack's that lead to a connection of it.
 *
 * @param connections the stack's connections to that peer, those that ended among them as long as AWS shows them
 * @param unread why the tables could not be read; null if they could
 */
record Side(Place place, Set<String> connections, List<RouteTable> tables, Problem unread) {

    Side {
        connections = Set.copyOf(connections);
        tables = List.copyOf(tables);
    }

    /** One route in one table. */
    record Entry(String table, Route route) {

        String destination() {
            return Stream.of(route.destinationCidrBlock(), route.destinationIpv6CidrBlock(), route.destinationPrefixListId())
                    .filter(Objects::nonNull).findFirst().orElse("an unknown destination");
        }

        /** As in {@code pcx-0123456789abcdef0 (blackhole)}. */
        String target() {
            String id = Stream.of(
                            route.gatewayId(), route.natGatewayId(), route.vpcPeeringConnectionId(),
                            route.transitGatewayId(), route.networkInterfaceId(), route.instanceId(),
                            route.egressOnlyInternetGatewayId(), route.localGatewayId(), route.carrierGatewayId(),
                            route.coreNetworkArn())
                    .filter(Objects::nonNull).findFirst().orElse("another target");
            return route.state() == RouteState.BLACKHOLE ? id + " (blackhole)" : id;
        }

        boolean leadsTo(String connection) {
            return connection.equals(route.vpcPeeringConnectionId());
        }
    }

    Set<String> tableIds() {
        return tables.stream().map(RouteTable::routeTableId).collect(toCollection(TreeSet::new));
    }

    private Stream<Entry> entries() {
        return tables.stream().flatMap(table -> table.routes().stream().map(route -> new Entry(table.routeTableId(), route)));
    }

    Optional<Entry> entry(String table, String destination) {
        return entries().filter(it -> it.table.equals(table) && it.destination().equals(destination)).findFirst();
    }

    boolean ours(Entry entry) {
        return connections.stream().anyMatch(entry::leadsTo);
    }

    List<Entry> ours() {
        return entries().filter(this::ours).toList();
    }

    /** With another connection of the stack, whose routes are its own too. */
    Side knowing(String connection) {
        Set<String> all = new TreeSet<>(connections);
        all.add(connection);
        return new Side(place, all, tables, unread);
    }

    /** With this entry instead of one of the same table and destination, if there is one. */
    Side with(Entry entry) {
        List<RouteTable> changed = new ArrayList<>(without(entry).tables);
        RouteTable table = changed.stream().filter(it -> it.routeTableId().equals(entry.table)).findFirst()
                .orElseGet(() -> RouteTable.builder().routeTableId(entry.table).routes(List.of()).build());
        changed.remove(table);
        List<Route> routes = new ArrayList<>(table.routes());
        routes.add(entry.route);
        changed.add(table.toBuilder().routes(routes).build());
        return new Side(place, connections, changed, unread);
    }

    Side without(Entry entry) {
        List<RouteTable> changed = tables.stream()
                .map(table -> table.routeTableId().equals(entry.table) ? without(table, entry.destination()) : table)
                .toList();
        return new Side(place, connections, changed, unread);
    }

    private static RouteTable without(RouteTable table, String destination) {
        List<Route> rest = table.routes().stream()
                .filter(route -> !new Entry(table.routeTableId(), route).destination().equals(destination))
                .toList();
        return table.toBuilder().routes(rest).build();
    }
}
