package dev.privateapi.layers.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.layers.Keys;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.Refs;
import dev.privateapi.ownership.Owner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerStateEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;

/** What no sandbox shows: states that AWS comes into by itself, and names and listeners of every kind. */
class LoadBalancingTest {

    private static final String ARN = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/net/poc/1";

    @ParameterizedTest
    @CsvSource({"PROVISIONING, PENDING", "ACTIVE, READY", "ACTIVE_IMPAIRED, READY", "FAILED, FAILED"})
    void eachStateIsAPhase(LoadBalancerStateEnum state, Phase phase) {
        assertThat(live(state).phase()).isEqualTo(phase);
    }

    @Test
    void impairedLoadBalancerServesAndIsTold() {
        assertThat(live(LoadBalancerStateEnum.ACTIVE_IMPAIRED).problem()).hasValueSatisfying(problem -> {
            assertThat(problem.category()).isEqualTo(Category.QUOTA);
            assertThat(problem.message()).contains(ARN, "no addresses", "free some of them");
        });
    }

    private static Live live(LoadBalancerStateEnum state) {
        LoadBalancer sdk = LoadBalancer.builder().loadBalancerArn(ARN).dnsName("poc.elb.amazonaws.com").vpcId("vpc-1")
                .canonicalHostedZoneId("Z1").state(it -> it.code(state).reason("no addresses")).build();
        return new LoadBalancers(null, null)
                .live(Keys.LOAD_BALANCER, new LoadBalancers.Balancer(sdk, Map.of(), Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"poc", "internal", "internal-api", "a-name-that-is-much-longer-than-load-balancers-may-have-0123"})
    void namesAreThoseThatElbTakes(String stack) {
        String name = Elb.name(new Owner("uid", "default", stack, "test"), Keys.LOAD_BALANCER);

        assertThat(name).matches("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?").doesNotStartWith("internal-");
    }

    @Test
    void listenerThatSplitsItsTrafficIsNotAsWanted() {
        Action split = Action.builder().forwardConfig(it -> it.targetGroups(tuple("tg-1"), tuple("tg-2"))).build();

        assertThat(compare(split)).hasSize(1);
    }

    @Test
    void listenerIsTheSameWhereverItTellsItsGroup() {
        Action both = Action.builder().targetGroupArn("tg-1").forwardConfig(it -> it.targetGroups(tuple("tg-1"))).build();
        Action second = Action.builder().forwardConfig(it -> it.targetGroups(tuple("tg-1"))).build();

        assertThat(compare(both)).isEmpty();
        assertThat(compare(second)).as("AWS leaves the first place out when a console set the second").isEmpty();
    }

    private static TargetGroupTuple tuple(String arn) {
        return TargetGroupTuple.builder().targetGroupArn(arn).weight(1).build();
    }

    private static List<?> compare(Action action) {
        Listener listener = Listener.builder().listenerArn("l").protocol(ProtocolEnum.TCP).port(80)
                .defaultActions(action).build();
        Refs refs = key -> Optional.of(Live.of(key, "tg-1", Phase.READY, null));
        return new Listeners(null, null).compare(
                new Listeners.Desired(80, Keys.TARGET_GROUP), new Listeners.Held(listener, Map.of()), refs);
    }
}
