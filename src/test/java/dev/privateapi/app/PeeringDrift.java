package dev.privateapi.app;

import static dev.privateapi.app.DriftCase.ADDITIONS;
import static dev.privateapi.app.DriftCase.EXISTS;
import static dev.privateapi.app.DriftCase.fixed;
import static dev.privateapi.app.DriftCase.repaired;

import dev.privateapi.model.Problem.Category;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.RouteTable;

/** The peering connection and the routes of both sides. */
final class PeeringDrift {

    private static final String PEER = SandboxStack.PEER_VPC;
    private static final String CONNECTION = "peering/connection/" + PEER;
    private static final String THERE = "peering/routes/" + PEER;
    private static final String BACK = "peering/peer-routes/" + PEER;
    private static final String OURS = "10.1.0.0/16";
    private static final String THEIRS = "10.4.0.0/16";

    private PeeringDrift() {}

    static Stream<DriftCase> cases() {
        return Stream.of(connection(), there(), back()).flatMap(cases -> cases);
    }

    private static Stream<DriftCase> connection() {
        return Stream.of(
                fixed(CONNECTION, "peer.vpcId", "AWS turns no connection to another VPC"),
                fixed(CONNECTION, "peer.accountId", "AWS turns no connection to another VPC"),
                fixed(CONNECTION, "peer.region", "AWS turns no connection to another VPC"),
                fixed(CONNECTION, ADDITIONS, "a connection has no parts; its routes: peering/routes"),
                repaired(CONNECTION, EXISTS, (stack, id) ->
                        stack.person.ec2().deleteVpcPeeringConnection(it -> it.vpcPeeringConnectionId(id))).in(6));
    }

    private static String table(SandboxStack stack) {
        return stack.id("network/route-table");
    }

    private static Stream<DriftCase> there() {
        return Stream.of(
                fixed(THERE, "connection", "another target is another route: destination"),
                fixed(THERE, "tables", "the one table of the stack: exists"),
                repaired(THERE, "destination", (stack, id) -> stack.person.ec2().replaceRoute(it -> it.routeTableId(table(stack))
                        .destinationCidrBlock(THEIRS).networkInterfaceId(interfaceIn(stack, stack.id("network/vpc"))))),
                repaired(THERE, ADDITIONS, (stack, id) -> stack.person.ec2().createRoute(it -> it.routeTableId(table(stack))
                        .destinationCidrBlock("192.0.2.0/24").vpcPeeringConnectionId(stack.id(CONNECTION)))),
                repaired(THERE, EXISTS, (stack, id) -> stack.person.ec2()
                        .deleteRoute(it -> it.routeTableId(table(stack)).destinationCidrBlock(THEIRS))));
    }

    private static String interfaceIn(SandboxStack stack, String vpc) {
        return stack.person.ec2().describeNetworkInterfaces(it -> it.filters(
                        Filter.builder().name("vpc-id").values(vpc).build())).networkInterfaces().stream()
                .map(NetworkInterface::networkInterfaceId).sorted().findFirst().orElseThrow();
    }

    private static List<String> tables(SandboxStack stack) {
        return stack.person.ec2().describeRouteTables(it -> it.filters(Filter.builder().name("vpc-id").values(PEER).build()))
                .routeTables().stream().map(RouteTable::routeTableId).sorted().toList();
    }

    private static Stream<DriftCase> back() {
        return Stream.concat(
                fixed(BACK, Stream.of("peer.vpcId", "peer.accountId", "peer.region", "connection", "destinationOf"),
                        "another destination or target is another route: exists and foreign route"),
                Stream.of(
                        repaired(BACK, "tables", (stack, id) -> stack.person.ec2().deleteRoute(it ->
                                it.routeTableId(tables(stack).getFirst()).destinationCidrBlock(OURS))),
                        repaired(BACK, ADDITIONS, (stack, id) -> stack.person.ec2().createRoute(it ->
                                it.routeTableId(tables(stack).getLast()).destinationCidrBlock("192.0.2.0/24")
                                        .vpcPeeringConnectionId(stack.id(CONNECTION)))),
                        new DriftCase.Reported(BACK, "foreign route",
                                (stack, id) -> stack.person.ec2().replaceRoute(it -> it.routeTableId(tables(stack).getFirst())
                                        .destinationCidrBlock(OURS).networkInterfaceId(interfaceIn(stack, PEER))),
                                (stack, id) -> stack.person.ec2().deleteRoute(it -> it.routeTableId(tables(stack).getFirst())
                                        .destinationCidrBlock(OURS)),
                                Category.EXISTS),
                        repaired(BACK, EXISTS, (stack, id) -> tables(stack).forEach(table -> stack.person.ec2()
                                .deleteRoute(it -> it.routeTableId(table).destinationCidrBlock(OURS)))).in(1)));
    }
}
