package dev.privateapi.app;

import static dev.privateapi.app.DriftCase.ADDITIONS;
import static dev.privateapi.app.DriftCase.EXISTS;
import static dev.privateapi.app.DriftCase.fixed;
import static dev.privateapi.app.DriftCase.repaired;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ModifyTargetGroupRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** Load balancer, target group and listener. */
final class LoadBalancerDrift {

    private static final String NLB = "load-balancer/nlb";
    private static final String GROUP = "load-balancer/target-group";
    private static final String LISTENER = "load-balancer/listener";

    private LoadBalancerDrift() {}

    static Stream<DriftCase> cases() {
        return Stream.of(balancer(), group(), listener()).flatMap(cases -> cases);
    }

    private static Stream<DriftCase> balancer() {
        return Stream.of(
                fixed(NLB, "subnets", "AWS takes no subnet from a load balancer that a VPC link leads to"),
                fixed(NLB, ADDITIONS, "a subnet that somebody adds stays while the VPC link does: LoadBalancerLayerIT"),
                attribute("load_balancing.cross_zone.enabled", "false"),
                attribute("deletion_protection.enabled", "true"),
                attribute("access_logs.s3.enabled", "true"),
                repaired(NLB, EXISTS, (stack, id) -> {
                    stack.person.apiGateway().deleteVpcLink(it -> it.vpcLinkId(stack.id("api/vpc-link")));
                    stack.advance(Duration.ofMinutes(3));
                    stack.person.loadBalancing().deleteLoadBalancer(it -> it.loadBalancerArn(id));
                }).in(6));
    }

    private static DriftCase attribute(String name, String value) {
        return repaired(NLB, "attributes." + name, (stack, id) -> stack.person.loadBalancing().modifyLoadBalancerAttributes(it ->
                it.loadBalancerArn(id).attributes(LoadBalancerAttribute.builder().key(name).value(value).build())));
    }

    private static Stream<DriftCase> group() {
        return Stream.of(
                fixed(GROUP, "port", "AWS changes the port of no target group; ECS gives each target its own"),
                fixed(GROUP, ADDITIONS, "targets are registered by ECS, and a group has no other parts"),
                healthCheck("protocol", it -> it.healthCheckProtocol(ProtocolEnum.HTTP)),
                healthCheck("port", it -> it.healthCheckPort("81")),
                healthCheck("interval", it -> it.healthCheckIntervalSeconds(30)),
                healthCheck("timeout", it -> it.healthCheckTimeoutSeconds(9)),
                healthCheck("healthyAfter", it -> it.healthyThresholdCount(5)),
                healthCheck("unhealthyAfter", it -> it.unhealthyThresholdCount(5)),
                groupAttribute("deregistration_delay.timeout_seconds", "300"),
                groupAttribute("load_balancing.cross_zone.enabled", "false"),
                groupAttribute("preserve_client_ip.enabled", "true"),
                groupAttribute("proxy_protocol_v2.enabled", "true"),
                repaired(GROUP, EXISTS, (stack, id) -> {
                    stack.person.loadBalancing().deleteListener(it -> it.listenerArn(stack.id(LISTENER)));
                    stack.person.loadBalancing().deleteTargetGroup(it -> it.targetGroupArn(id));
                }).in(3));
    }

    private static DriftCase healthCheck(String property, UnaryOperator<ModifyTargetGroupRequest.Builder> change) {
        return repaired(GROUP, "healthCheck." + property, (stack, id) -> stack.person.loadBalancing()
                .modifyTargetGroup(change.apply(ModifyTargetGroupRequest.builder().targetGroupArn(id)).build()));
    }

    private static DriftCase groupAttribute(String name, String value) {
        return repaired(GROUP, "attributes." + name, (stack, id) -> stack.person.loadBalancing().modifyTargetGroupAttributes(it ->
                it.targetGroupArn(id).attributes(TargetGroupAttribute.builder().key(name).value(value).build())));
    }

    private static Stream<DriftCase> listener() {
        return Stream.of(
                repaired(LISTENER, "port", (stack, id) -> stack.person.loadBalancing()
                        .modifyListener(it -> it.listenerArn(id).port(8080))),
                fixed(LISTENER, "protocol", "AWS takes no other than the target group's, which nobody can change"),
                repaired(LISTENER, "targetGroup", (stack, id) -> stack.person.loadBalancing()
                        .modifyListener(it -> it.listenerArn(id).defaultActions(forward(foreign(stack))))),
                repaired(LISTENER, ADDITIONS, (stack, id) -> stack.person.loadBalancing().createListener(it ->
                        it.loadBalancerArn(stack.id(NLB)).protocol(ProtocolEnum.TCP).port(9000)
                                .defaultActions(forward(stack.id(GROUP))))),
                repaired(LISTENER, EXISTS, (stack, id) -> stack.person.loadBalancing()
                        .deleteListener(it -> it.listenerArn(id))).in(4));
    }

    private static Action forward(String group) {
        return Action.builder().type(ActionTypeEnum.FORWARD).targetGroupArn(group).build();
    }

    private static String foreign(SandboxStack stack) {
        return stack.person.loadBalancing().createTargetGroup(it -> it.name("foreign").targetType(TargetTypeEnum.IP)
                .protocol(ProtocolEnum.TCP).port(80).vpcId(stack.id("network/vpc"))).targetGroups().getFirst().targetGroupArn();
    }
}
