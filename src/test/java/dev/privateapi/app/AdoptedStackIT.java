package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.app.DriftCase.Repaired;
import dev.privateapi.app.SandboxStack.Moment;
import dev.privateapi.engine.Outcome;
import dev.privateapi.graph.Node;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Adoption;
import dev.privateapi.ownership.Owner;
import dev.privateapi.ownership.Ownership;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.VpcEndpointType;
import software.amazon.awssdk.services.ecs.model.LaunchType;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerSchemeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;
import software.amazon.awssdk.services.route53resolver.model.RuleTypeOption;
import software.amazon.awssdk.services.route53resolver.model.TargetAddress;

/**
 * A stack of which every object was made by hand, under names of its own, and one property of each that has any to change is not
 * as the spec says: what an operator of another uid made, without any of its tags.
 */
@TestInstance(Lifecycle.PER_CLASS)
class AdoptedStackIT {

    private static final Set<String> ALL =
            Set.of(Ownership.OWNER_UID, Ownership.OWNER, Ownership.CLUSTER, Ownership.RESOURCE, Ownership.NAME);
    /** Routes are what a route table says, and task definitions are the stack's own in any case: a service waits for one. */
    private static final String MAKES = "(Create(?!Tags|Route$)|Delete(?!Route$)|Run|Request).*";
    private static final Owner HEIR = new Owner("5a7e0000-0000-0000-0000-000000000002", "default", "poc", "test");

    private static final String PEERING = "peering/connection/" + SandboxStack.PEER_VPC;

    private SandboxStack stack;
    private Map<String, String> ids;
    private Moment handMade;

