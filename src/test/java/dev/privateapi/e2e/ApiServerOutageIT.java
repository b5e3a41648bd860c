package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** The API server hangs, in AWS' time for longer than ten minutes, and comes back; the operator's process lives on. */
@ExtendWith(OnApiServer.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class ApiServerOutageIT {

    /** Beyond the client's time-outs for a request, so that writes fail and watches break. */
    private static final Duration OUTAGE = Duration.ofSeconds(25);
    /** A pass whose status cannot be written is repeated at growing pauses: a look costs 40 calls. */
    private static final int CALLS_MEANWHILE = 15 * 40;

    private Stack stack;
    private Cluster cluster;

    @BeforeAll
    void begin(Cluster cluster) {
        this.cluster = cluster;
        stack = Stack.on(cluster, "outage", Duration.ofMinutes(5));
    }

    @AfterAll
    void stop() {
        cluster.server().resume();
        stack.close();
    }

    @Test
    @Order(1)
    void outageInTheMidstOfCreationLosesAndDoublesNothing() throws InterruptedException {
        stack.apply(Stack.seed());
        stack.untilCalled("CreateLoadBalancer");
        long calls = callsDuringAnOutage();

        stack.awaitReady();
        stack.assertOneOfEach();
        assertThat(calls).as("no hot loop").isLessThanOrEqualTo(CALLS_MEANWHILE);
    }

    @Test
    @Order(2)
    void outageOfAConvergedStackChangesNothingOnAwsAndTheNextEditIsSeen() throws InterruptedException {
        long before = stack.now();
        long calls = callsDuringAnOutage();
        stack.awaitReady();
        assertThat(stack.changesSince(before)).as("needless changes").isEmpty();
        assertThat(calls).as("calls meanwhile").isLessThanOrEqualTo(CALLS_MEANWHILE);

        stack.kubectl("", "scale", "pas", "outage", "--replicas=3");
        stack.awaitReady();
        assertThat(stack.changesSince(before)).isEqualTo(List.of("UpdateService"));
    }

    @Test
    @Order(3)
    void outageInTheMidstOfDeletionLeavesNothing() throws InterruptedException {
        stack.beginDeletion();
        stack.untilCalled("DeleteService");
        callsDuringAnOutage();
        stack.awaitGone();
        stack.assertNothingLeft();
    }

    private long callsDuringAnOutage() throws InterruptedException {
        cluster.server().pause();
        try {
            long before = stack.now();
            Thread.sleep(OUTAGE);
            return stack.now() - before;
        } finally {
            cluster.server().resume();
        }
    }
}
