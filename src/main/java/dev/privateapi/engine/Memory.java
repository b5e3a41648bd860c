package dev.privateapi.engine;

import dev.privateapi.layers.Sight;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Priority;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the process remembers of one stack between passes. Nothing here is needed to be correct, only to be quick: a
 * process that has lost it looks at everything and waits until AWS must have shown what may have been created.
 *
 * <p>Used by one pass at a time.
 */
public final class Memory {

    /** A generation before the first. */
    private static final long NONE = -1;
    /** In drift intervals: what a look found that long ago is not taken for true because the rest could not be read. */
    private static final int LONGEST_LOOK = 4;

    private final Writes writes = new Writes();
    private final Failures failures = new Failures();
    private final Map<Wait, Instant> waiting = new HashMap<>();
    private final Map<Kind, Instant> seen = new EnumMap<>(Kind.class);
    private final Set<Kind> back = EnumSet.noneOf(Kind.class);
    private final Map<Kind, NextLook> nextLooks = new EnumMap<>(Kind.class);
    private Set<Kind> due = Set.of();
    private Instant lookedAt = Instant.MIN;
    /** From when on the next look at everything is counted; not when the last one was if looks are moved apart. */
    private Instant countedFrom = Instant.MIN;
    private Instant since = Instant.MIN;
    private Instant detailsSince = Instant.MIN;
    private Instant changedAt;
    private Duration apart = Duration.ZERO;
    private boolean remembered;
    /** Whether the pass begins with what a calm stack remembers. */
    private boolean patient;
    private Set<Kind> suspects = Set.of();
    private Instant suspectsSince = Instant.MIN;
    private boolean made;
    private Instant madeAt;
    /** The last one that was seen to be as it says, maybe by an earlier process. */
    private long ready;
    private boolean calm;
    /** Whether the last pass left anything to be told that somebody, or AWS, has to put right. */
    private boolean troubled;
    /** Whether the last pass found nothing amiss, but that reads wait for their turn. */
    private boolean waitsForItsTurn;
    /** Whether the look before the last one found everything as it should be, too. */
    private boolean calmBefore;
    private Instant disturbedAt;
    private Instant firstLook;
    /** Whether the next look at everything takes no answer that is older than itself. */
    private boolean anew;
    private long generation = NONE;

    /** @param latest until when passes for other kinds may put it off */
    private record NextLook(Instant at, Instant latest) {

        private static NextLook first(Instant at, Instant now) {
            return new NextLook(at, at.plus(Duration.between(now, at)));
        }

        /** By no more than the shortest pause: the first is as long as AWS takes at least, and later ones are short. */
        private NextLook putOff(Instant at, Instant now) {
            Instant onePauseLater = this.at.plus(Duration.between(now, at));
            Instant latest = onePauseLater.isBefore(this.latest) ? onePauseLater : this.latest;
            return new NextLook(at.isBefore(latest) ? at : latest, latest);
        }
    }

    /** Of a stack of which nobody has told yet that it is as it should be. */
    public Memory() {
        this(NONE);
    }

    /** @param ready the generation that an earlier process told to be as it says: its stack is not in the making */
    public Memory(long ready) {
        this.ready = ready;
    }

    Writes writes() {
        return writes;
    }

    Failures failures() {
        return failures;
    }

    /**
     * Begins a pass.
     *
     * @param deleting who may find that all is gone has to look itself, for it may be the only look of this process
     * @return whether everything has to be looked at anew; if not, {@link #remembered} tells what the pass begins with
     */
    boolean begin(long generation, boolean deleting, Instant now, EngineSettings settings) {
        firstLook = firstLook == null ? now : firstLook;
        boolean changed = generation != this.generation;
        boolean untroubled = calm || !troubled && !writes.inDoubt();
        remembered = changed && !deleting && untroubled && looked() && now.isBefore(lookedAt.plus(settings.driftInterval()));
        patient = remembered && calm;
        suspects = Set.of();
        back.clear();
        findDue(now.plus(settings.soon()));
        if (changed) {
            failures.forgetSteps();
            made = false;
            calm = false;
            calmBefore = false;
            // The look that is due does not wait for the end of one edit after the other.
            changedAt = remembered ? countedFrom : now;
        }
        this.generation = generation;
        boolean everything = !remembered && (changed || !now.isBefore(nextFullLook(settings.lookEvery(quiet()))));
        if (everything) {
            boolean shares = !anew && (calm || !deleting && (writes.none() || changed && untroubled));
            beginLook(since(shares, changed, now, settings), now, settings);
        }
        return everything;
    }

