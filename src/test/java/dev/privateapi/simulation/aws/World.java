package dev.privateapi.simulation.aws;

import dev.privateapi.simulation.aws.Weather.Fate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Everything there is on AWS, the clock, and who hears of what happens. Used by one thread. */
public final class World {

    /** Of one call there and back; time passes during a pass too. */
    private static final Duration LATENCY = Duration.ofMillis(40);

    private final long seed;
    private final Map<Class<?>, Map<String, Thing<?>>> things = new LinkedHashMap<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<String, Repeated> tokens = new HashMap<>();
    private final Map<String, Integer> draws = new HashMap<>();
    private final List<Call> journal = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private Duration lag = Duration.ZERO;
    private Instant seesAllFrom = Instant.MIN;
    private Weather weather = Weather.FINE;
    private Watch watch = Watch.NOBODY;
    private Call current;
    private long ids;
    private long calls;

    private record Event(Instant at, long number, Runnable happens) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            return at.equals(other.at) ? Long.compare(number, other.number) : at.compareTo(other.at);
        }
    }

    /** @param seed of durations and lags */
    public World(long seed) {
        this.seed = seed;
    }

    public Clock clock() {
        return clock;
    }

    public Instant now() {
        return now;
    }

    public void weather(Weather weather) {
        this.weather = weather;
    }

    public void watch(Watch watch) {
        this.watch = watch;
    }

    /** How long at most a listing may show a write late. */
    public void lag(Duration lag) {
        if (!lag.equals(this.lag)) {
            seesAllFrom = lag.isZero() ? now : Instant.MAX;
        }
        this.lag = lag;
    }

    /** Whether listings have never been late in this time. */
    public boolean seesAllSince(Duration time) {
        return !now.minus(time).isBefore(seesAllFrom);
    }

    /** Every call so far. */
    public List<Call> journal() {
        return journal;
    }

    // ---- time

    public void advance(Duration duration) {
        Instant until = now.plus(duration);
        Call before = current;
        current = null;
        while (!events.isEmpty() && !events.peek().at.isAfter(until)) {
            Event event = events.poll();
            now = event.at.isAfter(now) ? event.at : now;
            event.happens.run();
        }
        current = before;
        now = until;
    }

    void after(Duration duration, Runnable happens) {
        events.add(new Event(now.plus(duration), ++ids, happens));
    }

    /** How long AWS takes: the n-th draw of a name depends on the seed alone, not on what else was drawn. */
    Duration takes(Takes what) {
        return what.between(draw(what.name()));
    }

    /** When what is written now is shown by listings. */
    Instant late() {
        return lag.isZero() ? Instant.MIN : now.plusNanos((long) (lag.toNanos() * (0.2 + 0.8 * draw("lag"))));
    }

    private double draw(String name) {
        int number = draws.merge(name, 1, Integer::sum);
        return new SplittableRandom(seed * 31 + name.hashCode() * 1_000_003L + number).nextDouble();
    }

    // ---- calls

    /** @param errors the service's own words for what the weather does */
    public <T> T call(Caller caller, String service, String operation, Errors errors, Supplier<T> effect) {
        if (caller.outlives() && draw("in flight") < 0.5) {
            outliving(new Call(calls, caller, service, operation), effect);
        }
        caller.mustLive();
        if (!caller.operator()) {
            return does(new Call(0, caller, service, operation), effect);
        }
        advance(LATENCY);
        Call call = new Call(++calls, caller, service, operation);
        journal.add(call);
        Fate fate = weather.of(call);
        caller.mustLive();
        return switch (fate) {
            case FINE -> does(call, effect);
            case THROTTLED -> throw errors.throttled();
            case DENIED -> throw errors.denied(call);
            case UNREACHABLE -> throw errors.unreachable();
            case LOST -> {
                try {
                    does(call, effect);
                } catch (AwsServiceException e) {
                    throw errors.lost(e);
                }
                throw errors.lost(null);
            }
            case DIES_BEFORE -> throw killed(caller);
            case DIES_AFTER -> {
                try {
                    does(call, effect);
                } catch (AwsServiceException e) {
                    throw killed(caller);
                }
                throw killed(caller);
            }
        };
    }

    private static Killed killed(Caller caller) {
        caller.die();
        return new Killed();
    }

    private void outliving(Call call, Supplier<?> effect) {
        try {
            does(call, effect);
        } catch (AwsServiceException e) {
            // Nobody is there any more who could hear of it.
        }
    }

    private <T> T does(Call call, Supplier<T> effect) {
        Call before = current;
        current = call;
        try {
            return effect.get();
        } catch (AwsServiceException e) {
            watch.refused(call, e.awsErrorDetails().errorCode(), e.awsErrorDetails().errorMessage());
            throw e;
        } finally {
            current = before;
        }
    }

    void wrote(Thing<?> subject) {
        if (current != null) {
            watch.wrote(current, subject);
        }
    }

    // ---- things

    <T> Thing<T> add(Place place, String id, String parent, T state, Map<String, String> tags) {
        Thing<T> thing = new Thing<>(this, place, id, parent, state, tags);
        things.computeIfAbsent(state.getClass(), type -> new LinkedHashMap<>()).put(id, thing);
        wrote(thing);
        return thing;
    }

    void remove(Thing<?> thing) {
        thing.end();
    }

    /** A VPC with an id that somebody knows already. */
    public void vpc(Place place, String id, String cidr) {
        new VpcModel(new Network(this, place)).add(id, cidr, Map.of());
    }

    /** A subnet of such a VPC. */
    public void subnet(Place place, String id, String vpcId, String cidr, String zone) {
        new VpcModel(new Network(this, place)).add(id, vpcId, cidr, zone, Map.of());
    }

    /** All that there are of a kind, wherever they are. */
    public <T> Stream<Thing<T>> all(Class<T> type) {
        return index(type).values().stream().filter(thing -> !thing.gone());
    }

    /** All that there are, wherever they are. */
    public Stream<Thing<?>> all() {
        return things.values().stream().flatMap(some -> some.values().stream()).filter(thing -> !thing.gone());
    }

    <T> Stream<Thing<T>> all(Class<T> type, Place place) {
        return all(type).filter(thing -> thing.place().equals(place));
    }

    /** Those that a listing shows. */
    <T> Stream<Thing<T>> listed(Class<T> type, Place place) {
        Map<String, Thing<T>> some = index(type);
        some.values().removeIf(thing -> thing.gone() && !thing.isListed());
        return some.values().stream().filter(thing -> thing.isListed() && thing.place().equals(place));
    }

    <T> Optional<Thing<T>> find(Class<T> type, String id) {
        return Optional.ofNullable(index(type).get(id)).filter(thing -> !thing.gone());
    }

    /** Whatever has this id. */
    public Optional<Thing<?>> find(String id) {
        return things.values().stream()
                .<Thing<?>>mapMulti((some, found) -> Optional.ofNullable(some.get(id)).ifPresent(found))
                .filter(thing -> !thing.gone())
                .findFirst();
    }

    @SuppressWarnings("unchecked") // things are kept by the class of their state
    private <T> Map<String, Thing<T>> index(Class<T> type) {
        return (Map<String, Thing<T>>) (Map<?, ?>) things.computeIfAbsent(type, it -> new LinkedHashMap<>());
    }

    // ---- ids and tokens

    /** Seventeen hexadecimal digits, none the same as another. */
    String hex() {
        return hex(17);
    }

    String hex(int digits) {
        String number = Long.toHexString(++ids);
        return "0".repeat(Math.max(0, digits - number.length())) + number;
    }

    /** Counts from 1 on, for each name apart. */
    int next(String name) {
        return draws.merge(name, 1, Integer::sum);
    }

    /** A call that had this token before. */
    record Repeated(Object request, String id) {}

    /** Empty for a new token or none. */
    Optional<Repeated> repeated(String operation, String token) {
        return Optional.ofNullable(token).map(it -> tokens.get(operation + " " + it));
    }

    void remember(String operation, String token, Object request, String id) {
        if (token != null) {
            tokens.put(operation + " " + token, new Repeated(request, id));
        }
    }
}
