package dev.privateapi.layers.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.Outcome;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.layers.network.NetworkLayer;
import dev.privateapi.layers.peering.PeeringLayer;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Live;
import dev.privateapi.testing.LayerStack;
import dev.privateapi.testing.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerSchemeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** The load balancer in its network, on a sandbox AWS. */
class LoadBalancerLayerIT {

    private static final String SPEC = """
            vpc:
              cidr: 10.1.0.0/16
              subnets:
              - {cidr: 10.1.1.0/24, availabilityZone: ap-northeast-1a}
              - {cidr: 10.1.2.0/24, availabilityZone: ap-northeast-1c}
            service: {port: 80}
            """;
    private static final String THIRD_SUBNET =
            "  - {cidr: 10.1.3.0/24, availabilityZone: ap-northeast-1d}\nservice: {port: 80}";

    private static Sandbox sandbox;

    private final LayerStack stack = new LayerStack(
            sandbox, aws -> List.of(new NetworkLayer(aws, new SecurityGroups(aws)), new PeeringLayer(aws), new LoadBalancerLayer(aws)));
    private final ElasticLoadBalancingV2Client elb = stack.aws().loadBalancing();

    @BeforeAll
    static void startSandbox() {
        sandbox = LayerStack.sandbox();
    }

    @AfterAll
    static void stopSandbox() {
        sandbox.close();
    }

    @AfterEach
    void stop() {
        stack.close();
    }

    @Test
    void tellsOthersWhatTheyNeed() {
        Outcome outcome = stack.wants(SPEC).converges();

        Live balancer = LayerStack.live(outcome, Keys.LOAD_BALANCER);
        assertThat(balancer.attributes()).as("the VPC link takes the ARN, the integration the name")
                .containsEntry(Attribute.ARN, balancer.id())
                .containsEntry(Attribute.STATE, "active")
                .containsEntry(Attribute.VPC_ID, stack.id(Keys.VPC))
                .containsKeys(Attribute.DNS_NAME, Attribute.DNS_NAME_ZONE_ID);
        assertThat(balancer.uses()).as("subnets go after it").hasSize(2);
        assertThat(LayerStack.live(outcome, Keys.LISTENER).uses()).as("the group goes after the listener")
                .containsExactly(stack.id(Keys.TARGET_GROUP));
    }

    @Test
    void isInternalQuickAndWithoutSecurityGroups() {
        stack.wants(SPEC).converges();

        LoadBalancer balancer = balancer();
        assertThat(balancer.scheme()).isEqualTo(LoadBalancerSchemeEnum.INTERNAL);
        assertThat(balancer.type()).isEqualTo(LoadBalancerTypeEnum.NETWORK);
        assertThat(balancer.securityGroups()).as("they would judge the VPC link's traffic by addresses nobody knows").isEmpty();
        assertThat(attributes()).containsEntry("load_balancing.cross_zone.enabled", "true");
        assertThat(groupAttributes()).containsEntry("deregistration_delay.timeout_seconds", "10");
        TargetGroup group = group();
        assertThat(group.targetType()).isEqualTo(TargetTypeEnum.IP);
        assertThat(group.healthCheckIntervalSeconds() * group.healthyThresholdCount()).as("seconds to healthy").isEqualTo(20);
        assertThat(listener().port()).isEqualTo(80);
        assertThat(tags(listener().listenerArn())).as("a listener carries tags too")
                .containsEntry("privateapi.dev/resource", "load-balancer/listener");
    }

    @Test
    void looksAtAConvergedStackInSixCalls() {
        stack.wants(SPEC).converges();
        stack.look(); // from then on it is known whose tags one call can tell

        assertThat(stack.look()).as("and changes nothing").filteredOn(it -> !it.matches("Describe(Vpc|Subnet|RouteT|Sec).*"))
                .containsExactlyInAnyOrder("DescribeLoadBalancers", "DescribeTargetGroups", "DescribeListeners", "DescribeTags",
                        "DescribeLoadBalancerAttributes", "DescribeTargetGroupAttributes");
    }

    @ParameterizedTest(name = "after a lost answer to {0}")
    @ValueSource(strings = {"CreateLoadBalancer", "CreateTargetGroup", "CreateListener"})
    void lostAnswerDoublesNothing(String operation) {
        stack.sandbox.fault(Map.of("operation", operation, "kind", "cut-after", "nth", 1));
        stack.wants(SPEC).pass();

        stack.restarts().converges();

        assertThat(stack.left().stream().filter(it -> it.path("service").asText().equals("elbv2")))
                .as("one of each kind").hasSize(3);
        assertThat(attributes()).as("what the create could not set").containsEntry("load_balancing.cross_zone.enabled", "true");
    }

