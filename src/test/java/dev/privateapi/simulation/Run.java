package dev.privateapi.simulation;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.engine.Durations;
import dev.privateapi.engine.Outcome;
import dev.privateapi.simulation.Event.Delete;
import dev.privateapi.simulation.Event.Edit;
import dev.privateapi.simulation.Event.Fault;
import dev.privateapi.simulation.Event.Lag;
import dev.privateapi.simulation.Event.Meddling;
import dev.privateapi.simulation.Event.Rival;
import dev.privateapi.simulation.aws.Call;
import dev.privateapi.simulation.aws.Weather;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A story as it goes: first what it tells, then fine weather in which the stack has to come to rest, stay there, be what a
 * stack with that spec is that nothing ever happened to, and go without a trace.
 */
final class Run implements Weather {

    private static final int MOST_TURNS = 600;
    /** Turns before a person asks what is the matter. */
    private static final int PATIENCE = 250;
    /** A lost lease is held by nobody for so long at most; who lost it knows that he did after that. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    private final Story story;
    private final Pilot pilot;
    private final Meddler meddler;
    private final Deque<Event> coming;
    private final List<String> told = new ArrayList<>();
    private Fault fault = new Fault(Fate.FINE, "", 0);
    private int faulty;
    private int lastCalls = Integer.MAX_VALUE;
    private Operator dying;
    private boolean contested;

    private Run(Story story) {
        this.story = story;
        pilot = new Pilot(story.seed(), story.spec(), new Durations(story.patience()));
        meddler = new Meddler(pilot.world, pilot.rules);
        coming = new ArrayDeque<>(story.events());
        pilot.world.weather(this);
    }

    /** @param failures empty if all rules were kept and the end was as it has to be @param told what happened */
    record Result(List<String> failures, List<String> told, List<Call> calls, Map<Long, String> refusals) {}

    static Result of(Story story) {
        Run run = new Run(story);
        try {
            run.go();
        } catch (RuntimeException | StackOverflowError e) {
            run.pilot.rules.broke("threw: " + e);
            run.told.add("  a turn threw " + e + " at " + Arrays.stream(e.getStackTrace()).limit(12).toList());
        }
        Pilot pilot = run.pilot;
        return new Result(List.copyOf(pilot.rules.broken()), run.told, pilot.world.journal(), pilot.rules.refusals());
    }

    private void go() {
        List<String> foreign = Portrait.ofOthers(pilot.world, pilot.rules.owners());
        tell();
        if (!pilot.stack.deleted()) {
            rest();
            pilot.stack.delete();
        }
        vanish();
        List<String> changed = new ArrayList<>(foreign);
        changed.removeAll(Portrait.ofOthers(pilot.world, pilot.rules.owners()));
        changed.forEach(it -> pilot.rules.broke("foreign: changed " + it));
    }

    // ---- the story

    private void tell() {
        int idle = 0;
        while (!coming.isEmpty() && !pilot.stack.gone()) {
            Outcome outcome = pilot.turn();
            boolean atRest = outcome != null && outcome.taken().isEmpty() && (outcome.converged() || ++idle > 60);
            if (atRest && !coming.isEmpty()) {
                idle = 0;
                happen(coming.poll());
            }
        }
        coming.clear();
        fault = new Fault(Fate.FINE, "", 0);
        faulty = 0;
        pilot.world.lag(Duration.ZERO);
    }

    @Override
    public Fate of(Call call) {
        while (!coming.isEmpty() && coming.peek().at() <= call.number()) {
            happen(coming.poll());
        }
        if (dying != null && call.caller() != dying.caller()) {
            dying = null; // its turn ended before its calls did
            contested = false;
        } else if (dying != null && --lastCalls < 0) {
            return Fate.DIES_BEFORE;
        }
        if (faulty > 0 && call.name().contains(fault.where())) {
            faulty--;
            told.add("    " + fault.fate() + " " + call.name());
            return fault.fate();
        }
        return Fate.FINE;
    }

