package dev.privateapi.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.EndpointService;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.graph.View;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SectionsTest {

    private static final List<Live> ALL = List.of(
            live(Keys.VPC, "vpc-1"),
            live(Keys.subnet("10.1.1.0/24"), "subnet-2"),
            live(Keys.subnet("10.1.2.0/24"), "subnet-1"),
            live(Keys.endpoint(EndpointService.EXECUTE_API), "vpce-1").with(Map.of(Attribute.DNS_NAME, "vpce-1.example")),
            live(Keys.LOAD_BALANCER, "nlb").with(Map.of(Attribute.ARN, "arn:nlb", Attribute.DNS_NAME, "nlb.example")),
            live(Keys.TARGET_GROUP, "arn:tg"),
            live(Keys.CLUSTER, "arn:cluster"),
            live(Keys.SERVICE, "arn:service").with(Map.of(Attribute.TASK_DEFINITION_ARN, "arn:task:1",
                    Attribute.RUNNING_TASKS, "1", Attribute.DESIRED_TASKS, "2")),
            live(Keys.REST_API, "api-1"),
            live(Keys.stage("live"), "stage-1"),
            live(Keys.VPC_LINK, "link-1"),
            live(Keys.HOSTED_ZONE, "Z1"),
            live(Keys.RESOLVER_INBOUND, "rslvr-in-1").with(Map.of(Attribute.IP_ADDRESSES, "10.1.2.9,10.1.1.9")),
            live(Keys.peering("vpc-0123456789abcdef0"), "pcx-1").with(Map.of(Attribute.STATE, "active")));

    private final Told stack = new Told();

    @Test
    void tellsWhatClientsAndOperatorsNeed() {
        stack.view = View.of(ALL);
        PrivateApiStackStatus status = stack.tell();

        assertThat(status.endpoint()).isEqualTo("https://api-1.execute-api.ap-northeast-1.amazonaws.com/live");
        assertThat(status.tasksReady()).isEqualTo("1/2");
        assertThat(status.vpc().subnetIds()).as("in the order of their names").containsExactly("subnet-2", "subnet-1");
        assertThat(status.loadBalancer().arn()).isEqualTo("arn:nlb");
        assertThat(status.loadBalancer().targetGroupArn()).as("an id that is an ARN").isEqualTo("arn:tg");
        assertThat(status.service().runningTasks()).isEqualTo(1);
        assertThat(status.api().vpcLinkId()).isEqualTo("link-1");
        assertThat(status.dns().resolverInboundIps()).containsExactly("10.1.1.9", "10.1.2.9");
        assertThat(status.peers()).containsExactly(
                new PrivateApiStackStatus.Peer("vpc-0123456789abcdef0", "pcx-1", "active"));
        assertThat(status.vpcEndpoints()).containsExactly(
                new PrivateApiStackStatus.VpcEndpoint("execute-api", "vpce-1", "vpce-1.example"));
    }

    @Test
    void listsTheSameWhateverTheOrder() {
        List<Live> shuffled = new ArrayList<>(ALL);
        Collections.reverse(shuffled);
        stack.view = View.of(ALL);
        PrivateApiStackStatus status = stack.tell();
        stack.view = View.of(shuffled);

        assertThat(stack.tell()).isEqualTo(status);
    }

    @Test
    void keepsWhatCannotBeReadNow() {
        stack.view = View.of(ALL);
        PrivateApiStackStatus before = stack.tell();
        stack.view = new View(Map.of(), everyKindUnreadable(), Set.of(), List.of());
        PrivateApiStackStatus during = stack.tell();

        assertThat(List.of(during.endpoint(), during.tasksReady(), during.vpc(), during.vpcEndpoints(), during.loadBalancer(),
                        during.service(), during.api(), during.dns(), during.peers()))
                .as("an outage of an API is no news of the stack")
                .isEqualTo(List.of(before.endpoint(), before.tasksReady(), before.vpc(), before.vpcEndpoints(),
                        before.loadBalancer(), before.service(), before.api(), before.dns(), before.peers()));
    }

    @Test
    void forgetsWhatIsGone() {
        stack.view = View.of(ALL);
        stack.tell();
        stack.view = View.of(List.of());
        PrivateApiStackStatus status = stack.tell();

        assertThat(Arrays.asList(status.endpoint(), status.vpc(), status.vpcEndpoints(), status.loadBalancer(),
                status.service(), status.api(), status.dns())).containsOnlyNulls();
        assertThat(status.peers()).as("a peer of the spec is told before it is peered")
                .containsExactly(new PrivateApiStackStatus.Peer("vpc-0123456789abcdef0", null, null));
        assertThat(status.tasksReady()).isEqualTo("0/2");
    }

    @Test
    void tellsNoEndpointBeforeSomethingCouldAnswerThere() {
        stack.view = View.of(ALL.stream().filter(live -> live.key().kind() != Kind.STAGE).toList());

        assertThat(stack.tell().endpoint()).isNull();
    }

    private static Map<Kind, Problem> everyKindUnreadable() {
        return Arrays.stream(Kind.values())
                .collect(Collectors.toMap(Function.identity(), kind -> new Problem(Category.TRANSIENT, "No answer.")));
    }

    private static Live live(ResourceKey key, String id) {
        return Live.of(key, id, Phase.READY, "");
    }
}
