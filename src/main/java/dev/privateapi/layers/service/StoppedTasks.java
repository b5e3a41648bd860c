package dev.privateapi.layers.service;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Sight;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ecs.model.Container;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DeploymentRolloutState;
import software.amazon.awssdk.services.ecs.model.DesiredStatus;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.ServiceEvent;
import software.amazon.awssdk.services.ecs.model.Task;

/**
 * Why tasks of a deployment stopped, in AWS' words without what differs from task to task. Asked only when several failed,
 * and not again once ECS has given up: it then starts no more tasks, and forgets the stopped ones after an hour (API
 * reference, DescribeTasks).
 */
final class StoppedTasks {

    /** An answer that was asked for this long after the last change of a deployment shows all that there is to see. */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    /** As many as DescribeTasks takes (API reference). */
    private static final int SOME = 100;
    /** Ids of tasks and requests: a message must not change while its cause does not. */
    private static final Pattern NOISE =
            Pattern.compile(",? ?\\(?[Rr]equest ?I[dD]: ?[0-9a-f-]*\\)?|/?\\b[0-9a-f]{32}\\b|\\(deployment ecs-svc/\\d+\\)");
    private static final Pattern NOT_PLACED = Pattern.compile("was unable to place a task.*?[Rr]eason: (.*)");
    private static final int LONGEST = 500;

    private final Aws aws;

    StoppedTasks(Aws aws) {
        this.aws = aws;
    }

    /** Of several causes the most frequent; empty if AWS tells none. */
    String cause(Sight sight, Service service, Deployment deployment) {
        return describe(sight, service, deployment).stream()
                .filter(task -> deployment.id().equals(task.startedBy()))
                .flatMap(task -> reason(task).stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey)
                .or(() -> unplaced(service, deployment))
                .orElseGet(() -> clean(deployment.rolloutStateReason() == null ? "" : deployment.rolloutStateReason()));
    }

    private List<Task> describe(Sight sight, Service service, Deployment deployment) {
        Query<List<Task>> query = new Query<>("ecs:DescribeTasks STOPPED " + deployment.id(), () -> describe(service));
        return deployment.rolloutState() == DeploymentRolloutState.FAILED
                ? aws.reads().read(query, deployment.updatedAt().plus(SETTLED)).value()
                : sight.read(aws.reads(), query);
    }

    private List<Task> describe(Service service) {
        List<String> arns = aws.ecs()
                .listTasks(request -> request.cluster(service.clusterArn()).serviceName(service.serviceName())
                        .desiredStatus(DesiredStatus.STOPPED).maxResults(SOME))
                .taskArns();
        return arns.isEmpty()
                ? List.of()
                : aws.ecs().describeTasks(request -> request.cluster(service.clusterArn()).tasks(arns)).tasks();
    }

    /** Empty for one that the service itself stopped to have fewer. */
    private static Optional<String> reason(Task task) {
        String reason = task.stoppedReason() == null ? "" : task.stoppedReason();
        if (reason.isBlank() || reason.startsWith("Scaling activity")) {
            return Optional.empty();
        }
        String ends = reason.startsWith("Essential container")
                ? task.containers().stream().flatMap(container -> end(container).stream()).collect(Collectors.joining(", "))
                : "";
        return Optional.of(clean(ends.isEmpty() ? reason : reason + " (" + ends + ")"));
    }

    /** Of a container that ended by itself: such as that its memory was not enough. */
    private static Optional<String> end(Container container) {
        String words = Stream.of(container.exitCode() == null ? null : "exit code " + container.exitCode(), container.reason())
                .filter(word -> word != null)
                .collect(Collectors.joining(", "));
        return words.isEmpty() ? Optional.empty() : Optional.of(container.name() + ": " + words);
    }

    private static Optional<String> unplaced(Service service, Deployment deployment) {
        return service.events().stream()
                .filter(event -> event.createdAt().isAfter(deployment.createdAt()))
                .map(ServiceEvent::message)
                .map(NOT_PLACED::matcher)
                .filter(matcher -> matcher.find())
                .map(matcher -> clean(matcher.group(1)))
                .findFirst();
    }

    static String clean(String reason) {
        String words = NOISE.matcher(reason).replaceAll("").replaceAll("\\s+", " ").strip();
        return words.length() <= LONGEST ? words : words.substring(0, LONGEST) + "…";
    }
}
