package dev.privateapi.simulation.aws;

import dev.privateapi.simulation.aws.LoadBalancingModel.Group;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ecs.model.*;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;

/**
 * ECS services. Tasks are network interfaces and numbers: those of a deployment come all at once, run and are healthy some
 * time later, and fail if their image is called {@code broken}.
 */
final class EcsServiceModel {

    static final Duration REMEMBERED = Duration.ofHours(1);
    private static final String BROKEN = ":broken";

    private final EcsModel ecs;
    private final World world;
    private final Network network;

    EcsServiceModel(EcsModel ecs) {
        this.ecs = ecs;
        this.world = ecs.world;
        this.network = new Network(ecs.world, ecs.place);
    }

    /** @param request the create call, for its repetition */
    record RunningService(Service sdk, CreateServiceRequest request) {

        private RunningService with(Service changed) {
            return new RunningService(changed, request);
        }

        @Override
        public String toString() {
            return sdk.toString();
        }

        private Deployment primary() {
            return sdk.deployments().getFirst();
        }
    }

    boolean occupies(String clusterArn) {
        return services().anyMatch(it -> it.clusterArn().equals(clusterArn) && !it.status().equals("INACTIVE"));
    }

    boolean runs(String definitionArn) {
        return services().flatMap(it -> it.deployments().stream())
                .anyMatch(it -> it.taskDefinition().equals(definitionArn));
    }

    private Stream<Service> services() {
        return world.all(RunningService.class, ecs.place).map(it -> it.state().sdk);
    }

    private String arn(Thing<Cluster> cluster, String named) {
        return named.startsWith("arn:") ? named : cluster.id().replace(":cluster/", ":service/") + "/" + named;
    }

    private Thing<RunningService> service(String cluster, String named) {
        return world.find(RunningService.class, arn(ecs.cluster(cluster), named)).orElseThrow(() ->
                ecs.refuse("ServiceNotFoundException", 400, "Service not found."));
    }

    private static Service shown(Thing.Seen<RunningService> seen) {
        return seen.state().sdk.toBuilder().tags(EcsModel.sdk(seen.tags())).build();
    }

    // ---- create

    CreateServiceResponse create(CreateServiceRequest request) {
        String arn = arn(ecs.cluster(request.cluster()), request.serviceName());
        Optional<Thing<RunningService>> there = world.find(RunningService.class, arn);
        String status = there.map(it -> it.state().sdk.status()).orElse("INACTIVE");
        if (status.equals("DRAINING")) {
            throw ecs.invalid("Unable to Start a service that is still Draining.");
        } else if (status.equals("ACTIVE") && !there.get().state().request.equals(request)) {
            throw ecs.invalid("Creation of service was not idempotent.");
        }
        Thing<RunningService> service = status.equals("ACTIVE") ? there.get() : made(arn, request);
        return CreateServiceResponse.builder().service(shown(service.seen())).build();
    }

    private Thing<RunningService> made(String arn, CreateServiceRequest request) {
        check(request.taskDefinition(), request.networkConfiguration(), request.loadBalancers());
        Service service = Service.builder().serviceArn(arn).serviceName(request.serviceName())
                .clusterArn(ecs.cluster(request.cluster()).id()).status("ACTIVE")
                .launchType(request.launchType()).platformVersion(request.platformVersion())
                .desiredCount(request.desiredCount()).runningCount(0).pendingCount(0)
                .taskDefinition(request.taskDefinition()).networkConfiguration(request.networkConfiguration())
                .loadBalancers(request.loadBalancers()).deploymentConfiguration(request.deploymentConfiguration())
                .healthCheckGracePeriodSeconds(request.healthCheckGracePeriodSeconds())
                .propagateTags(request.propagateTags()).enableECSManagedTags(request.enableECSManagedTags())
                .enableExecuteCommand(false).availabilityZoneRebalancing(AvailabilityZoneRebalancing.ENABLED)
                .deployments(List.of()).events(List.of()).createdAt(world.now()).build();
        Thing<RunningService> made = world.add(ecs.place, arn, "", new RunningService(service, request),
                EcsModel.tags(request.tags()));
        deploy(made);
        return made;
    }

    private void check(String definition, NetworkConfiguration wanted, List<LoadBalancer> balancers) {
        TaskDefinition found = ecs.definition(definition).map(Thing::state).filter(it -> it.status()
                == TaskDefinitionStatus.ACTIVE).orElseThrow(() ->
                        ecs.refuse("ClientException", 400, "TaskDefinition is inactive"));
        wanted.awsvpcConfiguration().subnets().forEach(network::subnet);
        wanted.awsvpcConfiguration().securityGroups().forEach(network::group);
        balancers.forEach(it -> check(found, it));
    }

