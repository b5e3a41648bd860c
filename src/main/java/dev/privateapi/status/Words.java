package dev.privateapi.status;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Wait;
import dev.privateapi.model.Wait.Cause;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Puts the most important first and says it in a sentence. The same situation always gets the same sentence. */
final class Words {

    private static final int SHOWN = 5;
    /** Not worth telling: it is over before somebody has read it. */
    private static final Duration SHORT = Duration.ofSeconds(10);
    /** What explains the others comes first: whoever may not create a VPC also has no subnet. */
    private static final List<Category> BY_IMPORTANCE = List.of(
            Category.DENIED, Category.QUOTA, Category.INVALID, Category.EXISTS, Category.ADOPTION, Category.FOREIGN,
            Category.AMBIGUOUS, Category.NOT_CHANGEABLE, Category.UNHEALTHY, Category.FAILED, Category.HELD, Category.IN_USE,
            Category.INTERNAL, Category.TRANSIENT, Category.THROTTLED, Category.NOT_FOUND);

    private final Expectations expectations;

    Words(Expectations expectations) {
        this.expectations = expectations;
    }

    /** The problem to tell first. */
    static Optional<Map.Entry<ResourceKey, Problem>> worst(Map<ResourceKey, Problem> problems) {
        return problems.entrySet().stream().min(Comparator
                .comparingInt((Map.Entry<ResourceKey, Problem> entry) ->
                        BY_IMPORTANCE.indexOf(entry.getValue().category()))
                .thenComparing(entry -> entry.getKey().layer())
                .thenComparing(entry -> entry.getKey().name()));
    }

    static String problem(Map.Entry<ResourceKey, Problem> worst, int all) {
        String more = all > 1 ? " (" + (all - 1) + " more in the layers' conditions)" : "";
        return worst.getKey() + ": " + worst.getValue().message() + more;
    }

    /** What no name carries: of a kind that cannot be listed, nobody knows whether anything is left. */
    static Optional<Problem> unreadable(Map<Kind, Problem> kinds) {
        return kinds.entrySet().stream()
                .min(Comparator.comparingInt((Map.Entry<Kind, Problem> entry) -> BY_IMPORTANCE.indexOf(entry.getValue().category()))
                        .thenComparing(Map.Entry::getKey))
                .map(entry -> new Problem(entry.getValue().category(),
                        "Whether an " + entry.getKey().typeName() + " is left cannot be seen: " + entry.getValue().message()));
    }

    /** The wait to tell first: what AWS works on, the longest one, before what waits for that. */
    Optional<Wait> longest(Collection<Wait> waits) {
        return waits.stream().min(Comparator
                .comparing((Wait wait) -> wait.cause() == Cause.OTHER)
                .thenComparing(this::typical, Comparator.reverseOrder())
                .thenComparing(wait -> wait.key().name()));
    }

    String waiting(Wait wait) {
        return switch (wait.cause()) {
            case PENDING, SCALING -> "Waiting for the " + noun(wait.key().kind()) + " " + wait.key() + usually(wait);
            case DELETING -> unended(wait.message()) + usually(wait);
            case OTHER, UNCONFIRMED -> wait.message();
        };
    }

    static String steps(List<Step> steps) {
        String first = steps.stream().limit(SHOWN).map(Step::summary).collect(Collectors.joining("; "));
        return steps.size() > SHOWN ? first + "; and " + (steps.size() - SHOWN) + " more." : first + ".";
    }

    private String usually(Wait wait) {
        Duration typical = typical(wait);
        return typical.compareTo(SHORT) < 0 ? "." : ": AWS usually takes about " + spoken(typical) + ".";
    }

    private Duration typical(Wait wait) {
        return switch (wait.cause()) {
            case PENDING -> expectations.untilReady(wait.key().kind());
            case SCALING -> expectations.untilScaled();
            case DELETING -> expectations.untilGone(wait.key().kind());
            case OTHER, UNCONFIRMED -> Duration.ZERO;
        };
    }

    private static String unended(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    /** In half minutes from one minute on: more would claim a precision that nobody has. */
    static String spoken(Duration duration) {
        long halves = Math.round(duration.toSeconds() / 30.0);
        if (duration.toSeconds() < 60) {
            return duration.toSeconds() + " seconds";
        } else if (halves == 2) {
            return "1 minute";
        }
        return (halves % 2 == 0 ? String.valueOf(halves / 2) : String.format(Locale.ROOT, "%.1f", halves / 2.0)) + " minutes";
    }

    private static String noun(Kind kind) {
        return switch (kind) {
            case VPC -> "VPC";
            case SUBNET -> "subnet";
            case ROUTE_TABLE -> "route table";
            case SECURITY_GROUP -> "security group";
            case VPC_ENDPOINT -> "VPC endpoint";
            case LOAD_BALANCER -> "Network Load Balancer";
            case TARGET_GROUP -> "target group";
            case LISTENER -> "listener";
            case ROLE -> "IAM role";
            case LOG_GROUP -> "log group";
            case ECS_CLUSTER -> "ECS cluster";
            case TASK_DEFINITION -> "task definition";
            case ECS_SERVICE -> "tasks of the ECS service";
            case REST_API -> "REST API";
            case VPC_LINK -> "VPC link";
            case API_METHODS -> "API's methods";
            case DEPLOYMENT -> "API's deployment";
            case STAGE -> "API's stage";
            case HOSTED_ZONE -> "hosted zone";
            case RECORD_SET -> "DNS record";
            case RESOLVER_ENDPOINT -> "Resolver endpoint";
            case RESOLVER_RULE -> "Resolver rule";
            case RESOLVER_RULE_ASSOCIATION -> "Resolver rule's association";
            case PEERING_CONNECTION -> "peering connection";
            case ROUTES -> "routes";
        };
    }
}
