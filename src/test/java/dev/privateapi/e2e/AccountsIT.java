package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;

/**
 * An account of peers that throttles, refuses or does not answer, with as many stacks as have a turn at the same time, is nothing
 * to a stack whose peers are in others: its whole life is compared with that of one before.
 */
@ExtendWith(OnApiServer.class)
class AccountsIT {

    private static final String BROKEN = "222222222222";
    private static final String BROKEN_CIDR = "10.5.0.0/16";
    private static final String SOUND = "333333333333";
    private static final String SOUND_CIDR = "10.6.0.0/16";
    /** Of those that are made while the account is broken, and of those that get their peer then: turns of either kind are taken. */
    private static final int STACKS_THERE = 2;
    /** Longer than any client waits. */
    private static final int FOR_EVER = 1_000_000;
    private static final Map<String, String> SETTINGS = Map.of(
            "PRIVATEAPI_ACCOUNT_ROLES", "%1$s=arn:aws:iam::%1$s:role/peer,%2$s=arn:aws:iam::%2$s:role/peer".formatted(BROKEN, SOUND),
            "PRIVATEAPI_MAX_CONCURRENT", Integer.toString(STACKS_THERE),
            // Lasts for all that is made here; of what a throttled account loses of it, little comes back.
            "PRIVATEAPI_AWS_RATES", "ec2-write=500/0.02");
    private static final String[] UNLIMITED = {"--quotas", "off", "--rates", "off"};
    /** So many times as long, and so many of AWS' seconds: more than a busy machine makes of it, and less than calls do that hang. */
    private static final int FAR_LONGER = 3;
    private static final int STALL = 300;

    /** What a part of a stack's life took: seconds of AWS' time, and how often each operation changed something. */
    private record Part(double seconds, Map<String, Long> changes) {

        private void assertLike(Part other, String end) {
            assertThat(changes).as("calls until the stack was %s", end).isEqualTo(other.changes);
            assertThat(seconds).as("AWS' seconds until the stack was %s", end).isLessThan(other.seconds * FAR_LONGER + STALL);
        }
    }

    private record Life(Part made, Part edited, Part deleted) {

        private void assertLike(Life other) {
            made.assertLike(other.made, "made");
            edited.assertLike(other.edited, "edited");
            deleted.assertLike(other.deleted, "deleted");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "throttle, Throttled, It is tried again.",
        "denied, AccessDenied, Allow ec2:AcceptVpcPeeringConnection for the operator's identity",
        "timeout, AwsUnavailable, It is tried again."
    })
    void stacksWithPeersInOtherAccountsLiveOnMeanwhile(String fault, String reason, String nextStep, Cluster cluster) {
        try (Stack before = Stack.on(cluster, fault + "-before", Duration.ofMinutes(5), sandbox -> SETTINGS, UNLIMITED)) {
            String sound = vpcIn(SOUND, SOUND_CIDR, before);
            String broken = vpcIn(BROKEN, BROKEN_CIDR, before);
            List<Stack> edited = stacks(fault + "-edited", before);
            List<Stack> made = stacks(fault + "-made", before);
            apply(edited, 20, spec -> {});
            edited.forEach(Stack::awaitReady);
            Life undisturbed = live(before, 10, sound);

            before.sandbox.fault(Map.of("operation", "*", "account", BROKEN, "kind", fault, "times", 0, "seconds", FOR_EVER));
            apply(made, 30, spec -> peer(spec, broken, BROKEN_CIDR, BROKEN));
            apply(edited, 20, spec -> peer(spec, broken, BROKEN_CIDR, BROKEN));
            List<Stack> there = Stream.concat(edited.stream(), made.stream()).toList();
            there.forEach(it -> assertThat(it.awaitCondition("PeeringReady", reason).path("message").asText())
                    .as("what is wrong, where, and the next step").contains("in account " + BROKEN, nextStep));
            Stack meanwhile = before.beside(fault + "-meanwhile");
            Life life = live(meanwhile, 11, sound);

            assertThat(there).as("wait as they did").allSatisfy(it ->
                    assertThat(it.condition("PeeringReady").path("reason").asText()).isEqualTo(reason));
            assertThat(meanwhile.warnings()).as("nothing of it was told of the stack that has no peer there").doesNotContain(BROKEN);
            life.assertLike(undisturbed);
            if (!fault.equals("denied")) { // which may mean that the authorisation is all that lacks
                assertThat(authorizations(before, broken)).as("tries there cost none of Route 53's five calls a second here").isEmpty();
            }

            before.sandbox.clearFaults();
            there.forEach(Stack::awaitReady);
            before.assertOneOfEach();
            assertRequestedOnce(before, there.size() + 2 * 2);
        }
    }

