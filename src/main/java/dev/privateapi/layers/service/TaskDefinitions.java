package dev.privateapi.layers.service;

import static dev.privateapi.layers.Refusals.unlessGone;
import static dev.privateapi.layers.service.ServiceLayer.CONTAINER;

import dev.privateapi.api.v1alpha1.CpuArchitecture;
import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.Query;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import dev.privateapi.ownership.Name;
import dev.privateapi.ownership.Owner;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ecs.model.Compatibility;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.DescribeTaskDefinitionResponse;
import software.amazon.awssdk.services.ecs.model.Failure;
import software.amazon.awssdk.services.ecs.model.KeyValuePair;
import software.amazon.awssdk.services.ecs.model.LogDriver;
import software.amazon.awssdk.services.ecs.model.NetworkMode;
import software.amazon.awssdk.services.ecs.model.OSFamily;
import software.amazon.awssdk.services.ecs.model.PortMapping;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;
import software.amazon.awssdk.services.ecs.model.TaskDefinitionField;
import software.amazon.awssdk.services.ecs.model.TaskDefinitionStatus;
import software.amazon.awssdk.services.ecs.model.TransportProtocol;

/**
 * The revisions of one family. A revision never changes, so a difference registers another one; registering takes no token,
 * and each call makes a revision. So the stack's own revisions are looked through first: the newest that says what is wanted
 * is the one to run, whether it was registered a moment ago without an answer or before the spec went elsewhere and came
 * back. The others are surplus, under names of their own, until the service runs none of them. A revision that somebody else
 * registered in the family carries no owner tag and is never touched.
 */
final class TaskDefinitions implements Driver<TaskDefinitions.Wanted, TaskDefinitions.Revision> {

    /** API reference, RegisterTaskDefinition, {@code family}. */
    private static final int NAME_LIMIT = 255;

    private final Aws aws;

    TaskDefinitions(Aws aws) {
        this.aws = aws;
    }

    /**
     * @param cpu in CPU units
     * @param memory in MiB
     */
    record Size(int cpu, int memory, CpuArchitecture cpuArchitecture) {}

    record Container(String image, int port, Map<String, String> environment, ResourceKey logGroup, String region) {

        Container {
            environment = new TreeMap<>(environment);
        }
    }

    record Wanted(String family, Container container, Size size, ResourceKey executionRole, ResourceKey taskRole) {

        /** @param id tells the name of the log group and the ARN of a role, or its path and name */
        private TaskDefinition definition(Function<ResourceKey, String> id) {
            return TaskDefinition.builder()
                    .family(family)
                    .requiresCompatibilities(Compatibility.FARGATE)
                    .networkMode(NetworkMode.AWSVPC)
                    .cpu(Integer.toString(size.cpu))
                    .memory(Integer.toString(size.memory))
                    .runtimePlatform(platform -> platform.operatingSystemFamily(OSFamily.LINUX)
                            .cpuArchitecture(size.cpuArchitecture.name()))
                    .executionRoleArn(id.apply(executionRole))
                    .taskRoleArn(id.apply(taskRole))
                    .containerDefinitions(containerDefinition(id.apply(container.logGroup)))
                    .build();
        }

        private ContainerDefinition containerDefinition(String logGroup) {
            return ContainerDefinition.builder()
                    .name(CONTAINER)
                    .image(container.image)
                    .essential(true)
                    .portMappings(PortMapping.builder().containerPort(container.port).protocol(TransportProtocol.TCP).build())
                    .environment(container.environment.entrySet().stream()
                            .map(it -> KeyValuePair.builder().name(it.getKey()).value(it.getValue()).build())
                            .toList())
                    .logConfiguration(log -> log.logDriver(LogDriver.AWSLOGS).options(Map.of(
                            "awslogs-group", logGroup,
                            "awslogs-region", container.region,
                            "awslogs-stream-prefix", CONTAINER)))
                    .build();
        }

