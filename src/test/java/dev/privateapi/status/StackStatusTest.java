package dev.privateapi.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.graph.View;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.Step.Verb;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StackStatusTest {

    private final Told stack = new Told();

    @Test
    void beginsBeforeAnythingIsKnown() {
        stack.first();

        assertThat(stack.brief("Ready")).isEqualTo("Ready=Unknown Converging");
        assertThat(stack.brief("Reconciling")).isEqualTo("Reconciling=True Converging");
        assertThat(stack.brief("Stalled")).isEqualTo("Stalled=False NotStalled");
    }

    @Test
    void everyConditionTellsWhichSpecItIsAbout() {
        stack.generation = 7;
        stack.tell();

        assertThat(stack.status.observedGeneration()).isEqualTo(7);
        assertThat(stack.status.conditions()).extracting(Condition::getObservedGeneration).containsOnly(7L);
        assertThat(stack.status.conditions()).extracting(Condition::getType)
                .containsAll(Stream.of(Layer.values()).map(Layer::condition).toList())
                .contains("Ready", "Verified", "Reconciling", "Stalled").doesNotHaveDuplicates();
    }

    @Test
    void readyWhenAllLayersAreAndTheApiAnswered() {
        stack.verdict = new Verdict.Answered("GET / answered 200.");
        stack.tell();

        assertThat(stack.brief("Ready")).isEqualTo("Ready=True Ready");
        assertThat(stack.brief("Verified")).isEqualTo("Verified=True Answered");
        assertThat(stack.brief("Reconciling")).isEqualTo("Reconciling=False Ready");
        assertThat(stack.brief("PeeringReady")).as("the spec has no peers").isEqualTo("PeeringReady=True NotRequired");
        assertThat(stack.status.layersReady()).isEqualTo("7/7");
    }

    @Test
    void notReadyWhenTheApiDoesNotAnswer() {
        stack.verdict = new Verdict.Failed("NotAnswering", "GET / answered 504.");
        stack.tell();

        assertThat(stack.brief("Ready")).isEqualTo("Ready=False NotAnswering");
        assertThat(stack.brief("Reconciling")).as("it is asked again").isEqualTo("Reconciling=True NotAnswering");
        assertThat(stack.condition("Ready").getMessage()).isEqualTo("GET / answered 504.");
        assertThat(stack.status.layersReady()).as("which is what makes it worth telling").isEqualTo("7/7");
    }

    @Test
    void readyWithoutAnAnswerWhenAskingWouldNotBeSafe() {
        stack.verdict = new Verdict.NoSafeRoute();
        stack.tell();

        assertThat(stack.brief("Ready")).isEqualTo("Ready=True Ready");
        assertThat(stack.brief("Verified")).isEqualTo("Verified=Unknown NoSafeRoute");
    }

    @Test
    void answerHoldsUntilTheSpecChanges() {
        stack.verdict = new Verdict.Answered("GET / answered 200.");
        stack.tell();
        stack.verdict = new Verdict.NotAsked();
        stack.tell();
        assertThat(stack.brief("Verified")).isEqualTo("Verified=True Answered");

        stack.generation++;
        stack.tell();

        assertThat(stack.brief("Verified")).as("nobody asked this spec's API yet").isEqualTo("Verified=Unknown Converging");
    }

    @Test
    void namesWhatAwsWorksOnLongest() {
        stack.waits = List.of(Told.other(Keys.stage("live"), Keys.VPC_LINK), Told.pending(Keys.LOAD_BALANCER), Told.pending(Keys.VPC_LINK));
        stack.tell();

        assertThat(stack.brief("LoadBalancerReady")).isEqualTo("LoadBalancerReady=False WaitingForAws");
        assertThat(stack.condition("LoadBalancerReady").getMessage())
                .isEqualTo("Waiting for the Network Load Balancer load-balancer/nlb: AWS usually takes about 2.5 minutes.");
        assertThat(stack.condition("Ready").getMessage())
                .isEqualTo("Waiting for the VPC link api/vpc-link: AWS usually takes about 3 minutes.");
        assertThat(stack.status.layersReady()).isEqualTo("5/7");
    }

    @Test
    void tellsALayerThatWaitsForAnotherApart() {
        stack.waits = List.of(Told.other(Keys.VPC_LINK, Keys.LOAD_BALANCER), Told.pending(Keys.LOAD_BALANCER));
        stack.tell();

        assertThat(stack.brief("ApiReady")).isEqualTo("ApiReady=False WaitingForOthers");
    }

    @ParameterizedTest
    @EnumSource(Category.class)
    void stalledOnlyWhenAPersonMustAct(Category category) {
        stack.problems.put(Keys.LOAD_BALANCER, new Problem(category, "Why, and what to do."));
        stack.steps = List.of(Told.step(Keys.LOAD_BALANCER, Verb.CREATE));
        stack.tell();

        assertThat(stack.brief("Ready")).isEqualTo("Ready=False " + category.reason());
        assertThat(stack.brief("LoadBalancerReady")).isEqualTo("LoadBalancerReady=False " + category.reason());
        assertThat(stack.brief("Stalled")).isEqualTo(
                category.needsPerson() ? "Stalled=True " + category.reason() : "Stalled=False NotStalled");
        assertThat(stack.condition("Reconciling").getStatus()).as("kstatus: never both")
                .isEqualTo(category.needsPerson() ? "False" : "True");
        assertThat(stack.condition("Ready").getMessage()).isEqualTo("load-balancer/nlb: Why, and what to do.");
    }

    @Test
    void tellsTheProblemThatExplainsTheOthersAndCountsThem() {
        stack.problems.put(Keys.SERVICE, new Problem(Category.THROTTLED, "Slow down."));
        stack.problems.put(Keys.VPC_LINK, new Problem(Category.DENIED, "Not allowed."));
        stack.tell();

        assertThat(stack.condition("Ready").getMessage()).isEqualTo("api/vpc-link: Not allowed. (1 more in the layers' conditions)");
    }

    @Test
    void suspendedStackTellsWhatDiffersAndIsNotOnItsWay() {
        stack.suspended = true;
        stack.steps = List.of(Told.step(Keys.LOAD_BALANCER, Verb.CREATE));
        stack.tell();

        assertThat(stack.brief("Ready")).isEqualTo("Ready=False Suspended");
        assertThat(stack.brief("Reconciling")).isEqualTo("Reconciling=False Suspended");
        assertThat(stack.condition("Ready").getMessage()).contains("spec.suspend",
                "create AWS::ElasticLoadBalancingV2::LoadBalancer load-balancer/nlb");
    }

    @Test
    void suspendedStackThatDiffersInNothingIsReady() {
        stack.suspended = true;
        stack.tell();

        assertThat(stack.brief("Ready")).isEqualTo("Ready=True Suspended");
    }

    @Test
    void deletionTellsWhatIsLeft() {
        stack.verdict = new Verdict.Answered("GET / answered 200.");
        stack.tell();
        stack.verdict = new Verdict.NotAsked();
        stack.deleting = true;
        stack.generation++;
        stack.wanted.clear();
        stack.waits = List.of(Told.deleting(Keys.LOAD_BALANCER));
        stack.tell();

        assertThat(stack.brief("Ready")).isEqualTo("Ready=False Deleting");
        assertThat(stack.brief("Verified")).isEqualTo("Verified=Unknown Deleting");
        assertThat(stack.brief("Reconciling")).isEqualTo("Reconciling=True Deleting");
        assertThat(stack.brief("ServiceReady")).isEqualTo("ServiceReady=False Deleted");
        assertThat(stack.condition("Ready").getMessage())
                .isEqualTo("Waiting for id-1 to be gone: AWS usually takes about 45 seconds.");
    }

    @Test
    void deletionTellsWhatHoldsItUp() {
        stack.deleting = true;
        stack.wanted.clear();
        stack.problems.put(Keys.VPC, new Problem(Category.NOT_CHANGEABLE, "It is protected: lift that."));
        stack.tell();

        assertThat(stack.condition("Ready").getMessage()).isEqualTo("network/vpc: It is protected: lift that.");
        assertThat(stack.brief("Stalled")).isEqualTo("Stalled=True NotChangeable");
    }

    @Test
    void deletionTellsWhatCannotBeRead() {
        // Nothing is wanted any more, so that no resource's name carries the problem; without it the resource would just stay.
        stack.deleting = true;
        stack.wanted.clear();
        stack.view = unreadable(Kind.LOG_GROUP);
        stack.tell();

        assertThat(stack.condition("Ready").getMessage()).contains("AWS::Logs::LogGroup", "May not look.");
        assertThat(stack.brief("Stalled")).isEqualTo("Stalled=True AccessDenied");
        assertThat(stack.brief("Reconciling")).isEqualTo("Reconciling=False Deleting");
    }

    @Test
    void invalidSpecKeepsWhatIsKnownOfTheLayers() {
        stack.verdict = new Verdict.Answered("GET / answered 200.");
        stack.tell();
        stack.generation++;
        stack.invalid("spec.vpc: wrong.");

        assertThat(stack.brief("Ready")).isEqualTo("Ready=False InvalidSpec");
        assertThat(stack.brief("Stalled")).isEqualTo("Stalled=True InvalidSpec");
        assertThat(stack.brief("Reconciling")).isEqualTo("Reconciling=False InvalidSpec");
        assertThat(stack.brief("NetworkReady")).isEqualTo("NetworkReady=True Ready");
        assertThat(stack.condition("Ready").getMessage()).startsWith("spec.vpc: wrong. Nothing on AWS is changed");
    }

    @Test
    void turnThatFailedKeepsTheRest() {
        stack.tell();
        PrivateApiStackStatus before = stack.status;
        stack.failed(new Problem(Category.DENIED, "No identity."));

        assertThat(stack.brief("Ready")).isEqualTo("Ready=False AccessDenied");
        assertThat(stack.brief("Stalled")).isEqualTo("Stalled=True AccessDenied");
        assertThat(stack.brief("NetworkReady")).isEqualTo("NetworkReady=True Ready");
        assertThat(stack.status.layersReady()).isEqualTo(before.layersReady());
    }

    @Test
    void sameSituationToldAgainIsTheSameStatus() {
        stack.waits = List.of(Told.pending(Keys.LOAD_BALANCER));
        stack.problems.put(Keys.SERVICE, new Problem(Category.UNHEALTHY, "It does not start."));
        PrivateApiStackStatus before = stack.tell();
        stack.now = stack.now.plus(Duration.ofHours(1));

        assertThat(stack.tell()).as("a write would wake everybody who watches").isEqualTo(before);
    }

    @Test
    void transitionTimeMovesWithTheStatusOnly() {
        stack.waits = List.of(Told.pending(Keys.LOAD_BALANCER));
        stack.tell();
        assertThat(stack.condition("Ready").getLastTransitionTime()).isEqualTo("2026-01-01T00:00:00Z");

        stack.now = stack.now.plus(Duration.ofMinutes(1));
        stack.waits = List.of(Told.pending(Keys.VPC_LINK));
        stack.tell();
        assertThat(stack.condition("Ready").getLastTransitionTime()).as("still not ready, for another reason")
                .isEqualTo("2026-01-01T00:00:00Z");

        stack.now = stack.now.plus(Duration.ofMinutes(1));
        stack.waits = List.of();
        stack.tell();
        assertThat(stack.condition("Ready").getLastTransitionTime()).isEqualTo("2026-01-01T00:02:00Z");
        assertThat(stack.condition("NetworkReady").getLastTransitionTime()).as("it was ready all the time")
                .isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void messagesTellNoTimes() {
        stack.waits = List.of(Told.pending(Keys.LOAD_BALANCER), Told.other(Keys.VPC_LINK, Keys.LOAD_BALANCER));
        stack.steps = List.of(Told.step(Keys.SERVICE, Verb.UPDATE));
        stack.tell();

        assertThat(stack.messages()).as("they change when something changed").noneMatch(it -> it.contains("2026"))
                .allMatch(it -> it.matches("(?s)[A-Z].*[.]"));
    }

    private static View unreadable(Kind kind) {
        return new View(Map.of(), Map.of(kind, new Problem(Category.DENIED, "May not look.")), Set.of(), List.of());
    }
}
