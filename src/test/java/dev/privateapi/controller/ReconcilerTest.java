package dev.privateapi.controller;

import static dev.privateapi.controller.Controlled.brief;
import static dev.privateapi.controller.Controlled.message;
import static dev.privateapi.controller.Controlled.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.privateapi.api.v1alpha1.ApiSpec;
import dev.privateapi.api.v1alpha1.HttpMethod;
import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import dev.privateapi.api.v1alpha1.RouteSpec;
import dev.privateapi.engine.Pass;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.status.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a stack gets its turn, and what is written about it, whatever its engine does. */
@EnableKubernetesMockClient(crud = true)
class ReconcilerTest {

    /** It tells every request otherwise; kept, because the logging would forget its level. */
    private static final Logger SERVER = Logger.getLogger("io.fabric8.mockwebserver");

    /** Set by the extension. */
    KubernetesClient client;
    private Controlled operator;
    private ScriptedEngine engine;

    @BeforeAll
    static void quiet() {
        SERVER.setLevel(Level.WARNING);
    }

    @BeforeEach
    void start() {
        begin(new ScriptedEngine());
    }

    private void begin(ScriptedEngine engine) {
        this.engine = engine;
        operator = new Controlled(client, engine);
    }

    @AfterEach
    void stop() {
        operator.close();
    }

    @Test
    void isHeldAndToldBeforeTheFirstPass() {
        List<PrivateApiStack> seen = new CopyOnWriteArrayList<>();
        engine.begins = pass -> seen.add(operator.stack("poc"));

        operator.apply("poc", spec());
        operator.awaitReady("poc");

        PrivateApiStack first = seen.getFirst();
        assertThat(first.getMetadata().getFinalizers())
                .as("what is created must not be left behind by a deletion that comes right after").containsExactly(PrivateApiStack.FINALIZER);
        assertThat(brief(first, "Ready")).isEqualTo("Unknown Converging");
        assertThat(brief(first, "Reconciling")).isEqualTo("True Converging");
        assertThat(first.getStatus().observedGeneration()).isEqualTo(1);
    }

    @Test
    void statusTellsWhichSpecItIsAbout() {
        operator.apply("poc", spec());
        operator.awaitReady("poc");

        operator.change("poc", "service: {taskCount: 3}");

        PrivateApiStack stack = operator.until("the new spec is told", "poc", it -> it.getStatus().observedGeneration() == 2);
        assertThat(stack.getMetadata().getGeneration()).isEqualTo(2);
        assertThat(stack.getStatus().conditions()).extracting(Condition::getObservedGeneration).containsOnly(2L);
    }

