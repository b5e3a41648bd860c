package dev.privateapi.engine;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Priority;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
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

    private final Map<String, Write> writes = new HashMap<>();
    private final Map<Kind, Instant> lastWrites = new HashMap<>();
    private final Map<Kind, Instant> undone = new EnumMap<>(Kind.class);
    private final Set<String> shown = new HashSet<>();
    private final Map<ResourceKey, Instant> doubtful = new HashMap<>();
    private final Set<ResourceKey> refused = new HashSet<>();
    /** What a listing does not show of these is gone, or {@link #corrected} adds it. */
    private final Set<String> created = new HashSet<>();
    private final Map<Inventory.Entry, Instant> missing = new HashMap<>();
    private final Map<ResourceKey, Failure> failures = new HashMap<>();
    private final Map<Kind, Failure> blind = new EnumMap<>(Kind.class);
    private final Map<Wait, Instant> waiting = new HashMap<>();
    private Map<Kind, Instant> nextLooks = Map.of();
    private Instant fullLook = Instant.MIN;
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
    /** Whether the look before the last one found everything as it should be, too. */
    private boolean calmBefore;
    private Instant disturbedAt;
    private Instant firstLook;
    /** Whether the next look at everything takes no answer that is older than itself. */
    private boolean anew;
    private long generation = NONE;

    private record Write(Kind kind, Live after, Instant at) {}

    /** Of a stack of which nobody has told yet that it is as it should be. */
    public Memory() {
        this(NONE);
    }

    /** @param ready the generation that an earlier process told to be as it says: its stack is not in the making */
    public Memory(long ready) {
        this.ready = ready;
    }

    /** @param since when it failed for the first time in a row */
    record Failure(Problem problem, int times, Instant since, Instant retryAt) {

        private Failure again(Problem problem, Instant now, IntFunction<Duration> pause) {
            return new Failure(problem, times + 1, since, now.plus(pause.apply(times + 1)));
        }

        private static Failure first(Problem problem, Instant now, IntFunction<Duration> pause) {
            return new Failure(problem, 1, now, now.plus(pause.apply(1)));
        }
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
        boolean untroubled = calm || !troubled && doubtful.isEmpty();
        remembered = changed && !deleting && untroubled && looked() && now.isBefore(fullLook.plus(settings.driftInterval()));
        patient = remembered && calm;
        suspects = Set.of();
        if (changed) {
            // What failed may be the very thing that the new spec corrects: it deserves a try at once.
            failures.clear();
            made = false;
            calm = false;
            calmBefore = false;
            // The look that is due does not wait for the end of one edit after the other.
            changedAt = remembered ? fullLook : now;
        }
        this.generation = generation;
        boolean due = !remembered && (changed || !now.isBefore(nextFullLook(settings.lookEvery(quiet()))));
        if (due) {
            // Who wrote nothing has nothing to miss in an answer that another stack got a moment ago, and what an earlier process
            // wrote is older than all that this one has read: so the thousand stacks that it finds share their first answers. What
            // an untroubled one wrote itself it knows: a person's edit must not wait for listings of its own.
            boolean shares = !anew && (calm || !deleting && (lastWrites.isEmpty() || changed && untroubled));
            since = shares ? now.minus(settings.shareFor()) : disturbedAt == null ? now : disturbedAt;
            anew = false;
            detailsSince = since;
            apart = firstLook.equals(now) && ready != NONE ? settings.apart() : apart;
            fullLook = now;
            calmBefore = calm;
            disturbedAt = null;
        }
        return due;
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
        return !fullLook.equals(Instant.MIN);
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
        Instant next = fullLook.plus(interval);
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
        Instant failed = undone.getOrDefault(kind, Instant.MIN);
        return failed.isAfter(enough) ? failed : enough;
    }

    /** The next pass has to look at everything, whatever its age. */
    void lookAtEverything() {
        fullLook = Instant.MIN;
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

    /** When it is worth looking at a kind again before the next look at everything; absent if it is not. */
    Optional<Instant> nextLook(Kind kind) {
        return Optional.ofNullable(nextLooks.get(kind));
    }

    void lookAgain(Map<Kind, Instant> nextLooks) {
        this.nextLooks = Map.copyOf(nextLooks);
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
        return lastWrites.getOrDefault(kind, firstLook).plus(visibility);
    }

    /**
     * Whether the last pass found everything as it should be: nobody but the stack makes what only the stack makes. For an edit of
     * such a stack that holds of all kinds that it does not touch.
     */
    boolean calm(Kind kind) {
        return calm || patient && !suspects.contains(kind);
    }

    void wrote(Step step, Optional<Live> after, Instant at) {
        waiting.keySet().removeIf(wait -> wait.key().equals(step.key()));
        after.ifPresent(live -> created.add(live.id()));
        after.ifPresentOrElse(
                live -> writes.put(live.id(), new Write(step.key().kind(), live, at)),
                () -> writes.put(step.id(), new Write(step.key().kind(), null, at)));
        lastWrites.put(step.key().kind(), at);
        failures.remove(step.key());
        doubtful.remove(step.key());
    }

    /** It went with what it was part of. */
    void gone(Live live, Instant at) {
        writes.put(live.id(), new Write(live.key().kind(), null, at));
        lastWrites.put(live.key().kind(), at);
    }

    /** The outcome of a create is unknown: AWS may have it. */
    void doubt(ResourceKey key, Instant at) {
        doubtful.put(key, at);
        refused.remove(key);
    }

    /** AWS said no to a create that this process announced: there is nothing to wait for. */
    void refused(ResourceKey key) {
        if (!doubtful.containsKey(key)) {
            refused.add(key);
        }
    }

    /** A step ended without an outcome: of several calls the first ones may have been made. */
    void undone(Kind kind, Instant at) {
        undone.put(kind, at);
    }

    /** @param pause how long to leave it alone after so many failures */
    void failed(ResourceKey key, Problem problem, Instant now, IntFunction<Duration> pause) {
        failures.merge(key, Failure.first(problem, now, pause), (before, first) -> before.again(problem, now, pause));
    }

    Map<ResourceKey, Failure> failures() {
        return failures;
    }

    /** @param pause how long not to read this kind after so many failures */
    void unreadable(Kind kind, Problem problem, Instant now, IntFunction<Duration> pause) {
        blind.merge(kind, Failure.first(problem, now, pause), (before, first) -> before.again(problem, now, pause));
    }

    void readable(Kind kind) {
        blind.remove(kind);
    }

    /** Why the last read of this kind failed and when the next one is worth a try; empty if it did not. */
    Optional<Failure> blind(Kind kind) {
        return Optional.ofNullable(blind.get(kind));
    }

    /** A listing, corrected by the writes that are newer than it, or that it may not show yet. */
    List<Live> corrected(Kind kind, List<Live> listed, Instant takenAt, Duration visibility) {
        listed.forEach(live -> shown.add(live.id()));
        Set<String> ids = new HashSet<>();
        listed.forEach(live -> ids.add(live.id()));
        writes.values().removeIf(write -> write.kind == kind && settled(write, ids, takenAt, visibility));
        Stream<Live> fromListing = listed.stream().filter(live -> !writes.containsKey(live.id()));
        Stream<Live> fromWrites = writes.values().stream()
                .filter(write -> write.kind == kind && write.after != null)
                .map(Write::after);
        return Stream.concat(fromListing, fromWrites).toList();
    }

    /** Whether the listing knows better than the write. */
    private boolean settled(Write write, Set<String> listed, Instant takenAt, Duration visibility) {
        boolean newer = takenAt.isAfter(write.at);
        boolean certain = takenAt.isAfter(write.at.plus(visibility));
        if (write.after == null) {
            return certain;
        }
        boolean shows = listed.contains(write.after.id());
        boolean vanished = write.after.phase() == Phase.DELETING && shown.contains(write.after.id());
        return newer && (shows || vanished) || certain;
    }

    /**
     * Whether something that is written down, and that no listing shows, may yet be shown. What another process wrote down,
     * also after this one began, counts from when this one saw it: the create may still be on its way.
     */
    boolean unconfirmed(Inventory.Entry entry, Instant takenAt, Instant now, Duration visibility) {
        Instant doubt = doubtful.get(entry.key());
        if (doubt != null) {
            return !takenAt.isAfter(doubt.plus(visibility));
        }
        boolean certain = entry.announced()
                ? refused.contains(entry.key())
                : shown.contains(entry.id()) || created.contains(entry.id());
        Instant missed = missing.computeIfAbsent(entry, it -> now);
        return !certain && !takenAt.isAfter(missed.plus(visibility));
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
            fullLook = now.minus(apart);
            apart = Duration.ZERO;
        }
        madeAt = made ? madeAt : now;
        made |= converged;
        ready = converged ? generation : ready;
        calm = converged && !stepsTaken;
    }

    /** Ends a pass: what no longer fails or waits is forgotten, and so is what is gone. */
    void end(Set<ResourceKey> failing, Set<Wait> waits, Set<String> present) {
        failures.keySet().retainAll(failing);
        missing.values().removeIf(at -> at.isBefore(fullLook));
        waiting.keySet().retainAll(waits);
        shown.removeIf(id -> !present.contains(id) && !writes.containsKey(id));
        created.removeIf(id -> !present.contains(id) && !writes.containsKey(id));
    }
}
