package dev.privateapi.aws;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.privateapi.model.Caller;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The reads of one account and Region, shared by all stacks: who asks while the same question is on its way gets its
 * answer, and who can do with an older answer gets that, so that a thousand stacks cost about the calls of one.
 */
public final class Reads {

    /** An answer nobody asked for in this long is dropped: the object it speaks of is gone, or its stack. */
    private static final Duration IDLE = Duration.ofMinutes(30);

    /** Within this time of AWS a call that fails tells everybody that AWS is away: an outage costs no calls per stack. */
    private static final Duration AWAY = Duration.ofSeconds(2);

    /** How long a count of the reads is good enough: it follows the fleet, which changes in minutes. */
    private static final Duration COUNTED = Duration.ofSeconds(10);

    private final Clock clock;
    private final Instant begun;
    private final Function<Set<String>, Map<ApiClass, Duration>> rounds;
    private final Duration away;
    private final MeterRegistry metrics;
    /** Apart for each batch, so that who fills a call looks at its own kind only. */
    private final Map<String, ConcurrentMap<String, Flight<?>>> flights = new ConcurrentHashMap<>();
    private volatile Count count = new Count(Instant.MIN, Map.of());

    private record Count(Instant at, Map<ApiClass, Duration> rounds) {}

    /**
     * @param rounds how long a round over so many reads takes, by class; see {@link Rotation#rounds}
     * @param timeScale how many times faster than life AWS runs
     */
    Reads(Clock clock, Function<Set<String>, Map<ApiClass, Duration>> rounds, double timeScale, MeterRegistry metrics) {
        this.clock = clock;
        this.begun = clock.instant();
        this.rounds = rounds;
        this.away = Duration.ofNanos((long) (AWAY.toNanos() / timeScale));
        this.metrics = metrics;
    }

    /** Without limits, for what is not AWS. */
    public static Reads unlimited(Clock clock) {
        return new Reads(clock, names -> Map.of(), 1, new SimpleMeterRegistry());
    }

    /**
     * @param notOlderThan the time of the caller's last write, or whatever age it can bear
     * @throws RuntimeException what the load threw, to all who waited for it. If AWS is throttling or away, also to those who
     *     ask within two seconds, whatever age they can bear: it is no answer. Otherwise the next caller loads anew
     */
    public <T> Snapshot<T> read(Query<T> query, Instant notOlderThan) {
        return read(flights(""), query.name(), notOlderThan, mine -> load(query, mine));
    }

    /**
     * The same for one object of many.
     *
     * @param id as the batch's call takes it
     * @return empty if AWS says nothing about that object
     */
    public <T> Snapshot<Optional<T>> read(Batch<T> batch, String id, Instant notOlderThan) {
        return read(flights(batch.name("")), batch.name(id), notOlderThan, mine -> load(batch, id, mine, notOlderThan));
    }