    private void happen(Event event) {
        String when = "  " + pilot.world.now() + ", call " + (pilot.world.journal().size() + 1) + ": ";
        told.add(when + switch (event.what()) {
            case Edit edit -> edit(edit);
            case Delete delete -> delete();
            case Lag lag -> lag(lag);
            case Meddling meddling -> meddler.meddle(meddling.choice());
            case Fault some -> fault(some);
            case Rival rival when contested -> "A second process contends for a lease that has just changed hands, and loses.";
            case Rival rival -> "The process loses its lease; another one takes " + rival.turns() + " turns; then the first one"
                    + " wakes up, makes " + rival.calls() + " more calls at most and dies.";
        });
        if (event.what() instanceof Rival rival && !contested) {
            takeOver(rival);
        }
    }

    private String edit(Edit edit) {
        PrivateApiStackSpec before = pilot.stack.spec();
        pilot.stack.edit(Edits.edited(before, edit.choice()));
        return Edits.told(before, pilot.stack.spec());
    }

    private String delete() {
        pilot.stack.delete();
        return "Somebody deletes the custom resource.";
    }

    private String lag(Lag lag) {
        pilot.world.lag(lag.most());
        return "From now on listings are up to " + lag.most().toSeconds() + " s late.";
    }

    private String fault(Fault some) {
        fault = some;
        faulty = some.calls();
        return some.toString();
    }

    /**
     * Within a call of the process that loses the lease, which may have its effect after all. One at a time: a call that is on
     * its way for longer than a lease, and longer than AWS takes to show what it made, comes after the next process has
     * waited for it in vain. AWS takes nothing with a VPC that would let it refuse the second one.
     */
    private void takeOver(Rival rival) {
        contested = true;
        Operator old = pilot.operator();
        pilot.restart();
        Instant until = pilot.world.now().plus(LEASE);
        for (int turn = 0; turn < rival.turns() && pilot.world.now().isBefore(until); turn++) {
            pilot.turn(LEASE.dividedBy(3));
        }
        dying = old;
        lastCalls = rival.calls();
    }

    // ---- the end

    private void rest() {
        pilot.stack.edit(Edits.sound(pilot.stack.spec()));
        if (!comesToRest()) {
            pilot.rules.broke("unsettled: " + pilot.complaint());
            return;
        }
        for (int look = 0; look < 2; look++) {
            pilot.world.advance(Operator.DRIFT.multipliedBy(2));
            if (!comesToRest()) {
                pilot.rules.broke("unsettled: does not stay so, " + pilot.complaint());
                return;
            }
        }
        stay();
        Portrait.differences(Portrait.of(pilot.world, pilot.rules.owners()), Ideals.of(pilot.stack.spec())).stream()
                .filter(it -> meddler.intact(it))
                .forEach(it -> pilot.rules.broke("other: " + it));
    }

    /** Once whoever is in the way lets go, and once nothing is asked that AWS does not do. */
    private boolean comesToRest() {
        if (pilot.settle(PATIENCE)) {
            return true;
        }
        if (!pilot.saysWhy()) {
            pilot.rules.broke("silent: does not come to rest and says no reason, " + pilot.complaint());
        }
        meddler.regret();
        if (pilot.settle(PATIENCE)) {
            return true;
        }
        pilot.stack.edit(Edits.withAllSubnets(pilot.stack.spec()));
        return pilot.settle(MOST_TURNS);
    }

    private void stay() {
        pilot.world.advance(Operator.DRIFT.multipliedBy(2));
        int before = pilot.world.journal().size();
        Outcome outcome = pilot.turn();
        if (outcome == null || !outcome.taken().isEmpty()) {
            pilot.rules.broke("restless: " + (outcome == null ? "nothing" : outcome.taken()));
        }
        pilot.world.journal().stream().skip(before).filter(Call::mutating)
                .forEach(call -> pilot.rules.broke("restless: " + call.name()));
    }

    private void vanish() {
        pilot.stack.edit(Edits.sound(pilot.stack.spec()));
        boolean gone = pilot.settle(PATIENCE);
        if (!gone) {
            meddler.regret();
            gone = pilot.settle(MOST_TURNS);
        }
        if (!gone) {
            pilot.rules.broke("undeleted: " + pilot.complaint());
        }
        pilot.rules.left().forEach(it -> pilot.rules.broke("left: " + it));
        if (story.calm()) {
            pilot.rules.earlyDeletions().forEach(it -> pilot.rules.broke("too early: " + it));
        }
    }
}
