package dev.privateapi.simulation.aws;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One object of AWS: its state and tags as they are, and as a listing that lags behind still shows them.
 *
 * @param <T> what is known of it, immutable: the SDK's record where that holds all of it
 */
public final class Thing<T> {

    private final World world;
    private final String id;
    private final Place place;
    private final String parent;
    private final Instant born;
    private final Instant listedFrom;
    private Seen<T> now;
    private Seen<T> before;
    private Instant fresh = Instant.MIN;
    private boolean gone;

    /** The object as somebody sees it. */
    public record Seen<T>(String id, T state, Map<String, String> tags) {

        public Seen {
            tags = Map.copyOf(tags);
        }
    }

    Thing(World world, Place place, String id, String parent, T state, Map<String, String> tags) {
        this.world = world;
        this.place = place;
        this.id = id;
        this.parent = parent;
        this.born = world.now();
        this.listedFrom = world.late();
        this.now = new Seen<>(id, state, tags);
        this.before = now;
    }

    /** An id, or an ARN or name where AWS has no id. */
    public String id() {
        return id;
    }

    Place place() {
        return place;
    }

    /** The id of the object that it is part of; empty if it stands alone. */
    public String parent() {
        return parent;
    }

    Instant born() {
        return born;
    }

    public T state() {
        return now.state;
    }

    public Map<String, String> tags() {
        return now.tags;
    }

    Seen<T> seen() {
        return now;
    }

    /** As a listing shows it now. */
    Seen<T> listed() {
        return world.now().isBefore(fresh) ? before : now;
    }

    boolean isListed() {
        boolean shown = !world.now().isBefore(listedFrom);
        return gone ? shown && world.now().isBefore(fresh) : shown;
    }

    public boolean gone() {
        return gone;
    }

    /** Whether AWS knows it everywhere by now. */
    boolean known() {
        return !world.now().isBefore(listedFrom);
    }

    void set(T state) {
        set(state, this);
    }

    /** @param subject whose write it is */
    void set(T state, Thing<?> subject) {
        become(new Seen<>(id, state, now.tags), subject);
    }

    void change(UnaryOperator<T> change) {
        set(change.apply(now.state));
    }

    void tag(Map<String, String> tags) {
        Map<String, String> all = new HashMap<>(now.tags);
        all.putAll(tags);
        become(new Seen<>(id, now.state, all), this);
    }

    void untag(Iterable<String> keys) {
        Map<String, String> rest = new HashMap<>(now.tags);
        keys.forEach(rest::remove);
        become(new Seen<>(id, now.state, rest), this);
    }

    private void become(Seen<T> after, Thing<?> subject) {
        world.wrote(subject);
        before = now;
        now = after;
        fresh = world.late();
    }

    void end() {
        world.wrote(this);
        gone = true;
        before = now;
        fresh = world.late();
    }
}
