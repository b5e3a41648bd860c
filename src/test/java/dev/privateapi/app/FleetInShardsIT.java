package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Two shards in one account, each with half of AWS' published rates and not knowing of the other. With real processes this is not
 * to be seen: on a sandbox so fast that a test is short, no process makes as many calls as the whole rate allows.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class FleetInShardsIT {

    private static final int STACKS = 12;
    private static final int SHARDS = 2;
    private static final Duration PATIENCE = Duration.ofHours(2);
    private static final Set<String> THROTTLED = Set.of(
            "RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException");
    /** Of a burst of one there are no halves (docs/operations.md, "Shards"). */
    private static final Set<String> ONE_AT_A_TIME = Set.of("CreateRestApi", "PutRestApi", "CreateDeployment", "DeleteRestApi");

    private SandboxFleet fleet;

    @BeforeAll
    void start() {
        fleet = new SandboxFleet(STACKS, SHARDS);
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    @BeforeEach
    void forget() {
        fleet.sandbox.resetJournal();
    }

    @Test
    @Order(1)
    void convergeAtOnceWithinOneRate() {
        fleet.runUntil(fleet::converged, PATIENCE);

        assertThat(fleet.converged()).isTrue();
        assertRatesKept("created");
    }

    @Test
    @Order(2)
    void deleteAtOnceWithinOneRate() {
        fleet.members.forEach(SandboxFleet.Member::wantNothing);
        fleet.runUntil(this::gone, PATIENCE);

        assertThat(gone()).isTrue();
        assertThat(fleet.sandbox.left()).isEmpty();
        assertRatesKept("deleted");
    }

    private boolean gone() {
        return fleet.members.stream().allMatch(SandboxFleet.Member::gone);
    }

    private void assertRatesKept(String what) {
        List<JsonNode> calls = fleet.sandbox.journal(0);
        Map<String, Long> refused = calls.stream().filter(call -> THROTTLED.contains(call.path("outcome").asText()))
                .collect(Collectors.groupingBy(call -> call.path("operation").asText(), TreeMap::new, Collectors.counting()));
        System.out.printf("%d stacks in %d shards, %s: %d calls, refused %s%n", STACKS, SHARDS, what, calls.size(), refused);
        assertThat(ONE_AT_A_TIME).as("refused of %d calls: %s", calls.size(), refused).containsAll(refused.keySet());
        assertThat(refused.values()).as("and of those no more than have passed: %s", refused)
                .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(STACKS));
    }
}
