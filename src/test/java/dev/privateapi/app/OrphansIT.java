package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.controller.Orphans;
import dev.privateapi.engine.Outcome;
import dev.privateapi.ownership.Owner;
import dev.privateapi.ownership.Ownership;
import dev.privateapi.status.Notice;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** Two stacks on one AWS, of which one loses its resource. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OrphansIT {

    private static final Owner LIVING = new Owner("11111111-0000-0000-0000-000000000001", "team", "living", "test");
    private static final Owner GONE = new Owner("22222222-0000-0000-0000-000000000002", "default", "poc", "test");
    private static final Duration INTERVAL = Duration.ofHours(1);

    private SandboxStack stack;
    private final List<PrivateApiStack> resources = new ArrayList<>();
    private final Set<String> remove = new HashSet<>();
    private final List<Notice> events = new ArrayList<>();
    private final List<PrivateApiStack> about = new ArrayList<>();
    private SimpleMeterRegistry metrics;
    private Orphans orphans;

    @BeforeAll
    void converge() {
        stack = SandboxStack.empty();
        stack.become(GONE);
        stack.want(SandboxStack.seed());
        stack.converge();
        stack.become(LIVING);
        ObjectNode spec = SandboxStack.seed();
        spec.withObject("/vpc").put("cidr", "10.2.0.0/16").putArray("subnets")
                .add(subnet(spec, "10.2.1.0/24", "ap-northeast-1a")).add(subnet(spec, "10.2.2.0/24", "ap-northeast-1c"));
        spec.putArray("peers");
        spec.withObject("/dns").put("resolver", "None");
        stack.want(spec);
        stack.converge();
    }

    private static ObjectNode subnet(ObjectNode factory, String cidr, String zone) {
        return factory.objectNode().put("cidr", cidr).put("availabilityZone", zone);
    }

    @BeforeEach
    void begin() {
        events.clear();
        about.clear();
        resources.clear();
        remove.clear();
        metrics = new SimpleMeterRegistry();
        orphans = new Orphans("test", () -> List.of(stack.engine()), () -> List.copyOf(resources), (about, notice) -> {
            this.about.add(about);
            events.add(notice);
        }, new Orphans.Policy(INTERVAL, namespace -> !namespace.equals("unwatched"), remove::contains), stack.clock())
                .measuredBy(metrics);
        stack.sandbox.resetJournal();
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    private static PrivateApiStack resource(Owner owner) {
        return resource(owner.uid(), owner.namespace(), owner.name());
    }

    private static PrivateApiStack resource(String uid, String namespace, String name) {
        PrivateApiStack resource = new PrivateApiStack();
        resource.setMetadata(new ObjectMetaBuilder().withUid(uid).withNamespace(namespace).withName(name).build());
        return resource;
    }

    private void sweep(int times) {
        for (int i = 0; i < times; i++) {
            stack.advance(orphans.sweep());
        }
    }

    /** A sweep of an account full of stacks would cost as much as a look at all of them. */
    @Test
    @Order(1)
    void whatWasReadWithinFiveMinutesIsNotReadAgain() {
        orphans.sweep();
        stack.sandbox.resetJournal();

        orphans.sweep();

        assertThat(stack.sandbox.journal(0)).isEmpty();
    }

    @Test
    @Order(1)
    void livingStacksAreNeverReported() {
        resources.add(resource(LIVING));
        resources.add(resource(GONE));

        sweep(3);

        assertThat(events).isEmpty();
        assertThat(metrics.get("privateapi.orphans").gauge().value()).isZero();
        assertThat(stack.changes()).isEmpty();
    }

    @Test
    @Order(2)
    void whatWaitsToBeAdoptedByAResourceOfTheSameNameIsNoOrphan() {
        resources.add(resource(LIVING));
        resources.add(resource("33333333-0000-0000-0000-000000000003", GONE.namespace(), GONE.name()));
        remove.add(GONE.uid());

        sweep(3);

        assertThat(events).isEmpty();
        assertThat(stack.changes()).isEmpty();
    }

    @Test
    @Order(3)
    void whatAGoneResourceLeftIsReportedOnceItIsSureAndNotTouched() {
        resources.add(resource(LIVING));

        Duration again = orphans.sweep();
        assertThat(again).as("another look before anything is said").isEqualTo(Duration.ofMinutes(10));
        assertThat(events).as("a resource may just have been created, or be going").isEmpty();
        stack.advance(again);
        sweep(3);

        assertThat(events).singleElement()
                .satisfies(it -> assertThat(it.reason()).isEqualTo("Orphaned"))
                .satisfies(it -> assertThat(it.warning()).isTrue())
                .satisfies(it -> assertThat(it.note()).contains("default/poc", GONE.uid(), "AWS::EC2::VPC", "PRIVATEAPI_REMOVE_ORPHANS"));
        assertThat(about).singleElement().satisfies(it -> assertThat(it.getMetadata().getUid()).isEqualTo(GONE.uid()));
        assertThat(metrics.get("privateapi.orphans.owners").gauge().value()).isEqualTo(1);
        assertThat(metrics.get("privateapi.orphans").gauge().value()).isGreaterThan(20);
        assertThat(stack.changes()).as("a report changes nothing").isEmpty();
    }

    @Test
    @Order(4)
    void removalLeavesNothingOfTheOrphanAndTouchesNothingElse() {
        resources.add(resource(LIVING));
        remove.add(GONE.uid());
        Map<String, Long> before = byOwner();

        sweep(1);
        assertThat(stack.changes()).as("not before it is sure").isEmpty();
        for (int i = 0; i < 200 && events.stream().noneMatch(it -> it.reason().equals("OrphansRemoved")); i++) {
            sweep(1);
        }

        assertThat(events).extracting(Notice::reason).containsExactly("Orphaned", "OrphansRemoved");
        assertThat(byOwner()).containsOnlyKeys(LIVING.uid()).containsEntry(LIVING.uid(), before.get(LIVING.uid()));
        assertThat(stack.sandbox.changed()).isEmpty();
        sweep(1);
        assertThat(metrics.get("privateapi.orphans").gauge().value()).isZero();
        Outcome living = stack.lookAgain();
        assertThat(living.taken()).as("the other stack is as it was").isEmpty();
        assertThat(living.converged()).isTrue();
    }

    private Map<String, Long> byOwner() {
        return stack.sandbox.left().stream()
                .filter(it -> !it.path("type").asText().equals("task") && !it.path("state").asText().equals("DELETE_IN_PROGRESS"))
                .map(it -> it.path("tags").path(Ownership.OWNER_UID).asText()).filter(it -> !it.isEmpty())
                .collect(Collectors.groupingBy(it -> it, TreeMap::new, Collectors.counting()));
    }
}