    private void check(TaskDefinition definition, LoadBalancer balancer) {
        String group = balancer.targetGroupArn();
        boolean mapped = definition.containerDefinitions().stream().flatMap(it -> it.portMappings().stream())
                .anyMatch(it -> it.containerPort().equals(balancer.containerPort()));
        if (!mapped) {
            throw ecs.invalid("The container " + balancer.containerName() + " did not have a container port "
                    + balancer.containerPort() + " defined.");
        } else if (world.find(Group.class, group).isEmpty()) {
            throw ecs.invalid("The specified target group does not exist. (targetGroupArn " + group + ")");
        } else if (world.all(Listener.class).noneMatch(it ->
                group.equals(it.state().defaultActions().getFirst().targetGroupArn()))) {
            throw ecs.invalid("The target group with targetGroupArn " + group + " does not have an associated load balancer.");
        }
    }

    // ---- tasks

    /** A new deployment, beside the ones before it until its tasks are healthy. */
    private void deploy(Thing<RunningService> service) {
        Service is = service.state().sdk;
        Deployment primary = Deployment.builder().id("ecs-svc/" + world.hex()).status("PRIMARY")
                .taskDefinition(is.taskDefinition()).networkConfiguration(is.networkConfiguration())
                .desiredCount(is.desiredCount()).runningCount(0).failedTasks(0)
                .rolloutState(DeploymentRolloutState.IN_PROGRESS).createdAt(world.now()).updatedAt(world.now()).build();
        List<Deployment> all = new ArrayList<>(List.of(primary));
        is.deployments().forEach(it -> all.add(it.toBuilder().status("ACTIVE").build()));
        service.change(it -> it.with(is.toBuilder().deployments(all).pendingCount(is.desiredCount()).build()));
        attach(service, primary.id(), is.desiredCount());
        String image = ecs.definition(is.taskDefinition()).orElseThrow().state().containerDefinitions().getFirst().image();
        if (image.endsWith(BROKEN) && is.desiredCount() > 0) {
            world.after(world.takes(Takes.TASK_FAILING), () -> fail(service, primary.id()));
        } else {
            world.after(healthy(), () -> settle(service, primary.id()));
        }
    }

    private Duration healthy() {
        return world.takes(Takes.TASK_RUNNING).plus(world.takes(Takes.TARGET_HEALTHY));
    }

    private void attach(Thing<RunningService> service, String deployment, int tasks) {
        AwsVpcConfiguration where = service.state().sdk.networkConfiguration().awsvpcConfiguration();
        for (int task = 0; task < tasks; task++) {
            String subnet = where.subnets().get(task % where.subnets().size());
            network.attach(subnet, where.securityGroups(), ecs.place.arn("ecs", "attachment/" + deployment), "", service.id());
        }
    }

    private List<Thing<NetworkInterface>> tasks(Thing<RunningService> service, String deployment) {
        return network.interfaces().filter(it -> it.parent().equals(service.id())
                && it.state().description().endsWith(":attachment/" + deployment)).toList();
    }

    private boolean isCurrent(Thing<RunningService> service, String deployment) {
        Service is = service.state().sdk;
        return !service.gone() && is.status().equals("ACTIVE") && service.state().primary().id().equals(deployment);
    }

    /** The tasks of this deployment run, as many as are wanted by now, and those of others are gone. */
    private void settle(Thing<RunningService> service, String deployment) {
        if (!isCurrent(service, deployment)
                || service.state().primary().rolloutState() == DeploymentRolloutState.FAILED) {
            return;
        }
        int wanted = service.state().sdk.desiredCount();
        List<Thing<NetworkInterface>> tasks = tasks(service, deployment);
        attach(service, deployment, wanted - tasks.size());
        List<Thing<NetworkInterface>> spare = network.interfaces().filter(it -> it.parent().equals(service.id()))
                .filter(it -> !tasks.contains(it) || tasks.indexOf(it) >= wanted)
                .filter(it -> !tasks(service, deployment).subList(0, wanted).contains(it)).toList();
        network.release(spare, Duration.ZERO);
        Deployment done = service.state().primary().toBuilder().runningCount(wanted).desiredCount(wanted)
                .rolloutState(DeploymentRolloutState.COMPLETED).updatedAt(world.now()).build();
        service.change(it -> it.with(it.sdk.toBuilder().deployments(done).runningCount(wanted).pendingCount(0).build()));
    }

    private void fail(Thing<RunningService> service, String deployment) {
        if (!isCurrent(service, deployment)) {
            return;
        }
        network.release(tasks(service, deployment), Duration.ZERO);
        List<Deployment> all = new ArrayList<>(service.state().sdk.deployments());
        all.set(0, all.getFirst().toBuilder().failedTasks(3).rolloutState(DeploymentRolloutState.FAILED)
                .rolloutStateReason("ECS deployment circuit breaker: tasks failed to start.").updatedAt(world.now()).build());
        service.change(it -> it.with(it.sdk.toBuilder().deployments(all).pendingCount(0).build()));
    }

    // ---- update

