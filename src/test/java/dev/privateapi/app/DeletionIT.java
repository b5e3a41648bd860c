package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.app.SandboxStack.Moment;
import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Wait;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Deletion under bad weather. Whatever holds it up, everything else goes, the status names what holds it and what to do,
 * nothing that is not the stack's is touched, and when the hindrance leaves, the deletion ends by itself. Each case begins at
 * the same moment, to which AWS goes back.
 */
@TestInstance(Lifecycle.PER_CLASS)
class DeletionIT {

    /** An undisturbed deletion takes about 45. */
    private static final int PASSES_TO_THE_END = 80;
    private static final Duration STILL = Duration.ofMinutes(10);
    /** So often is AWS asked at most about something that does not move: about once in ten seconds. */
    private static final int LOOKS_WHILE_STILL = 66;

    private SandboxStack stack;
    private Moment nothing;
    private Moment whole;
    private Outcome converged;

    @BeforeAll
    void converge() {
        stack = SandboxStack.empty();
        nothing = stack.now();
        stack.want(DriftCases.spec());
        stack.converge();
        converged = stack.lookAgain();
        whole = stack.now();
        assertThat(converged.taken()).isEmpty();
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    static Stream<DeletionCase> blockers() {
        return DeletionCases.all();
    }

    @ParameterizedTest
    @MethodSource("blockers")
    void whatOthersMadeHoldsOnlyWhatItNeedsAndIsNamed(DeletionCase weather) {
        stack.goBackTo(whole);
        Set<String> before = ids();
        String blocker = weather.comes().on(stack);
        Set<String> foreign = ids();
        foreign.removeAll(before);
        stack.wantNothing();

        if (!weather.holds().isEmpty()) {
            Outcome held = passUntilOnlyIsLeft(withWhatTheyUse(weather.holds()));
            String told = stack.toldOfDeletion(held).values().toString();
            assertThat(told).contains(weather.told().stream().map(part -> named(part, blocker)).toList());
            assertStill();
            assertThat(ids()).as("what is not the stack's").containsAll(foreign);
        }
        weather.goes().after(stack, blocker);
        assertEnds();
    }

    private Set<String> ids() {
        return stack.sandbox.left().stream().map(it -> it.path("id").asText()).collect(Collectors.toCollection(HashSet::new));
    }

    private String named(String part, String blocker) {
        String known = part.replace("{blocker}", blocker);
        return known.startsWith("{") ? stack.id(known.substring(1, known.length() - 1)) : known;
    }

    /** Every change that an undisturbed deletion asks of AWS, as {@code service:Operation}. */
    Stream<String> changes() {
        stack.goBackTo(whole);
        stack.wantNothing();
        stack.passUntil("it is gone", Outcome::gone);
        return stack.sandbox.journal(0).stream().filter(call -> call.get("mutating").asBoolean())
                .map(call -> call.get("service").asText() + ":" + call.get("operation").asText()).distinct().toList().stream();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void refusedActionIsNamedAndHoldsOnlyWhatItIsNeededFor(String operation) {
        stack.goBackTo(whole);
        stack.sandbox.fault(Map.of("operation", operation, "kind", "denied", "times", 0));
        stack.wantNothing();
        if (operation.equals("ec2:DisassociateRouteTable")) {
            assertEnds(); // without it: the associations go with the subnets
            return;
        }

        Outcome held = stack.passUntil("nothing is left to do but what is refused", outcome ->
                !outcome.problems().isEmpty() && outcome.plan().waits().stream().noneMatch(DeletionIT::moves)
                        && outcome.view().unconfirmed().isEmpty());
        Set<String> refused = held.problems().entrySet().stream()
                .filter(it -> it.getValue().category().reason().equals("AccessDenied"))
                .map(it -> it.getKey().name().replaceFirst("@.*", "")).collect(Collectors.toSet());
        assertThat(refused).as("problems: %s", held.problems()).isNotEmpty();
        assertThat(left(held)).as("what is left").isEqualTo(withWhatTheyUse(refused));
        Map<String, String> told = stack.toldOfDeletion(held);
        assertThat(told.get("Ready")).contains("Allow " + DeletionCases.action(operation) + " for the operator's identity");
        assertThat(told.get("Stalled")).startsWith("AccessDenied");
        assertStill();

        stack.sandbox.clearFaults();
        assertEnds();
    }

    private static boolean moves(Wait wait) {
        return wait.cause() != Wait.Cause.OTHER;
    }

    @Test
    void serviceThatHangsInDrainingKeepsItsRolesAndIsNamed() {
        stack.goBackTo(whole);
        stack.sandbox.post("/durations", Map.of("service-delete", 3 * 3600));
        stack.wantNothing();
        Outcome held = passUntilOnlyIsLeft(withWhatTheyUse(Set.of("service/service")));

        assertThat(stack.toldOfDeletion(held).get("Ready")).contains(stack.id("service/service"), "usually takes about 3.5 minutes");
        assertStill();
        stack.advance(Duration.ofHours(3));
        assertEnds();
    }

    @Test
    void networkThatSomebodyRemovesPieceByPieceIsGoneAsWell() {
        stack.goBackTo(whole);
        stack.wantNothing();
        stack.passUntil("only the network is left",
                outcome -> left(outcome).stream().allMatch(it -> it.startsWith("network/") || it.endsWith("security-group")));
        stack.advance(Duration.ofMinutes(15)); // until every interface is released
        stack.recorded().values().stream().filter(it -> it.key().name().endsWith("security-group"))
                .forEach(it -> stack.person.ec2().deleteSecurityGroup(delete -> delete.groupId(it.id())));
        stack.recorded().values().stream().filter(it -> it.key().name().startsWith("network/subnet"))
                .forEach(it -> stack.person.ec2().deleteSubnet(delete -> delete.subnetId(it.id())));
        stack.person.ec2().deleteVpc(it -> it.vpcId(stack.id("network/vpc")));

        assertEnds();
    }

    @Test
    void stackThatSomebodyRemovedWholeIsGoneWithoutAChange() {
        stack.goBackTo(nothing);
        stack.record(whole.written().values());
        stack.wantNothing();

        assertEnds();
        assertThat(stack.changes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8, 13, 21})
    void stackThatIsHalfCreatedIsGone(int passes) {
        stack.goBackTo(nothing);
        stack.want(DriftCases.spec());
        for (int i = 0; i < passes; i++) {
            stack.advance(stack.pass().again());
        }
        stack.wantNothing();
        assertEnds();
    }

    /** The worst moment: AWS has made the object, nobody wrote its id down, and the listing may not show it yet. */
    @ParameterizedTest
    @ValueSource(strings = {"CreateVpc", "CreateSubnet", "CreateSecurityGroup", "CreateVpcEndpoint", "CreateLoadBalancer",
        "CreateTargetGroup", "CreateRole", "CreateRestApi", "CreateVpcLink", "CreateCluster", "RegisterTaskDefinition", "CreateService",
        "CreateHostedZone", "CreateResolverEndpoint", "CreateResolverRule", "CreateVpcPeeringConnection", "CreateDeployment"})
    void stackIsGoneWhoseProcessDiedInACreate(String operation) {
        stack.goBackTo(nothing);
        stack.want(DriftCases.spec());
        stack.sandbox.fault(Map.of("operation", operation, "kind", "cut-after", "nth", 1));
        stack.passUntil(operation + " is made", outcome -> stack.calls().contains(operation));
        stack.restart();
        stack.wantNothing();
        assertEnds();
    }

    @Test
    void unreachableAwsLosesNothingAndIsTold() {
        stack.goBackTo(whole);
        stack.wantNothing();
        stack.pass();
        Set<ResourceKey> recorded = stack.recorded().keySet();
        stack.sandbox.fault(Map.of("operation", "*", "kind", "cut-before", "times", 0));
        stack.advance(Duration.ofMinutes(1));
        Outcome blind = stack.passUntil("nothing can be read", outcome -> outcome.view().unreadable().size() > 10);

        assertThat(stack.toldOfDeletion(blind).get("Ready")).contains("AWS could not be reached", "tried again");
        assertThat(stack.recorded().keySet()).as("what is written down").isEqualTo(recorded);
        assertThat(blind.gone()).isFalse();
        stack.sandbox.clearFaults();
        assertEnds();
    }

    private Outcome passUntilOnlyIsLeft(Set<String> names) {
        return stack.passUntil("only " + names + " is left", outcome -> left(outcome).equals(names) && outcome.plan().waits().stream()
                .noneMatch(wait -> wait.message().contains("AWS is releasing")) && !outcome.view().all().toList().isEmpty());
    }

    /** Without the number of a surplus object, and without what is only a part of another. */
    private static Set<String> left(Outcome outcome) {
        return outcome.view().all().filter(Live::owned).filter(live -> live.partOf().isEmpty())
                .map(live -> live.key().name().replaceFirst("@.*", "")).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Those resources of the converged stack and all that they use. */
    private Set<String> withWhatTheyUse(Set<String> names) {
        List<Live> all = converged.view().all().toList();
        Set<Live> kept = all.stream().filter(live -> names.contains(live.key().name())).collect(Collectors.toCollection(HashSet::new));
        boolean more = true;
        while (more) {
            more = kept.addAll(all.stream().filter(live -> kept.stream().anyMatch(it -> uses(it).contains(live.id())
                    || it.partOf().equals(live.id()) || live.partOf().equals(it.id()))).toList());
        }
        return kept.stream().filter(live -> live.partOf().isEmpty()).map(live -> live.key().name()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** An API that is to go keeps no endpoint: many of them go one in half a minute. */
    private static Set<String> uses(Live live) {
        return live.key().kind() == Kind.REST_API ? Set.of() : live.uses();
    }

    /** For a while nothing more happens, and AWS is asked no more often than is worth it. */
    private void assertStill() {
        // What went although its container was held is noticed at the next look at everything, two intervals away at most.
        stack.lookAgain();
        stack.lookAgain();
        List<Inventory.Entry> before = List.copyOf(stack.recorded().values());
        int passes = 0;
        for (Duration time = Duration.ZERO; time.compareTo(STILL) < 0 && passes <= LOOKS_WHILE_STILL; passes++) {
            Duration again = stack.pass().again();
            stack.advance(again);
            time = time.plus(again);
        }
        assertThat(passes).as("passes while nothing moves").isLessThanOrEqualTo(LOOKS_WHILE_STILL);
        assertThat(stack.recorded().values()).as("what is left").containsExactlyInAnyOrderElementsOf(before);
    }

    private void assertEnds() {
        int[] passes = {0};
        stack.passUntil("it is gone", outcome -> {
            passes[0]++;
            return outcome.gone();
        });
        assertThat(passes[0]).as("passes to the end").isLessThanOrEqualTo(PASSES_TO_THE_END);
        assertThat(stack.recorded()).isEmpty();
        stack.advance(Duration.ofHours(1)); // for what AWS itself ends, such as the deletion of a task definition
        assertThat(stack.sandbox.left()).as("what is left on AWS").isEmpty();
        assertThat(stack.sandbox.changed()).as("what was not the stack's").isEqualTo(List.of());
    }
}
