package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** A stack inside a VPC that was there before: it works there, and leaves it as it was. */
@ExtendWith(OnApiServer.class)
class ExistingVpcIT {

    @Test
    void existingVpcAndSubnetsAreUsedAndLeftAsTheyWere(Cluster cluster) {
        try (var stack = Stack.on(cluster, "existing", Duration.ofMinutes(5));
                var ec2 = stack.aws(Ec2Client.builder())) {
            String vpc = ec2.createVpc(it -> it.cidrBlock("10.7.0.0/16")).vpc().vpcId();
            ec2.modifyVpcAttribute(it -> it.vpcId(vpc).enableDnsHostnames(on -> on.value(true)));
            String a = ec2.createSubnet(it -> it.vpcId(vpc).cidrBlock("10.7.1.0/24").availabilityZone("ap-northeast-1a"))
                    .subnet().subnetId();
            List<JsonNode> before = foreign(stack);

            var spec = Stack.seed();
            var network = spec.putObject("vpc").put("id", vpc);
            network.putArray("subnets").addObject().put("id", a);
            network.withArray("subnets").addObject().put("cidr", "10.7.2.0/24").put("availabilityZone", "ap-northeast-1c");
            stack.apply(spec);
            stack.awaitReady();

            assertThat(stack.status().at("/vpc/id").asText()).isEqualTo(vpc);
            assertThat(stack.callFromPeer().path("status").asInt()).isEqualTo(200);
            assertThat(StreamSupport.stream(stack.status().path("resources").spliterator(), false))
                    .as("what is referenced is not owned").noneMatch(it -> List.of(vpc, a).contains(it.path("id").asText()));

            stack.delete();

            assertThat(foreign(stack)).as("the VPC and all in it are as they were").isEqualTo(before);
        }
    }

    private static List<JsonNode> foreign(Stack stack) {
        return stack.sandbox.left().stream().sorted(Comparator.comparing(it -> it.path("id").asText())).toList();
    }
}
