package dev.privateapi.layers.peering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.aws.Aws;
import dev.privateapi.engine.Outcome;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.layers.network.NetworkLayer;
import dev.privateapi.model.Attribute;
import dev.privateapi.testing.LayerStack;
import dev.privateapi.testing.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteState;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode;

/** Peerings of a network with VPCs that have two route tables, on a sandbox AWS. */
class PeeringLayerIT {

    private static final String PEER_CIDR = "10.4.0.0/16";
    private static final String OUR_CIDR = "10.1.0.0/16";
    private static final String NETWORK = """
            vpc:
              cidr: 10.1.0.0/16
              subnets:
              - {cidr: 10.1.1.0/24, availabilityZone: ap-northeast-1a}
              - {cidr: 10.1.2.0/24, availabilityZone: ap-northeast-1c}
            """;

    private static Sandbox sandbox;

    private final LayerStack stack = new LayerStack(
            sandbox, aws -> List.of(new NetworkLayer(aws, new SecurityGroups(aws)), new PeeringLayer(aws)));
    private final Ec2Client ec2 = stack.aws().ec2();
    private final String peer = vpc(ec2, PEER_CIDR);
    private final String spec = NETWORK + "peers: [{vpcId: " + peer + ", cidr: " + PEER_CIDR + "}]";

    @BeforeAll
    static void startSandbox() {
        sandbox = LayerStack.sandbox();
    }

    @AfterAll
    static void stopSandbox() {
        sandbox.close();
    }