    @BeforeAll
    void makeByHand() {
        stack = SandboxStack.empty();
        stack.want(DriftCases.spec());
        stack.converge();
        ids = stack.recorded().values().stream()
                .collect(Collectors.toMap(it -> it.key().name(), it -> it.id(), (a, b) -> a, LinkedHashMap::new));
        drifts().forEach(it -> it.drift().on(stack, ids.getOrDefault(it.node(), "")));
        tagged().forEach(key -> Tags.remove(stack.person, key.kind(), ids.get(key.name()), ALL));
        stack.become(HEIR);
        stack.advance(Duration.ofMinutes(10));
        handMade = stack.now();
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    /** The first property of each resource that somebody can change. */
    private static Stream<Repaired> drifts() {
        Set<String> taken = new LinkedHashSet<>();
        return DriftCases.all(SandboxStack.desired(DriftCases.spec())).stream()
                .filter(Repaired.class::isInstance).map(Repaired.class::cast)
                .filter(it -> it.wave() == 0 && !it.property().equals(DriftCase.TAGS) && taken.add(it.node()));
    }

    private static List<ResourceKey> tagged() {
        return SandboxStack.desired(DriftCases.spec()).stream().filter(DriftCases::tagged).map(Node::key).toList();
    }

    private static List<ResourceKey> adoptable() {
        return tagged().stream().filter(key -> key.kind().standsAlone()).toList();
    }

    private Map<String, String> named() {
        return adoptable().stream().collect(Collectors.toMap(ResourceKey::name, key -> ids.get(key.name()), (a, b) -> a,
                LinkedHashMap::new));
    }

    private void adopt(Map<String, String> named) {
        Map<String, ResourceKey> keys = adoptable().stream().collect(Collectors.toMap(ResourceKey::name, Function.identity()));
        named.forEach((name, id) -> Tags.set(stack.person, keys.get(name).kind(), id, Map.of(Adoption.CONSENT, "default/poc")));
        annotate(named);
    }

    private void annotate(Map<String, String> named) {
        stack.adopt(named.entrySet().stream().map(it -> it.getKey() + "=" + it.getValue()).collect(Collectors.joining("\n")));
        stack.advance(Duration.ofMinutes(1));
    }

    @Test
    void everyObjectBecomesTheStacksAndIsPutRightAndNoneIsMadeBesideIt() {
        stack.goBackTo(handMade);
        adopt(named());
        stack.sandbox.resetJournal();

        stack.converge();

        assertThat(stack.changes()).noneMatch(it -> it.matches(MAKES))
                .containsOnlyOnce("RegisterTaskDefinition")
                .contains("ModifyTargetGroup", "UpdateResolverRule", "ModifyVpcEndpoint");
        named().forEach((name, id) -> assertThat(stack.id(name)).isEqualTo(id));
        assertThat(stack.callFromPeer(stack.lookAgain(), "/")).isEqualTo(200);
        stack.adopt("");
        stack.restart();
        assertThat(stack.lookAgain().taken()).as("the annotation has done its work").isEmpty();

        stack.wantNothing();
        stack.passUntil("it is gone", Outcome::gone);
        assertThat(stack.sandbox.left()).as("what was not named is nobody's").singleElement()
                .satisfies(it -> assertThat(it.path("id").asText()).isEqualTo(ids.get("service/task-definition")));
        assertThat(stack.sandbox.changed()).isEmpty();
    }

    @Test
    void whatDoesNotSayItselfThatItIsGivenIsNotTaken() {
        stack.goBackTo(handMade);
        annotate(named());

        Outcome refused = patiently();

        assertThat(stack.changes()).isEmpty();
        named().forEach((name, id) -> assertThat(messages(refused).get(name)).as(name)
                .contains(id, "it does not say so itself", "privateapi.dev/adopt=default/poc"));
    }

    @Test
    void whatIsAnothersIsNotTakenFromIt() {
        stack.goBackTo(handMade);
        adoptable().forEach(key -> Tags.set(stack.person, key.kind(), ids.get(key.name()), Map.of(
                Ownership.OWNER_UID, "uid-7", Ownership.OWNER, "team/other", Ownership.RESOURCE, key.name())));
        adopt(named());

        Outcome refused = patiently();

        assertThat(stack.changes()).isEmpty();
        named().forEach((name, id) -> assertThat(messages(refused).get(name)).as(name)
                .contains(id, "it carries privateapi.dev/owner-uid=uid-7 of team/other"));
    }

    @Test
    void securityGroupIsTakenWhateverItsNameAndDescription() {
        stack.goBackTo(handMade);
        String group = group(ids.get("network/vpc"));
        stack.advance(Duration.ofMinutes(1));
        Map<String, String> named = named();
        named.put("endpoints/security-group", group);
        adopt(named);

        stack.converge();

        assertThat(stack.id("endpoints/security-group")).isEqualTo(group);
        assertThat(ec2().describeVpcEndpoints(it -> it.vpcEndpointIds(ids.get("endpoints/logs"))).vpcEndpoints().getFirst()
                .groups()).singleElement().satisfies(it -> assertThat(it.groupId()).isEqualTo(group));
    }

    /** @param made by a person, what cannot become what the annotation says; returns its id */
    private record Misfit(String name, String what, Supplier<String> made, String message) {}

    private List<Misfit> misfits() {
        return List.of(
                new Misfit("network/route-table", "in another VPC", () -> ec2().createRouteTable(it -> it.vpcId(other()))
                        .routeTable().routeTableId(), "it is in "),
                new Misfit("endpoints/security-group", "in another VPC", () -> group(other()), "it is in "),
                new Misfit("endpoints/execute-api", "in another VPC", () -> ec2().createVpcEndpoint(it -> it
                        .vpcId(other()).vpcEndpointType(VpcEndpointType.INTERFACE).privateDnsEnabled(false)
                        .serviceName("com.amazonaws.ap-northeast-1.execute-api")).vpcEndpoint().vpcEndpointId(), "it is in "),
                new Misfit("endpoints/s3", "of another service", () -> ids.get("endpoints/ecr.api"),
                        "it is of type Interface for com.amazonaws.ap-northeast-1.ecr.api, not of type Gateway for "),
                new Misfit("load-balancer/nlb", "in another VPC", () -> balancer(other()), "it is in "),
                new Misfit("load-balancer/target-group", "in another VPC", () -> targetGroup(other(), ProtocolEnum.TCP),
                        "it is in "),
                new Misfit("load-balancer/target-group", "of another protocol", () ->
                        targetGroup(ids.get("network/vpc"), ProtocolEnum.UDP), "its targets are of type ip over UDP"),
                new Misfit("service/service", "of another kind", () -> ids.get("service/cluster"),
                        "There is no AWS::ECS::Service"),
                new Misfit("service/service", "in another cluster", this::serviceElsewhere, "it is of launch type FARGATE in "),
                new Misfit("dns/resolver-inbound", "of the other direction", () -> ids.get("dns/resolver-outbound"),
                        "it is OUTBOUND behind"),
                new Misfit("dns/resolver-rule/corp.example", "of another domain", () -> stack.person.resolver()
                        .createResolverRule(it -> it.creatorRequestId("mine").domainName("other.example")
                                .ruleType(RuleTypeOption.FORWARD).resolverEndpointId(ids.get("dns/resolver-outbound"))
                                .targetIps(TargetAddress.builder().ip("10.4.0.10").build())).resolverRule().id(),
                        "it is FORWARD other.example, not FORWARD corp.example"),
                new Misfit(PEERING, "from another VPC", () -> ec2().createVpcPeeringConnection(it -> it
                        .vpcId(other()).peerVpcId(SandboxStack.PEER_VPC)).vpcPeeringConnection().vpcPeeringConnectionId(),
                        "it leads from "));
    }

    @TestFactory
    Stream<DynamicTest> whatDoesNotFitIsRefusedAndNothingIsMadeInItsPlace() {
        return misfits().stream().map(it -> DynamicTest.dynamicTest(it.name + " " + it.what, () -> isRefused(it)));
    }

    private void isRefused(Misfit misfit) {
        stack.goBackTo(handMade);
        Map<String, String> named = named();
        String id = misfit.made.get();
        named.values().remove(id);
        named.put(misfit.name, id);
        stack.advance(Duration.ofMinutes(5));
        adopt(named);

        Outcome refused = patiently();

        assertThat(messages(refused).get(misfit.name)).contains(id, misfit.message);
        assertThat(stack.changes()).as("others are adopted, and put right").contains("CreateTags")
                .noneMatch(it -> it.matches(MAKES));
        assertThat(stack.sandbox.left()).filteredOn(it -> id.equals(it.path("id").asText()) || id.equals(it.path("arn").asText()))
                .as("it is as it was").allMatch(it -> !it.path("tags").has(Ownership.OWNER_UID));
    }

    private Ec2Client ec2() {
        return stack.person.ec2();
    }

    private String other() {
        String vpc = ec2().createVpc(it -> it.cidrBlock("10.9.0.0/16")).vpc().vpcId();
        stack.advance(Duration.ofMinutes(1));
        return vpc;
    }

    private String group(String vpc) {
        return ec2().createSecurityGroup(it -> it.vpcId(vpc).groupName("mine").description("mine")).groupId();
    }

    private String serviceElsewhere() {
        stack.person.ecs().createCluster(it -> it.clusterName("mine"));
        String subnet = ids.get("network/subnet/10.1.1.0/24");
        return stack.person.ecs().createService(it -> it.cluster("mine").serviceName("mine").desiredCount(0)
                .launchType(LaunchType.FARGATE).taskDefinition(ids.get("service/task-definition"))
                .networkConfiguration(in -> in.awsvpcConfiguration(net -> net.subnets(subnet)))).service().serviceArn();
    }

    private String balancer(String vpc) {
        String subnet = ec2().createSubnet(it -> it.vpcId(vpc).cidrBlock("10.9.1.0/24")).subnet().subnetId();
        stack.advance(Duration.ofMinutes(1));
        return stack.person.loadBalancing().createLoadBalancer(it -> it.name("mine").subnets(subnet)
                .type(LoadBalancerTypeEnum.NETWORK).scheme(LoadBalancerSchemeEnum.INTERNAL)).loadBalancers().getFirst()
                .loadBalancerArn();
    }

    private String targetGroup(String vpc, ProtocolEnum protocol) {
        return stack.person.loadBalancing().createTargetGroup(it -> it.name("mine").vpcId(vpc).protocol(protocol).port(53)
                .targetType(TargetTypeEnum.IP)).targetGroups().getFirst().targetGroupArn();
    }

    private Outcome patiently() {
        stack.sandbox.resetJournal();
        Outcome outcome = stack.lookAgain();
        for (int i = 0; i < 5; i++) {
            stack.advance(outcome.again());
            outcome = stack.pass();
        }
        return outcome;
    }

    private static Map<String, String> messages(Outcome outcome) {
        return outcome.problems().entrySet().stream()
                .collect(Collectors.toMap(it -> it.getKey().name(), it -> it.getValue().message()));
    }
}
