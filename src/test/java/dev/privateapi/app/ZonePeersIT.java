package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.privateapi.engine.Outcome;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.route53.model.VPC;

/** The zone is one object, and tells the names to the VPCs of several peers, each maybe in an account of its own. */
class ZonePeersIT {

    private static final String ASSOCIATE = "AssociateVPCWithHostedZone";

    @Test
    void refusalOfOnePeersVpcKeepsNoOtherFromTheZone() {
        try (SandboxStack stack = SandboxStack.seeded()) {
            List<String> peers = List.of(SandboxStack.PEER_VPC, vpc(stack, "10.5.0.0/16"), vpc(stack, "10.6.0.0/16"));
            stack.sandbox.fault(Map.of("operation", ASSOCIATE, "kind", "denied", "nth", 1));
            stack.want(withoutResolver(peers));

            Outcome refused = stack.passUntil("the zone is told", it -> stack.calls().contains(ASSOCIATE));

            assertThat(refused.problems().values()).extracting(Problem::category).contains(Category.DENIED);
            assertThat(told(stack)).as("of three that are new two are told in spite of the one").filteredOn(peers::contains).hasSize(2);
            stack.converge();
            assertThat(told(stack)).as("the third in another try").containsAll(peers);
            assertThat(stack.calls()).as("and nobody is told again").filteredOn(ASSOCIATE::equals).hasSize(4);
        }
    }

    private static String vpc(SandboxStack stack, String cidr) {
        return stack.person.ec2().createVpc(it -> it.cidrBlock(cidr)).vpc().vpcId();
    }

    /** Without Resolver endpoints the zone itself is told to the peers. */
    private static ObjectNode withoutResolver(List<String> peers) {
        ObjectNode spec = SandboxStack.seed();
        spec.putObject("dns").put("resolver", "None");
        ArrayNode all = spec.putArray("peers");
        for (int i = 0; i < peers.size(); i++) {
            all.addObject().put("vpcId", peers.get(i)).put("cidr", "10." + (4 + i) + ".0.0/16");
        }
        return spec;
    }

    private static List<String> told(SandboxStack stack) {
        return stack.person.route53().getHostedZone(it -> it.id(stack.id("dns/hosted-zone"))).vpCs().stream().map(VPC::vpcId).toList();
    }
}
