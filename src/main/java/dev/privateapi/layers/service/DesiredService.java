package dev.privateapi.layers.service;

import static dev.privateapi.layers.service.ServiceLayer.CONTAINER;

import dev.privateapi.layers.Keys;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ecs.model.AssignPublicIp;
import software.amazon.awssdk.services.ecs.model.AvailabilityZoneRebalancing;
import software.amazon.awssdk.services.ecs.model.AwsVpcConfiguration;
import software.amazon.awssdk.services.ecs.model.CapacityProviderStrategyItem;
import software.amazon.awssdk.services.ecs.model.CreateServiceRequest;
import software.amazon.awssdk.services.ecs.model.DeploymentConfiguration;
import software.amazon.awssdk.services.ecs.model.LaunchType;
import software.amazon.awssdk.services.ecs.model.LoadBalancer;
import software.amazon.awssdk.services.ecs.model.NetworkConfiguration;
import software.amazon.awssdk.services.ecs.model.PropagateTags;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.UpdateServiceRequest;

/**
 * The service that keeps the tasks running. A new revision rolls: new tasks first, old ones go when those are healthy. If the
 * new ones fail, the circuit breaker stops the deployment and does not roll it back: ECS would return to the old revision,
 * the stack to the new one, and so on for ever. Tasks take the service's tags, because Fargate is billed by task, and
 * spread over the zones again after one of them was lost.
 *
 * @param digest of the task definition that it is to run
 */
record DesiredService(int desiredCount, int port, List<ResourceKey> subnets, String digest) {

    /** A container on a quarter of a vCPU may need more than a minute before it listens. */
    private static final int GRACE_SECONDS = 120;

    private static final String PLATFORM_VERSION = "LATEST";
    private static final DeploymentConfiguration ROLLING = DeploymentConfiguration.builder()
            .deploymentCircuitBreaker(breaker -> breaker.enable(true).rollback(false))
            .minimumHealthyPercent(100)
            .maximumPercent(200)
            .build();

    /** @param write what UpdateService has to be told to put it right: only that, because some of it starts new tasks */
    record Setting(Difference difference, Consumer<UpdateServiceRequest.Builder> write) {

        boolean differs() {
            return !difference.want().equals(difference.have());
        }
    }

    /** Zones are balanced by default (API reference, CreateService, {@code availabilityZoneRebalancing}). */
    CreateServiceRequest.Builder creation(Refs refs) {
        return CreateServiceRequest.builder()
                .cluster(refs.id(Keys.CLUSTER))
                .launchType(LaunchType.FARGATE)
                .platformVersion(PLATFORM_VERSION)
                .desiredCount(desiredCount)
                .taskDefinition(refs.id(Keys.TASK_DEFINITION))
                .networkConfiguration(network(refs))
                .loadBalancers(balancer(refs))
                .deploymentConfiguration(ROLLING)
                .healthCheckGracePeriodSeconds(GRACE_SECONDS)
                .propagateTags(PropagateTags.SERVICE)
                .enableECSManagedTags(true);
    }

    List<Setting> settings(Service have, Refs refs) {
        return Stream.of(tasks(have, refs), places(have, refs), conduct(have)).flatMap(List::stream).toList();
    }

    private List<Setting> tasks(Service have, Refs refs) {
        String revision = refs.id(Keys.TASK_DEFINITION);
        LoadBalancer balancer = balancer(refs);
        return List.of(
                setting("desiredCount", have.desiredCount(), desiredCount, request -> request.desiredCount(desiredCount)),
                setting("taskDefinition", have.taskDefinition(), revision, request -> request.taskDefinition(revision)),
                setting("loadBalancers", words(have.loadBalancers()), words(List.of(balancer)),
                        request -> request.loadBalancers(balancer)));
    }

