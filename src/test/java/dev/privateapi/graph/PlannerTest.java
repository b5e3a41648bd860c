package dev.privateapi.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Need;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Plan;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Wait;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plans of small views, each for one rule; {@code ConvergenceTest} holds what they come to together. */
class PlannerTest {

    private static final ResourceKey VPC = new ResourceKey(Kind.VPC, "network/vpc");
    private static final ResourceKey SUBNET = new ResourceKey(Kind.SUBNET, "network/subnet/a");
    private static final ResourceKey NLB = new ResourceKey(Kind.LOAD_BALANCER, "load-balancer/nlb");
    private static final ResourceKey LINK = new ResourceKey(Kind.VPC_LINK, "api/vpc-link");
    private static final ResourceKey API = new ResourceKey(Kind.REST_API, "api/rest-api");
    private static final ResourceKey STAGE = new ResourceKey(Kind.STAGE, "api/stage/live");
    private static final Problem DENIED = new Problem(Category.DENIED, "May not look.");

    private final Planner planner = new Planner(live ->
            new Step(live.key(), Step.Verb.DELETE, live.id(), List.of(), incarnation -> java.util.Optional.empty()));

    @Test
    void createWaitsForExistenceOrForReadiness() {
        List<Node> wanted = List.of(
                Wish.of(NLB), Wish.of(LINK, Need.ready(NLB)), Wish.of(STAGE, Need.exists(NLB)));

        Plan plan = planner.plan(wanted, View.of(List.of(live(NLB, "nlb-1", Phase.PENDING))));

        assertThat(steps(plan)).as("the stage needs no more than the name").containsExactly("create api/stage/live");
        assertThat(plan.waits()).extracting(Wait::key, Wait::cause, Wait::on).containsExactly(
                org.assertj.core.groups.Tuple.tuple(NLB, Wait.Cause.PENDING, NLB),
                org.assertj.core.groups.Tuple.tuple(LINK, Wait.Cause.OTHER, NLB));
    }

    /** A rollout takes minutes, tasks alone do not: whoever waits has to be told which it is. */
    @Test
    void tasksAloneAreWaitedForAsTasks() {
        ResourceKey service = new ResourceKey(Kind.ECS_SERVICE, "service/service");
        Live rolling = live(service, "arn", Phase.PENDING);
        Live scaling = live(service, "arn", Phase.SCALING);

        assertThat(planner.plan(List.of(Wish.of(service)), View.of(List.of(rolling))).waits())
                .extracting(Wait::cause).containsExactly(Wait.Cause.PENDING);
        assertThat(planner.plan(List.of(Wish.of(service)), View.of(List.of(scaling))).waits())
                .extracting(Wait::cause).containsExactly(Wait.Cause.SCALING);
    }

    @ParameterizedTest
    @EnumSource(value = Phase.class, names = {"DELETING", "FAILED", "FOREIGN"})
    void nothingIsBuiltOnWhatGoesOrFailedOrIsSomebodyElses(Phase phase) {
        Plan plan = planner.plan(List.of(Wish.of(VPC), Wish.of(SUBNET, Need.exists(VPC))),
                View.of(List.of(live(VPC, "vpc-1", phase))));

        assertThat(steps(plan)).doesNotContain("create network/subnet/a");
        assertThat(plan.waits()).extracting(Wait::key).contains(SUBNET);
    }

    @Test
    void changeIsPlannedForWhatDriftedOnly() {
        Plan plan = planner.plan(List.of(Wish.of(VPC), Wish.of(SUBNET, Need.exists(VPC))), View.of(List.of(
                live(VPC, "vpc-1", Phase.READY), Live.of(SUBNET, "subnet-1", Phase.READY, "drifted"))));

        assertThat(steps(plan)).containsExactly("update network/subnet/a");
        assertThat(plan.settled()).isFalse();
    }

