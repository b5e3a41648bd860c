package dev.privateapi.layers.service;

import static dev.privateapi.layers.Refusals.orTaken;
import static dev.privateapi.layers.Refusals.unlessThere;
import static java.util.stream.Collectors.toCollection;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.layers.service.DesiredService.Setting;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import dev.privateapi.ownership.Name;
import dev.privateapi.ownership.Owner;
import dev.privateapi.ownership.Ownership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.LaunchType;
import software.amazon.awssdk.services.ecs.model.PortMapping;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.ServiceField;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;

/**
 * The ECS service. Ready is one of which exactly the wanted tasks run and nothing of an older deployment is left. Several
 * failed tasks are told with AWS' own words for why, and with what to do.
 */
final class Services implements Driver<DesiredService, ServiceState> {

    /** API reference, CreateService. */
    private static final int NAME_LIMIT = 255;
    /** When a deployment that failed is tried again: what was missing, such as the image, may be there by now. */
    private static final Duration RETRY = Duration.ofMinutes(10);

    private final Aws aws;
    private final TaskDefinitions taskDefinitions;
    private final StoppedTasks stoppedTasks;

    Services(Aws aws, TaskDefinitions taskDefinitions) {
        this.aws = aws;
        this.taskDefinitions = taskDefinitions;
        this.stoppedTasks = new StoppedTasks(aws);
    }

    private static String name(Owner owner) {
        return new Name(owner, Keys.SERVICE).within(NAME_LIMIT);
    }

