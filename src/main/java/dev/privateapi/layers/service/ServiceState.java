package dev.privateapi.layers.service;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ecs.model.AwsVpcConfiguration;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DeploymentRolloutState;
import software.amazon.awssdk.services.ecs.model.LoadBalancer;
import software.amazon.awssdk.services.ecs.model.NetworkConfiguration;
import software.amazon.awssdk.services.ecs.model.Service;

/**
 * A service as AWS has it, with what only other calls tell.
 *
 * @param behind the ids of the roles and log groups that its tasks work with
 * @param ports on which its tasks are reached, those that are being replaced included
 * @param cause why its tasks fail, in AWS' words; empty if they do not, or AWS does not say
 * @param retryDue whether the last deployment failed long enough ago to try it again
 */
record ServiceState(Service sdk, Set<String> behind, Set<Integer> ports, String cause, boolean retryDue) {

    /** So many failed tasks are no accident: ECS gives up on no fewer (Developer Guide, "Deployment circuit breaker"). */
    private static final int SEVERAL = 3;

    /** As a call answered it: without tags, which no call but a description shows. */
    ServiceState as(Service answer) {
        return new ServiceState(answer.toBuilder().tags(sdk.tags()).build(), behind, ports, "", false);
    }

    /** As UpdateService answered it, with what new tasks bring to it. */
    ServiceState after(Service answer, Set<String> behind, int port) {
        Set<String> all = new TreeSet<>(this.behind);
        all.addAll(behind);
        Set<Integer> open = new TreeSet<>(ports);
        open.add(port);
        return new ServiceState(sdk, all, open, "", false).as(answer);
    }

    ServiceState failing(String cause, boolean retryDue) {
        return new ServiceState(sdk, behind, ports, cause, retryDue);
    }

    ServiceState tagged(Map<String, String> tags) {
        return new ServiceState(sdk.toBuilder().tags(EcsTags.sdk(tags)).build(), behind, ports, cause, retryDue);
    }

    Optional<Deployment> primary() {
        return deployments().filter(deployment -> "PRIMARY".equals(deployment.status())).findFirst();
    }

    /** Without those that were replaced, which ECS shows for some time. */
    private Stream<Deployment> deployments() {
        return sdk.deployments().stream().filter(deployment -> !"INACTIVE".equals(deployment.status()));
    }

    /** Whether all tasks of the last deployment were there and healthy. Scaling begins none, and leaves it so. */
    boolean rolledOut() {
        return primary().filter(last -> last.rolloutState() == DeploymentRolloutState.COMPLETED).isPresent();
    }

    /**
     * Exactly the wanted tasks run, all of them of the last deployment, which is complete when they are healthy behind the load
     * balancer. Tasks that come by scaling alone count when they run, as for the SDK's waiter {@code ServicesStable}.
     */
    boolean settled() {
        return deployments().count() == 1
                && rolledOut() && primary().filter(last -> last.runningCount().equals(sdk.desiredCount())).isPresent()
                && sdk.runningCount().equals(sdk.desiredCount());
    }

    /** ECS has given up on the last deployment and starts no more tasks for it. */
    boolean failed() {
        return primary().filter(last -> last.rolloutState() == DeploymentRolloutState.FAILED).isPresent();
    }

    boolean failing() {
        return failed() || primary().filter(last -> failedTasks(last) >= SEVERAL || unableToStart(last)).isPresent();
    }

    private static int failedTasks(Deployment last) {
        return last.failedTasks() == null ? 0 : last.failedTasks();
    }

    /** Failed tasks are counted until a deployment is complete; those of later days are told by an event. */
    private boolean unableToStart(Deployment last) {
        return sdk.events().stream()
                .takeWhile(event -> !event.message().contains("has reached a steady state"))
                .filter(event -> event.createdAt().isAfter(last.createdAt()))
                .anyMatch(event -> event.message().contains("is unable to consistently start tasks successfully"));
    }

    boolean othersServe() {
        return deployments().anyMatch(deployment -> !"PRIMARY".equals(deployment.status()) && deployment.runningCount() > 0);
    }

    /** Where its tasks write; a name, where everything else behind it has an ARN. */
    String logGroup() {
        return behind.stream().filter(id -> id.startsWith("/")).findFirst().orElse("CloudWatch Logs");
    }

    /** What AWS refuses to delete, or what would leave tasks broken or the service DRAINING for ever, while this lives. */
    Set<String> uses() {
        Set<String> ids = new TreeSet<>(behind);
        ids.add(sdk.clusterArn());
        ids.addAll(taskDefinitions(sdk));
        sdk.loadBalancers().stream().map(LoadBalancer::targetGroupArn).forEach(ids::add);
        Stream.concat(
                        Stream.ofNullable(sdk.networkConfiguration()),
                        sdk.deployments().stream().flatMap(it -> Stream.ofNullable(it.networkConfiguration())))
                .map(NetworkConfiguration::awsvpcConfiguration)
                .flatMap(ServiceState::ids)
                .forEach(ids::add);
        return ids;
    }

    private static Stream<String> ids(AwsVpcConfiguration network) {
        return Stream.of(network.subnets(), network.securityGroups()).flatMap(List::stream);
    }

    /** The revisions that tasks of the service are made of. */
    static Set<String> taskDefinitions(Service service) {
        Set<String> arns = new TreeSet<>();
        arns.add(service.taskDefinition());
        service.deployments().stream().map(Deployment::taskDefinition).forEach(arns::add);
        return arns;
    }
}