        private List<Difference> differences(TaskDefinition have, Function<ResourceKey, String> id) {
            return TaskContent.differences(definition(id), have);
        }

        /** As a revision that says this tells it, whatever its roles and its log group are called. */
        String digest() {
            return TaskContent.digest(definition(ResourceKey::name));
        }
    }

    record Revision(TaskDefinition sdk, Map<String, String> tags) {

        private Revision tagged(Map<String, String> tags) {
            return new Revision(sdk, tags);
        }

        private String arn() {
            return sdk.taskDefinitionArn();
        }

        private boolean active() {
            return sdk.status() == TaskDefinitionStatus.ACTIVE;
        }
    }

    static String family(Owner owner) {
        return new Name(owner, Keys.TASK_DEFINITION).within(NAME_LIMIT);
    }

    @Override
    public Kind kind() {
        return Kind.TASK_DEFINITION;
    }

    /**
     * Also the inactive ones: who died between deregistering and deleting left one. Those that are being deleted are gone:
     * nothing can use them, and ECS finishes by itself (API reference, DeleteTaskDefinitions).
     */
    @Override
    public List<Live> observe(Sight sight) {
        List<Revision> all = families(sight).flatMap(family ->
                        Stream.of(TaskDefinitionStatus.ACTIVE, TaskDefinitionStatus.INACTIVE).flatMap(status ->
                                list(sight, family, status).stream().flatMap(arn -> read(sight, arn, status).stream())))
                .sorted(Comparator.comparing((Revision revision) -> revision.sdk.revision()).reversed())
                .toList();
        List<Live> givenAway = all.stream()
                .flatMap(it -> sight.judge(kind(), it.arn(), it.tags, key -> live(key, it)).stream())
                .filter(live -> !live.owned())
                .toList();
        List<Revision> own = all.stream().filter(it -> sight.claims().own(kind(), it.arn(), it.tags)).toList();
        boolean taken = givenAway.stream().anyMatch(live -> live.key().equals(Keys.TASK_DEFINITION));
        Optional<Revision> current =
                taken ? Optional.empty() : current(sight, own.stream().filter(Revision::active).toList());
        return Stream.concat(
                        own.stream().map(it -> live(
                                current.filter(it::equals).isPresent() ? Keys.TASK_DEFINITION : surplus(it), it)),
                        givenAway.stream())
                .toList();
    }

    /** Roles and log group by what is written down of them: a look at them first would hold up a deletion that cannot have it. */
    private static Optional<Revision> current(Sight sight, List<Revision> newestFirst) {
        return sight.wanted(Kind.TASK_DEFINITION)
                .map(Node::desired)
                .map(Wanted.class::cast)
                .flatMap(wanted -> newestFirst.stream().filter(it ->
                        wanted.differences(it.sdk, key -> sight.claims().id(key).orElse("")).isEmpty()))
                .findFirst()
                .or(() -> newestFirst.stream().findFirst());
    }

    private static ResourceKey surplus(Revision revision) {
        return new ResourceKey(Kind.TASK_DEFINITION, Keys.TASK_DEFINITION.name() + "@" + revision.sdk.revision());
    }

    /** Those that were adopted are in a family of another name, to which new ones are not added. */
    private static Stream<String> families(Sight sight) {
        return Stream.concat(
                        sight.claims().namers().map(TaskDefinitions::family),
                        sight.claims().ids(Kind.TASK_DEFINITION).map(arn -> arn.replaceFirst(".*/", "").replaceFirst(":.*", "")))
                .distinct();
    }

    private List<String> list(Sight sight, String family, TaskDefinitionStatus status) {
        return sight.settled(aws.reads(), new Query<>("ecs:ListTaskDefinitions " + family + " " + status, () -> aws.ecs()
                .listTaskDefinitionsPaginator(request -> request.familyPrefix(family).status(status))
                .taskDefinitionArns().stream().toList()));
    }

