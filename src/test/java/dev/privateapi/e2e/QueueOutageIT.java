package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.VpcAttributeName;

/** Polling is slow as long as somebody tells, and not a moment longer. */
@ExtendWith(OnApiServer.class)
class QueueOutageIT {

    private static final Duration DRIFT = Duration.ofSeconds(2);

    @Test
    void pollingIsSlowWhileTheQueueIsReadAndComesBackWhenItCannotBe(Cluster cluster) {
        try (Stack stack = Stack.on(cluster, "unheard", DRIFT, Told::in, "--iam", "on");
                Ec2Client ec2 = stack.aws(Ec2Client.builder())) {
            stack.apply(Stack.seed());
            stack.awaitReady();
            becomesQuiet(stack);

            stack.sandbox.fault(Map.of("operation", "sqs:ReceiveMessage", "kind", "denied", "probability", 1, "times", 0));
            String vpc = stack.status().at("/vpc/id").asText();
            ec2.modifyVpcAttribute(it -> it.vpcId(vpc).enableDnsHostnames(off -> off.value(false)));
            stack.until("by polling, DNS hostnames are on again", () -> ec2.describeVpcAttribute(it ->
                    it.vpcId(vpc).attribute(VpcAttributeName.ENABLE_DNS_HOSTNAMES)).enableDnsHostnames().value());
            long seq = stack.now();
            stack.until("it is looked again and again", () -> Told.looks(stack.sandbox, seq) > 3);

            stack.sandbox.clearFaults();
            becomesQuiet(stack);
            assertThat(stack.condition("Ready").path("status").asText()).isEqualTo("True");
        }
    }

    /** Three intervals without a look. */
    private static void becomesQuiet(Stack stack) {
        Awaitility.await("it is left alone").atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(50)).until(() -> {
            long seq = stack.now();
            Thread.sleep(DRIFT.multipliedBy(3));
            return Told.looks(stack.sandbox, seq) == 0;
        });
    }
}
