package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import dev.privateapi.testing.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.apigateway.ApiGatewayClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessKey;

/** The operator under docs/iam-policy.json, on a sandbox that checks the rights of whoever calls. */
@ExtendWith(OnApiServer.class)
class IamPolicyIT {

    private static final Path POLICY = Path.of("docs", "iam-policy.json");
    private static final String TRUST = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}""";
    private static final AwsCredentials ROOT = AwsBasicCredentials.create("person", "person");

    private AwsCredentials operator;
    private Stack stack;

    @BeforeEach
    void start(Cluster cluster) {
        stack = Stack.on(cluster, "poc", Duration.ofSeconds(20), this::asOperator, "--iam", "on");
    }

    @AfterEach
    void stop() {
        stack.close();
    }

    @Test
    void sufficesFromCreationToDeletion() {
        stack.apply(Stack.seed());
        stack.awaitReady();
        stack.change("{service: {taskCount: 3, env: [{name: A, value: b}]}, dns: {resolver: None}, peers: []}");
        stack.awaitReady();

        stack.delete();

        assertThat(stack.sandbox.journal(0).stream().filter(call -> call.path("outcome").asText().matches(".*(Denied|Unauthorized).*")))
                .as("calls that were refused for want of a right").isEmpty();
        assertThat(stack.sandbox.left()).filteredOn(it -> !it.path("service").asText().equals("iam")).isEmpty();
    }

    @Test
    void keepsTheOperatorFromWhatIsNotItsOwn() {
        Ec2Client ec2 = client(Ec2Client.builder(), stack.sandbox, operator);
        IamClient iam = client(IamClient.builder(), stack.sandbox, operator);
        ApiGatewayClient apis = client(ApiGatewayClient.builder(), stack.sandbox, operator);

        refused("ec2:DeleteVpc", () -> ec2.deleteVpc(it -> it.vpcId(Stack.PEER_VPC)));
        refused("ec2:CreateVpc", () -> ec2.createVpc(it -> it.cidrBlock("10.9.0.0/16")));
        refused("ec2:CreateTags", () -> ec2.createTags(it -> it.resources(Stack.PEER_VPC)
                .tags(Tag.builder().key("privateapi.dev/cluster").value("test").build())));
        Tag cluster = Tag.builder().key("privateapi.dev/cluster").value("test").build();
        TagSpecification consent = TagSpecification.builder().resourceType(ResourceType.VPC)
                .tags(Tag.builder().key("privateapi.dev/adopt").value("default/poc").build()).build();
        Ec2Client root = client(Ec2Client.builder(), stack.sandbox, ROOT);
        String offered = root.createVpc(it -> it.cidrBlock("10.9.0.0/16").tagSpecifications(consent)).vpc().vpcId();
        root.waiter().waitUntilVpcExists(it -> it.vpcIds(offered)); // CreateTags does not find one that is too new
        refused("ec2:DeleteVpc", () -> ec2.deleteVpc(it -> it.vpcId(offered)));
        ec2.createTags(it -> it.resources(offered).tags(cluster));
        ec2.deleteVpc(it -> it.vpcId(offered));
        refused("apigateway:POST", () -> apis.createRestApi(it -> it.name("public")));
        refused("iam:CreateRole", () -> iam.createRole(it -> it.roleName("mighty").assumeRolePolicyDocument(TRUST)));
        client(IamClient.builder(), stack.sandbox, ROOT)
                .createRole(it -> it.path("/privateapi/").roleName("mighty").assumeRolePolicyDocument(TRUST));
        refused("iam:AttachRolePolicy", () -> iam.attachRolePolicy(it ->
                it.roleName("mighty").policyArn("arn:aws:iam::aws:policy/AdministratorAccess")));
    }

    private static void refused(String action, ThrowingCallable call) {
        assertThatThrownBy(call).as(action).hasMessageContaining(action);
    }

    /** A user who may do what the policy says; the tests' operators have the cluster id {@code test}. */
    private Map<String, String> asOperator(Sandbox sandbox) {
        IamClient iam = client(IamClient.builder(), sandbox, ROOT);
        iam.createUser(it -> it.userName("operator"));
        iam.putUserPolicy(it -> it.userName("operator").policyName("docs").policyDocument(policy()));
        AccessKey key = iam.createAccessKey(it -> it.userName("operator")).accessKey();
        operator = AwsBasicCredentials.create(key.accessKeyId(), key.secretAccessKey());
        return Map.of("AWS_ACCESS_KEY_ID", key.accessKeyId(), "AWS_SECRET_ACCESS_KEY", key.secretAccessKey());
    }

    private static String policy() {
        try {
            return Files.readString(POLICY).replace("CLUSTER_ID", "test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <B extends AwsClientBuilder<B, C>, C> C client(B builder, Sandbox sandbox, AwsCredentials caller) {
        return builder.endpointOverride(URI.create(sandbox.endpoint().toString()))
                .region(Region.AP_NORTHEAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(caller))
                .build();
    }
}