    @Test
    void driftOfEachPropertyIsPutRight() {
        stack.wants(SPEC).converges();
        String balancer = stack.id(Keys.LOAD_BALANCER);
        elb.modifyLoadBalancerAttributes(it -> it.loadBalancerArn(balancer).attributes(
                attribute("load_balancing.cross_zone.enabled", "false"), attribute("deletion_protection.enabled", "true")));
        elb.addTags(it -> it.resourceArns(balancer).tags(Tag.builder().key("Name").value("renamed").build()));
        String group = stack.id(Keys.TARGET_GROUP);
        elb.modifyTargetGroupAttributes(it -> it.targetGroupArn(group).attributes(TargetGroupAttribute.builder()
                .key("deregistration_delay.timeout_seconds").value("300").build()));
        elb.modifyTargetGroup(it -> it.targetGroupArn(group).healthCheckIntervalSeconds(60));
        elb.modifyListener(it -> it.listenerArn(stack.id(Keys.LISTENER)).port(81));

        List<String> repairs = stack.repairs();

        assertThat(repairs).as("one step for each object, which says what differed").hasSize(3)
                .anySatisfy(step -> assertThat(step).contains("cross_zone", "deletion_protection", "renamed"))
                .anySatisfy(step -> assertThat(step).contains("healthCheck", "300"))
                .anySatisfy(step -> assertThat(step).contains("TCP 81"));
        assertThat(attributes()).containsEntry("load_balancing.cross_zone.enabled", "true");
        assertThat(attributes()).containsEntry("deletion_protection.enabled", "false");
        assertThat(tags(balancer)).containsEntry("Name", "poc/load-balancer/nlb");
        assertThat(groupAttributes()).containsEntry("deregistration_delay.timeout_seconds", "10");
        assertThat(listener().port()).isEqualTo(80);
        stack.look();
    }

    @Test
    void deletedListenerComesBackAndAForeignOneGoes() {
        stack.wants(SPEC).converges();
        elb.deleteListener(it -> it.listenerArn(stack.id(Keys.LISTENER)));
        foreignListener(8080);
        foreignListener(8081);

        stack.repairs();

        assertThat(listener().port()).as("the one that is wanted and no other").isEqualTo(80);
        assertThat(tags(listener().listenerArn())).containsEntry("privateapi.dev/resource", "load-balancer/listener");
        stack.look();
    }

    @Test
    void anotherListenerBesideOursGoes() {
        stack.wants(SPEC).converges();
        String ours = stack.id(Keys.LISTENER);
        foreignListener(8080);

        assertThat(stack.repairs()).singleElement().asString().startsWith("delete").contains("load-balancer/listener/8080");

        assertThat(listener().listenerArn()).isEqualTo(ours);
    }

    private void foreignListener(int port) {
        elb.createListener(it -> it.loadBalancerArn(stack.id(Keys.LOAD_BALANCER)).protocol(ProtocolEnum.TCP).port(port)
                .defaultActions(Action.builder().type(ActionTypeEnum.FORWARD)
                        .targetGroupArn(stack.id(Keys.TARGET_GROUP)).build()));
    }

    @Test
    void anotherPortMovesTheListenerAndKeepsTheGroup() {
        stack.wants(SPEC).converges();
        String group = stack.id(Keys.TARGET_GROUP);
        String listener = stack.id(Keys.LISTENER);

        stack.wants(SPEC.replace("port: 80", "port: 8080")).converges();

        assertThat(listener().port()).isEqualTo(8080);
        assertThat(stack.id(Keys.LISTENER)).isEqualTo(listener);
        assertThat(stack.id(Keys.TARGET_GROUP)).as("ECS gives each target its own port").isEqualTo(group);
        stack.look();
    }

    @Test
    void anotherSubnetIsAddedWithoutANewLoadBalancer() {
        stack.wants(SPEC).converges();
        String before = stack.id(Keys.LOAD_BALANCER);

        stack.wants(SPEC.replace("service: {port: 80}", THIRD_SUBNET)).converges();

        assertThat(stack.id(Keys.LOAD_BALANCER)).isEqualTo(before);
        assertThat(balancer().availabilityZones()).hasSize(3);
        stack.wants(SPEC).converges();
        assertThat(balancer().availabilityZones()).as("and given up").hasSize(2);
    }

    @Test
    void subnetThatAVpcLinkHoldsIsToldInWords() {
        stack.wants(SPEC.replace("service: {port: 80}", THIRD_SUBNET)).converges();
        stack.aws().apiGateway().createVpcLink(it -> it.name("link").targetArns(stack.id(Keys.LOAD_BALANCER)));
        stack.sleep(Duration.ofMinutes(5));

        assertThat(stack.wants(SPEC).problemWith(Keys.LOAD_BALANCER))
                .contains("NOT_CHANGEABLE", "gives up no subnet while a VPC link leads to it", "vpc.subnets");
    }

    @Test
    void deletionLeavesNothing() {
        stack.wants(SPEC).converges();
        elb.modifyLoadBalancerAttributes(it -> it.loadBalancerArn(stack.id(Keys.LOAD_BALANCER))
                .attributes(attribute("deletion_protection.enabled", "true")));

        stack.wantsNothing().converges();

        assertThat(stack.left()).as("deletion protection is switched off first").isEmpty();
    }