    private List<Setting> places(Service have, Refs refs) {
        NetworkConfiguration network = network(refs);
        boolean balanced = have.availabilityZoneRebalancing() != AvailabilityZoneRebalancing.DISABLED;
        String version = have.platformVersion() == null ? PLATFORM_VERSION : have.platformVersion();
        return List.of(
                setting("networkConfiguration", places(have.networkConfiguration()), places(network),
                        request -> request.networkConfiguration(network)),
                setting("platformVersion", version, PLATFORM_VERSION, request -> request.platformVersion(PLATFORM_VERSION)),
                // An empty list goes back to the launch type; tasks follow only a new deployment (API reference, UpdateService).
                setting("capacityProviderStrategy",
                        have.capacityProviderStrategy().stream().map(CapacityProviderStrategyItem::capacityProvider).toList(),
                        List.of(),
                        request -> request.capacityProviderStrategy(List.of()).forceNewDeployment(true)),
                setting("availabilityZoneRebalancing", balanced ? "ENABLED" : "DISABLED", "ENABLED",
                        request -> request.availabilityZoneRebalancing(AvailabilityZoneRebalancing.ENABLED)));
    }

    private static List<Setting> conduct(Service have) {
        return List.of(
                setting("deploymentConfiguration", words(have.deploymentConfiguration()), words(ROLLING),
                        request -> request.deploymentConfiguration(ROLLING)),
                setting("healthCheckGracePeriodSeconds", have.healthCheckGracePeriodSeconds(), GRACE_SECONDS,
                        request -> request.healthCheckGracePeriodSeconds(GRACE_SECONDS)),
                setting("enableExecuteCommand", Boolean.TRUE.equals(have.enableExecuteCommand()), false,
                        request -> request.enableExecuteCommand(false)),
                setting("propagateTags", have.propagateTags(), PropagateTags.SERVICE,
                        request -> request.propagateTags(PropagateTags.SERVICE)),
                setting("enableECSManagedTags", Boolean.TRUE.equals(have.enableECSManagedTags()), true,
                        request -> request.enableECSManagedTags(true)));
    }

    private static Setting setting(
            String property, Object have, Object want, Consumer<UpdateServiceRequest.Builder> write) {
        return new Setting(new Difference(property, have, want), write);
    }

    private LoadBalancer balancer(Refs refs) {
        return LoadBalancer.builder()
                .targetGroupArn(refs.id(Keys.TARGET_GROUP))
                .containerName(CONTAINER)
                .containerPort(port)
                .build();
    }

    private static List<String> words(List<LoadBalancer> balancers) {
        return balancers.stream()
                .map(it -> it.containerName() + ":" + it.containerPort() + " in " + it.targetGroupArn())
                .sorted()
                .toList();
    }

    private NetworkConfiguration network(Refs refs) {
        return NetworkConfiguration.builder()
                .awsvpcConfiguration(vpc -> vpc.subnets(subnets.stream().map(refs::id).toList())
                        .securityGroups(refs.id(ServiceLayer.SECURITY_GROUP))
                        .assignPublicIp(AssignPublicIp.DISABLED))
                .build();
    }

    private static List<Object> places(NetworkConfiguration network) {
        AwsVpcConfiguration vpc = network.awsvpcConfiguration();
        String publicIp = vpc.assignPublicIp() == AssignPublicIp.ENABLED ? "with public IP" : "without public IP";
        return List.of(new TreeSet<>(vpc.subnets()), new TreeSet<>(vpc.securityGroups()), publicIp);
    }

    private static String words(DeploymentConfiguration configuration) {
        boolean breaks = configuration.deploymentCircuitBreaker() != null
                && Boolean.TRUE.equals(configuration.deploymentCircuitBreaker().enable());
        boolean rollsBack = breaks && Boolean.TRUE.equals(configuration.deploymentCircuitBreaker().rollback());
        return configuration.minimumHealthyPercent() + " to " + configuration.maximumPercent() + " %"
                + (breaks ? ", circuit breaker" : "") + (rollsBack ? ", rollback" : "");
    }
}
