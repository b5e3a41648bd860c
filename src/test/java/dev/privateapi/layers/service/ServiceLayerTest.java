package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.graph.Node;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Need;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import dev.privateapi.testing.LayerStack;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServiceLayerTest {

    private static final Owner OWNER = new Owner("uid-1", "default", "poc", "test");

    private final Map<ResourceKey, Node> nodes = new ServiceLayer(null, new SecurityGroups(null))
            .desired(OWNER, LayerStack.spec(Sandboxed.spec(""))).stream()
            .collect(Collectors.toMap(Node::key, Function.identity()));

    @Test
    void onlyTheServiceWaitsForOtherLayers() {
        // Endpoints take a minute and a load balancer three: what does not need them begins at once.
        assertThat(nodes.keySet()).filteredOn(key -> needs(key).anyMatch(need -> need.layer() != Layer.SERVICE))
                .containsExactlyInAnyOrder(Keys.SERVICE, ServiceLayer.SECURITY_GROUP);
        assertThat(needs(ServiceLayer.SECURITY_GROUP)).containsExactly(Keys.VPC);
    }

    private Stream<ResourceKey> needs(ResourceKey key) {
        return nodes.get(key).needs().stream().map(Need::key);
    }

    @Test
    void theServiceWaitsForEverythingWithoutWhichItsFirstTasksWouldFail() {
        assertThat(nodes.get(Keys.SERVICE).needs()).extracting(need -> need.key().name() + (need.ready() ? " ready" : ""))
                .containsExactlyInAnyOrder(
                        "service/cluster ready", "service/execution-role", "service/task-role", "service/log-group",
                        "service/task-definition", "service/security-group", "network/vpc", "network/subnet/10.1.1.0/24",
                        "network/subnet/10.1.2.0/24", "load-balancer/target-group", "load-balancer/listener",
                        "endpoints/ecr.api ready", "endpoints/ecr.dkr ready", "endpoints/s3 ready", "endpoints/logs ready");
    }

    @Test
    void namesOfRolesSayWhichTheyAreHoweverLongTheStacksNameIs() {
        Owner longest = new Owner("uid-2", "default", "a-stack-with-a-name-that-is-far-too-long".repeat(6), "test");

        assertThat(List.of(OWNER, longest)).allSatisfy(owner -> {
            assertThat(Roles.name(owner, ServiceLayer.EXECUTION_ROLE)).contains("execution").hasSizeLessThanOrEqualTo(64);
            assertThat(Roles.name(owner, ServiceLayer.TASK_ROLE)).contains("task").hasSizeLessThanOrEqualTo(64);
            assertThat(LogGroups.name(owner, ServiceLayer.LOG_GROUP))
                    .startsWith("/privateapi/default/").hasSizeLessThanOrEqualTo(512);
            assertThat(TaskDefinitions.family(owner)).hasSizeLessThanOrEqualTo(255);
        });
    }
}