    @Test
    void userOfTheLoadBalancerThatIsNotOursIsToldInWords() {
        stack.wants(SPEC).converges();
        String link = stack.aws().apiGateway()
                .createVpcLink(it -> it.name("link").targetArns(stack.id(Keys.LOAD_BALANCER))).id();
        stack.sleep(Duration.ofMinutes(5));

        assertThat(stack.wantsNothing().problemWith(Keys.LOAD_BALANCER)).contains("IN_USE", "VPC link or an endpoint service");

        stack.aws().apiGateway().deleteVpcLink(it -> it.vpcLinkId(link));
        stack.converges();
        assertThat(stack.left()).isEmpty();
    }

    @Test
    void loadBalancerOfSomebodyElseWithOurNameIsNeverTaken() {
        String subnet = stack.aws().ec2().describeSubnets().subnets().getFirst().subnetId();
        String name = Elb.name(stack.owner(), Keys.LOAD_BALANCER);
        String foreign = elb.createLoadBalancer(it -> it.name(name).type(LoadBalancerTypeEnum.NETWORK)
                .scheme(LoadBalancerSchemeEnum.INTERNAL).subnets(subnet)).loadBalancers().getFirst().loadBalancerArn();

        assertThat(stack.wants(SPEC).problemWith(Keys.LOAD_BALANCER)).contains("EXISTS", foreign, "delete it");

        elb.deleteLoadBalancer(it -> it.loadBalancerArn(foreign));
        stack.converges();
    }

    @Test
    void targetGroupOfSomebodyElseWithOurNameAndSettingsIsNeverTaken() {
        stack.wants(SPEC).converges();
        String vpc = stack.id(Keys.VPC);
        String name = Elb.name(stack.owner(), Keys.TARGET_GROUP);
        elb.deleteListener(it -> it.listenerArn(stack.id(Keys.LISTENER)));
        elb.deleteTargetGroup(it -> it.targetGroupArn(stack.id(Keys.TARGET_GROUP)));
        String foreign = elb.createTargetGroup(it -> it.name(name).protocol(ProtocolEnum.TCP).port(80).vpcId(vpc)
                .targetType(TargetTypeEnum.IP)).targetGroups().getFirst().targetGroupArn();
        stack.sleep(Duration.ofMinutes(6));

        assertThat(stack.problemWith(Keys.TARGET_GROUP)).contains("EXISTS", foreign);

        stack.wantsNothing().converges();
        assertThat(stack.left()).as("neither changed nor deleted").extracting(it -> it.path("id").asText())
                .containsExactly(foreign);
    }

    @Test
    void targetGroupOfAVpcThatSomebodyDeletedIsMadeAnewInTheNextOne() {
        stack.wants(SPEC).converges();
        String group = stack.id(Keys.TARGET_GROUP);
        elb.deleteLoadBalancer(it -> it.loadBalancerArn(stack.id(Keys.LOAD_BALANCER)));
        stack.sleep(Duration.ofMinutes(5));
        var ec2 = stack.aws().ec2();
        for (String subnet : List.of("10.1.1.0/24", "10.1.2.0/24")) {
            ec2.deleteSubnet(it -> it.subnetId(stack.id(Keys.subnet(subnet))));
        }
        ec2.deleteRouteTable(it -> it.routeTableId(stack.id(Keys.ROUTE_TABLE)));
        ec2.deleteVpc(it -> it.vpcId(stack.id(Keys.VPC)));

        stack.repairs();

        assertThat(stack.id(Keys.TARGET_GROUP)).isNotEqualTo(group);
        assertThat(group().vpcId()).isEqualTo(stack.id(Keys.VPC));
        stack.look();
    }

    private LoadBalancer balancer() {
        return elb.describeLoadBalancers(it -> it.names(Elb.name(stack.owner(), Keys.LOAD_BALANCER))).loadBalancers().getFirst();
    }

    private TargetGroup group() {
        return elb.describeTargetGroups(it -> it.names(Elb.name(stack.owner(), Keys.TARGET_GROUP))).targetGroups().getFirst();
    }

    private Map<String, String> attributes() {
        Map<String, String> attributes = new TreeMap<>();
        elb.describeLoadBalancerAttributes(it -> it.loadBalancerArn(stack.id(Keys.LOAD_BALANCER))).attributes()
                .forEach(it -> attributes.put(it.key(), it.value()));
        return attributes;
    }

    private Map<String, String> groupAttributes() {
        Map<String, String> attributes = new TreeMap<>();
        elb.describeTargetGroupAttributes(it -> it.targetGroupArn(stack.id(Keys.TARGET_GROUP))).attributes()
                .forEach(it -> attributes.put(it.key(), it.value()));
        return attributes;
    }

    private static LoadBalancerAttribute attribute(String key, String value) {
        return LoadBalancerAttribute.builder().key(key).value(value).build();
    }

    private Listener listener() {
        List<Listener> all = elb.describeListeners(it -> it.loadBalancerArn(stack.id(Keys.LOAD_BALANCER))).listeners();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private Map<String, String> tags(String arn) {
        Map<String, String> tags = new TreeMap<>();
        elb.describeTags(it -> it.resourceArns(arn)).tagDescriptions().getFirst().tags()
                .forEach(it -> tags.put(it.key(), it.value()));
        return tags;
    }
}
