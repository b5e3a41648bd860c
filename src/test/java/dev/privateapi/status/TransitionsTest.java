package dev.privateapi.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransitionsTest {

    private static final List<Step> REPAIR = List.of(Told.step(Keys.LOAD_BALANCER, Step.Verb.UPDATE));

    private final Told stack = new Told();

    @Test
    void firstStatusIsNews() {
        assertThat(Transitions.between(null, stack.first(), List.of())).singleElement()
                .satisfies(notice -> assertThat(notice.reason()).isEqualTo("Converging"))
                .satisfies(notice -> assertThat(notice.warning()).isFalse());
    }

    @Test
    void becomingReadyIsNewsAndStayingSoIsNot() {
        PrivateApiStackStatus begun = stack.first();
        PrivateApiStackStatus ready = stack.tell();

        assertThat(Transitions.between(begun, ready, List.of())).extracting(Notice::reason).containsExactly("Ready");
        assertThat(Transitions.between(ready, stack.tell(), List.of())).isEmpty();
    }

    @Test
    void anotherMessageForTheSameReasonIsNoNews() {
        stack.waits = List.of(Told.pending(Keys.LOAD_BALANCER));
        PrivateApiStackStatus one = stack.tell();
        stack.waits = List.of(Told.pending(Keys.VPC_LINK));

        assertThat(Transitions.between(one, stack.tell(), List.of())).as("else each pass of a creation would be an event").isEmpty();
    }

    @Test
    void problemIsAWarningAndWaitingIsNone() {
        PrivateApiStackStatus ready = stack.tell();
        stack.problems.put(Keys.SERVICE, new Problem(Category.UNHEALTHY, "It does not start."));
        PrivateApiStackStatus failing = stack.tell();
        stack.problems.clear();
        stack.deleting = true;
        PrivateApiStackStatus deleting = stack.tell();

        assertThat(Transitions.between(ready, failing, List.of())).singleElement().isEqualTo(
                new Notice(true, "TasksFailing", "service/service: It does not start."));
        assertThat(Transitions.between(failing, deleting, List.of())).extracting(Notice::warning).containsExactly(false);
    }

    @Test
    void repairOfAReadyStackIsToldStepByStep() {
        PrivateApiStackStatus ready = stack.tell();

        assertThat(Transitions.between(ready, stack.tell(), REPAIR)).singleElement()
                .satisfies(notice -> assertThat(notice.reason()).isEqualTo("DriftCorrected"))
                .satisfies(notice -> assertThat(notice.note()).startsWith("update AWS::ElasticLoadBalancingV2::LoadBalancer"));
    }

    @Test
    void whatWasAdoptedIsToldWhateverTheStackIsLike() {
        stack.waits = List.of(Told.pending(Keys.LOAD_BALANCER));
        PrivateApiStackStatus converging = stack.tell();

        assertThat(Transitions.between(converging, stack.tell(), List.of(Told.step(Keys.VPC, Step.Verb.ADOPT)))).singleElement()
                .satisfies(notice -> assertThat(notice.reason()).isEqualTo("Adopted"))
                .satisfies(notice -> assertThat(notice.note()).isEqualTo("adopt AWS::EC2::VPC network/vpc (id-1)"));
    }

    @Test
    void changeThatTheSpecAsksForIsNoDrift() {
        PrivateApiStackStatus ready = stack.tell();
        stack.generation++;

        assertThat(Transitions.between(ready, stack.tell(), REPAIR)).isEmpty();
    }

    @Test
    void stepOfAStackThatWasNotReadyIsNoDrift() {
        stack.waits = List.of(Told.pending(Keys.LOAD_BALANCER));
        PrivateApiStackStatus converging = stack.tell();

        assertThat(Transitions.between(converging, stack.tell(), REPAIR)).isEmpty();
    }
}