    /** With a role there that lets the operator in. */
    private static String vpcIn(String account, String cidr, Stack any) {
        try (IamClient iam = any.aws(IamClient.builder(), account); Ec2Client ec2 = any.aws(Ec2Client.builder(), account)) {
            iam.createRole(it -> it.roleName("peer").assumeRolePolicyDocument("""
                    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},
                    "Action": "sts:AssumeRole"}]}"""));
            return ec2.createVpc(it -> it.cidrBlock(cidr)).vpc().vpcId();
        }
    }

    private static List<Stack> stacks(String name, Stack first) {
        return IntStream.range(0, STACKS_THERE).mapToObj(i -> first.beside(name + "-" + i)).toList();
    }

    private static void apply(List<Stack> stacks, int firstNet, Consumer<ObjectNode> peers) {
        for (int i = 0; i < stacks.size(); i++) {
            ObjectNode spec = spec(firstNet + i);
            peers.accept(spec);
            stacks.get(i).apply(spec);
        }
    }

    /** A small one: without Resolver endpoints and peers. */
    private static ObjectNode spec(int net) {
        ObjectNode spec = Stack.seed();
        String addresses = "10." + net + ".";
        spec.withObject("/vpc").put("cidr", addresses + "0.0/16");
        spec.withObject("/vpc").withArray("subnets").forEach(it -> ((ObjectNode) it)
                .put("cidr", it.path("cidr").asText().replace("10.1.", addresses)));
        spec.withObject("/dns").put("resolver", "None");
        spec.withArray("peers").removeAll();
        return spec;
    }

    private static void peer(ObjectNode spec, String vpc, String cidr, String account) {
        spec.withArray("peers").addObject().put("vpcId", vpc).put("cidr", cidr).put("accountId", account);
    }

    /** With a peer in the operator's account and one in a third. */
    private static Life live(Stack stack, int net, String sound) {
        ObjectNode spec = spec(net);
        spec.withArray("peers").addObject().put("vpcId", Stack.PEER_VPC).put("cidr", "10.4.0.0/16");
        peer(spec, sound, SOUND_CIDR, SOUND);
        Set<String> names = new HashSet<>(Set.of(stack.name, "10." + net + "."));
        Part made = part(stack, names, () -> {
            stack.apply(spec);
            stack.awaitReady();
        });
        Part edited = part(stack, names, () -> {
            stack.change("{service: {taskCount: 3}}");
            stack.awaitReady();
        });
        Part deleted = part(stack, names, stack::delete);
        return new Life(made, edited, deleted);
    }

    /** @param names by which its calls are known; those of what it has by then are added */
    private static Part part(Stack stack, Set<String> names, Runnable events) {
        long last = stack.now();
        double began = time(stack);
        events.run();
        double took = time(stack) - began;
        stack.sandbox.left().stream().filter(it -> it.at("/tags/privateapi.dev~1owner").asText().endsWith("/" + stack.name))
                .forEach(it -> names.add('"' + it.path("id").asText() + '"'));
        return new Part(took, changes(stack.sandbox.journal(last), names));
    }

    private static double time(Stack any) {
        return any.sandbox.get("/time").path("now").asDouble();
    }

    /** By operation, of those that name the stack or anything of it. */
    private static Map<String, Long> changes(List<JsonNode> calls, Set<String> names) {
        return calls.stream()
                .filter(call -> call.path("mutating").asBoolean() && call.path("outcome").asText().equals("ok"))
                .filter(call -> names.stream().anyMatch(call.path("params").toString()::contains))
                .collect(Collectors.groupingBy(call -> call.path("operation").asText(), TreeMap::new, Collectors.counting()));
    }

    private static List<JsonNode> authorizations(Stack any, String vpc) {
        return any.sandbox.journal(0).stream()
                .filter(call -> call.path("operation").asText().equals("CreateVPCAssociationAuthorization"))
                .filter(call -> call.path("params").toString().contains(vpc)).toList();
    }

    private static void assertRequestedOnce(Stack any, int peerings) {
        List<String> requested = any.sandbox.journal(0).stream()
                .filter(call -> call.path("operation").asText().equals("CreateVpcPeeringConnection"))
                .map(call -> call.at("/params/VpcId").asText() + " " + call.at("/params/PeerVpcId").asText()).toList();
        assertThat(requested).as("from and to").doesNotHaveDuplicates().hasSize(peerings);
    }
}