    /** Empty for a revision that is gone since the listing. */
    private Optional<Revision> read(Sight sight, String arn, TaskDefinitionStatus status) {
        try {
            Revision read = sight.detail(aws.reads(), query(arn));
            // Either may be the older one; an inactive revision never becomes active again.
            return Optional.of(status != TaskDefinitionStatus.INACTIVE ? read
                    : new Revision(read.sdk.toBuilder().status(status).build(), read.tags));
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Query<Revision> query(String arn) {
        return new Query<>("ecs:DescribeTaskDefinition " + arn, () -> {
            DescribeTaskDefinitionResponse answer = aws.ecs().describeTaskDefinition(request ->
                    request.taskDefinition(arn).include(TaskDefinitionField.TAGS));
            return new Revision(answer.taskDefinition(), EcsTags.map(answer.tags()));
        });
    }

    /** What a revision says, which never changes: an answer of any age will do. Empty if it is gone. */
    Optional<TaskDefinition> content(String arn) {
        try {
            return Optional.of(aws.reads().read(query(arn), Instant.MIN).value().sdk);
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Live live(ResourceKey key, Revision revision) {
        return Live.of(key, revision.sdk.taskDefinitionArn(), Phase.READY, revision).with(Map.of(
                Attribute.ARN, revision.sdk.taskDefinitionArn(),
                Attribute.DIGEST, TaskContent.digest(revision.sdk),
                Attribute.STATE, revision.sdk.statusAsString()));
    }

    @Override
    public List<Change<Revision>> compare(Wanted wanted, Revision have, Refs refs) {
        return Difference.changes(wanted.differences(have.sdk, refs::id), now -> register(wanted, refs, inherited(now.tags)));
    }

    /** Tags of AWS' own are not anybody's to set (API reference, Tag). */
    private static Map<String, String> inherited(Map<String, String> tags) {
        return tags.entrySet().stream()
                .filter(tag -> !tag.getKey().startsWith("aws:"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Revision register(Wanted wanted, Refs refs, Map<String, String> tags) {
        TaskDefinition definition = wanted.definition(refs::id);
        TaskDefinition registered = aws.ecs()
                .registerTaskDefinition(request -> request.family(definition.family())
                        .requiresCompatibilities(definition.requiresCompatibilities())
                        .networkMode(definition.networkMode())
                        .cpu(definition.cpu())
                        .memory(definition.memory())
                        .runtimePlatform(definition.runtimePlatform())
                        .executionRoleArn(definition.executionRoleArn())
                        .taskRoleArn(definition.taskRoleArn())
                        .containerDefinitions(definition.containerDefinitions())
                        .tags(EcsTags.sdk(tags)))
                .taskDefinition();
        return new Revision(registered, tags);
    }

    @Override
    public Optional<Tagging<Revision>> tagging() {
        return Optional.of(EcsTags.tagging(
                aws, revision -> revision.sdk.taskDefinitionArn(), Revision::tags, Revision::tagged));
    }

    @Override
    public Revision create(Wanted wanted, Refs refs, Birth birth) {
        return register(wanted, refs, birth.tags());
    }

    /** Only a deregistered revision can be deleted; a refusal stands in the answer (API reference, DeleteTaskDefinitions). */
    @Override
    public Optional<Revision> delete(Revision revision) {
        String arn = revision.sdk.taskDefinitionArn();
        if (revision.active()) {
            unlessGone(() -> aws.ecs().deregisterTaskDefinition(request -> request.taskDefinition(arn)));
        }
        List<Failure> failures = aws.ecs().deleteTaskDefinitions(request -> request.taskDefinitions(arn)).failures();
        failures.stream().map(Failure::reason).filter(reason -> !gone(reason)).findFirst().ifPresent(reason -> {
            throw new ProblemException(Category.IN_USE, "AWS does not delete " + arn + ": " + reason + " It is tried again.");
        });
        return Optional.empty();
    }

    private static boolean gone(String reason) {
        return reason.contains("MISSING") || reason.contains("does not exist") || reason.contains("DELETE_IN_PROGRESS");
    }
}
