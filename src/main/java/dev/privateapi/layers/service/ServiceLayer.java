package dev.privateapi.layers.service;

import static java.util.stream.Collectors.toMap;

import dev.privateapi.api.v1alpha1.EndpointService;
import dev.privateapi.api.v1alpha1.EnvVar;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.ServiceSpec;
import dev.privateapi.aws.Aws;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.Resource;
import dev.privateapi.layers.SecurityGroup;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Need;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The container behind the load balancer: an ECS service on Fargate in a cluster of its own, the task definition, the roles
 * that its tasks take, and their log. All but the service begin at once; the service waits for everything without which its
 * first tasks would fail: the endpoints through which they pull and log, and a listener before the target group.
 */
public final class ServiceLayer implements LayerDefinition {

    static final ResourceKey EXECUTION_ROLE = ResourceKey.of(Layer.SERVICE, Kind.ROLE, "execution-role");
    static final ResourceKey TASK_ROLE = ResourceKey.of(Layer.SERVICE, Kind.ROLE, "task-role");
    static final ResourceKey LOG_GROUP = ResourceKey.of(Layer.SERVICE, Kind.LOG_GROUP, "log-group");
    static final ResourceKey SECURITY_GROUP = Keys.securityGroup(Layer.SERVICE);
    static final String CONTAINER = "web";

    private static final String EXECUTION_POLICY = "service-role/AmazonECSTaskExecutionRolePolicy";
    /** What Fargate's agent asks before the container starts (Developer Guide, "Fargate task networking"). */
    private static final List<EndpointService> PULL_AND_LOG =
            List.of(EndpointService.ECR_API, EndpointService.ECR_DKR, EndpointService.S3, EndpointService.LOGS);

    private final SecurityGroups groups;
    private final Roles roles;
    private final LogGroups logGroups;
    private final Clusters clusters;
    private final TaskDefinitions taskDefinitions;
    private final Services services;

    /** @param groups the one driver of security groups, which all layers share */
    public ServiceLayer(Aws aws, SecurityGroups groups) {
        this.groups = groups;
        this.roles = new Roles(aws);
        this.logGroups = new LogGroups(aws);
        this.clusters = new Clusters(aws);
        this.taskDefinitions = new TaskDefinitions(aws);
        this.services = new Services(aws, taskDefinitions);
    }

    @Override
    public List<Node> desired(Owner owner, PrivateApiStackSpec spec) {
        ServiceSpec service = spec.service();
        TaskDefinitions.Wanted task = task(owner, spec);
        return List.of(
                role(owner, EXECUTION_ROLE, Set.of(EXECUTION_POLICY)),
                role(owner, TASK_ROLE, Set.of()),
                new Resource<>(owner, LOG_GROUP, new LogGroups.Wanted(service.logRetentionDays()), List.of(), null, logGroups),
                new Resource<>(owner, Keys.CLUSTER, new Clusters.Wanted(service.containerInsights()), List.of(), null, clusters),
                group(owner, service),
                new Resource<>(owner, Keys.TASK_DEFINITION, task,
                        List.of(Need.ready(EXECUTION_ROLE), Need.ready(TASK_ROLE), Need.exists(LOG_GROUP)), null, taskDefinitions),
                service(owner, spec, task.digest()));
    }

    private Node role(Owner owner, ResourceKey key, Set<String> managedPolicies) {
        return new Resource<>(owner, key, new Roles.Wanted(managedPolicies), List.of(), null, roles);
    }

    private Node group(Owner owner, ServiceSpec service) {
        return new TaskGroup(new SecurityGroup(
                        "The container's port from the VPC to the tasks", List.of(TaskGroup.ingress(service.port())))
                .as(SECURITY_GROUP, owner, groups));
    }

    private static TaskDefinitions.Wanted task(Owner owner, PrivateApiStackSpec spec) {
        ServiceSpec service = spec.service();
        var container = new TaskDefinitions.Container(service.image(), service.port(),
                service.env().stream().collect(toMap(EnvVar::name, EnvVar::value)),
                LOG_GROUP, spec.region());
        return new TaskDefinitions.Wanted(TaskDefinitions.family(owner), container,
                new TaskDefinitions.Size(service.cpu(), service.memory(), service.cpuArchitecture()),
                EXECUTION_ROLE, TASK_ROLE);
    }

    private Node service(Owner owner, PrivateApiStackSpec spec, String digest) {
        List<ResourceKey> subnets = Keys.subnets(spec);
        Stream<Need> own = Stream.concat(
                Stream.of(Need.ready(Keys.CLUSTER)),
                Stream.of(EXECUTION_ROLE, TASK_ROLE, LOG_GROUP, Keys.TASK_DEFINITION, SECURITY_GROUP).map(Need::exists));
        Stream<Need> others = Stream.of(
                        Stream.of(Keys.VPC, Keys.TARGET_GROUP, Keys.LISTENER).map(Need::exists),
                        subnets.stream().map(Need::exists),
                        PULL_AND_LOG.stream().map(Keys::endpoint).map(Need::ready))
                .flatMap(needs -> needs);
        return new Resource<>(owner, Keys.SERVICE,
                new DesiredService(spec.service().taskCount(), spec.service().port(), subnets, digest),
                Stream.concat(own, others).toList(), null, services);
    }

    /** Without that of security groups, which all layers share. */
    @Override
    public List<Driver<?, ?>> drivers() {
        return List.of(roles, logGroups, clusters, taskDefinitions, services);
    }
}
