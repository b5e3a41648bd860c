package dev.privateapi.simulation;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.engine.Durations;
import dev.privateapi.engine.Outcome;
import dev.privateapi.simulation.aws.Caller;
import dev.privateapi.simulation.aws.Killed;
import dev.privateapi.simulation.aws.World;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.core.exception.SdkException;

/** One stack in a world of its own, and whatever process of the operator works on it: gives turns when they are asked for. */
final class Pilot {

    /** After a failed turn, as the controller's retry has it, and until another process has taken over. */
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    /** What a look missed because listings were late is seen by the next one, which may have to wait for a new spec to be made. */
    private static final Duration EVERYTHING_LOOKED_AT = Operator.DRIFT.multipliedBy(2);

    final World world;
    final Stack stack;
    final Rules rules;
    private final Durations durations;
    private Operator operator;
    private int processes;
    private Outcome last;

    /** @param durations what the operator expects of AWS */
    Pilot(long seed, PrivateApiStackSpec spec, Durations durations) {
        this.durations = durations;
        world = new World(seed);
        Surroundings.build(world);
        stack = new Stack(spec);
        rules = new Rules(world);
        restart();
    }

    void restart() {
        operator = new Operator(world, stack, Caller.operator("process " + ++processes), durations);
    }

    Operator operator() {
        return operator;
    }

    /** One turn and the time until the next one; null if it ended in the death of the process or could not be written down. */
    Outcome turn() {
        return turn(LONGEST);
    }

    /** @param most time until the next one */
    Outcome turn(Duration most) {
        Operator turning = operator;
        Outcome outcome = null;
        try {
            outcome = turning.pass();
        } catch (SdkException | Killed e) {
            // The status could not be written, or the process is dead: its caller tells.
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof Killed)) {
                throw e;
            }
        }
        rules.check();
        if (operator.caller().dead()) {
            restart();
        }
        last = turning.caller().dead() ? null : outcome;
        if (last != null && turning == operator && world.seesAllSince(EVERYTHING_LOOKED_AT) && last.view().unreadable().isEmpty()) {
            rules.checkWritten(stack.inventory());
        }
        Duration pause = last == null ? PAUSE : last.again();
        world.advance(pause.compareTo(most) < 0 ? pause : most);
        return last;
    }

    /** What the last turn could not do, and what it waits for. */
    String complaint() {
        return last == null ? "the last turn came to nothing" : last.problems() + " " + last.plan();
    }

    /** Whether the last turn names what is wrong, or told that it could not be written down. */
    boolean saysWhy() {
        return last == null || !last.problems().isEmpty();
    }

    /** Turns until the stack is as it is to be, or gone. @return whether it came to that */
    boolean settle(int mostTurns) {
        for (int turn = 0; turn < mostTurns; turn++) {
            Outcome outcome = turn();
            if (stack.gone() || outcome != null && outcome.converged() && !stack.deleted()) {
                return true;
            }
        }
        return false;
    }
}