    private void findDue(Instant soon) {
        due = nextLooks.entrySet().stream().filter(it -> !it.getValue().at.isAfter(soon)).map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Who wrote nothing has nothing to miss in an answer that another stack got a moment ago, and what an earlier process wrote is
     * older than all that this one has read: so the thousand stacks that it finds share their first answers. What an untroubled
     * one wrote itself it knows: a person's edit must not wait for listings of its own. And of a fleet that takes longer than an
     * interval to be read each look would begin anew before it has come to its end.
     */
    private Instant since(boolean shares, boolean changed, Instant now, EngineSettings settings) {
        boolean goesOn = waitsForItsTurn && !changed && !anew && disturbedAt == null
                && since.isAfter(now.minus(settings.driftInterval().multipliedBy(LONGEST_LOOK)));
        if (goesOn) {
            return since;
        }
        if (shares) {
            return now.minus(settings.shareFor());
        }
        return disturbedAt == null ? now : disturbedAt;
    }

    private void beginLook(Instant since, Instant now, EngineSettings settings) {
        this.since = since;
        detailsSince = since;
        anew = false;
        apart = firstLook.equals(now) && ready != NONE ? settings.apart() : apart;
        lookedAt = now;
        countedFrom = now;
        calmBefore = calm;
        disturbedAt = null;
    }

    /**
     * Whether the pass begins with what the last look at everything found, corrected by what was written since: that was within
     * the last interval, nothing is amiss, and only the spec is new. A person's edit must not wait for the fleet's listings;
     * what it is about to change is looked at again before, as {@link #suspect} says.
     */
    boolean remembered() {
        return remembered;
    }

    /** Of these kinds no older answers are good enough in this pass. */
    void suspect(Set<Kind> kinds, Instant since) {
        suspects = kinds;
        suspectsSince = since;
    }

    private boolean looked() {
        return !lookedAt.equals(Instant.MIN);
    }

    /**
     * After a new spec not before all is as it says, or two intervals have passed: what is being made is looked at anyway,
     * and a stack takes about as long as an interval to be made. Nor at once then: those that were made together would all
     * look together, in the way of those that are still being made.
     */
    Instant nextFullLook(Duration interval) {
        if (!looked()) {
            return Instant.MIN;
        }
        Instant next = countedFrom.plus(interval);
        Instant patience = made ? madeAt.plus(interval.dividedBy(10)) : changedAt.plus(interval.multipliedBy(2));
        return next.isAfter(patience) ? next : patience;
    }

    /** No older answer was good enough for the last look at everything. */
    Instant since() {
        return since;
    }

    /** No older answer of a kind is good enough in this pass: what failed since may have been done in part. */
    Instant since(Kind kind) {
        Instant enough = suspects.contains(kind) ? suspectsSince : since;
        Instant failed = writes.undoneAt(kind);
        return failed.isAfter(enough) ? failed : enough;
    }

    /** The next pass has to look at everything, whatever its age. */
    void lookAtEverything() {
        lookedAt = Instant.MIN;
        anew = true;
    }

    /**
     * Somebody else wrote on an object of the stack: the next pass looks at everything, with answers of that moment or later.
     *
     * @param at when the write is taken for visible
     */
    public void disturbed(Instant at) {
        calm = false;
        disturbedAt = at;
        lookAtEverything();
    }

    /**
     * Whether two looks at everything found it as it should be. One may have come before AWS' listings showed what it was taken
     * for, so whoever tells of changes is relied on after the second.
     */
    boolean quiet() {
        return calm && calmBefore;
    }

    /** Whether it is time to look at a kind, also in a pass that does not look at everything. */
    boolean due(Kind kind) {
        return due.contains(kind);
    }

    /**
     * Plans the next look at each of these kinds. A pass that did not look at a kind puts its look off, which saves calls, but by
     * no more than one pause: passes that come closer together than its pauses would put it off for ever.
     */
    void lookAgain(Map<Kind, Instant> planned, Instant now) {
        // Not before: a pass that fails before its end has to find them due again.
        nextLooks.keySet().removeAll(due);
        planned.forEach((kind, at) -> nextLooks.compute(kind, (it, before) ->
                before == null ? NextLook.first(at, now) : before.putOff(at, now)));
        nextLooks.keySet().retainAll(planned.keySet());
    }

    /** When kinds are looked at again before the next look at everything, in no order. */
    Stream<Instant> nextLooks() {
        return nextLooks.values().stream().map(NextLook::at);
    }

    /**
     * From when on an answer about what AWS does not change by itself stays good: the last look at everything, or when the
     * last write is sure to be seen.
     */
    Instant detailsSince(Kind kind, Duration visibility) {
        if (remembered && !suspects.contains(kind)) {
            return detailsSince;
        }
        Instant seen = writtenBefore(kind, visibility);
        return seen.isAfter(detailsSince) ? seen : detailsSince;
    }

    /** When the last write of a kind, maybe by an earlier process, is sure to be seen. */
    Instant writtenBefore(Kind kind, Duration visibility) {
        return writes.lastOf(kind, firstLook).plus(visibility);
    }

    /**
     * Whether the last pass found everything as it should be: nobody but the stack makes what only the stack makes. For an edit of
     * such a stack that holds of all kinds that it does not touch.
     */
    boolean calm(Kind kind) {
        return calm || patient && !suspects.contains(kind);
    }

    void wrote(Step step, Optional<Live> after, Instant at) {
        nextLooks.remove(step.key().kind());
        waiting.keySet().removeIf(wait -> wait.key().equals(step.key()));
        failures.succeeded(step.key());
        writes.wrote(step, after, at);
    }

    /** A kind could be read. By answers from before the pass: what was waited for while AWS was away may be there by now. */
    void saw(Kind kind, Sight sight, Instant start) {
        if (sight.oldest().isBefore(start) && failures.blind(kind).isPresent()) {
            back.add(kind);
        }
        failures.readable(kind);
        seen.put(kind, sight.eldest().isBefore(start) ? sight.eldest() : start);
    }

    /** By kind, how old the oldest answer is that was used when it could be read last; since the first look if it never could. */
    Map<Kind, Duration> ages(Instant now) {
        Stream<Kind> kinds = Stream.concat(seen.keySet().stream(), failures.blind().stream()).distinct();
        return kinds.collect(Collectors.toMap(
                Function.identity(), kind -> Duration.between(seen.getOrDefault(kind, firstLook), now)));
    }

    /** Whether this pass was the first to read a kind again, and by older answers. */
    boolean back(Kind kind) {
        return back.contains(kind);
    }

    /** How long the same wait has been on. */
    Duration waited(Wait wait, Instant now) {
        return Duration.between(waiting.computeIfAbsent(wait, it -> now), now);
    }

    /** Of a pass for that generation. */
    public Priority priority(long generation) {
        return ready == NONE ? Priority.BULK : generation == ready ? Priority.REPAIR : Priority.EDIT;
    }

    /** @param converged whether all is now as the spec says; calm is who took no step to get there */
    void settle(boolean converged, boolean troubled, boolean stepsTaken, Instant now) {
        this.troubled = troubled;
        if (converged && !apart.isZero()) {
            // What a process finds it looks at together, as fast as AWS' rates allow: each next look comes at a time of its own.
            countedFrom = now.minus(apart);
            apart = Duration.ZERO;
        }
        madeAt = made ? madeAt : now;
        made |= converged;
        ready = converged ? generation : ready;
        calm = converged && !stepsTaken;
    }

    /** The pass found nothing amiss, but that reads wait for their turn at AWS' rates, or not. */
    void waitsForItsTurn(boolean waits) {
        waitsForItsTurn = waits;
    }

    /** Ends a pass: what no longer fails or waits is forgotten, and so is what is gone. What cannot be seen may wait on. */
    void end(Set<ResourceKey> toDo, Set<Wait> waits, Set<String> present) {
        failures.end(toDo);
        waiting.keySet().removeIf(wait -> !waits.contains(wait) && failures.blind(wait.key().kind()).isEmpty());
        writes.end(present, lookedAt);
    }
}