    @Test
    void specThatChangesDuringALongPassGetsATurnRightAfterIt() {
        CountDownLatch changed = new CountDownLatch(1);
        engine.again = Duration.ofHours(1);
        engine.begins = pass -> awaitQuietly(changed);
        operator.apply("poc", spec());
        await().until(() -> engine.passes.size() == 1);
        BooleanSupplier recalled = engine.passes.getFirst().recalled();
        assertThat(recalled.getAsBoolean()).isFalse();

        operator.change("poc", "service: {taskCount: 5}");
        await("calls of the pass that queue hear of it").until(recalled::getAsBoolean);
        changed.countDown();

        operator.until("it is not left for the hour that the pass asked for", "poc", it -> it.getStatus().observedGeneration() == 2);
        assertThat(engine.passes).extracting(Pass::generation).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatEndsATurnIsToldAndTheTurnIsTakenAgain(boolean error) {
        AtomicBoolean broken = new AtomicBoolean(true);
        engine.begins = pass -> breakIf(broken, error);
        operator.apply("poc", spec());

        PrivateApiStack failed = operator.until("the failure is told", "poc", it -> brief(it, "Ready").equals("False InternalError"));
        assertThat(message(failed, "Ready")).contains(error ? "StackOverflowError" : "IllegalStateException");
        operator.awaitPasses(3);
        broken.set(false);

        operator.awaitReady("poc");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatEndsATurnOfADeletionIsToldAndTheTurnIsTakenAgain(boolean error) {
        operator.apply("poc", spec());
        operator.awaitReady("poc");
        AtomicBoolean broken = new AtomicBoolean(true);
        engine.begins = pass -> breakIf(broken, error);

        operator.delete("poc");

        operator.until("the failure is told", "poc", it -> brief(it, "Ready").equals("False InternalError"));
        operator.awaitPasses(3);
        broken.set(false);
        operator.awaitGone("poc");
        assertThat(engine.world.values()).allMatch(Map::isEmpty);
    }

    @Test
    void createIsWrittenDownBeforeItHasItsEffect() {
        Map<String, List<OwnedResource>> written = new ConcurrentHashMap<>();
        engine.creates = key -> written.put(key.name(), operator.stack("poc").getStatus().resources());

        operator.apply("poc", spec());
        operator.awaitReady("poc");

        assertThat(written).hasSize(2);
        written.forEach((name, resources) -> assertThat(resources)
                .filteredOn(it -> it.name().equals(name)).singleElement()
                .satisfies(it -> assertThat(it.id()).as("announced, not there yet").isNull())
                .satisfies(it -> assertThat(it.incarnation()).isNotEmpty()));
        assertThat(operator.stack("poc").getStatus().resources()).extracting(OwnedResource::name)
                .containsExactly("network/vpc", "load-balancer/nlb");
    }

    @Test
    void processThatLostItsLeaseInATurnCreatesNothingMoreInIt() {
        List<String> created = new CopyOnWriteArrayList<>();
        AtomicBoolean lost = new AtomicBoolean();
        engine.begins = pass -> {
            if (lost.compareAndSet(false, true)) {
                operator.writeInventory("poc", new OwnedResource(
                        "network", "network/vpc", Keys.VPC.kind().typeName(), null, "Announced", "the other's"));
            }
        };
        engine.creates = key -> created.add(operator.stack("poc").getStatus().resources().getFirst().incarnation());

        operator.apply("poc", spec());
        operator.awaitReady("poc");

        assertThat(created).as("the create that the other one announced, and under its name").first().isEqualTo("the other's");
    }

    @Test
    void nextProcessKnowsWhatTheLastOneAnnounced() {
        AtomicBoolean dead = new AtomicBoolean();
        engine.begins = pass -> breakIf(dead, false);
        engine.created = key -> {
            // The process ends between the effect and its answer.
            operator.stopping = true;
            dead.set(true);
            throw new IllegalStateException("killed");
        };
        operator.apply("poc", spec());
        await().untilTrue(dead);
        OwnedResource announced = operator.stack("poc").getStatus().resources().getFirst();
        operator.close();

        Map<String, String> recorded = new ConcurrentHashMap<>();
        ScriptedEngine next = new ScriptedEngine(engine.world);
        next.begins = pass -> pass.inventory().recorded().forEach((key, entry) -> recorded.putIfAbsent(key.name(), entry.incarnation()));
        begin(next);

        operator.awaitReady("poc");
        assertThat(recorded).as("the very create that was on its way")
                .containsEntry(announced.name(), announced.incarnation());
        assertThat(engine.world.values()).singleElement().satisfies(mine -> assertThat(mine).hasSize(2));
    }

    @Test
    void deletionHoldsTheResourceUntilAllIsGone() {
        operator.apply("poc", spec());
        operator.awaitReady("poc");
        List<PrivateApiStack> during = new CopyOnWriteArrayList<>();
        engine.begins = pass -> {
            if (pass.wanted().isEmpty()) {
                during.add(operator.stack("poc"));
            }
        };

        operator.delete("poc");
        operator.awaitGone("poc");

        assertThat(during).as("one object goes in a pass, and one more pass sees that none is left").hasSize(3)
                .allMatch(stack -> stack.getMetadata().getFinalizers().contains(PrivateApiStack.FINALIZER));
        assertThat(brief(during.getLast(), "Ready")).isEqualTo("False Deleting");
        assertThat(engine.world.values()).allMatch(Map::isEmpty);
        // Told after the finalizer is off, when the resource may be gone already.
        await().until(() -> operator.events.getLast().reason().equals("Deleted"));
        assertThat(operator.metrics.get("privateapi.stacks").tags("ready", "False").gauge().value())
                .as("a stack that is gone is counted no more").isZero();
    }

    @Test
    void deletionRightAfterTheCreationLeavesNothing() {
        CountDownLatch deleted = new CountDownLatch(1);
        engine.begins = pass -> awaitQuietly(deleted);
        operator.apply("poc", spec());
        await().until(() -> engine.passes.size() == 1);

        operator.delete("poc");
        deleted.countDown();

        operator.awaitGone("poc");
        assertThat(engine.world.values()).allMatch(Map::isEmpty);
    }

    @Test
    void retainedObjectsStayAndNobodyLooksAtThem() {
        operator.apply("poc", Controlled.retained(spec()));
        operator.awaitReady("poc");

        operator.delete("poc");
        operator.awaitGone("poc");

        assertThat(engine.passes).noneMatch(pass -> pass.wanted().isEmpty());
        assertThat(engine.world.values()).singleElement().satisfies(mine -> assertThat(mine).hasSize(2));
    }

    @Test
    void deletionThatCannotEndIsEndedByRetaining() {
        operator.apply("poc", spec());
        operator.awaitReady("poc");
        engine.begins = pass -> breakIf(new AtomicBoolean(true), false);
        operator.delete("poc");
        operator.until("the deletion does not get on", "poc", it -> brief(it, "Ready").equals("False InternalError"));

        operator.change("poc", "deletionPolicy: Retain");

        operator.awaitGone("poc");
        assertThat(engine.world.values()).singleElement().satisfies(mine -> assertThat(mine).hasSize(2));
    }

    @Test
    void suspendedStackIsLookedAtOnly() {
        operator.apply("poc", Controlled.suspended(spec()));

        PrivateApiStack stack = operator.until("what differs is told", "poc", it -> brief(it, "Ready").equals("False Suspended"));

        assertThat(message(stack, "Ready")).contains("create AWS::EC2::VPC network/vpc");
        assertThat(engine.passes).allMatch(Pass::planOnly);
        assertThat(engine.asked).isEmpty();
    }

    @Test
    void specThatContradictsItselfIsToldAndNothingIsDoneUntilItIsCorrected() {
        operator.apply("poc", contradicting());

        PrivateApiStack stack = operator.until("it is told", "poc", it -> brief(it, "Ready").equals("False InvalidSpec"));
        assertThat(message(stack, "Ready")).contains("{id} and {name} are two variables below /items/");
        assertThat(brief(stack, "Stalled")).isEqualTo("True InvalidSpec");
        assertThat(engine.passes).isEmpty();

        operator.change("poc", "api: {routes: null}");
        operator.awaitReady("poc");
    }

    @Test
    void specThatContradictsItselfDoesNotKeepTheResource() {
        operator.apply("poc", contradicting());
        operator.until("it is told", "poc", it -> brief(it, "Ready").equals("False InvalidSpec"));

        operator.delete("poc");

        operator.awaitGone("poc");
    }

    @Test
    void convergedStackIsNotWrittenAnyMore() {
        operator.apply("poc", spec());
        operator.awaitReady("poc");
        operator.awaitPasses(2);
        String version = operator.stack("poc").getMetadata().getResourceVersion();

        operator.awaitPasses(5);

        assertThat(operator.stack("poc").getMetadata().getResourceVersion())
                .as("each write wakes everybody who watches, Argo CD among them").isEqualTo(version);
        assertThat(operator.events).extracting("reason").containsExactly("Converging", "Ready");
    }

    /** A process that begins with a thousand stacks reads for minutes; each that is ready would be told not to be, for nothing. */
    @Test
    void readyStackWhoseReadsWaitForTheirTurnStaysReadyAndANewSpecIsToldToWait() {
        operator.apply("poc", spec());
        String version = operator.awaitReady("poc").getMetadata().getResourceVersion();
        engine.problems = Map.of(Keys.LOAD_BALANCER, new Problem(Category.THROTTLED, "DescribeTags waits for its turn."));
        engine.postponed = true;
        operator.awaitPasses(5);
        assertThat(operator.stack("poc").getMetadata().getResourceVersion()).isEqualTo(version);

        operator.change("poc", "service: {taskCount: 3}");
        operator.until("nobody knows of the new spec whether it is there", "poc", it -> brief(it, "Ready").equals("False Throttled"));
    }

    @Test
    void apiIsAskedOnceForASpecAndUntilItAnswers() {
        engine.verdict = new Verdict.Failed("NotAnswering", "GET / answered 504.");
        operator.apply("poc", spec());
        operator.until("it is told", "poc", it -> brief(it, "Ready").equals("False NotAnswering"));
        await().until(() -> engine.asked.size() >= 3);

        engine.verdict = new Verdict.Answered("GET / answered 200.");
        operator.awaitReady("poc");
        engine.asked.clear();
        operator.awaitPasses(3);
        assertThat(engine.asked).as("each question is a request to the service").isEmpty();

        operator.change("poc", "service: {taskCount: 3}");
        operator.until("the new spec is verified", "poc", it -> it.getStatus().observedGeneration() == 2);
        operator.awaitPasses(2);
        assertThat(engine.asked).containsExactly(2L);
    }

    @Test
    void twoStacksHaveTurnsAtTheSameTimeButOneNeverTwo() {
        Phaser both = new Phaser(2);
        Map<String, AtomicInteger> inside = new ConcurrentHashMap<>();
        List<Integer> most = new CopyOnWriteArrayList<>();
        AtomicBoolean met = new AtomicBoolean();
        engine.begins = pass -> {
            AtomicInteger mine = inside.computeIfAbsent(pass.owner().uid(), uid -> new AtomicInteger());
            most.add(mine.incrementAndGet());
            if (!met.get()) {
                met.compareAndSet(false, meet(both));
            }
            Thread.yield();
            mine.decrementAndGet();
        };
        operator.apply("one", spec());
        operator.apply("other", spec());

        await().untilTrue(met);
        for (int count = 3; count < 8; count++) {
            operator.change("one", "service: {taskCount: " + count + "}");
        }
        operator.until("all changes are in", "one", it -> it.getStatus().observedGeneration() == 6);

        assertThat(most).as("however often its spec changes").containsOnly(1);
    }

    @Test
    void processThatEndsWritesWhatItDidAndNoFailure() {
        operator.apply("poc", spec());
        PrivateApiStack before = operator.awaitReady("poc");
        engine.begins = pass -> {
            operator.stopping = true;
            engine.world.get(pass.owner().uid()).put(Keys.VPC, "vpc-new");
            engine.problems = Map.of(Keys.LOAD_BALANCER, new Problem(Category.THROTTLED, "The operator is stopping."));
        };
        operator.awaitPasses(2);

        PrivateApiStack stack = operator.until("what was done is written", "poc", it ->
                it.getStatus().resources().stream().anyMatch(resource -> "vpc-new".equals(resource.id())));
        assertThat(stack.getStatus().conditions()).isEqualTo(before.getStatus().conditions());
    }

    @Test
    void callThatIsRefusedBecauseTheProcessEndsIsNoFailureOfTheStack() {
        operator.apply("poc", spec());
        PrivateApiStack before = operator.awaitReady("poc");
        engine.begins = pass -> {
            operator.stopping = true;
            throw new ProblemException(Category.THROTTLED, "The operator is stopping and makes no further call.");
        };
        operator.awaitPasses(3);

        assertThat(operator.stack("poc").getStatus()).isEqualTo(before.getStatus());
    }

    @Test
    void stackOfTheSameNameIsAnotherOne() {
        operator.apply("poc", spec());
        operator.awaitReady("poc");
        operator.delete("poc");
        operator.awaitGone("poc");
        List<Map<?, ?>> recorded = new CopyOnWriteArrayList<>();
        engine.begins = pass -> recorded.add(pass.inventory().recorded());

        operator.apply("poc", spec());
        operator.awaitReady("poc");

        assertThat(recorded.getFirst()).as("nothing is known of it yet").isEmpty();
        assertThat(engine.world).as("each under its uid").hasSize(2);
    }

    @Test
    void annotationForAdoptionIsHeardAtOnceLikeASpec() {
        operator.apply("poc", spec());
        operator.awaitReady("poc");
        long before = engine.passes.getLast().generation();

        operator.annotate("poc", "privateapi.dev/adopt", "owner-uid=3f1c9a52");

        await().until(() -> engine.passes.getLast().adoption().uids().contains("3f1c9a52"));
        assertThat(engine.passes.getLast().generation()).as("so that everything is looked at and tried anew").isNotEqualTo(before);
    }

    @Test
    void annotationForAdoptionThatNamesWhatTheStackDoesNotWantIsToldAndNothingIsDone() {
        operator.apply("poc", spec());
        operator.awaitReady("poc");

        operator.annotate("poc", "privateapi.dev/adopt", "network/moon=moon-1");

        PrivateApiStack stack = operator.until("told", "poc", it -> Controlled.brief(it, "Ready").equals("False InvalidSpec"));
        assertThat(Controlled.message(stack, "Ready")).contains("privateapi.dev/adopt", "names network/moon", "write one of");
        operator.annotate("poc", "privateapi.dev/adopt", "");
        operator.awaitReady("poc");
    }

    @Test
    void stackThatIsCreatedAgainBeforeTheOldOnesTurnEndsGetsItsTurns() {
        // As with kubectl replace --force, on a busy machine.
        operator.apply("poc", spec());
        operator.awaitReady("poc");
        operator.hears = notice -> {
            if (notice.reason().equals("Deleted")) {
                operator.apply("poc", spec());
                operator.awaitReady("poc");
            }
        };

        operator.delete("poc");

        await().until(() -> engine.world.size() == 2);
        operator.awaitReady("poc");
        operator.awaitPasses(3);
    }

    private static PrivateApiStackSpec contradicting() {
        PrivateApiStackSpec spec = spec();
        return new PrivateApiStackSpec(spec.region(), spec.vpc(), spec.service(),
                new ApiSpec("live", List.of(
                        new RouteSpec("/items/{id}", List.of(HttpMethod.GET)), new RouteSpec("/items/{name}/parts", List.of(HttpMethod.GET)))),
                spec.dns(), spec.peers(), spec.vpcEndpoints(), spec.deletionPolicy(), spec.suspend());
    }

    private static void breakIf(AtomicBoolean broken, boolean error) {
        if (broken.get() && error) {
            throw new StackOverflowError();
        } else if (broken.get()) {
            throw new IllegalStateException("broken");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean meet(Phaser both) {
        try {
            both.awaitAdvanceInterruptibly(both.arrive(), 20, TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            return false;
        }
    }

    private long passesOf(String name) {
        return engine.passes.stream().filter(pass -> pass.owner().name().equals(name)).count();
    }

    @Test
    void burstOfOthersWritesGivesTheStackOneTurnAndNobodyElseAny() {
        engine.again = Duration.ofHours(1);
        operator.apply("poc", spec());
        operator.apply("other", spec());
        operator.awaitReady("poc");
        operator.awaitReady("other");
        String vpc = operator.stack("poc").getStatus().resources().getFirst().id();
        await().during(Duration.ofMillis(300)).until(() -> passesOf("poc") + passesOf("other") == engine.passes.size());
        long before = passesOf("poc");
        long others = passesOf("other");

        for (int write = 0; write < 20; write++) {
            operator.disturbances.written(List.of("vpc-nobodys", vpc));
        }

        await().until(() -> passesOf("poc") > before);
        operator.disturbances.writtenIn("ap-northeast-1");
        await().until(() -> passesOf("other") > others);
        assertThat(passesOf("poc")).as("one for the burst, one for what may be anybody's").isLessThanOrEqualTo(before + 2);
        assertThat(passesOf("other")).isEqualTo(others + 1);
    }
}
