package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The API server and its etcd are killed, and started again on what they had written after half a minute, which on AWS is half
 * an hour. The operator lives on; one with a lease, which it cannot renew meanwhile, ends, and is started again.
 */
@ExtendWith(OnApiServer.class)
class ApiServerDeathIT {

    private static final Duration DRIFT = Duration.ofMinutes(5);
    /** Longer than a lease lasts. */
    private static final Duration AWAY = Duration.ofSeconds(25);
    /** A pass whose status cannot be written is repeated at growing pauses: a look costs 40 calls. */
    private static final int CALLS_MEANWHILE = 15 * 40;
    private static final String MIDST_OF_CREATION = "CreateLoadBalancer";
    private static final String MIDST_OF_DELETION = "DeleteService";

    @Test
    void operatorOutlivesItInTheMidstOfCreationAndOfDeletion(Cluster cluster) throws InterruptedException {
        try (Stack stack = Stack.on(cluster, "outlives", DRIFT)) {
            stack.apply(Stack.seed());
            stack.untilCalled(MIDST_OF_CREATION);
            assertThat(callsWhileItIsDead(cluster, stack)).as("no hot loop").isLessThanOrEqualTo(CALLS_MEANWHILE);
            stack.awaitReady();
            stack.assertOneOfEach();

            stack.beginDeletion();
            stack.untilCalled(MIDST_OF_DELETION);
            callsWhileItIsDead(cluster, stack);
            stack.awaitGone();
            stack.assertNothingLeft();
            assertThat(stack.operatorLives()).as("without a restart").isTrue();
        }
    }

    @Test
    void operatorThatLosesItsLeaseByThatEndsAndTheNextOneGoesOn(Cluster cluster) throws InterruptedException {
        Map<String, String> elected =
                Map.of("PRIVATEAPI_LEADER_ELECTION", "true", "PRIVATEAPI_LEASE_NAMESPACE", cluster.namespace());
        try (Stack stack = Stack.on(cluster, "leased", DRIFT, sandbox -> elected)) {
            stack.apply(Stack.seed());
            stack.untilCalled(MIDST_OF_CREATION);
            callsWhileItIsDead(cluster, stack);
            assertThat(stack.restartEndedOperator()).as("exit code").isEqualTo(1);
            stack.awaitReady();
            stack.assertOneOfEach();

            stack.beginDeletion();
            stack.untilCalled(MIDST_OF_DELETION);
            callsWhileItIsDead(cluster, stack);
            assertThat(stack.restartEndedOperator()).as("exit code").isEqualTo(1);
            stack.awaitGone();
            stack.assertNothingLeft();
        }
    }

    private static long callsWhileItIsDead(Cluster cluster, Stack stack) throws InterruptedException {
        cluster.server().kill();
        try {
            long before = stack.now();
            Thread.sleep(AWAY);
            return stack.now() - before;
        } finally {
            cluster.server().startAgain();
        }
    }
}