    /**
     * How old an answer may be for who can wait for its turn. As old as it asks for, unless the fleet is so large that it
     * takes longer to ask for all there is: then from the last turn of this read in that round. How old they are is in the metric
     * {@code privateapi.aws.read.age}.
     */
    public Instant inTurn(String name, Instant wished) {
        Instant now = clock.instant();
        Duration round = Rotation.narrowest(name).stream().map(it -> rounds(now).getOrDefault(it, Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
        Instant turn = round.isZero() ? now : Rotation.turn(name, round, begun, now);
        return turn.isBefore(wished) ? turn : wished;
    }

    private Map<ApiClass, Duration> rounds(Instant now) {
        Count known = count;
        if (known.at.isBefore(now.minus(COUNTED))) {
            known = new Count(now, rounds.apply(flights.values().stream().flatMap(it -> it.keySet().stream())
                    .collect(Collectors.toSet())));
            count = known;
        }
        return known.rounds;
    }

    private ConcurrentMap<String, Flight<?>> flights(String batch) {
        return flights.computeIfAbsent(batch, it ->
                Caffeine.newBuilder().expireAfterAccess(IDLE).<String, Flight<?>>build().asMap());
    }

    private <T> Snapshot<T> read(
            ConcurrentMap<String, Flight<?>> flights, String name, Instant notOlderThan, Consumer<Flight<T>> load) {
        Flight<T> mine = new Flight<>(clock.instant(), false, Caller.current().priority());
        Flight<T> flight = Reads.<T>typed(flights.merge(name, mine, (known, fresh) ->
                known.serves(notOlderThan, fresh) || known.tells(mine.startedAt().minus(away)) ? known : fresh.after(known)));
        if (flight == mine) {
            // Others may wait for the answer by now: who asks for all is not recalled.
            Caller.of(mine.priority()).on(Runnable::run).execute(() -> load.accept(mine));
        }
        flight.askedAt(mine.startedAt());
        Flight<T> soonest = Reads.<T>typed(flight.soonest(notOlderThan));
        try {
            Snapshot<T> answer = new Snapshot<>(soonest.startedAt(), soonest.join());
            // One that somebody else asked for a moment later is not from the future.
            Duration age = answer.takenAt().isBefore(mine.startedAt())
                    ? Duration.between(answer.takenAt(), mine.startedAt()) : Duration.ZERO;
            metrics.timer("privateapi.aws.read.age", "read", name.split(" ", 2)[0]).record(age);
            return answer;
        } catch (CompletionException e) {
            if (soonest.passenger()) {
                return read(flights, name, notOlderThan, load);
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private <T> void load(Query<T> query, Flight<T> flight) {
        try {
            flight.land(query.load().get());
        } catch (Throwable e) {
            fail(flights(""), query.name(), flight, e);
        }
    }

    private <T> void load(Batch<T> batch, String id, Flight<Optional<T>> mine, Instant notOlderThan) {
        ConcurrentMap<String, Flight<?>> flights = flights(batch.name(""));
        Map<String, Flight<Optional<T>>> passengers = new LinkedHashMap<>();
        try {
            board(flights, batch, id, notOlderThan, passengers);
            Map<String, Flight<Optional<T>>> aboard = new LinkedHashMap<>(Map.of(id, mine));
            aboard.putAll(passengers);
            land(flights, batch, aboard);
        } catch (Throwable e) {
            // One that is gone may fail the call for all: nobody who asks for another must hear of it.
            passengers.forEach((each, flight) -> fail(flights, batch.name(each), flight, e));
            if (passengers.isEmpty() || away(e)) {
                fail(flights, batch.name(id), mine, e);
            } else {
                alone(flights, batch, id, mine);
            }
        }
    }

    /** Without those that a listing shows: one of them is gone and still shown, and would fail each further call, too. */
    private static <T> void alone(
            ConcurrentMap<String, Flight<?>> flights, Batch<T> batch, String id, Flight<Optional<T>> mine) {
        try {
            land(flights, batch, Map.of(id, mine));
        } catch (Throwable e) {
            fail(flights, batch.name(id), mine, e);
        }
    }

    /**
     * Those whose answers somebody asked for and which are too old for who asks now, the oldest first, and then those that
     * nobody has asked for yet; they are on their way from here on.
     */
    private <T> void board(
            ConcurrentMap<String, Flight<?>> flights, Batch<T> batch, String id, Instant notOlderThan,
            Map<String, Flight<Optional<T>>> passengers) {
        again(flights, batch.name(id), notOlderThan).limit(batch.limit() - 1L).forEach(old -> {
            Flight<Optional<T>> fresh = this.<Optional<T>>passenger().after(old.getValue());
            if (flights.replace(old.getKey(), old.getValue(), fresh)) {
                passengers.put(old.getKey().substring(batch.name("").length()), fresh);
            }
        });
        Iterator<String> next = batch.next().get().iterator();
        while (passengers.size() < batch.limit() - 1 && next.hasNext()) {
            String other = next.next();
            Flight<Optional<T>> first = passenger();
            if (flights.putIfAbsent(batch.name(other), first) == null) {
                passengers.put(other, first);
            }
        }
    }

    private <T> Flight<T> passenger() {
        return new Flight<>(clock.instant(), true, Caller.current().priority());
    }

    /** The oldest first. */
    private Stream<Map.Entry<String, Flight<?>>> again(
            ConcurrentMap<String, Flight<?>> flights, String but, Instant notOlderThan) {
        Instant forgotten = clock.instant().minus(IDLE);
        List<Map.Entry<String, Flight<?>>> old = new ArrayList<>();
        flights.forEach((name, flight) -> {
            boolean stale = flight.done() && !flight.serves(notOlderThan);
            if (stale && flight.askedSince(forgotten) && !name.equals(but)) {
                old.add(Map.entry(name, flight));
            }
        });
        return old.stream().sorted(Comparator.comparing(entry -> entry.getValue().startedAt()));
    }

    /** @throws RuntimeException what the call threw; nobody has heard of it by then */
    private static <T> void land(
            ConcurrentMap<String, Flight<?>> flights, Batch<T> batch, Map<String, Flight<Optional<T>>> aboard) {
        Map<String, T> answers = batch.load().apply(List.copyOf(aboard.keySet()));
        aboard.forEach((id, flight) -> {
            Optional<T> answer = Optional.ofNullable(answers.get(id));
            if (flight.passenger() && answer.isEmpty()) {
                flights.remove(batch.name(id), flight);
            }
            flight.land(answer);
        });
    }

    private static void fail(ConcurrentMap<String, Flight<?>> flights, String name, Flight<?> flight, Throwable e) {
        if (flight.passenger() || !away(e)) {
            flights.remove(name, flight);
        }
        flight.fail(e);
    }

    private static boolean away(Throwable e) {
        return AwsErrors.problem(e).category().away();
    }

    @SuppressWarnings("unchecked") // a name stands for one query, and that for one type
    private static <T> Flight<T> typed(Flight<?> flight) {
        return (Flight<T>) flight;
    }
}
