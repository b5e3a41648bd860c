package dev.privateapi.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Holds docs/iam-policy.json against the calls in the code; {@code e2e.IamPolicyIT} runs the operator under it. */
class IamPolicyTest {

    private static final Path POLICY = Path.of("docs", "iam-policy.json");
    private static final Path PEER_POLICY = Path.of("docs", "iam-policy-peer.json");
    private static final Pattern CALL = Pattern.compile("\\b(\\w+)\\(\\)\\s*\\.\\s*([a-z]\\w+?)(?:Paginator)?\\(");
    /** {@link Aws}'s clients, by IAM's prefix; API Gateway's actions are HTTP's methods and say nothing of the calls. */
    private static final Map<String, String> CLIENTS = Map.of(
            "ec2", "ec2", "loadBalancing", "elasticloadbalancing", "ecs", "ecs", "iam", "iam", "logs", "logs",
            "route53", "route53", "resolver", "route53resolver");
    /** What the calls need besides, each in the Service Authorization Reference or the service's guide. */
    private static final Set<String> DEPENDENT = Set.of(
            // CreateVpcLink and DeleteVpcLink
            "ec2:CreateVpcEndpointServiceConfiguration", "ec2:DeleteVpcEndpointServiceConfigurations",
            "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:ModifyVpcEndpointServicePermissions",
            // CreateResolverEndpoint and DeleteResolverEndpoint
            "ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface",
            // CreateLoadBalancer
            "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeInternetGateways",
            // RegisterTaskDefinition
            "iam:PassRole",
            // Of no layer but of the queues in push, of which DeleteMessageBatch needs the right of DeleteMessage
            "sqs:ReceiveMessage", "sqs:DeleteMessage");

    @Test
    void allowsWhatTheCodeCallsAndNothingElse() throws IOException {
        Set<String> called = new TreeSet<>(DEPENDENT);
        calls().forEach(called::add);

        assertThat(actions(POLICY)).isEqualTo(called);
    }

    @Test
    void allowsInAPeersAccountNothingThatIsNotAllowedAtHome() throws IOException {
        assertThat(actions(POLICY)).containsAll(actions(PEER_POLICY));
    }

    @Test
    void fitsIntoARolesInlinePolicies() throws IOException {
        // 10,240 characters without white space (IAM User Guide, "IAM and AWS STS quotas"); the cluster's id is a UUID.
        String policy = Files.readString(POLICY).replace("CLUSTER_ID", "x".repeat(36)).replaceAll("\\s", "");

        assertThat(policy).hasSizeLessThan(10_240);
    }

    private static Set<String> actions(Path policy) throws IOException {
        return StreamSupport.stream(new ObjectMapper().readTree(policy.toFile()).get("Statement").spliterator(), false)
                .flatMap(statement -> texts(statement.get("Action")))
                .filter(action -> !action.startsWith("apigateway:"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> texts(JsonNode one) {
        return one.isArray() ? StreamSupport.stream(one.spliterator(), false).map(JsonNode::asText) : Stream.of(one.asText());
    }

    private static Stream<String> calls() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java", "dev", "privateapi", "layers"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream()
                    .flatMap(file -> CALL.matcher(text(file)).results())
                    .filter(call -> CLIENTS.containsKey(call.group(1)))
                    .map(IamPolicyTest::action);
        }
    }

    private static String action(MatchResult call) {
        String operation = call.group(2);
        return CLIENTS.get(call.group(1)) + ":" + Character.toUpperCase(operation.charAt(0)) + operation.substring(1);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
