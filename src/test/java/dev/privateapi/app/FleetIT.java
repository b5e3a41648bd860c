package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.model.ResourceKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** Twenty stacks under AWS' published rates, and without AWS for a while. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class FleetIT {

    private static final int STACKS = 20;
    private static final double REFUSED_AT_MOST = 0.01;
    private static final Duration DRIFT = Duration.ofMinutes(5);
    private static final int SHARED_CALLS = 30;
    private static final Duration OUTAGE = Duration.ofMinutes(10);
    /** Each kind of thing is asked for at a growing pause, of half a minute at most: 24 tries in ten minutes. */
    private static final int TRIES_OF_A_READ = 26;
    /** Load balancers are listed for the stacks of the installation and again for their names. */
    private static final int READS_OF_AN_OPERATION = 2;
    /** Listings that all stacks read, and how often in ten minutes: once in two seconds, however many stacks there are. */
    private static final Set<String> SHARED = Set.of("DescribeVpcs", "DescribeVpcEndpoints", "DescribeLoadBalancers",
            "GetRestApis", "GetAccountAuthorizationDetails", "ListResolverEndpoints", "ListResolverRules");
    private static final int TRIES_OF_A_FLEET = 300;
    private static final Duration CRITICAL_PATH = Duration.ofSeconds(347);

    private SandboxFleet fleet;

    @BeforeAll
    void start() {
        fleet = new SandboxFleet(STACKS);
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    @Test
    @Order(1)
    void twentyStacksAtOnceConvergeAndAwsRefusesHardlyACall() {
        Duration took = fleet.runUntil(fleet::converged, Duration.ofHours(2));

        assertThat(fleet.converged()).as("converged").isTrue();
        List<JsonNode> calls = fleet.sandbox.journal(0);
        Map<String, Long> refused = calls.stream().filter(FleetIT::throttled).collect(Collectors.groupingBy(
                call -> call.path("service").asText() + ":" + call.path("operation").asText(), TreeMap::new, Collectors.counting()));
        long all = refused.values().stream().mapToLong(it -> it).sum();
        System.out.printf("%d stacks: %d s, %d calls, %d refused %s%n", STACKS, took.toSeconds(), calls.size(), all, refused);
        assertThat(all).as("refused of %d calls: %s", calls.size(), refused).isLessThanOrEqualTo((long) (calls.size() * REFUSED_AT_MOST));
    }

    /** AWS takes 5 calls a second for Route 53: a thousand stacks that each ask for their own tags would wait for minutes. */
    @Test
    @Order(2)
    void processThatBeginsAsksForTheFleetsTagsInBatches() {
        fleet.restart();
        fleet.sandbox.resetJournal();
        fleet.runUntil(fleet::converged, Duration.ofMinutes(10));

        assertThat(fleet.converged()).isTrue();
        Map<String, Long> calls = byOperation(fleet.sandbox.journal(0));
        System.out.printf("a process that begins with %d: %s%n", STACKS, new TreeMap<>(calls));
        assertThat(calls.get("ListTagsForResources")).as("ten zones in a call").isEqualTo(STACKS / 10);
        assertThat(calls.get("DescribeTags")).as("twenty load balancers or target groups in a call; a listener's alone, after its"
                + " load balancer's").isEqualTo(STACKS / 20 * 2 + STACKS);
    }

    @Test
    @Order(3)
    void looksOfTheFleetShareWhatTheyCan() {
        fleet.run(Duration.ofMinutes(11)); // the first looks of a process read what later ones know
        fleet.sandbox.resetJournal();
        fleet.run(DRIFT.multipliedBy(2));
        List<JsonNode> calls = fleet.sandbox.journal(0);
        double each = calls.size() / 2.0 / STACKS;
        System.out.printf("%d converged stacks: %.1f calls each and drift interval %s%n", STACKS, each, new TreeMap<>(byOperation(calls)));

        assertThat(calls).as("and change nothing").noneMatch(call -> call.path("mutating").asBoolean());
        assertThat(each).as("calls of a stack and drift interval; alone it makes 32 a look, and has five looks in four intervals")
                .isLessThanOrEqualTo(SHARED_CALLS);
    }

    @Test
    @Order(4)
    void tenMinutesWithoutAwsLoseNothingAndAreNoHotLoop() {
        List<Set<ResourceKey>> before = fleet.members.stream().map(member -> member.recorded().keySet()).toList();
        Set<String> objects = objects();
        fleet.run(Duration.ofMinutes(6)); // everybody has looked at everything
        fleet.sandbox.resetJournal();
        fleet.sandbox.fault(Map.of("operation", "*", "kind", "cut-before", "times", 0));
        fleet.run(OUTAGE);
        assertThat(fleet.members).as("nobody can see anything").noneMatch(SandboxFleet.Member::converged);
        Map<String, Long> tries = fleet.sandbox.journal(0).stream().filter(call -> call.path("outcome").asText().equals("cut-before"))
                .collect(Collectors.groupingBy(call -> call.path("operation").asText(), TreeMap::new, Collectors.counting()));
        long seq = fleet.sandbox.journal(0).size();
        System.out.printf("outage: %d calls %s%n", seq, tries);

        fleet.sandbox.clearFaults();
        Duration took = fleet.runUntil(fleet::converged, Duration.ofMinutes(5));
        System.out.printf("converged %d s after%n", took.toSeconds());

        assertThat(tries.values()).as("tries of each operation in ten minutes: %s", tries)
                .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo((long) TRIES_OF_A_READ * STACKS * READS_OF_AN_OPERATION));
        assertThat(tries).as("and of what the fleet reads in common").containsKeys(SHARED.toArray(String[]::new));
        assertThat(SHARED).allSatisfy(it -> assertThat(tries.get(it)).as(it).isLessThanOrEqualTo(TRIES_OF_A_FLEET));
        assertThat(took).as("from AWS' return to converged").isLessThanOrEqualTo(Duration.ofMinutes(1));
        assertThat(fleet.members.stream().map(member -> member.recorded().keySet()).toList()).isEqualTo(before);
        assertThat(objects()).isEqualTo(objects);
        assertThat(fleet.sandbox.journal(0)).as("changes for no reason").noneMatch(call -> call.path("mutating").asBoolean());
    }

    @Test
    @Order(5)
    void tenMinutesWithoutAwsInTheMidstOfCreationDoubleNothing() {
        try (SandboxFleet young = new SandboxFleet(3)) {
            young.run(Duration.ofMinutes(1));
            young.sandbox.fault(Map.of("operation", "*", "kind", "cut-after", "times", 0));
            young.run(OUTAGE);
            young.sandbox.clearFaults();
            Duration took = young.runUntil(young::converged, Duration.ofHours(1));
            System.out.printf("an outage in the midst of creation: converged %d s after%n", took.toSeconds());

            assertThat(took).as("what was not begun takes its time").isLessThanOrEqualTo(CRITICAL_PATH.plusMinutes(1));
            Map<String, Long> objects = young.sandbox.left().stream()
                    .filter(it -> it.path("tags").has("privateapi.dev/resource") && !it.path("type").asText().equals("task"))
                    .collect(Collectors.groupingBy(it -> it.path("type").asText() + it.path("tags"), Collectors.counting()));
            assertThat(objects).as("one of each").allSatisfy((object, count) -> assertThat(count).isEqualTo(1));
            young.run(Duration.ofMinutes(6));
            assertThat(young.converged()).isTrue();
        }
    }

    private Set<String> objects() {
        return fleet.sandbox.left().stream().filter(it -> !it.path("type").asText().equals("task"))
                .map(it -> it.path("id").asText()).collect(Collectors.toSet());
    }

    private static Map<String, Long> byOperation(List<JsonNode> calls) {
        return calls.stream().collect(Collectors.groupingBy(call -> call.path("operation").asText(), Collectors.counting()));
    }

    private static boolean throttled(JsonNode call) {
        String outcome = call.path("outcome").asText();
        return outcome.contains("Throttl") || Set.of("RequestLimitExceeded", "TooManyRequestsException", "Rate exceeded", "SlowDown")
                .contains(outcome);
    }
}