    @BeforeEach
    void letThePeerBeSeen() {
        stack.sleep(Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() {
        stack.close();
    }

    private static String vpc(Ec2Client ec2, String cidr) {
        String vpc = ec2.createVpc(it -> it.cidrBlock(cidr)).vpc().vpcId();
        ec2.createRouteTable(it -> it.vpcId(vpc));
        ec2.modifyVpcAttribute(it -> it.vpcId(vpc).enableDnsHostnames(on -> on.value(true)));
        return vpc;
    }

    @Test
    void leadsBothSidesOverAnActiveConnection() {
        Outcome outcome = stack.wants(spec).converges();

        assertThat(LayerStack.live(outcome, Keys.peering(peer)).attributes()).containsEntry(Attribute.STATE, "active");
        assertThat(targets(ec2, stack.id(Keys.VPC), PEER_CIDR)).as("the private table; the main one has no subnet")
                .containsExactly(stack.id(Keys.peering(peer)));
        assertThat(targets(ec2, peer, OUR_CIDR)).as("every table of the peer")
                .containsExactly(stack.id(Keys.peering(peer)), stack.id(Keys.peering(peer)));
        assertThat(connection().tags()).extracting("key").contains("privateapi.dev/owner-uid");
    }

    @Test
    void looksAtAConvergedStackInFewCalls() {
        stack.wants(spec).converges();

        assertThat(stack.look()).as("the network reads its own tables anyway")
                .filteredOn(it -> it.matches("DescribeVpcPeering.*|DescribeRouteTables|DescribeVpcAttribute"))
                .containsExactlyInAnyOrder("DescribeVpcPeeringConnections", "DescribeRouteTables", "DescribeRouteTables",
                        "DescribeVpcAttribute", "DescribeVpcAttribute");
    }

    @Test
    void stackWithoutPeersWantsNothing() {
        stack.wants(NETWORK).converges();

        assertThat(stack.look()).filteredOn(it -> it.contains("Peering")).hasSize(1);
    }

    @ParameterizedTest(name = "after a lost answer to {0}")
    @ValueSource(strings = {"CreateVpcPeeringConnection", "AcceptVpcPeeringConnection", "CreateRoute"})
    void lostAnswerDoublesNothing(String operation) {
        stack.sandbox.fault(Map.of("operation", operation, "kind", "cut-after", "nth", 1));
        stack.wants(spec).pass();

        stack.restarts().converges();

        assertThat(connections(peer)).hasSize(1);
        assertThat(targets(ec2, peer, OUR_CIDR)).hasSize(2);
    }

    @Test
    void publicNamesResolveToPrivateAddressesWhereThePeerAllowsIt() {
        stack.wants(spec).converges();
        assertThat(resolves(connection())).containsExactly(true, true);

        ec2.modifyVpcPeeringConnectionOptions(it -> it.vpcPeeringConnectionId(stack.id(Keys.peering(peer)))
                .accepterPeeringConnectionOptions(side -> side.allowDnsResolutionFromRemoteVpc(false)));

        assertThat(stack.repairs()).singleElement().asString().contains("accepter allowDnsResolutionFromRemoteVpc");
        assertThat(resolves(connection())).containsExactly(true, true);
    }

    @Test
    void peerWithoutDnsHostnamesIsPeeredAllTheSame() {
        ec2.modifyVpcAttribute(it -> it.vpcId(peer).enableDnsHostnames(off -> off.value(false)));

        stack.wants(spec).converges();

        assertThat(resolves(connection())).as("AWS would refuse, and nothing of the stack needs it")
                .containsExactly(false, false);
        stack.look();
    }

    @Test
    void driftOfRoutesAndTagsIsPutRight() {
        stack.wants(spec).converges();
        String connection = stack.id(Keys.peering(peer));
        String table = tables(ec2, peer).getFirst().routeTableId();
        ec2.deleteRoute(it -> it.routeTableId(table).destinationCidrBlock(OUR_CIDR));
        ec2.createRoute(it -> it.routeTableId(table).destinationCidrBlock("10.200.0.0/16").vpcPeeringConnectionId(connection));
        ec2.deleteRoute(it -> it.routeTableId(stack.id(Keys.ROUTE_TABLE)).destinationCidrBlock(PEER_CIDR));
        ec2.deleteTags(it -> it.resources(connection).tags(Tag.builder().key("Name").build()));

        List<String> repairs = stack.repairs();

        assertThat(repairs).hasSize(3);
        assertThat(targets(ec2, peer, OUR_CIDR)).hasSize(2);
        assertThat(targets(ec2, peer, "10.200.0.0/16")).as("nobody wanted that way into the stack").isEmpty();
        assertThat(targets(ec2, stack.id(Keys.VPC), PEER_CIDR)).hasSize(1);
        assertThat(connection().tags()).extracting("key").contains("Name");
        stack.look();
    }

    @Test
    void connectionThatSomebodyDeletedIsReplacedAndItsBlackHolesToo() {
        stack.wants(spec).converges();
        String old = stack.id(Keys.peering(peer));
        ec2.deleteVpcPeeringConnection(it -> it.vpcPeeringConnectionId(old));

        stack.repairs();

        String now = stack.id(Keys.peering(peer));
        assertThat(now).isNotEqualTo(old);
        assertThat(targets(ec2, peer, OUR_CIDR)).containsExactly(now, now);
        assertThat(targets(ec2, stack.id(Keys.VPC), PEER_CIDR)).containsExactly(now);
        stack.look();
    }

    @Test
    void blackHolesOfAConnectionThatSomebodyDeletedGoWithTheStack() {
        List<RouteTable> before = tables(ec2, peer);
        stack.wants(spec).converges();
        ec2.deleteVpcPeeringConnection(it -> it.vpcPeeringConnectionId(stack.id(Keys.peering(peer))));
        stack.sleep(Duration.ofMinutes(1));

        stack.wantsNothing().converges();

        assertThat(stack.left()).isEmpty();
        assertThat(tables(ec2, peer)).as("the peer's tables are as they were").isEqualTo(before);
    }

    @Test
    void deletionTakesTheRoutesFirstAndLeavesThePeerAsItWas() {
        List<RouteTable> before = tables(ec2, peer);
        stack.wants(spec).converges();
        stack.sandbox.resetJournal();

        stack.wantsNothing().converges();

        List<String> calls = stack.calls(true);
        assertThat(calls.lastIndexOf("DeleteRoute")).as("else the peer would have black holes for a while")
                .isLessThan(calls.indexOf("DeleteVpcPeeringConnection"));
        assertThat(stack.left()).isEmpty();
        assertThat(tables(ec2, peer)).isEqualTo(before);
    }

    @Test
    void removedPeerLosesItsRoutesAndTheOthersKeepTheirs() {
        String other = ec2.createVpc(it -> it.cidrBlock("10.6.0.0/16")).vpc().vpcId();
        String two = NETWORK + "peers: [{vpcId: " + peer + ", cidr: " + PEER_CIDR + "}, {vpcId: " + other
                + ", cidr: 10.6.0.0/16}]";
        stack.wants(two).converges();
        assertThat(targets(ec2, other, OUR_CIDR)).hasSize(1);

        stack.wants(spec).converges();

        assertThat(targets(ec2, other, OUR_CIDR)).isEmpty();
        assertThat(targets(ec2, stack.id(Keys.VPC), "10.6.0.0/16")).isEmpty();
        assertThat(targets(ec2, peer, OUR_CIDR)).hasSize(2);
    }

    @Test
    void narrowedTablesLoseTheirRoutesAfterTheWantedOnesAreThere() {
        stack.wants(spec).converges();
        List<String> tables = tables(ec2, peer).stream().map(RouteTable::routeTableId).toList();
        ec2.deleteRoute(it -> it.routeTableId(tables.get(1)).destinationCidrBlock(OUR_CIDR));
        stack.sandbox.resetJournal();

        stack.wants(spec.replace("}]", ", routeTableIds: [" + tables.get(1) + "]}]")).converges();

        assertThat(routes(ec2, tables.get(0), OUR_CIDR)).isEmpty();
        assertThat(routes(ec2, tables.get(1), OUR_CIDR)).hasSize(1);
        assertThat(stack.calls(true)).containsExactly("CreateRoute", "DeleteRoute");
    }

    @Test
    void tableThatIsNotThePeersIsTold() {
        String other = spec.replace("}]", ", routeTableIds: [rtb-00000000000000bad]}]");

        assertThat(stack.wants(other).problemWith(PeeringLayer.peerRoutes(peer)))
                .contains("INVALID", "rtb-00000000000000bad", peer);

        stack.wants(spec).converges();
    }

    @Test
    void otherAddressesOfThePeerAreRoutedBeforeTheOldOnesAreNot() {
        stack.wants(spec.replace(PEER_CIDR, "10.4.0.0/17")).converges();
        stack.sandbox.resetJournal();

        stack.wants(spec).converges();

        assertThat(targets(ec2, stack.id(Keys.VPC), PEER_CIDR)).hasSize(1);
        assertThat(targets(ec2, stack.id(Keys.VPC), "10.4.0.0/17")).isEmpty();
        assertThat(stack.calls(true)).containsExactly("CreateRoute", "DeleteRoute");
    }

    @Test
    void routeThatLeadsElsewhereIsToldAndLeftAlone() {
        String table = tables(ec2, peer).getFirst().routeTableId();
        String gateway = ec2.createInternetGateway().internetGateway().internetGatewayId();
        ec2.attachInternetGateway(it -> it.internetGatewayId(gateway).vpcId(peer));
        ec2.createRoute(it -> it.routeTableId(table).destinationCidrBlock(OUR_CIDR).gatewayId(gateway));

        assertThat(stack.wants(spec).problemWith(PeeringLayer.peerRoutes(peer)))
                .contains("EXISTS", table, OUR_CIDR, gateway, "replaces no route");

        assertThat(routes(ec2, table, OUR_CIDR)).extracting(Route::gatewayId).containsExactly(gateway);
        assertThat(targets(ec2, peer, OUR_CIDR)).as("the other table is served").hasSize(2)
                .contains(stack.id(Keys.peering(peer)));
        ec2.deleteRoute(it -> it.routeTableId(table).destinationCidrBlock(OUR_CIDR));
        stack.converges();
        assertThat(targets(ec2, peer, OUR_CIDR)).containsOnly(stack.id(Keys.peering(peer)));
    }

    @ParameterizedTest(name = "requested by the peer: {0}")
    @ValueSource(booleans = {false, true})
    void connectionOfSomebodyElseIsToldAndLeftAlone(boolean byThePeer) {
        stack.wants(NETWORK).converges();
        String vpc = stack.id(Keys.VPC);
        String foreign = ec2.createVpcPeeringConnection(it -> it.vpcId(byThePeer ? peer : vpc)
                .peerVpcId(byThePeer ? vpc : peer)).vpcPeeringConnection().vpcPeeringConnectionId();

        assertThat(stack.wants(spec).problemWith(Keys.peering(peer))).contains("EXISTS", foreign, "was not made by this stack");

        assertThat(state(foreign)).as("not accepted, not deleted")
                .isEqualTo(VpcPeeringConnectionStateReasonCode.PENDING_ACCEPTANCE);
        ec2.deleteVpcPeeringConnection(it -> it.vpcPeeringConnectionId(foreign));
        stack.converges();
        assertThat(stack.id(Keys.peering(peer))).isNotEqualTo(foreign);
    }

    @Test
    void peerThatDoesNotExistIsTold() {
        String other = spec.replace(peer, "vpc-00000000000000bad");

        assertThat(stack.wants(other).problemWith(Keys.peering("vpc-00000000000000bad")))
                .contains("INVALID", "vpc-00000000000000bad", "correct vpcId");

        stack.wants(spec).converges();
        stack.wantsNothing().converges();
        assertThat(stack.left()).isEmpty();
    }

    @Test
    void requestThatAwsFailsIsMadeOnceAndHoldsNothingUp() {
        String overlapping = spec.replace("10.1.", "10.4.");
        stack.sandbox.resetJournal();

        assertThat(stack.wants(overlapping).problemWith(Keys.peering(peer)))
                .contains("INVALID", peer, "overlapping CIDR range");

        stack.pass();
        stack.sleep(Duration.ofMinutes(30));
        stack.restarts().pass();
        assertThat(stack.calls(true)).as("AWS fails the same request again").filteredOn("CreateVpcPeeringConnection"::equals)
                .hasSize(1);
        stack.wants(overlapping.replaceAll("peers: .*", "")).converges();
        stack.wantsNothing().converges();
        assertThat(stack.left()).isEmpty();
    }

    @Test
    void failedRequestDoesNotOutliveTheSpecThatMadeIt() {
        Aws there = stack.aws().in(stack.aws().accountId(), "eu-west-1");
        String far = there.ec2().createVpc(it -> it.cidrBlock("10.1.0.0/16")).vpc().vpcId();
        String overlapping = NETWORK + "peers: [{vpcId: " + far + ", cidr: 10.9.0.0/16, region: eu-west-1}]";
        stack.wants(overlapping).problemWith(Keys.peering(far));

        stack.wants(overlapping.replace(", region: eu-west-1", ""));

        assertThat(stack.problemWith(Keys.peering(far))).as("the answer to the new request, not to the old one")
                .contains("There is no VPC " + far);
    }

    @Test
    void peerOfAnotherRegionIsAcceptedAndRoutedThere() {
        Aws there = stack.aws().in(stack.aws().accountId(), "eu-west-1");
        String far = vpc(there.ec2(), "10.6.0.0/16");

        stack.wants(NETWORK + "peers: [{vpcId: " + far + ", cidr: 10.6.0.0/16, region: eu-west-1}]").converges();

        assertThat(targets(there.ec2(), far, OUR_CIDR)).hasSize(2).containsOnly(stack.id(Keys.peering(far)));
        assertThat(resolves(connections(far).getFirst())).containsExactly(true, true);
        stack.look();
        stack.wantsNothing().converges();
        assertThat(targets(there.ec2(), far, OUR_CIDR)).isEmpty();
    }

    @Test
    void peerOfAnotherAccountIsAcceptedByItsOwnIdentity() {
        Ec2Client there = stack.rootOf(LayerStack.OTHER_ACCOUNT);
        String far = there.createVpc(it -> it.cidrBlock("10.6.0.0/16")).vpc().vpcId();

        stack.wants(peerOf(LayerStack.OTHER_ACCOUNT, far)).converges();

        assertThat(targets(there, far, OUR_CIDR)).containsExactly(stack.id(Keys.peering(far)));
        stack.look();
        stack.wantsNothing().converges();
        assertThat(targets(there, far, OUR_CIDR)).isEmpty();
    }

    @Test
    void accountWithoutAnIdentityIsToldBeforeAnythingIsAskedOfIt() {
        assertThat(stack.wants(peerOf("333333333333", peer)).problemWith(Keys.peering(peer)))
                .contains("DENIED", "no identity for the AWS account 333333333333");

        assertThat(connections(peer)).isEmpty();
        stack.wantsNothing().converges();
        assertThat(stack.left()).isEmpty();
    }

    @Test
    void identityThatIsGoneHoldsTheConnectionSoThatNoBlackHolesStay() {
        Ec2Client there = stack.rootOf(LayerStack.OTHER_ACCOUNT);
        String far = there.createVpc(it -> it.cidrBlock("10.6.0.0/16")).vpc().vpcId();
        stack.wants(peerOf(LayerStack.OTHER_ACCOUNT, far)).converges();
        String connection = stack.id(Keys.peering(far));
        stack.withoutOtherAccounts();

        assertThat(stack.wantsNothing().problemWith(PeeringLayer.peerRoutes(far)))
                .contains("DENIED", "no identity for the AWS account " + LayerStack.OTHER_ACCOUNT);

        assertThat(state(connection)).isEqualTo(VpcPeeringConnectionStateReasonCode.ACTIVE);
    }

    private static String peerOf(String account, String vpcId) {
        return NETWORK + "peers: [{vpcId: " + vpcId + ", cidr: 10.6.0.0/16, accountId: '" + account + "'}]";
    }

    @Test
    void existingSubnetsGetTheRouteInTheTableThatRulesThem() {
        String vpc = vpc(ec2, "10.7.0.0/16");
        String subnet = ec2.createSubnet(it -> it.vpcId(vpc).cidrBlock("10.7.1.0/24")
                .availabilityZone("ap-northeast-1a")).subnet().subnetId();

        stack.wants("""
                vpc:
                  id: %s
                  subnets:
                  - {id: %s}
                  - {cidr: 10.7.2.0/24, availabilityZone: ap-northeast-1c}
                peers: [{vpcId: %s, cidr: %s}]
                """.formatted(vpc, subnet, peer, PEER_CIDR)).converges();

        assertThat(targets(ec2, vpc, PEER_CIDR)).as("the main table and the stack's own").hasSize(2);
        assertThat(targets(ec2, peer, "10.7.0.0/16")).hasSize(2);
        stack.look();
        stack.wantsNothing().converges();
        assertThat(targets(ec2, vpc, PEER_CIDR)).as("the VPC is as it was").isEmpty();
    }

    private VpcPeeringConnection connection() {
        return connections(peer).getFirst();
    }

    private List<VpcPeeringConnection> connections(String accepter) {
        return ec2.describeVpcPeeringConnections(it -> it.filters(
                Filter.builder().name("accepter-vpc-info.vpc-id").values(accepter).build())).vpcPeeringConnections();
    }

    private VpcPeeringConnectionStateReasonCode state(String id) {
        return ec2.describeVpcPeeringConnections(it -> it.vpcPeeringConnectionIds(id)).vpcPeeringConnections().getFirst()
                .status().code();
    }

    private static List<Boolean> resolves(VpcPeeringConnection connection) {
        return List.of(
                connection.requesterVpcInfo().peeringOptions().allowDnsResolutionFromRemoteVpc(),
                connection.accepterVpcInfo().peeringOptions().allowDnsResolutionFromRemoteVpc());
    }

    private static List<RouteTable> tables(Ec2Client ec2, String vpc) {
        return ec2.describeRouteTables(it -> it.filters(Filter.builder().name("vpc-id").values(vpc).build())).routeTables();
    }

    /** Where the routes of a VPC to a destination lead, black holes apart. */
    private static List<String> targets(Ec2Client ec2, String vpc, String destination) {
        return tables(ec2, vpc).stream()
                .flatMap(table -> routes(ec2, table.routeTableId(), destination).stream())
                .filter(route -> route.state() == RouteState.ACTIVE)
                .map(route -> route.vpcPeeringConnectionId() == null ? route.gatewayId() : route.vpcPeeringConnectionId())
                .toList();
    }

    private static List<Route> routes(Ec2Client ec2, String table, String destination) {
        return ec2.describeRouteTables(it -> it.routeTableIds(table)).routeTables().getFirst().routes().stream()
                .filter(route -> destination.equals(route.destinationCidrBlock()))
                .toList();
    }
}
