package dev.privateapi.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.testing.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessKey;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Rules and queues in the stack's Region and in that of the global services, as docs/operations.md says. The operator is a user
 * of its own, or it would be taken for the person whose writes wake it.
 */
final class Told {

    static final String OPERATOR = "arn:aws:iam::123456789012:user/operator";
    private static final String NAME = "private-api-operator-drift";
    private static final List<Region> REGIONS = List.of(Region.AP_NORTHEAST_1, Region.US_EAST_1);

    private final Sandbox sandbox;

    private Told(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** The settings of an operator that is told, and may do what docs/iam-policy.json says. */
    static Map<String, String> in(Sandbox sandbox) {
        var told = new Told(sandbox);
        var settings = new HashMap<>(told.operator());
        settings.put("PRIVATEAPI_DRIFT_QUEUES", String.join(",", REGIONS.stream().map(told::queue).toList()));
        settings.put("PRIVATEAPI_SAFETY_INTERVAL", "24h");
        return settings;
    }

    private Map<String, String> operator() {
        try (IamClient iam = client(IamClient.builder(), Region.AWS_GLOBAL)) {
            iam.createUser(it -> it.userName("operator"));
            iam.putUserPolicy(it -> it.userName("operator").policyName("docs")
                    .policyDocument(document("iam-policy.json", Region.AWS_GLOBAL).replace("CLUSTER_ID", "test")));
            AccessKey key = iam.createAccessKey(it -> it.userName("operator")).accessKey();
            return Map.of("AWS_ACCESS_KEY_ID", key.accessKeyId(), "AWS_SECRET_ACCESS_KEY", key.secretAccessKey());
        }
    }

    private String queue(Region region) {
        try (SqsClient sqs = client(SqsClient.builder(), region);
                EventBridgeClient events = client(EventBridgeClient.builder(), region)) {
            String url = sqs.createQueue(it -> it.queueName(NAME)
                    .attributes(Map.of(QueueAttributeName.POLICY, document("drift-queue-policy.json", region)))).queueUrl();
            events.putRule(it -> it.name(NAME).eventPattern(document("drift-rule.json", region)));
            events.putTargets(it -> it.rule(NAME).targets(Target.builder().id("queue")
                    .arn("arn:aws:sqs:" + region + ":123456789012:" + NAME).build()));
            return url;
        }
    }

    private static String document(String name, Region region) {
        try {
            return Files.readString(Path.of("docs", name)).replace("REGION", region.id()).replace("ACCOUNT", "123456789012");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <B extends AwsClientBuilder<B, C>, C> C client(B builder, Region region) {
        return builder.endpointOverride(URI.create(sandbox.endpoint().toString()))
                .region(region)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("person", "person")))
                .build();
    }

    /** How often the operator has looked at everything since then: each such look lists the VPCs once. */
    static long looks(Sandbox sandbox, long seq) {
        return calls(sandbox, seq, "DescribeVpcs");
    }

    /** How many of an operation's calls were the operator's. */
    static long calls(Sandbox sandbox, long seq, String operation) {
        return sandbox.journal(seq).stream().filter(call -> operatorCalls(call, operation)).count();
    }

    private static boolean operatorCalls(JsonNode call, String operation) {
        return call.path("caller").asText().equals(OPERATOR) && call.path("operation").asText().equals(operation);
    }
}