    UpdateServiceResponse update(UpdateServiceRequest request) {
        Thing<RunningService> service = service(request.cluster(), request.service());
        Service is = service.state().sdk;
        if (!is.status().equals("ACTIVE")) {
            throw ecs.refuse("ServiceNotActiveException", 400, "Service was not ACTIVE.");
        }
        Service becomes = merged(is, request);
        if (request.taskDefinition() != null || request.hasLoadBalancers() || request.networkConfiguration() != null) {
            check(becomes.taskDefinition(), becomes.networkConfiguration(), becomes.loadBalancers());
        }
        boolean redeploys = Boolean.TRUE.equals(request.forceNewDeployment())
                || !Objects.equals(is.taskDefinition(), becomes.taskDefinition())
                || !Objects.equals(is.loadBalancers(), becomes.loadBalancers())
                || !Objects.equals(is.networkConfiguration(), becomes.networkConfiguration())
                || !Objects.equals(is.enableExecuteCommand(), becomes.enableExecuteCommand());
        service.change(it -> it.with(becomes));
        if (redeploys) {
            deploy(service);
        } else if (!is.desiredCount().equals(becomes.desiredCount())) {
            String primary = service.state().primary().id();
            world.after(healthy(), () -> settle(service, primary));
        }
        return UpdateServiceResponse.builder().service(service.state().sdk).build();
    }

    private static Service merged(Service is, UpdateServiceRequest request) {
        Service.Builder becomes = is.toBuilder();
        set(request.desiredCount(), becomes::desiredCount);
        set(request.taskDefinition(), becomes::taskDefinition);
        set(request.networkConfiguration(), becomes::networkConfiguration);
        set(request.platformVersion(), becomes::platformVersion);
        set(request.deploymentConfiguration(), becomes::deploymentConfiguration);
        set(request.healthCheckGracePeriodSeconds(), becomes::healthCheckGracePeriodSeconds);
        set(request.propagateTags(), becomes::propagateTags);
        set(request.enableECSManagedTags(), becomes::enableECSManagedTags);
        set(request.enableExecuteCommand(), becomes::enableExecuteCommand);
        set(request.availabilityZoneRebalancing(), becomes::availabilityZoneRebalancing);
        set(request.hasLoadBalancers() ? request.loadBalancers() : null, becomes::loadBalancers);
        return becomes.build();
    }

    private static <V> void set(V value, Consumer<V> property) {
        if (value != null) {
            property.accept(value);
        }
    }

    // ---- describe

    DescribeServicesResponse describe(DescribeServicesRequest request) {
        Thing<Cluster> cluster = ecs.cluster(request.cluster());
        List<String> arns = request.services().stream().map(it -> arn(cluster, it)).toList();
        return DescribeServicesResponse.builder().services(world.listed(RunningService.class, ecs.place).map(Thing::listed)
                .filter(it -> arns.contains(it.id())).map(EcsServiceModel::shown).toList()).build();
    }

    /** Of a deployment that failed, one task stands for all. */
    ListTasksResponse list(ListTasksRequest request) {
        Service service = service(request.cluster(), request.serviceName()).state().sdk;
        return ListTasksResponse.builder().taskArns(service.deployments().stream()
                .filter(it -> it.rolloutState() == DeploymentRolloutState.FAILED)
                .map(it -> service.clusterArn().replace(":cluster/", ":task/") + "/" + it.id()).toList()).build();
    }

    DescribeTasksResponse describe(DescribeTasksRequest request) {
        return DescribeTasksResponse.builder().tasks(request.tasks().stream().map(arn -> Task.builder().taskArn(arn)
                .startedBy(arn.substring(arn.indexOf("ecs-svc/"))).lastStatus("STOPPED")
                .stopCode(TaskStopCode.TASK_FAILED_TO_START)
                .stoppedReason("CannotPullContainerError: pull image manifest has been retried 1 time(s): not found").build())
                .toList()).build();
    }

    // ---- delete

    DeleteServiceResponse delete(DeleteServiceRequest request) {
        Thing<RunningService> service = service(request.cluster(), request.service());
        if (service.state().sdk.status().equals("INACTIVE")) {
            throw ecs.refuse("ServiceNotFoundException", 400, "Service not found.");
        }
        if (service.state().sdk.status().equals("ACTIVE")) {
            service.change(it -> it.with(it.sdk.toBuilder().status("DRAINING").desiredCount(0).build()));
            world.after(world.takes(Takes.SERVICE_DELETION), () -> end(service));
        }
        return DeleteServiceResponse.builder().service(service.state().sdk).build();
    }

    /** One whose roles went before it hangs in DRAINING until they are back (as public reports have it). */
    private void end(Thing<RunningService> service) {
        boolean rolesThere = service.state().sdk.deployments().stream()
                .flatMap(it -> ecs.definition(it.taskDefinition()).stream())
                .allMatch(it -> world.find(IamModel.KnownRole.class, it.state().executionRoleArn()).isPresent());
        if (!rolesThere) {
            world.after(world.takes(Takes.SERVICE_DELETION), () -> end(service));
            return;
        }
        network.release(service.id(), world.takes(Takes.INTERFACE_RELEASE));
        service.change(it -> it.with(it.sdk.toBuilder().status("INACTIVE").deployments(List.of()).runningCount(0).build()));
        world.after(REMEMBERED, () -> {
            if (!service.gone() && service.state().sdk.status().equals("INACTIVE")) {
                world.remove(service);
            }
        });
    }
}
