package dev.privateapi.engine;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What this process wrote of one stack, and what AWS has shown of it: corrects listings that are behind. AWS is eventually
 * consistent, so what was created may be missing in a listing, and what was deleted may still be in it.
 */
final class Writes {

    private final Map<String, Write> writes = new HashMap<>();
    private final Map<Kind, Instant> last = new EnumMap<>(Kind.class);
    private final Map<Kind, Instant> undone = new EnumMap<>(Kind.class);
    private final Set<String> shown = new HashSet<>();
    private final Map<ResourceKey, Instant> doubtful = new HashMap<>();
    private final Set<ResourceKey> refused = new HashSet<>();
    /** What a listing does not show of these is gone, or {@link #corrected} adds it. */
    private final Set<String> created = new HashSet<>();
    private final Map<Inventory.Entry, Instant> missing = new HashMap<>();

    private record Write(Kind kind, Live after, Instant at) {}

    void wrote(Step step, Optional<Live> after, Instant at) {
        after.ifPresent(live -> created.add(live.id()));
        after.ifPresentOrElse(
                live -> writes.put(live.id(), new Write(step.key().kind(), live, at)),
                () -> writes.put(step.id(), new Write(step.key().kind(), null, at)));
        last.put(step.key().kind(), at);
        doubtful.remove(step.key());
    }

    /** It went with what it was part of. */
    void gone(Live live, Instant at) {
        writes.put(live.id(), new Write(live.key().kind(), null, at));
        last.put(live.key().kind(), at);
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

    /** When a step on this kind ended without an outcome for the last time; long ago if none did. */
    Instant undoneAt(Kind kind) {
        return undone.getOrDefault(kind, Instant.MIN);
    }

    /** When the last write of a kind was; {@code before} if this process made none. */
    Instant lastOf(Kind kind, Instant before) {
        return last.getOrDefault(kind, before);
    }

    /** Whether this process wrote nothing at all. */
    boolean none() {
        return last.isEmpty();
    }

    /** Whether the outcome of some create is unknown. */
    boolean inDoubt() {
        return !doubtful.isEmpty();
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

    /** Ends a pass: what is gone is forgotten. */
    void end(Set<String> present, Instant lastLook) {
        missing.values().removeIf(at -> at.isBefore(lastLook));
        shown.removeIf(id -> !present.contains(id) && !writes.containsKey(id));
        created.removeIf(id -> !present.contains(id) && !writes.containsKey(id));
    }
}
