package dev.privateapi.aws;

import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * What AWS' errors mean to the operator: the one place that knows error codes. They are those of the services' API
 * references ("Common errors" and each operation's own); a code that is not listed is read by its form, then by the HTTP
 * status. The code decides, not the status: {@code InvalidVpcID.NotFound} comes with 400.
 */
public final class AwsErrors {

    private static final Pattern ACTION = Pattern.compile("perform:? \\[?([a-z0-9-]+:[A-Za-z*]+)");
    /** Differs from call to call, or is of no use to a reader; a message must not change while its cause does not. */
    private static final Pattern NOISE = Pattern.compile(
            "Encoded authorization failure message: \\S+|\\(?\\s*(?:AWS )?Request ?I[dD]:? [\\w-]+\\)?");
    private static final int LONGEST = 700;

    /** AWS does not know who calls: no right would help. */
    private static final Set<String> UNKNOWN_CALLER = Set.of(
            "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException",
            "ExpiredToken", "ExpiredTokenException", "MissingAuthenticationToken", "IncompleteSignature");

    private static final Map<Category, Set<String>> CODES = Map.of(
            Category.THROTTLED, Set.of(
                    "RequestLimitExceeded", "TooManyRequestsException", "SlowDown", "BandwidthLimitExceeded",
                    // Nothing happened, because another change to the same object is in flight.
                    "PriorRequestNotComplete", "OperationAbortedException", "ConcurrentModification",
                    "ConcurrentModificationException", "EntityTemporarilyUnmodifiable", "UpdateInProgressException"),
            Category.TRANSIENT, Set.of(
                    "InternalError", "InternalFailure", "InternalServiceError", "InternalServiceErrorException",
                    "ServerException", "ServiceFailure", "ServiceUnavailable", "ServiceUnavailableException", "Unavailable",
                    "RequestTimeout", "RequestExpired", "InsufficientInstanceCapacity",
                    // The token was used with other parameters: an earlier create did happen.
                    "IdempotentParameterMismatch"),
            Category.DENIED, Set.of("UnauthorizedOperation", "AuthFailure", "OptInRequired", "Blocked", "NotAuthorized"),
            Category.QUOTA, Set.of(
                    "LimitsExceeded", "ServiceQuotaExceededException", "InsufficientFreeAddressesInSubnet",
                    "InsufficientAddressCapacity", "PolicyLengthExceeded"),
            Category.IN_USE, Set.of(
                    "DependencyViolation", "DeleteConflict", "HostedZoneNotEmpty", "LastVPCAssociation",
                    "ClusterContainsServicesException", "ClusterContainsTasksException", "IncorrectState",
                    // Of a peering connection that is between two states, and of a target group that another load balancer
                    // still has.
                    "InvalidStateTransition", "TargetGroupAssociationLimit"),
            Category.EXISTS, Set.of(
                    "InvalidSubnet.Conflict", "ConflictingDomainExists", "ResourceExistsException", "ConflictException",
                    "DuplicateListener", "PriorityInUse",
                    // A subnet that has another route table.
                    "Resource.AlreadyAssociated"),
            Category.NOT_FOUND, Set.of(
                    "NoSuchEntity", "NoSuchHostedZone", "VPCAssociationNotFound",
                    // Route 53: there is no authorisation for a VPC of another account, or it is not known everywhere yet.
                    "NotAuthorizedException",
                    // The service began to be deleted since it was looked at.
                    "ServiceNotActiveException"));

    /** Where one code means several things, AWS' words tell which. Asked before the codes. */
    private static final List<Words> WORDS = List.of(
            // API Gateway has one exception for a rate and for a quota.
            new Words("LimitExceededException", "rate|too many requests", Category.THROTTLED),
            new Words("ConflictException", "concurrent modification|try again", Category.THROTTLED),
            new Words("BadRequestException", "is referenced in|Active stages pointing|in use", Category.IN_USE),
            new Words("BadRequestException", "already (exists|has)", Category.EXISTS),
            // ECS: a name is free only when the old service left DRAINING; a role needs seconds to be known everywhere.
            new Words("InvalidParameterException", "still Draining", Category.IN_USE),
            new Words("InvalidParameterException", "was not idempotent", Category.EXISTS),
            new Words("(ClientException|InvalidParameterException)", "not authorized to perform", Category.DENIED),
            new Words("(ClientException|InvalidParameterException)",
                    "unable to assume|role is not valid|service.linked role", Category.NOT_FOUND),
            // ECS: what it was told of is gone, or not known to it yet, since the stack looked.
            new Words("ClientException", "unable to describe task definition|task ?definition (not found|is inactive)"
                    + "|task definition does not exist", Category.NOT_FOUND),
            new Words("InvalidParameterException", "does not have an associated load balancer", Category.NOT_FOUND),
            // Route 53 has one exception for an authorisation that there is not and for a right that IAM does not give.
            new Words("NotAuthorizedException", "not authorized to perform", Category.DENIED),
            // IAM: a service-linked role that is there already.
            new Words("InvalidInput", "has been taken in this account", Category.EXISTS),
            // Route 53 reports the record's own state as an invalid batch.
            new Words("InvalidChangeBatch", "but it already exists", Category.EXISTS),
            new Words("InvalidChangeBatch", "but it was not found", Category.NOT_FOUND),
            new Words("OperationNotPermitted", "deletion protection", Category.NOT_CHANGEABLE));

    /** The quotas' names in Service Quotas, with AWS' defaults. */
    private static final Map<String, String> QUOTAS = Map.ofEntries(
            Map.entry("VpcLimitExceeded", "VPCs per Region (default 5)"),
            Map.entry("SubnetLimitExceeded", "Subnets per VPC (default 200)"),
            Map.entry("RouteTableLimitExceeded", "Route tables per VPC (default 200)"),
            Map.entry("RouteLimitExceeded", "Routes per route table (default 50)"),
            Map.entry("SecurityGroupLimitExceeded", "VPC security groups per Region (default 2,500)"),
            Map.entry("RulesPerSecurityGroupLimitExceeded", "Inbound or outbound rules per security group (default 60)"),
            Map.entry("VpcEndpointLimitExceeded", "Interface VPC endpoints per VPC (default 50)"),
            Map.entry("OutstandingVpcPeeringConnectionLimitExceeded",
                    "Outstanding VPC peering connection requests (default 25)"),
            Map.entry("VpcPeeringConnectionLimitExceeded", "Active VPC peering connections per VPC (default 50)"),
            Map.entry("NetworkInterfaceLimitExceeded", "Network interfaces per Region (default 5,000)"),
            Map.entry("InsufficientFreeAddressesInSubnet", "free addresses of the subnet"),
            Map.entry("TooManyLoadBalancers", "Network Load Balancers per Region (default 50)"),
            Map.entry("TooManyTargetGroups", "Target groups per Region (default 3,000)"),
            Map.entry("TooManyListeners", "Listeners per Network Load Balancer (default 50)"),
            Map.entry("TooManyHostedZones", "Hosted zones per account (default 500)"),
            Map.entry("LimitsExceeded", "VPCs per private hosted zone (default 300)"),
            Map.entry("LimitExceeded", "Roles per account (default 1,000)"));

    private AwsErrors() {}

    /** @param words a pattern to find in the message */
    private record Words(String code, Pattern words, Category category) {
        Words(String code, String words, Category category) {
            this(code, Pattern.compile(words, Pattern.CASE_INSENSITIVE), category);
        }

        boolean match(String code, String message) {
            return code.matches(this.code) && words.matcher(message).find();
        }
    }

    public static boolean is(Throwable failure, Category category) {
        return problem(failure).category() == category;
    }

    /**
     * What a failure means: what was refused, AWS' words, and the next step. Its object is told by whoever knows it. Causes
     * are walked, so that a wrapped failure means the same.
     */
    public static Problem problem(Throwable failure) {
        return causes(failure).flatMap(cause -> known(cause).stream()).findFirst()
                .orElseGet(() -> new Problem(Category.INTERNAL,
                        "The operator failed: " + failure + ". This is a defect; its log has the stack trace."));
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(20);
    }

    private static Optional<Problem> known(Throwable cause) {
        return switch (cause) {
            case ProblemException known -> Optional.of(known.problem());
            case AwsServiceException refusal -> Optional.of(refused(refusal));
            case ApiCallTimeoutException late -> Optional.of(unreachable(late, "did not answer in time"));
            case ApiCallAttemptTimeoutException late -> Optional.of(unreachable(late, "did not answer in time"));
            case AbortedException aborted -> Optional.of(unreachable(aborted, "was not waited for"));
            case SdkClientException client -> Optional.of(client(client));
            case IOException io -> Optional.of(unreachable(io, "could not be reached: " + network(io)));
            default -> Optional.empty();
        };
    }

    private static Problem refused(AwsServiceException refusal) {
        AwsErrorDetails details = refusal.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        String said = details == null || details.errorMessage() == null ? "" : details.errorMessage();
        Category category = category(code, said, refusal.statusCode());
        String words = cleaned(said.isBlank() ? code : said);
        return new Problem(category, "AWS refused " + operation(refusal) + ": " + words + nextStep(category, code, said, refusal));
    }

    private static Category category(String code, String message, int status) {
        Optional<Category> worded =
                WORDS.stream().filter(words -> words.match(code, message)).map(Words::category).findFirst();
        Optional<Category> listed = CODES.entrySet().stream()
                .filter(entry -> entry.getValue().contains(code)).map(Map.Entry::getKey).findFirst();
        Optional<Category> unknown = unknownCaller(code, message) ? Optional.of(Category.DENIED) : Optional.empty();
        return worded.or(() -> listed).or(() -> unknown).or(() -> byForm(code)).orElseGet(() -> byStatus(status));
    }

    /** Services follow loose conventions: {@code InvalidRoute.NotFound}, {@code NotFoundException}, {@code RouteAlreadyExists}. */
    private static Optional<Category> byForm(String code) {
        if (code.contains("Throttl")) {
            return Optional.of(Category.THROTTLED);
        } else if (code.contains("NotFound")) {
            return Optional.of(Category.NOT_FOUND);
        } else if (code.contains("LimitExceeded") || code.startsWith("TooMany")) {
            return Optional.of(Category.QUOTA);
        } else if (code.contains("AlreadyExists") || code.contains("Duplicate")) {
            return Optional.of(Category.EXISTS);
        } else if (code.contains("InUse")) {
            return Optional.of(Category.IN_USE);
        } else if (code.contains("AccessDenied") || code.contains("Unauthorized")) {
            return Optional.of(Category.DENIED);
        }
        return Optional.empty();
    }

    private static Category byStatus(int status) {
        return switch (status) {
            case 401, 403 -> Category.DENIED;
            case 404 -> Category.NOT_FOUND;
            case 409 -> Category.IN_USE;
            case 429 -> Category.THROTTLED;
            default -> status >= 500 ? Category.TRANSIENT : Category.INVALID;
        };
    }

    private static String nextStep(Category category, String code, String said, AwsServiceException refusal) {
        return switch (category) {
            case DENIED -> allow(code, said, refusal) + "; the stack then goes on by itself.";
            case QUOTA -> " The limit is \"" + QUOTAS.getOrDefault(code, "of " + operation(refusal))
                    + "\": raise it in Service Quotas or free some of it; the stack then goes on by itself.";
            case THROTTLED, TRANSIENT, NOT_FOUND, IN_USE -> " It is tried again.";
            case EXISTS -> " Remove or rename the other one, or change the spec; the stack then goes on by itself.";
            default -> " Correct the spec.";
        };
    }

    private static String allow(String code, String said, AwsServiceException refusal) {
        if (unknownCaller(code, said)) {
            return " Give the operator valid credentials, and its node the right time";
        } else if (said.contains("sts:AssumeRole")) { // AWS does not tell on which side it is missing
            return " Allow sts:AssumeRole on that role for the operator's identity, and let the role trust it, with the external id"
                    + " if it has one";
        }
        return " Allow " + action(said, refusal) + " for the operator's identity" + Call.of(refusal).map(Call::where).orElse("");
    }

    /** EC2 has a code that means a missing right as well. */
    private static boolean unknownCaller(String code, String said) {
        return UNKNOWN_CALLER.contains(code) || code.equals("AuthFailure") && said.contains("credentials");
    }

    private static String action(String said, AwsServiceException refusal) {
        Matcher named = ACTION.matcher(said);
        return named.find() ? named.group(1) : Call.of(refusal).map(Call::action).orElse("the call");
    }

    private static String operation(Throwable failure) {
        return Call.of(failure).map(Call::operation).orElse("the call");
    }

    private static Problem client(SdkClientException failure) {
        Optional<IOException> network = causes(failure)
                .filter(IOException.class::isInstance).map(IOException.class::cast).findFirst();
        String message = String.valueOf(failure.getMessage());
        if (network.isPresent()) {
            return unreachable(failure, "could not be reached: " + network(network.get()));
        } else if (message.contains("credentials")) {
            return new Problem(Category.DENIED, "The operator has no AWS credentials: " + cleaned(message)
                    + " Give it an identity (IRSA, Pod Identity, a profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY).");
        }
        return new Problem(Category.INTERNAL, "The AWS SDK failed in " + operation(failure) + ": " + cleaned(message));
    }

    private static Problem unreachable(Throwable failure, String how) {
        String operation = Call.of(failure).map(call -> " (" + call.operation() + ")").orElse("");
        return new Problem(Category.TRANSIENT, "AWS " + how + operation + ". It is tried again.");
    }

    private static String network(IOException failure) {
        return failure instanceof InterruptedIOException ? "time-out" : failure.getClass().getSimpleName();
    }

    private static String cleaned(String message) {
        String words = NOISE.matcher(message).replaceAll("").replaceAll("\\s+", " ").strip();
        String cut = words.length() <= LONGEST ? words : words.substring(0, LONGEST) + "…";
        return cut.isEmpty() || cut.endsWith(".") ? cut : cut + ".";
    }
}
