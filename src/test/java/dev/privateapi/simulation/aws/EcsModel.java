package dev.privateapi.simulation.aws;

import dev.privateapi.simulation.aws.Errors.Code;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.*;

/** ECS: clusters, tags and task definitions here, services and their tasks in {@link EcsServiceModel}. */
final class EcsModel extends ServiceModel implements EcsClient {

    private final EcsServiceModel services;

    EcsModel(World world, Place place, Caller caller) {
        super(world, place, caller, "ecs", new Errors(EcsException::builder,
                new Code("ThrottlingException", 400), new Code("AccessDeniedException", 400)));
        services = new EcsServiceModel(this);
    }

    AwsServiceException invalid(String message) {
        return refuse("InvalidParameterException", 400, message);
    }

    private AwsServiceException client(String message) {
        return refuse("ClientException", 400, message);
    }

    static Map<String, String> tags(Collection<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    static List<Tag> sdk(Map<String, String> tags) {
        return tags.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(it -> Tag.builder().key(it.getKey()).value(it.getValue()).build()).toList();
    }

    // ---- clusters

    @Override
    public CreateClusterResponse createCluster(CreateClusterRequest request) {
        return call("CreateCluster", () -> {
            String arn = place.arn("ecs", "cluster/" + request.clusterName());
            Thing<Cluster> cluster = active(arn).orElseGet(() -> add(arn, "", Cluster.builder().clusterArn(arn)
                    .clusterName(request.clusterName()).status("ACTIVE").settings(request.settings()).build(),
                    tags(request.tags())));
            return CreateClusterResponse.builder().cluster(shown(cluster.seen())).build();
        });
    }

    private static Cluster shown(Seen<Cluster> seen) {
        return seen.state().toBuilder().tags(sdk(seen.tags())).build();
    }

    /** A deleted one is remembered for a while, and its name is free (API reference, DeleteCluster). */
    private static boolean isActive(Cluster cluster) {
        return cluster.status().equals("ACTIVE");
    }

    private Optional<Thing<Cluster>> active(String arn) {
        return find(Cluster.class, arn).filter(it -> isActive(it.state()));
    }

    Thing<Cluster> cluster(String named) {
        String arn = named.startsWith("arn:") ? named : place.arn("ecs", "cluster/" + named);
        return active(arn).orElseThrow(() -> refuse("ClusterNotFoundException", 400, "Cluster not found."));
    }

    @Override
    public ListClustersResponse listClusters(ListClustersRequest request) {
        return call("ListClusters", () ->
                ListClustersResponse.builder().clusterArns(listed(Cluster.class).filter(it -> isActive(it.state()))
                        .map(Seen::id).toList()).build());
    }

    @Override
    public DescribeClustersResponse describeClusters(DescribeClustersRequest request) {
        return call("DescribeClusters", () -> DescribeClustersResponse.builder().clusters(listed(Cluster.class)
                .filter(it -> request.clusters().contains(it.id())).map(EcsModel::shown).toList()).build());
    }

    @Override
    public UpdateClusterSettingsResponse updateClusterSettings(UpdateClusterSettingsRequest request) {
        return call("UpdateClusterSettings", () -> {
            cluster(request.cluster()).change(it -> it.toBuilder().settings(request.settings()).build());
            return UpdateClusterSettingsResponse.builder().build();
        });
    }

    @Override
    public DeleteClusterResponse deleteCluster(DeleteClusterRequest request) {
        return call("DeleteCluster", () -> {
            Thing<Cluster> cluster = cluster(request.cluster());
            if (services.occupies(cluster.id())) {
                throw refuse("ClusterContainsServicesException", 400,
                        "The Cluster cannot be deleted while Services are active.");
            }
            cluster.change(it -> it.toBuilder().status("INACTIVE").build());
            world.after(EcsServiceModel.REMEMBERED, () -> world.remove(cluster));
            return DeleteClusterResponse.builder().build();
        });
    }

    // ---- task definitions

    @Override
    public RegisterTaskDefinitionResponse registerTaskDefinition(RegisterTaskDefinitionRequest request) {
        return call("RegisterTaskDefinition", () -> {
            boolean fromEcr = request.containerDefinitions().stream().anyMatch(it -> it.image().contains(".dkr.ecr."));
            if (fromEcr && request.executionRoleArn() == null) {
                throw client("Fargate requires task definition to have execution role ARN to support ECR images.");
            }
            int revision = world.next("revision of " + request.family());
            String arn = place.arn("ecs", "task-definition/" + request.family() + ":" + revision);
            TaskDefinition definition = TaskDefinition.builder().taskDefinitionArn(arn).family(request.family())
                    .revision(revision).status(TaskDefinitionStatus.ACTIVE).networkMode(request.networkMode())
                    .requiresCompatibilities(request.requiresCompatibilities()).cpu(request.cpu()).memory(request.memory())
                    .runtimePlatform(request.runtimePlatform()).executionRoleArn(request.executionRoleArn())
                    .taskRoleArn(request.taskRoleArn()).volumes(List.of()).registeredAt(world.now())
                    .containerDefinitions(request.containerDefinitions().stream().map(EcsModel::completed).toList()).build();
            add(arn, "", definition, tags(request.tags()));
            return RegisterTaskDefinitionResponse.builder().taskDefinition(definition).tags(request.tags()).build();
        });
    }

    /** With the defaults that ECS writes into it. */
    private static ContainerDefinition completed(ContainerDefinition container) {
        return container.toBuilder().cpu(0).mountPoints(List.of()).volumesFrom(List.of()).systemControls(List.of())
                .portMappings(container.portMappings().stream()
                        .map(it -> it.toBuilder().hostPort(it.containerPort()).build()).toList()).build();
    }

    Optional<Thing<TaskDefinition>> definition(String arn) {
        return find(TaskDefinition.class, arn);
    }

    @Override
    public ListTaskDefinitionsResponse listTaskDefinitions(ListTaskDefinitionsRequest request) {
        return call("ListTaskDefinitions", () -> ListTaskDefinitionsResponse.builder().taskDefinitionArns(
                listed(TaskDefinition.class).map(Seen::state)
                        .filter(it -> it.family().equals(request.familyPrefix()) && it.status() == request.status())
                        .map(TaskDefinition::taskDefinitionArn).toList()).build());
    }

    @Override
    public DescribeTaskDefinitionResponse describeTaskDefinition(DescribeTaskDefinitionRequest request) {
        return call("DescribeTaskDefinition", () -> {
            Thing<TaskDefinition> definition = definition(request.taskDefinition())
                    .orElseThrow(() -> client("Unable to describe task definition."));
            return DescribeTaskDefinitionResponse.builder().taskDefinition(definition.state()).tags(sdk(definition.tags()))
                    .build();
        });
    }

    @Override
    public DeregisterTaskDefinitionResponse deregisterTaskDefinition(DeregisterTaskDefinitionRequest request) {
        return call("DeregisterTaskDefinition", () -> {
            Thing<TaskDefinition> definition = definition(request.taskDefinition())
                    .orElseThrow(() -> client("The specified task definition does not exist."));
            if (definition.state().status() == TaskDefinitionStatus.ACTIVE) {
                definition.change(it -> it.toBuilder().status(TaskDefinitionStatus.INACTIVE).build());
            }
            return DeregisterTaskDefinitionResponse.builder().taskDefinition(definition.state()).build();
        });
    }

    @Override
    public DeleteTaskDefinitionsResponse deleteTaskDefinitions(DeleteTaskDefinitionsRequest request) {
        return call("DeleteTaskDefinitions", () -> DeleteTaskDefinitionsResponse.builder().failures(
                request.taskDefinitions().stream().flatMap(arn -> delete(arn).stream()).toList()).build());
    }

    /** What it fails for; empty if the deletion begins. */
    private Optional<Failure> delete(String arn) {
        Optional<Thing<TaskDefinition>> definition = definition(arn);
        String reason = definition.isEmpty() ? "The specified task definition does not exist."
                : switch (definition.get().state().status()) {
                    case ACTIVE -> "The specified task definition is still in ACTIVE status."
                            + " Please deregister the target and try again.";
                    case DELETE_IN_PROGRESS -> "The specified task definition is already in DELETE_IN_PROGRESS status.";
                    default -> "";
                };
        if (!reason.isEmpty()) {
            return Optional.of(Failure.builder().arn(arn).reason(reason).build());
        }
        definition.get().change(it -> it.toBuilder().status(TaskDefinitionStatus.DELETE_IN_PROGRESS).build());
        vanish(definition.get());
        return Optional.empty();
    }

    private void vanish(Thing<TaskDefinition> definition) {
        world.after(world.takes(Takes.TASK_DEFINITION_DELETION), () -> {
            if (services.runs(definition.id())) {
                vanish(definition);
            } else {
                world.remove(definition);
            }
        });
    }

    // ---- services

    @Override
    public CreateServiceResponse createService(CreateServiceRequest request) {
        return call("CreateService", () -> services.create(request));
    }

    @Override
    public DescribeServicesResponse describeServices(DescribeServicesRequest request) {
        return call("DescribeServices", () -> services.describe(request));
    }

    @Override
    public UpdateServiceResponse updateService(UpdateServiceRequest request) {
        return call("UpdateService", () -> services.update(request));
    }

    @Override
    public DeleteServiceResponse deleteService(DeleteServiceRequest request) {
        return call("DeleteService", () -> services.delete(request));
    }

    @Override
    public ListTasksResponse listTasks(ListTasksRequest request) {
        return call("ListTasks", () -> services.list(request));
    }

    @Override
    public DescribeTasksResponse describeTasks(DescribeTasksRequest request) {
        return call("DescribeTasks", () -> services.describe(request));
    }

    // ---- tags

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        return call("TagResource", () -> {
            tagged(request.resourceArn()).tag(tags(request.tags()));
            return TagResourceResponse.builder().build();
        });
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        return call("UntagResource", () -> {
            tagged(request.resourceArn()).untag(request.tagKeys());
            return UntagResourceResponse.builder().build();
        });
    }

    private Thing<?> tagged(String arn) {
        return world.find(arn).orElseThrow(() -> invalid("The specified resource is not found."));
    }
}
