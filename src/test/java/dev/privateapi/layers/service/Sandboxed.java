package dev.privateapi.layers.service;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.layers.endpoints.EndpointsLayer;
import dev.privateapi.layers.loadbalancer.LoadBalancerLayer;
import dev.privateapi.layers.network.NetworkLayer;
import dev.privateapi.layers.peering.PeeringLayer;
import dev.privateapi.model.Layer;
import dev.privateapi.testing.LayerStack;
import java.util.List;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.ServiceField;

/** The service layer with those that it stands on, on a sandbox AWS, and what is to be seen of it there. */
final class Sandboxed {

    static final String REPOSITORY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web";
    static final List<String> ALL = List.of(
            "cluster service/cluster",
            "log-group service/log-group",
            "role service/execution-role",
            "role service/task-role",
            "security-group service/security-group",
            "service service/service",
            "task-definition service/task-definition");

    private Sandboxed() {}

    /** With a network, endpoints and a load balancer, and without anything of the service. */
    static LayerStack prepared(String... options) {
        LayerStack stack = new LayerStack(LayerStack.sandbox(options), aws -> {
            SecurityGroups groups = new SecurityGroups(aws);
            return List.of(new NetworkLayer(aws, groups), new PeeringLayer(aws), new EndpointsLayer(aws, groups),
                    new LoadBalancerLayer(aws), new ServiceLayer(aws, groups));
        });
        stack.wants(spec("")).wantsOnly(key -> key.layer() != Layer.SERVICE).converges();
        stack.sandbox.resetJournal();
        return stack;
    }

    static void stop(LayerStack stack) {
        stack.close();
        stack.sandbox.close();
    }

    /** @param service fields of {@code spec.service} in YAML's flow style */
    static String spec(String service) {
        return """
                vpc:
                  cidr: 10.1.0.0/16
                  subnets:
                  - {cidr: 10.1.1.0/24, availabilityZone: ap-northeast-1a}
                  - {cidr: 10.1.2.0/24, availabilityZone: ap-northeast-1c}
                service: {%s}
                """.formatted(service);
    }

    /** The operations since the journal was reset that change something of this layer. */
    static List<String> changes(LayerStack stack) {
        return stack.calls(true).stream().filter(operation -> !operation.equals("ModifyListener")).toList();
    }

    /** The objects of this layer by type and resource; the tasks, which come and go, are left out. */
    static List<String> objects(LayerStack stack) {
        return stack.sandbox.left().stream()
                .filter(it -> !it.path("type").asText().equals("task") && ofThisLayer(it))
                .map(it -> it.path("type").asText() + " " + it.path("tags").path("privateapi.dev/resource").asText())
                .sorted()
                .toList();
    }

    static boolean ofThisLayer(JsonNode object) {
        return List.of("ecs", "iam", "logs").contains(object.path("service").asText())
                || object.path("tags").path("privateapi.dev/resource").asText().startsWith("service/");
    }

    /** AWS' own description of the service. */
    static Service service(LayerStack stack) {
        return stack.aws().ecs().describeServices(request -> request.cluster(stack.id(Keys.CLUSTER))
                .services(stack.id(Keys.SERVICE)).include(ServiceField.TAGS)).services().getFirst();
    }

    /** The ARNs of the family's revisions that can run. */
    static List<String> revisions(LayerStack stack) {
        return stack.aws().ecs().listTaskDefinitions(request -> request.familyPrefix(TaskDefinitions.family(stack.owner())))
                .taskDefinitionArns();
    }
}
