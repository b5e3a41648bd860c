package dev.privateapi.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.Durations;
import dev.privateapi.engine.Outcome;
import dev.privateapi.ownership.Ownership;
import dev.privateapi.simulation.aws.Call;
import dev.privateapi.simulation.aws.Caller;
import dev.privateapi.simulation.aws.ModelAws;
import dev.privateapi.simulation.aws.Owners;
import dev.privateapi.simulation.aws.Thing;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ecs.model.Tag;

/** The life of the seed's stack to which nothing happens. */
class LifeTest {

    private static final int MOST_TURNS = 400;

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.2})
    void takesFewCallsAndNoneInVain(double patience) {
        Pilot pilot = new Pilot(1, Specs.of(Specs.SEED), new Durations(patience));

        assertThat(pilot.settle(MOST_TURNS)).isTrue();
        assertThat(pilot.world.journal()).as("calls of a creation").hasSizeLessThan(240);

        List<Call> first = look(pilot);
        List<Call> second = look(pilot);
        assertThat(first).as("calls of the first look at what was made").hasSizeLessThanOrEqualTo(46);
        assertThat(second).as("calls of a look at what was as it should be").hasSizeLessThanOrEqualTo(36);

        pilot.stack.delete();
        assertThat(pilot.settle(MOST_TURNS)).isTrue();
        assertThat(pilot.rules.refusedDeletions()).as("what was deleted too early, or was gone already").isEmpty();
        assertThat(pilot.rules.left()).isEmpty();
        assertThat(pilot.rules.broken()).isEmpty();
    }

    private static List<Call> look(Pilot pilot) {
        pilot.world.advance(Operator.DRIFT);
        int before = pilot.world.journal().size();
        Outcome look = pilot.turn();
        List<Call> calls = pilot.world.journal().subList(before, pilot.world.journal().size());
        assertThat(look.taken()).as("a converged stack plans nothing").isEmpty();
        assertThat(calls).as("and changes nothing").noneMatch(Call::mutating);
        return List.copyOf(calls);
    }

    /** It would hang in DRAINING for ever, also when its tags are back, as public reports have it. */
    @Test
    void leavesItsRolesToAServiceThatIsAnothers() {
        Pilot pilot = new Pilot(1, Specs.of(Specs.SEED), new Durations(0.2));
        pilot.settle(MOST_TURNS);
        Thing<?> service = pilot.world.all().filter(it -> Owners.kind(it).equals("RunningService")).findFirst().orElseThrow();
        new ModelAws(pilot.world, Operator.HOME, Caller.person()).ecs().tagResource(request -> request
                .resourceArn(service.id()).tags(Tag.builder().key(Ownership.OWNER_UID).value("another's").build()));
        pilot.world.advance(Operator.DRIFT);

        pilot.stack.delete();
        pilot.settle(20);

        assertThat(pilot.stack.gone()).isFalse();
        assertThat(pilot.world.all().map(Owners::kind)).contains("KnownRole", "TaskDefinition", "LogGroup");
    }
}
