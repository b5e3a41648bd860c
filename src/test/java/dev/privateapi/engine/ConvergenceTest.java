package dev.privateapi.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.FakeWorld.Thing;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole engine on a stateful world, with a clock that only the test moves. */
class ConvergenceTest {

    private static final List<String> ALL =
            List.of("load-balancer/nlb", "network/subnet/a", "network/subnet/b", "network/vpc");

    private final FakeStack stack = new FakeStack();
    private final FakeWorld world = stack.world;

    @Test
    void createsAllThatCanBeCreatedInOnePass() {
        Outcome outcome = stack.pass();

        assertThat(outcome.converged()).as("nothing here takes time, so one pass is enough").isTrue();
        assertThat(stack.names()).isEqualTo(ALL);
    }

    @Test
    void convergedStackPlansNothingAndWritesNothing() {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(6));
        world.calls.clear();

        Outcome outcome = stack.pass();

        assertThat(outcome.taken()).as("a second look at a converged stack takes no step").isEmpty();
        assertThat(world.calls).as("each kind is listed once").containsExactlyInAnyOrder(
                "list VPC", "list SUBNET", "list LOAD_BALANCER", "list LISTENER");
        assertThat(outcome.again()).as("the next look is early enough for another stack's answers, and within the interval")
                .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
    }

    @Test
    void looksAtNothingBeforeItCanBeReadyAndOnlyAtWhatIsAwaited() {
        world.toReady = Duration.ofSeconds(155);
        Outcome outcome = stack.pass();
        world.now = world.now.plus(Duration.ofSeconds(155));
        stack.converge();
        world.toReady = Duration.ofSeconds(155);
        world.things.values().removeIf(thing -> thing.kind() == Kind.LOAD_BALANCER);
        world.now = world.now.plus(Duration.ofMinutes(6));

        stack.pass();
        world.calls.clear();
        world.now = world.now.plus(Duration.ofSeconds(1));
        outcome = stack.pass();

        assertThat(world.calls).as("nothing is on its way that can be there already").isEmpty();
        assertThat(outcome.again()).as("a load balancer was never seen active before 120 s")
                .isBetween(Duration.ofSeconds(115), Duration.ofSeconds(120));

        world.now = world.now.plus(outcome.again());
        stack.pass();

        assertThat(world.calls).as("only the load balancer is on its way").containsExactly("list LOAD_BALANCER");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lostAnswerDoublesNothing(boolean processDies) {
        world.answersTokens = false;
        world.lag = Duration.ofSeconds(10);
        List<String> lost = new ArrayList<>();
        world.losesAnswer = call -> call.equals("create network/vpc") && lost.size() < 1 && lost.add(call);

        stack.pass();
        if (processDies) {
            stack.restart();
        }
        stack.converge();

        assertThat(stack.names()).as("the VPC whose answer was lost is found again, not made twice").isEqualTo(ALL);
    }

    static List<String> everyCall() {
        FakeStack undisturbed = new FakeStack();
        undisturbed.converge();
        return undisturbed.world.calls.stream().filter(call -> call.startsWith("create")).toList();
    }

    @ParameterizedTest
    @MethodSource("everyCall")
    void processThatDiesAfterAnyCreateLeavesOneOfEach(String call) {
        world.answersTokens = false;
        world.lag = Duration.ofSeconds(10);
        List<String> lost = new ArrayList<>();
        world.losesAnswer = it -> it.equals(call) && lost.isEmpty() && lost.add(it);

        stack.pass();
        stack.restart();
        stack.converge();

        assertThat(stack.names()).isEqualTo(ALL);
    }

    @Test
    void deletionWorksFromWhatIsSeenWhateverTheOrder() {
        world.toGone = Duration.ofSeconds(45);
        stack.converge();
        stack.wanted = List.of();
        stack.generation++;
        world.calls.clear();

        Outcome outcome = stack.converge();

        assertThat(outcome.gone()).isTrue();
        assertThat(world.things).isEmpty();
        assertThat(world.calls.stream().filter(call -> call.startsWith("delete")).toList())
                .as("users go before what they use, and each is deleted once")
                .satisfies(deletes -> assertThat(deletes.getFirst()).isEqualTo("delete load-balancer/nlb"))
                .satisfies(deletes -> assertThat(deletes.getLast()).isEqualTo("delete network/vpc"))
                .hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 45})
    void whatIsPartOfSomethingGoesWithItAndIsNotDeletedAgain(int seconds) {
        world.toGone = Duration.ofSeconds(seconds);
        stack.wanted = Stream.concat(stack.wanted.stream(), Stream.of(stack.node(FakeStack.LISTENER, "80", FakeStack.NLB))).toList();
        stack.converge();
        stack.wanted = List.of();
        stack.generation++;
        world.calls.clear();

        stack.converge();

        assertThat(world.things).isEmpty();
        assertThat(world.calls).as("AWS may refuse to hear of what is gone, where rights depend on tags")
                .doesNotContain("delete load-balancer/listener");
    }

    @Test
    void deletionGoesOnWhereNobodyTellsWhatHoldsThingsUp() {
        stack.blockers = (sight, heldUp) -> {
            throw new ProblemException(Category.DENIED, "May not describe network interfaces");
        };
        stack.converge();
        stack.wanted = List.of();
        stack.generation++;

        stack.converge();

        assertThat(world.things).as("AWS itself refuses what is still held").isEmpty();
    }

    @Test
    void deletionOfAHalfCreatedStackWaitsForWhatAwsMayNotShowYet() {
        world.answersTokens = false;
        world.lag = Duration.ofSeconds(10);
        world.losesAnswer = call -> call.equals("create network/vpc");
        stack.pass();
        stack.restart();
        stack.wanted = List.of();

        Outcome first = stack.pass();
        stack.converge();

        assertThat(first.gone()).as("the VPC is there although no listing shows it").isFalse();
        assertThat(world.things).isEmpty();
    }

    @Test
    void unreadableIsNotAbsent() {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(6));
        world.refuses = call -> call.equals("list VPC");
        world.calls.clear();

        Outcome outcome = stack.pass();

        assertThat(world.calls).as("AccessDenied never means absent").noneMatch(call -> call.startsWith("create"));
        assertThat(outcome.problems().get(FakeStack.VPC).category()).isEqualTo(Category.DENIED);
    }

    @Test
    void unreadableIsReadAgainAtGrowingPausesAndSoonEnoughAfterAnOutage() {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(6));
        world.refuses = call -> call.equals("list VPC");
        world.calls.clear();
        Instant end = world.now.plus(Duration.ofMinutes(10));
        while (world.now.isBefore(end)) {
            world.now = world.now.plus(stack.pass().again());
        }

        assertThat(world.calls.stream().filter("list VPC"::equals).count())
                .as("at most every half minute, however often other kinds are looked at").isBetween(15L, 26L);
        world.refuses = call -> false;
        Instant back = world.now;
        while (!stack.pass().converged()) {
            world.now = world.now.plus(Duration.ofSeconds(1));
        }
        assertThat(Duration.between(back, world.now)).isLessThan(Duration.ofMinutes(1));
    }

    private static Function<Kind, Optional<Category>> failing(Kind kind, Category why) {
        return it -> Optional.of(why).filter(ignored -> it == kind);
    }

    /** With a fleet's listing for each try of one detail, the tries would be what the account is throttled for. */
    @ParameterizedTest
    @EnumSource(names = {"THROTTLED", "TRANSIENT"})
    void detailThatAwsDoesNotGiveIsTriedAgainWithoutItsListing(Category why) {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(6));
        world.detailFails = failing(Kind.VPC, why);
        world.calls.clear();
        Instant end = world.now.plus(Duration.ofMinutes(2));
        while (world.now.isBefore(end)) {
            world.now = world.now.plus(stack.pass().again());
        }

        assertThat(world.calls).filteredOn("detail VPC"::equals).hasSizeGreaterThan(3);
        assertThat(world.calls).filteredOn("list VPC"::equals).hasSize(1);
        world.detailFails = kind -> Optional.empty();
        world.now = world.now.plus(Duration.ofMinutes(1));
        assertThat(stack.pass().converged()).as("and it is read when AWS answers").isTrue();
    }

    /** What was waited for may have been ready for long: it is looked at as soon as AWS answers, and not a whole wait later. */
    @Test
    void whatWasWaitedForIsLookedAtOnceAwsIsBack() {
        world.toReady = Duration.ofSeconds(150);
        stack.pass();
        world.detailFails = failing(Kind.LOAD_BALANCER, Category.TRANSIENT);
        Instant end = world.now.plus(Duration.ofMinutes(4));
        while (world.now.isBefore(end)) {
            world.now = world.now.plus(stack.pass().again());
        }
        world.detailFails = kind -> Optional.empty();
        Instant back = world.now;

        while (!stack.pass().converged()) {
            world.now = world.now.plus(stack.pass().again());
        }

        assertThat(Duration.between(back, world.now)).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void howLongAKindCouldNotBeReadIsTold() {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(4));
        world.detailFails = failing(Kind.VPC, Category.TRANSIENT);
        world.now = world.now.plus(stack.pass().again());
        Map<Kind, Duration> ages = stack.pass().ages();

        assertThat(ages.get(Kind.VPC)).as("since the last look that could").isGreaterThan(Duration.ofMinutes(4));
        assertThat(ages.get(Kind.SUBNET)).isLessThan(Duration.ofMinutes(1));
    }

    /** The listings of a large fleet take seconds each: an edit would reach AWS after all of them. */
    @Test
    void editLooksAgainOnlyAtWhatItTouches() {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(2));
        world.calls.clear();

        stack.edit(stack.node(FakeStack.NLB, "internet-facing", FakeStack.SUBNET_A, FakeStack.SUBNET_B));
        Outcome outcome = stack.pass();

        assertThat(world.calls).as("it is in the subnets; the VPC was seen two minutes ago")
                .containsExactlyInAnyOrder("list SUBNET", "list LOAD_BALANCER", "change load-balancer/nlb");
        assertThat(outcome.converged()).isTrue();
    }

    @Test
    void editThatFailsOnWhatIsRememberedLooksAtEverythingAtOnce() {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(2));
        world.refuses = call -> call.equals("change load-balancer/nlb");
        stack.edit(stack.node(FakeStack.NLB, "internet-facing", FakeStack.SUBNET_A, FakeStack.SUBNET_B));

        Outcome outcome = stack.pass();
        assertThat(outcome.again()).isLessThan(Duration.ofSeconds(1));
        world.now = world.now.plus(outcome.again());
        world.calls.clear();
        stack.pass();

        assertThat(world.calls).contains("list VPC", "list SUBNET", "list LOAD_BALANCER");
    }

    @Test
    void editLooksAtWhatDependsOnWhatItFindsChanged() {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(2));
        world.things.values().removeIf(thing -> thing.name().equals(FakeStack.SUBNET_A.name()));
        world.calls.clear();

        stack.edit(stack.node(FakeStack.NLB, "internet-facing", FakeStack.SUBNET_A, FakeStack.SUBNET_B));
        stack.pass();

        assertThat(world.calls).as("the subnet is gone, and a new one is made in the VPC").contains("list VPC")
                .containsSubsequence("list VPC", "create network/subnet/a");
    }

    @Test
    void editChangesNothingThatBecameAnothersSinceTheLastLook() {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(2));
        world.things.replaceAll((id, thing) -> thing.name().equals(FakeStack.SUBNET_B.name()) ? thing.ownedBy("another") : thing);

        stack.edit(stack.node(FakeStack.SUBNET_B, "10.1.3.0/24", FakeStack.VPC));
        stack.pass();

        assertThat(world.calls).doesNotContain("change network/subnet/b");
    }

    @Test
    void callThatGivesWayToTheNextTurnIsNeitherDoneNorFailed() {
        stack.recalled = true;
        world.throttlesCalls = true;
        Outcome outcome = stack.pass();

        assertThat(outcome.taken()).isEmpty();
        assertThat(outcome.problems()).isEmpty();
        stack.recalled = false;
        world.throttlesCalls = false;
        assertThat(stack.pass().converged()).as("without a pause").isTrue();
    }

    @Test
    void turnWhoseSuccessorIsDueEndsWithTheStepsThatHaveBegun() {
        stack.recalled = true;

        stack.pass();
        assertThat(stack.names()).as("the next turn may want something else").containsExactly("network/vpc");

        stack.recalled = false;
        assertThat(stack.converge().converged()).isTrue();
        assertThat(stack.names()).isEqualTo(ALL);
    }

    @Test
    void lookThatWaitsForItsTurnIsPostponedButNotForever() {
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(6));
        world.detailFails = failing(Kind.VPC, Category.THROTTLED);
        assertThat(stack.pass().postponed()).isTrue();

        Instant end = world.now.plus(Duration.ofMinutes(11));
        while (world.now.isBefore(end)) {
            world.now = world.now.plus(stack.pass().again());
        }
        assertThat(stack.pass().postponed()).as("nobody has seen the VPC for two intervals").isFalse();
    }

    @Test
    void lookThatFindsSomethingAmissIsNotPostponedForWhatElseWaits() {
        stack.converge();
        world.things.values().removeIf(thing -> thing.name().equals(FakeStack.NLB.name()));
        world.now = world.now.plus(Duration.ofMinutes(6));
        world.detailFails = failing(Kind.VPC, Category.THROTTLED);

        Outcome outcome = stack.pass();
        assertThat(outcome.taken()).isNotEmpty();
        assertThat(outcome.postponed()).as("the load balancer was gone").isFalse();
    }

    @Test
    void unreadableIsNotGone() {
        stack.converge();
        stack.wanted = List.of();
        stack.generation++;
        world.now = world.now.plus(Duration.ofSeconds(1));
        world.refuses = call -> call.equals("list VPC");

        Outcome outcome = stack.pass();

        assertThat(outcome.gone()).isFalse();
        assertThat(outcome.problems().get(FakeStack.VPC).category()).as("and whoever waits for the deletion is told why")
                .isEqualTo(Category.DENIED);
    }

    @Test
    void announcementOfAnotherProcessIsWaitedForHoweverLongThisOneHasBeenThere() {
        stack.converge();
        world.things.values().removeIf(thing -> thing.name().equals(FakeStack.NLB.name()));
        List<Inventory.Entry> entries = new ArrayList<>(stack.recorded().values());
        entries.removeIf(entry -> entry.key().equals(FakeStack.NLB));
        entries.add(new Inventory.Entry(FakeStack.NLB, "", "Announced", "another's"));
        stack.record(entries);
        world.now = world.now.plus(Duration.ofMinutes(6));

        Outcome outcome = stack.pass();
        assertThat(outcome.taken()).as("its create may be on its way, and would make a second one").isEmpty();
        assertThat(outcome.view().unconfirmed()).containsExactly(FakeStack.NLB);

        world.now = world.now.plus(Duration.ofSeconds(21));
        stack.pass();
        assertThat(stack.names()).as("it never came").contains(FakeStack.NLB.name());
    }

    @Test
    void driftIsPutRight() {
        stack.converge();
        Thing vpc = world.things.values().stream().filter(it -> it.kind() == Kind.VPC).findFirst().orElseThrow();
        world.things.put(vpc.id(), vpc.valued("10.9.0.0/16"));
        world.now = world.now.plus(Duration.ofMinutes(6));

        Outcome outcome = stack.pass();

        assertThat(world.things.get(vpc.id()).value()).isEqualTo("10.1.0.0/16");
        assertThat(outcome.taken()).singleElement()
                .satisfies(step -> assertThat(step.differences()).containsExactly("value: 10.9.0.0/16 → 10.1.0.0/16"));
    }

    @Test
    void suspendedStackIsComparedAndLeftAlone() {
        stack.converge();
        world.things.values().removeIf(thing -> thing.kind() == Kind.LOAD_BALANCER);
        world.now = world.now.plus(Duration.ofMinutes(6));
        world.calls.clear();

        Outcome outcome = stack.look();

        assertThat(outcome.plan().steps()).singleElement()
                .satisfies(step -> assertThat(step.key()).isEqualTo(FakeStack.NLB));
        assertThat(world.calls).allMatch(call -> call.startsWith("list"));
    }

    @Test
    void refusedResourceHoldsUpNothingButWhatNeedsIt() {
        world.refuses = call -> call.equals("create network/subnet/a");

        Outcome outcome = stack.pass();

        assertThat(stack.names()).containsExactly("network/subnet/b", "network/vpc");
        assertThat(outcome.problems().get(FakeStack.SUBNET_A).category()).isEqualTo(Category.INVALID);
    }

    @Test
    void newSpecIsTriedAtOnceAfterARefusal() {
        world.refuses = call -> call.equals("create network/subnet/a");
        stack.pass();
        world.refuses = call -> false;
        stack.generation++;

        Outcome outcome = stack.pass();

        assertThat(outcome.converged()).as("the correction does not wait for the backoff of the error").isTrue();
    }

    @Test
    void refusedCallIsNotRepeatedBeforeItsBackoff() {
        world.refuses = call -> call.equals("create network/subnet/a");
        stack.pass();
        world.calls.clear();

        Outcome outcome = stack.pass();

        assertThat(world.calls).doesNotContain("create network/subnet/a");
        assertThat(outcome.problems()).as("but it is still told").containsKey(FakeStack.SUBNET_A);
    }

    @Test
    void resourceThatIsNoLongerWantedGoes() {
        stack.converge();
        stack.wanted = stack.wanted.stream().filter(node -> !node.key().equals(FakeStack.NLB)).toList();
        stack.generation++;

        stack.converge();

        assertThat(stack.names()).containsExactly("network/subnet/a", "network/subnet/b", "network/vpc");
        assertThat(stack.recorded().keySet()).as("and leaves the inventory")
                .isEqualTo(Set.of(FakeStack.VPC, FakeStack.SUBNET_A, FakeStack.SUBNET_B));
    }

    @Test
    void twoOfOneNameAreToldAndNotTouched() {
        stack.converge();
        Thing vpc = world.things.values().stream().filter(it -> it.kind() == Kind.VPC).findFirst().orElseThrow();
        world.things.put("VPC-99", new Thing("VPC-99", vpc.kind(), vpc.owner(), vpc.name(), "t", vpc.value(),
                vpc.refs(), vpc.visible(), vpc.ready(), null));
        world.now = world.now.plus(Duration.ofMinutes(6));

        Outcome outcome = stack.pass();

        assertThat(outcome.problems().get(FakeStack.VPC).category()).isEqualTo(Category.AMBIGUOUS);
        assertThat(outcome.problems().get(FakeStack.VPC).message()).contains(vpc.id(), "VPC-99");
        assertThat(outcome.taken()).isEmpty();
    }

    @Test
    void objectOfAnotherOwnerIsNotOurs() {
        Thing foreign = new Thing("VPC-77", Kind.VPC, "uid-2", "network/vpc", "t", "10.1.0.0/16", Set.of(),
                world.now, world.now, null);
        world.things.put(foreign.id(), foreign);
        stack.converge();
        stack.wanted = List.of();
        stack.generation++;

        stack.converge();

        assertThat(world.things.values()).containsExactly(foreign);
    }

    @Test
    void deletedObjectIsMadeAnewUnderAnotherToken() {
        stack.converge();
        String first = tokenOf("network/subnet/a");
        world.things.values().removeIf(thing -> Set.of("network/subnet/a", "load-balancer/nlb").contains(thing.name()));
        world.now = world.now.plus(Duration.ofMinutes(6));

        stack.converge();

        assertThat(tokenOf("network/subnet/a"))
                .as("AWS would answer the old token with the object that is gone").isNotEqualTo(first);
    }

    private String tokenOf(String name) {
        return world.things.values().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow().token();
    }

    @Test
    void idsAreWrittenDownBeforeTheNextCreateBegins() {
        stack.converge();

        assertThat(stack.recorded().values()).allSatisfy(entry -> assertThat(entry.id()).isNotEmpty());
        assertThat(stack.recorded().get(FakeStack.NLB).state()).isEqualTo(Phase.READY.name());
    }

    /** Created, and found as it should be twice. */
    private Outcome quiet() {
        stack.converge();
        Outcome outcome = stack.pass();
        for (int looks = 0; looks < 2; looks++) {
            world.now = world.now.plus(outcome.again());
            outcome = stack.pass();
        }
        world.calls.clear();
        return outcome;
    }

    @Test
    void whereOthersAreToldOfAStackIsLeftAloneOnceItWasAsItShouldBeTwice() {
        stack.quiet = Duration.ofHours(1);
        stack.converge();
        world.now = world.now.plus(Duration.ofMinutes(6));

        assertThat(stack.pass().again()).as("the first look may have come before AWS' listings showed everything")
                .isLessThanOrEqualTo(Duration.ofMinutes(5));
        world.now = world.now.plus(Duration.ofMinutes(5));
        assertThat(stack.pass().again()).isBetween(Duration.ofMinutes(48), Duration.ofMinutes(60));
    }

    @Test
    void disturbedStackIsLookedAtAtOnceAndPutRight() {
        stack.quiet = Duration.ofHours(1);
        quiet();
        world.now = world.now.plus(Duration.ofMinutes(10));
        world.things.values().removeIf(thing -> thing.kind() == Kind.LOAD_BALANCER);
        assertThat(stack.pass().taken()).as("no look is due").isEmpty();

        stack.disturbed();
        Outcome outcome = stack.pass();

        assertThat(outcome.taken()).extracting(step -> step.key().name()).containsExactly("load-balancer/nlb");
        assertThat(outcome.again()).as("whoever disturbed it may not be done").isLessThanOrEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void disturbedStackWhoseListingsAreBehindIsLookedAtAgainSoon() {
        stack.quiet = Duration.ofHours(1);
        quiet();

        stack.disturbed();
        Outcome outcome = stack.pass();

        assertThat(outcome.taken()).isEmpty();
        assertThat(outcome.again()).isLessThanOrEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void quietStackIsDueWhenNobodyTellsAnyMore() {
        stack.quiet = Duration.ofHours(1);
        quiet();
        world.now = world.now.plus(Duration.ofMinutes(10));
        stack.pass();
        assertThat(world.calls).as("it is relied on being told").isEmpty();

        stack.quiet = Duration.ofMinutes(5);
        Outcome outcome = stack.pass();

        assertThat(world.calls).as("everything is looked at").hasSize(4);
        assertThat(outcome.again()).isLessThanOrEqualTo(Duration.ofMinutes(5));
    }
}
