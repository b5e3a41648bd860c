package dev.privateapi.aws;

import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.aws.AwsSettings.Role;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/**
 * Every account and Region that the operator works in, each on its own: clients, connections, identity and gate. Which
 * identity serves an account is the administrators' setting and never a resource's.
 */
public final class AwsTargets implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration READ = Duration.ofSeconds(20);
    /** A pass must end: what AWS has not answered by then is an unknown outcome, which the next pass clears up. */
    private static final Duration CALL = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CONNECTIONS = 200;
    /** Whose reads all Regions of an account share: what hangs in one Region must not hold their connections. */
    private static final Set<String> GLOBAL = Set.of("iam", "route53");

    private final AwsSettings settings;
    private final Clock clock;
    private final Queueing queueing;
    private final MeterRegistry metrics;
    private final Map<String, SdkHttpClient> connections = new ConcurrentHashMap<>();
    private final AwsCredentialsProvider credentials;
    private final Map<String, Target> targets = new ConcurrentHashMap<>();
    private final Map<String, Buckets> buckets = new ConcurrentHashMap<>();
    private final Map<String, Reads> globalReads = new ConcurrentHashMap<>();
    private final Map<String, AwsCredentialsProvider> assumed = new ConcurrentHashMap<>();
    private final Interning interning = new Interning();
    private final ScheduledExecutorService timeouts = timeouts();
    private final AtomicReference<Identity> identity = new AtomicReference<>();
    private volatile boolean closing;

    /** The operator's own account, as STS tells it, and the ARN by which policies name the operator. */
    public record Identity(String accountId, String arn) {}

    /**
     * How time passes for a call that waits for its turn.
     *
     * @param random says how soon one comes again that met another process' call
     */
    record Queueing(TimeMeter time, BlockingStrategy blocking, RandomGenerator random) {}

    public AwsTargets(AwsSettings settings, Clock clock, RandomGenerator random, MeterRegistry metrics) {
        this(settings, clock, new Queueing(TimeMeter.SYSTEM_NANOTIME, BlockingStrategy.PARKING, random), metrics);
    }

    AwsTargets(AwsSettings settings, Clock clock, Queueing queueing, MeterRegistry metrics) {
        this.settings = settings;
        this.clock = clock;
        this.queueing = queueing;
        this.metrics = metrics;
        this.credentials = settings.credentials() == null
                ? DefaultCredentialsProvider.builder().build()
                : settings.credentials();
    }

    /** The operator's own account in a Region. Calls nothing. */
    public Aws home(String region) {
        return own(region);
    }

    /** The operator's own queues in a Region, which belong to no stack. */
    public SqsClient queues(String region) {
        return own(region).sqs();
    }

    private Target own(String region) {
        return targets.computeIfAbsent("/" + region, it -> new Target(this, "", region, credentials));
    }

    /**
     * Who the operator is to AWS, asked once in the life of the process.
     *
     * @throws RuntimeException the SDK's, if there are no credentials, no such Region, or no way to AWS
     */
    public Identity identity(String region) {
        Identity known = identity.get();
        if (known != null) {
            return known;
        }
        try (StsClient sts = client("sts", "", region, credentials, StsClient.builder())) {
            GetCallerIdentityResponse answer = sts.getCallerIdentity();
            identity.compareAndSet(null, new Identity(answer.account(), answer.arn()));
        }
        return identity.get();
    }

    /** @throws ProblemException {@link Category#DENIED}, if administrators gave no identity for that account */
    Aws of(String accountId, String region) {
        if (accountId.equals(identity(region).accountId())) {
            return home(region);
        }
        Role role = settings.roles().get(accountId);
        if (role == null) {
            throw new ProblemException(Category.DENIED, "The operator has no identity for the AWS account " + accountId
                    + ": an administrator adds " + accountId + "=<role ARN> to PRIVATEAPI_ACCOUNT_ROLES.");
        }
        return targets.computeIfAbsent(accountId + "/" + region, it ->
                new Target(this, accountId, region, assumed(accountId, role, region)));
    }

    private AwsCredentialsProvider assumed(String accountId, Role role, String region) {
        // By the Region's own STS: where that does not answer, nothing else does either.
        return assumed.computeIfAbsent(accountId + "/" + region, it -> StsAssumeRoleCredentialsProvider.builder()
                .stsClient(client("sts", accountId, region, credentials, StsClient.builder()))
                .refreshRequest(request -> {
                    request.roleArn(role.arn()).roleSessionName("private-api-operator");
                    if (!role.externalId().isEmpty()) {
                        request.externalId(role.externalId());
                    }
                })
                .build());
    }

    /**
     * A client that makes each call once. The SDK's own retry repeats a call whose connection broke after its effect: for
     * creates without a token or a unique name (VPC, subnet, REST API, VPC link, task definition) that makes two objects.
     * Here a failure is the outcome of the pass, and the next pass looks before it repeats.
     *
     * @param service IAM's prefix, such as {@code ec2}
     */
    <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C client(
            String service, String accountId, String region, AwsCredentialsProvider identity, B builder) {
        builder.httpClient(connections.computeIfAbsent(accountId + "/" + (GLOBAL.contains(service) ? "" : region), it -> http()))
                .region(Region.of(region))
                .credentialsProvider(identity)
                .overrideConfiguration(ClientOverrideConfiguration.builder()
                        .retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .apiCallTimeout(CALL)
                        .scheduledExecutorService(timeouts)
                        .addExecutionInterceptor(new Passage(service, accountId, gate(accountId, region), metrics))
                        .addExecutionInterceptor(interning)
                        .build());
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
        }
        return builder.build();
    }

    /** One for each account and Region, and for what knows no Region: calls that hang in one must not hold the connections of another. */
    private static SdkHttpClient http() {
        return ApacheHttpClient.builder()
                .maxConnections(CONNECTIONS)
                .connectionTimeout(CONNECT)
                .connectionAcquisitionTimeout(CALL)
                .socketTimeout(READ)
                .build();
    }

    /** One for all clients: each would have five threads of its own, and keep for half a minute what is to end calls that have ended. */
    private static ScheduledExecutorService timeouts() {
        var timeouts = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("aws-timeouts").factory());
        timeouts.setRemoveOnCancelPolicy(true);
        return timeouts;
    }

    private Gate gate(String accountId, String region) {
        Duration patience = Duration.ofNanos((long) (PATIENCE.toNanos() / settings.timeScale()));
        return new Gate(it -> buckets(accountId + "/" + (it.perAccount() ? "" : region)).of(it),
                patience, queueing.blocking(), () -> closing);
    }

    private Buckets buckets(String scope) {
        return buckets.computeIfAbsent(scope, it ->
                new Buckets(this::rate, settings.timeScale(), queueing.time(), queueing.random()));
    }

    private Rate rate(ApiClass apiClass) {
        return settings.rates().getOrDefault(apiClass, apiClass.standard());
    }

    /** What Route 53 and IAM tell, who know no Regions: for all Regions of an account together. */
    Reads globalReads(String accountId) {
        return globalReads.computeIfAbsent(accountId, it -> reads());
    }

    Reads reads() {
        return new Reads(clock, new Rotation(this::rate, settings.timeScale())::rounds, settings.timeScale(), metrics);
    }

    /** Calls in flight go on to their end; each later one is refused, so that turns end soon. */
    public void refuseNewCalls() {
        closing = true;
    }

    /** Breaks calls that are still in flight. */
    @Override
    public void close() {
        targets.values().forEach(Target::close);
        connections.values().forEach(SdkHttpClient::close);
        timeouts.shutdown(); // ends when nothing is left to end: a call that hangs in spite of its broken connection, too
    }
}