    @Override
    public Kind kind() {
        return Kind.ECS_SERVICE;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.ECS_CLUSTER);
    }

    @Override
    public List<Live> observe(Sight sight) {
        return Stream.concat(sight.seen(Kind.ECS_CLUSTER).stream().filter(Live::owned).map(Live::id), clustersOfOffered(sight))
                .distinct()
                .flatMap(cluster -> describe(sight, cluster).stream())
                .filter(service -> !service.status().equals("INACTIVE"))
                .map(service -> judge(sight, service))
                .toList();
    }

    /** One that a person names is there although its cluster is not the stack's yet, or never will be. */
    private Stream<String> clustersOfOffered(Sight sight) {
        return sight.claims().offered().entrySet().stream().filter(it -> it.getValue().kind() == kind())
                .map(Map.Entry::getKey).filter(arn -> arn.matches("arn:.*:service/[^/]+/[^/]+"))
                .map(arn -> arn.replaceFirst(":service/", ":cluster/").replaceFirst("/[^/]+$", ""));
    }

    /** Without its tags it is none of the stack's, wanted or not, but its tasks live on roles that are: IAM guards them not. */
    private Live judge(Sight sight, Service service) {
        ServiceState state = state(sight, service);
        return sight.judge(kind(), service.serviceArn(), EcsTags.map(service.tags()), key -> live(key, state))
                .orElseGet(() -> live(Keys.SERVICE, state).in(Phase.FOREIGN));
    }

    private List<Service> describe(Sight sight, String cluster) {
        // An ARN also tells its cluster, and ECS refuses one of another (API reference, DescribeServices).
        String arns = cluster.replaceFirst(":cluster/", ":service/") + "/";
        List<String> names = Stream.concat(
                        sight.claims().namers().map(Services::name),
                        sight.claims().ids(kind()).filter(id -> id.startsWith(arns)).map(id -> id.substring(arns.length())))
                .distinct().sorted().toList();
        try {
            return sight.read(aws.reads(), new Query<>("ecs:DescribeServices " + cluster + " " + String.join(",", names), () ->
                    aws.ecs().describeServices(request -> request.cluster(cluster).services(names).include(ServiceField.TAGS))
                            .services()));
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.NOT_FOUND)) { // the cluster is gone since it was seen
                return List.of();
            }
            throw e;
        }
    }

    private ServiceState state(Sight sight, Service service) {
        List<TaskDefinition> definitions = ServiceState.taskDefinitions(service).stream()
                .flatMap(arn -> taskDefinitions.content(arn).stream())
                .toList();
        ServiceState state = new ServiceState(service, behind(definitions), ports(definitions), "", false);
        return state.primary()
                .filter(last -> state.failing())
                .map(last -> state.failing(stoppedTasks.cause(sight, service, last), retryDue(sight, state, last)))
                .orElse(state);
    }

    /** By the time of the look: AWS' clock and the operator's agree well enough for minutes. */
    private static boolean retryDue(Sight sight, ServiceState state, Deployment last) {
        return state.failed() && !last.updatedAt().plus(RETRY).isAfter(sight.oldest());
    }

    private static Set<String> behind(Collection<TaskDefinition> definitions) {
        return definitions.stream()
                .flatMap(it -> Stream.concat(
                        Stream.of(it.executionRoleArn(), it.taskRoleArn()),
                        it.containerDefinitions().stream().map(Services::logGroup)))
                .filter(id -> id != null)
                .collect(toCollection(TreeSet::new));
    }

    private static String logGroup(ContainerDefinition container) {
        return container.logConfiguration() == null ? null : container.logConfiguration().options().get("awslogs-group");
    }

    private static Set<Integer> ports(Collection<TaskDefinition> definitions) {
        return definitions.stream()
                .flatMap(definition -> definition.containerDefinitions().stream())
                .flatMap(container -> container.portMappings().stream())
                .map(PortMapping::containerPort)
                .collect(toCollection(TreeSet::new));
    }

    @Override
    public Live live(ResourceKey key, ServiceState state) {
        Service service = state.sdk();
        Phase phase = service.status().equals("DRAINING") ? Phase.DELETING
                : state.settled() ? Phase.READY : state.rolledOut() ? Phase.SCALING : Phase.PENDING;
        Live live = Live.of(key, service.serviceArn(), phase, state).using(state.uses()).with(Map.of(
                Attribute.ARN, service.serviceArn(),
                Attribute.STATE, service.status(),
                Attribute.RUNNING_TASKS, String.valueOf(service.runningCount()),
                Attribute.DESIRED_TASKS, String.valueOf(service.desiredCount()),
                Attribute.TASK_DEFINITION_ARN, service.taskDefinition(),
                Attribute.PORTS, state.ports().stream().map(String::valueOf).collect(Collectors.joining(","))));
        boolean awaited = phase == Phase.PENDING || phase == Phase.SCALING;
        return awaited && state.failing() ? live.troubled(failure(state)) : live;
    }

    private static Problem failure(ServiceState state) {
        String revision = state.sdk().taskDefinition().replaceFirst(".*/", "");
        String cause = state.cause().isEmpty()
                ? "AWS does not say why."
                : sentence(state.cause()) + " " + Advice.on(state.cause(), state.logGroup());
        String next = state.failed()
                ? " It is tried again every " + RETRY.toMinutes() + " minutes, and at once with a new spec."
                : "";
        String meanwhile = state.othersServe() ? " The tasks before them serve on." : "";
        return new Problem(Category.UNHEALTHY, "The tasks of " + revision + " fail: " + cause + next + meanwhile);
    }

    private static String sentence(String words) {
        return words.endsWith(".") ? words : words + ".";
    }

    /** Once the revision is there: with the old one a new port would be refused, and a failed deployment would be repeated. */
    @Override
    public List<Change<ServiceState>> compare(DesiredService wanted, ServiceState have, Refs refs) {
        if (!refs.attribute(Keys.TASK_DEFINITION, Attribute.DIGEST).equals(wanted.digest())) {
            return List.of();
        }
        List<Setting> settings = wanted.settings(have.sdk(), refs).stream()
                .filter(Setting::differs)
                .collect(toCollection(ArrayList::new));
        if (have.failed() && (have.retryDue() || !settings.isEmpty())) {
            settings.add(new Setting(
                    new Difference("forceNewDeployment", "the last one failed", "another"),
                    request -> request.forceNewDeployment(true)));
        }
        return Difference.changes(settings.stream().map(Setting::difference).toList(),
                now -> update(wanted, now, settings, refs));
    }

    private ServiceState update(DesiredService wanted, ServiceState state, List<Setting> settings, Refs refs) {
        Service updated = aws.ecs().updateService(request -> {
            request.cluster(state.sdk().clusterArn()).service(state.sdk().serviceArn());
            settings.forEach(setting -> setting.write().accept(request));
        }).service();
        return state.after(updated, behind(refs), wanted.port());
    }

    private static Set<String> behind(Refs refs) {
        return Stream.of(ServiceLayer.EXECUTION_ROLE, ServiceLayer.TASK_ROLE, ServiceLayer.LOG_GROUP)
                .map(refs::id)
                .collect(toCollection(TreeSet::new));
    }

    @Override
    public Optional<String> misfit(DesiredService wanted, ServiceState have, Refs refs) {
        Service service = have.sdk();
        boolean fits = service.launchType() == LaunchType.FARGATE && service.clusterArn().equals(refs.id(Keys.CLUSTER));
        return fits ? Optional.empty() : Optional.of("it is of launch type " + service.launchTypeAsString() + " in "
                + service.clusterArn() + ", not of launch type FARGATE in " + refs.id(Keys.CLUSTER));
    }

    @Override
    public Optional<Tagging<ServiceState>> tagging() {
        return Optional.of(EcsTags.tagging(
                aws, state -> state.sdk().serviceArn(), state -> EcsTags.map(state.sdk().tags()), ServiceState::tagged));
    }

    @Override
    public ServiceState create(DesiredService wanted, Refs refs, Birth birth) {
        Service service = orTaken(() -> createOrExplain(wanted, refs, birth), () -> named(refs.id(Keys.CLUSTER), birth));
        Service tagged = service.toBuilder().tags(EcsTags.sdk(birth.tags())).build();
        return new ServiceState(tagged, behind(refs), Set.of(wanted.port()), "", false);
    }

    /**
     * CreateCluster makes ECS' service-linked role unless the operator may not (API reference, CreateCluster), and
     * CreateService then says only that it is not there. So it is asked for here: that heals it, or names the missing right.
     */
    private Service createOrExplain(DesiredService wanted, Refs refs, Birth birth) {
        try {
            return aws.ecs().createService(wanted.creation(refs)
                    .serviceName(name(birth.owner()))
                    .clientToken(birth.token())
                    .tags(EcsTags.sdk(birth.tags()))
                    .build()).service();
        } catch (RuntimeException e) {
            if (AwsErrors.problem(e).message().contains("service linked role")) {
                unlessThere(() -> aws.iam().createServiceLinkedRole(request -> request.awsServiceName("ecs.amazonaws.com")));
            }
            throw e;
        }
    }

    /** With another spec than before its answer was lost, a repeated create is another request to ECS. */
    private Service named(String cluster, Birth birth) {
        String name = name(birth.owner());
        Service service = aws.ecs()
                .describeServices(request -> request.cluster(cluster).services(name).include(ServiceField.TAGS))
                .services().stream()
                .findFirst()
                .orElseThrow(() -> new ProblemException(Category.TRANSIENT, "ECS says that the service " + name
                        + " exists, and does not show it yet; it is looked for again."));
        return Ownership.key(birth.owner(), kind(), EcsTags.map(service.tags()))
                .filter(birth.key()::equals)
                .map(key -> service)
                .orElseThrow(() -> new ProblemException(Category.EXISTS, "The service " + service.serviceArn()
                        + " has the name that " + birth.key() + " needs but not this stack's tags: delete it,"
                        + " then the stack goes on by itself."));
    }

    /** With {@code force} the tasks need not be scaled away first (API reference, DeleteService). */
    @Override
    public Optional<ServiceState> delete(ServiceState state) {
        try {
            Service going = aws.ecs().deleteService(request -> request.cluster(state.sdk().clusterArn())
                    .service(state.sdk().serviceArn())
                    .force(true)).service();
            return going.status().equals("INACTIVE") ? Optional.empty() : Optional.of(state.as(going));
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