    @Test
    void referencedObjectIsNeitherChangedNorDeleted() {
        Live referenced = Live.of(VPC, "vpc-1", Phase.READY, "drifted").asReferenced();

        Plan wanted = planner.plan(List.of(Wish.existing(VPC, "vpc-1")), View.of(List.of(referenced)));
        Plan unwanted = planner.plan(List.of(), View.of(List.of(referenced)));

        assertThat(wanted.settled()).as("whatever it is like").isTrue();
        assertThat(unwanted.settled()).as("and when the stack goes").isTrue();
    }

    @Test
    void referencedObjectThatIsMissingIsToldAndNeverCreated() {
        Plan plan = planner.plan(
                List.of(Wish.existing(VPC, "vpc-1"), Wish.of(SUBNET, Need.exists(VPC))), View.of(List.of()));

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.problems().get(VPC).category()).isEqualTo(Category.INVALID);
        assertThat(plan.problems().get(VPC).message()).startsWith("vpc-1, which the spec names as network/vpc, does not exist");
    }

    @Test
    void ownObjectGoesWhenTheOneThatTheSpecNamesIsThere() {
        Live own = live(VPC, "vpc-own", Phase.READY);
        Live named = Live.of(VPC, "vpc-1", Phase.READY, "").asReferenced();
        List<Node> wanted = List.of(Wish.existing(VPC, "vpc-1"));
        View both = View.of(List.of(own, named));

        assertThat(steps(planner.plan(wanted, both))).containsExactly("delete network/vpc");
        assertThat(both.usable(VPC)).contains(named);
    }

    @Test
    void ownObjectStaysWhileTheOneThatTheSpecNamesIsMissingOrWrong() {
        Live own = live(VPC, "vpc-own", Phase.READY);
        Live wrong = Live.of(VPC, "vpc-1", Phase.READY, "").asReferenced().troubled(DENIED);
        List<Node> wanted = List.of(Wish.existing(VPC, "vpc-1"));
        View both = View.of(List.of(wrong, own));

        assertThat(planner.plan(wanted, View.of(List.of(own))).steps()).isEmpty();
        assertThat(planner.plan(wanted, View.of(List.of(own))).problems()).containsKey(VPC);
        assertThat(planner.plan(wanted, both).steps()).isEmpty();
        assertThat(planner.plan(wanted, both).problems()).containsEntry(VPC, DENIED);
        assertThat(both.usable(VPC)).as("what is built on it stays on what works").contains(own);
    }

    @Test
    void foreignObjectIsToldNotTouchedAndNothingIsCreatedBesideIt() {
        View view = View.of(List.of(live(NLB, "nlb-of-others", Phase.FOREIGN)));

        Plan wanted = planner.plan(List.of(Wish.of(NLB)), view);
        Plan unwanted = planner.plan(List.of(), view);

        assertThat(wanted.steps()).isEmpty();
        assertThat(wanted.problems().get(NLB).category()).isEqualTo(Category.EXISTS);
        assertThat(wanted.problems().get(NLB).message()).contains("nlb-of-others", "delete or rename it");
        assertThat(unwanted.settled()).isTrue();
    }

    @Test
    void foreignObjectsOwnWordsGoBeforeTheGeneralOnes() {
        Live foreign = live(NLB, "nlb-of-others", Phase.FOREIGN).troubled(new Problem(Category.NOT_CHANGEABLE, "Its own words."));

        Plan plan = planner.plan(List.of(Wish.of(NLB)), View.of(List.of(foreign)));

        assertThat(plan.problems()).containsEntry(NLB, foreign.problem().orElseThrow());
    }

    @Test
    void whatIsAnothersNowIsNamedWhereItKeepsAnotherFromGoing() {
        Live disowned = live(SUBNET, "subnet-1", Phase.FOREIGN).using(Set.of("vpc-1"))
                .troubled(new Problem(Category.FOREIGN, "Another's."));

        Plan plan = planner.plan(List.of(), View.of(List.of(live(VPC, "vpc-1", Phase.READY), disowned)));

        assertThat(plan.steps()).as("AWS would refuse it").isEmpty();
        assertThat(plan.waits()).as("waiting does not help").isEmpty();
        assertThat(plan.problems()).containsOnlyKeys(VPC);
        assertThat(plan.problems().get(VPC).category()).isEqualTo(Category.IN_USE);
        assertThat(plan.problems().get(VPC).message()).startsWith("vpc-1 is still used by subnet-1").contains("another owner");
    }

    @Test
    void whatIsOfferedIsAdoptedBeforeAnythingElseIsDone() {
        Plan plan = planner.plan(List.of(Wish.of(VPC), Wish.of(NLB), Wish.of(API)), View.of(List.of(
                live(VPC, "vpc-1", Phase.OFFERED), Live.of(NLB, "nlb-1", Phase.READY, "drifted"))));

        assertThat(steps(plan)).containsExactly("adopt network/vpc");
    }

    @Test
    void whatIsOfferedAndCannotBeAsWantedIsRefusedAndNothingIsMadeUntilThatIsSettled() {
        View view = View.of(List.of(
                Live.of(VPC, "vpc-1", Phase.OFFERED, "misfit"), Live.of(NLB, "nlb-1", Phase.READY, "drifted")));

        Plan plan = planner.plan(List.of(Wish.of(VPC), Wish.of(NLB), Wish.of(API)), view);

        assertThat(steps(plan)).as("what is the stack's is kept right").containsExactly("update load-balancer/nlb");
        assertThat(plan.problems().get(VPC).category()).isEqualTo(Category.ADOPTION);
        assertThat(plan.problems().get(VPC).message()).startsWith("vpc-1 is not adopted as network/vpc, because it does not fit");
        assertThat(plan.waits()).extracting(Wait::key).containsExactly(API);
        assertThat(planner.plan(List.of(), view).steps()).as("nor is it deleted").singleElement()
                .satisfies(step -> assertThat(step.key()).isEqualTo(NLB));
    }

    @Test
    void whatIsOfferedInPlaceOfAnotherIsRefused() {
        Plan plan = planner.plan(List.of(Wish.of(VPC)), View.of(List.of(
                live(VPC, "vpc-own", Phase.READY), live(VPC, "vpc-1", Phase.OFFERED))));

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.problems().get(VPC).message()).contains("network/vpc is vpc-own already");
    }

    @Test
    void nothingIsMadeBesideWhatAnEarlierStackLeft() {
        Live left = live(SUBNET, "subnet-0", Phase.FOREIGN).troubled(new Problem(Category.ADOPTION, "An earlier one's."));

        assertThat(List.of(List.<Node>of(Wish.of(VPC), Wish.of(SUBNET)), List.<Node>of(Wish.of(VPC)))).allSatisfy(wanted -> {
            Plan plan = planner.plan(wanted, View.of(List.of(left)));
            assertThat(plan.steps()).isEmpty();
            assertThat(plan.problems()).as("whether it is wanted or not").containsOnlyKeys(SUBNET);
            assertThat(plan.waits()).extracting(Wait::key, Wait::on)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(VPC, SUBNET));
        });
    }

    @Test
    void partOfWhatIsNotTheStacksIsLeftToIt() {
        Plan plan = planner.plan(List.of(), View.of(List.of(
                live(API, "api-1", Phase.OFFERED), live(STAGE, "stage-1", Phase.READY).partOf("api-1"))));

        assertThat(plan.steps()).isEmpty();
    }

    @Test
    void troubleIsToldAlthoughTheObjectIsAsWanted() {
        Problem trouble = new Problem(Category.UNHEALTHY, "It does not start.");

        Plan plan = planner.plan(List.of(Wish.of(NLB)), View.of(List.of(live(NLB, "nlb-1", Phase.READY).troubled(trouble))));

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.problems()).containsEntry(NLB, trouble);
    }

    @Test
    void severalOfOneNameAreToldInAnOrderThatDoesNotChange() {
        Live one = live(VPC, "vpc-1", Phase.READY);
        Live two = live(VPC, "vpc-2", Phase.READY);

        Plan plan = planner.plan(List.of(Wish.of(VPC)), View.of(List.of(one, two)));
        Plan reversed = planner.plan(List.of(Wish.of(VPC)), View.of(List.of(two, one)));

        assertThat(plan.steps()).as("which of the two is the stack's, only a person knows").isEmpty();
        assertThat(plan.problems().get(VPC).category()).isEqualTo(Category.AMBIGUOUS);
        assertThat(plan.problems().get(VPC).message()).contains("vpc-1 and vpc-2");
        assertThat(reversed.problems()).isEqualTo(plan.problems());
    }

    @Test
    void surplusOfAKindThatAwsDoublesGoesAndTheFirstStays() {
        Plan plan = planner.plan(List.of(Wish.of(API)), View.of(List.of(
                live(API, "api-1", Phase.READY), live(API, "api-2", Phase.READY))));

        assertThat(plan.steps()).singleElement()
                .satisfies(step -> assertThat(step.verb()).isEqualTo(Step.Verb.DELETE))
                .satisfies(step -> assertThat(step.id()).isEqualTo("api-2"));
        assertThat(plan.problems()).isEmpty();
    }

    @Test
    void surplusStaysAsLongAsSomethingUsesIt() {
        Plan plan = planner.plan(List.of(Wish.of(LINK), Wish.of(STAGE)), View.of(List.of(
                live(LINK, "link-1", Phase.READY), live(LINK, "link-2", Phase.READY),
                live(STAGE, "stage-1", Phase.READY).using(Set.of("link-2")))));

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.waits()).singleElement().satisfies(wait -> {
            assertThat(wait.on()).isEqualTo(STAGE);
            assertThat(wait.message()).isEqualTo("Waiting to delete link-2 until stage-1 no longer uses it.");
        });
    }

    @Test
    void failedObjectGoesAndIsMadeAnewOnlyThen() {
        Plan failed = planner.plan(List.of(Wish.of(LINK)), View.of(List.of(live(LINK, "link-1", Phase.FAILED))));
        Plan going = planner.plan(List.of(Wish.of(LINK)), View.of(List.of(live(LINK, "link-1", Phase.DELETING))));
        Plan gone = planner.plan(List.of(Wish.of(LINK)), View.of(List.of()));

        assertThat(steps(failed)).containsExactly("delete api/vpc-link");
        assertThat(failed.problems().get(LINK).category()).isEqualTo(Category.FAILED);
        assertThat(steps(going)).as("its name may still be taken").isEmpty();
        assertThat(going.waits()).extracting(Wait::cause).containsExactly(Wait.Cause.DELETING);
        assertThat(steps(gone)).containsExactly("create api/vpc-link");
    }

    @Test
    void unconfirmedCreateIsAwaitedAndNotRepeated() {
        View view = new View(Map.of(), Map.of(), Set.of(VPC), List.of());

        Plan plan = planner.plan(List.of(Wish.of(VPC), Wish.of(SUBNET, Need.exists(VPC))), view);

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.waits()).extracting(Wait::cause).containsExactly(Wait.Cause.UNCONFIRMED, Wait.Cause.OTHER);
    }

    @Test
    void unreadableKindIsNeitherCreatedNorDeleted() {
        // Its objects are in the view when a step of this very pass returned them.
        View view = new View(Map.of(VPC, List.of(live(VPC, "vpc-1", Phase.READY))), Map.of(Kind.VPC, DENIED, Kind.SUBNET, DENIED),
                Set.of(), List.of());

        Plan wanted = planner.plan(List.of(Wish.of(VPC), Wish.of(SUBNET, Need.exists(VPC))), view);
        Plan unwanted = planner.plan(List.of(), view);

        assertThat(wanted.steps()).isEmpty();
        assertThat(wanted.problems()).containsEntry(VPC, DENIED).containsEntry(SUBNET, DENIED);
        assertThat(unwanted.steps()).isEmpty();
    }

    @Test
    void roleStaysAsLongAsNobodyCanSeeWhetherAServiceUsesIt() {
        ResourceKey role = new ResourceKey(Kind.ROLE, "service/execution-role");
        Map<ResourceKey, List<Live>> lives = Map.of(
                role, List.of(live(role, "role-1", Phase.READY)), VPC, List.of(live(VPC, "vpc-1", Phase.READY)));
        View unreadable = new View(lives, Map.of(Kind.ECS_SERVICE, DENIED), Set.of(), List.of());
        View unconfirmed = new View(lives, Map.of(), Set.of(new ResourceKey(Kind.ECS_SERVICE, "service/service")), List.of());

        assertThat(Stream.of(unreadable, unconfirmed).map(view -> planner.plan(List.of(), view))).allSatisfy(plan -> {
            assertThat(steps(plan)).as("AWS itself would refuse to delete a VPC that is used, but not a role")
                    .containsExactly("delete network/vpc");
            assertThat(plan.waits()).extracting(Wait::key).containsExactly(role);
        });
    }

    @Test
    void usersGoBeforeWhatTheyUse() {
        View view = View.of(List.of(
                live(VPC, "vpc-1", Phase.READY),
                live(SUBNET, "subnet-1", Phase.READY).using(Set.of("vpc-1")),
                live(NLB, "nlb-1", Phase.DELETING).using(Set.of("subnet-1"))));

        Plan plan = planner.plan(List.of(), view);

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.waits()).extracting(Wait::message).containsExactlyInAnyOrder(
                "Waiting for nlb-1 to be gone.",
                "Waiting to delete subnet-1 until nlb-1 no longer uses it.",
                "Waiting to delete vpc-1 until subnet-1 no longer uses it.");
    }

    @Test
    void partGoesWithItsContainerAndDoesNotHoldItUp() {
        Live api = live(API, "api-1", Phase.READY);
        Live stage = live(STAGE, "stage-1", Phase.READY).using(Set.of("api-1")).partOf("api-1");

        Plan together = planner.plan(List.of(), View.of(List.of(api, stage)));
        Plan alone = planner.plan(List.of(Wish.of(API)), View.of(List.of(api, stage)));

        assertThat(steps(together)).as("one call instead of two").containsExactly("delete api/rest-api");
        assertThat(steps(alone)).as("the container stays, so the part needs a call of its own")
                .containsExactly("delete api/stage/live");
    }

    @Test
    void passingBlockerIsAwaitedAndAnotherIsToldToAPerson() {
        View view = View.of(List.of(live(SUBNET, "subnet-1", Phase.READY), live(VPC, "vpc-1", Phase.READY)))
                .blockedBy(List.of(
                        new Blocker(Set.of("subnet-1"), true, "eni-1 (ELB net/poc)"),
                        new Blocker(Set.of("vpc-1"), false, "eni-2 (of somebody else)")));

        Plan plan = planner.plan(List.of(), view);

        assertThat(plan.steps()).as("AWS would refuse both").isEmpty();
        assertThat(plan.waits()).singleElement().satisfies(wait -> {
            assertThat(wait.cause()).isEqualTo(Wait.Cause.DELETING);
            assertThat(wait.message()).isEqualTo("subnet-1 is still held by eni-1 (ELB net/poc), which AWS is releasing.");
        });
        assertThat(plan.problems()).containsOnlyKeys(VPC);
        assertThat(plan.problems().get(VPC).category()).isEqualTo(Category.HELD);
        assertThat(plan.problems().get(VPC).message()).contains("eni-2 (of somebody else)", "remove it");
    }

    @Test
    void twoNodesOfOneNameAreADefect() {
        assertThatThrownBy(() -> planner.plan(List.of(Wish.of(VPC), Wish.of(VPC)), View.of(List.of())))
                .hasMessageContaining("network/vpc");
    }

    private static Live live(ResourceKey key, String id, Phase phase) {
        return Live.of(key, id, phase, "as wanted");
    }

    private static List<String> steps(Plan plan) {
        return plan.steps().stream()
                .map(step -> step.verb().name().toLowerCase(java.util.Locale.ROOT) + " " + step.key()).toList();
    }
}
