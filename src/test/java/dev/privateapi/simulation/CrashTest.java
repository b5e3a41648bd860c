package dev.privateapi.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.Durations;
import dev.privateapi.simulation.aws.Call;
import dev.privateapi.simulation.aws.Weather.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Something happens at every call of a journey, to AWS or the API server, once before and once after the call's effect:
 * either the process dies, and another one begins with nothing but what is written down and what is on AWS, or the
 * connection is cut, and the process lives on without the answer.
 */
class CrashTest {

    private static final Set<Fate> DEATHS = EnumSet.of(Fate.DIES_BEFORE, Fate.DIES_AFTER);
    /** A look at everything, and waiting until AWS must have shown what may have been made. */
    private static final int EXTRA_CALLS = 160;
    private static final int MOST_TURNS = 400;
    /** An operator that expects AWS to be slow asks seldom, which makes a journey of few turns. */
    private static final Durations PATIENT = new Durations(0.2);
    /** What was made before the death may be seen only so much later. */
    private static final Duration LAG = Duration.ofSeconds(12);

    private static final List<Point> ALL_POINTS = new ArrayList<>();
    private static final List<Failure> ALL_FAILURES = new ArrayList<>();

    /** @param at the call that it happens at, counted from the beginning of the journey; 0 for none */
    private record Point(int at, Fate how) {}

    private record Failure(Kind kind, String what) {}

    private enum Kind { LEAK, DUPLICATE, OTHER }

    /** What came of a journey. */
    private record Arrival(List<Call> calls, List<String> portrait, List<Failure> failures) {}

    static List<Journey> journeys() {
        return Journey.all();
    }

    @ParameterizedTest
    @MethodSource("journeys")
    void arrivesWhereverItIsDisturbed(Journey journey) {
        Arrival undisturbed = travel(journey, new Point(0, Fate.FINE));
        assertThat(undisturbed.failures).as("%s, undisturbed", journey).isEmpty();

        List<Point> points = IntStream.rangeClosed(1, undisturbed.calls.size()).boxed()
                .flatMap(at -> points(at, undisturbed.calls.get(at - 1))).toList();
        List<Failure> failures = points.parallelStream()
                .flatMap(point -> failures(journey, point, undisturbed).stream()).toList();

        tell(journey.name(), points, failures);
        ALL_POINTS.addAll(points);
        ALL_FAILURES.addAll(failures);
        assertThat(failures).as("%s: disturbed at each of %d points", journey, points.size()).isEmpty();
    }

    @AfterAll
    static void tellAll() {
        tell("In all", ALL_POINTS, ALL_FAILURES);
    }

    private static void tell(String what, List<Point> points, List<Failure> failures) {
        long deaths = points.stream().filter(point -> DEATHS.contains(point.how)).count();
        System.out.printf("%s: %d crash points, %d cut connections, %d leaks, %d duplicates, %d other failures%n", what,
                deaths, points.size() - deaths, count(failures, Kind.LEAK), count(failures, Kind.DUPLICATE),
                count(failures, Kind.OTHER));
    }

    private static long count(List<Failure> failures, Kind kind) {
        return failures.stream().filter(it -> it.kind == kind).count();
    }

    /** A read has no effect that could come before or after. */
    private static Stream<Point> points(int at, Call call) {
        Stream<Fate> fates = call.mutating()
                ? Stream.of(Fate.DIES_BEFORE, Fate.DIES_AFTER, Fate.UNREACHABLE, Fate.LOST)
                : Stream.of(Fate.DIES_BEFORE, Fate.LOST);
        return fates.map(fate -> new Point(at, fate));
    }

    private static List<Failure> failures(Journey journey, Point point, Arrival undisturbed) {
        Arrival arrival = travel(journey, point);
        List<Failure> failures = new ArrayList<>(arrival.failures);
        if (!arrival.portrait.equals(undisturbed.portrait)) {
            failures.add(other("another end state: " + Portrait.differences(arrival.portrait, undisturbed.portrait)));
        }
        if (arrival.calls.size() > undisturbed.calls.size() + EXTRA_CALLS) {
            failures.add(other("took " + arrival.calls.size() + " calls instead of " + undisturbed.calls.size()));
        }
        String where = point.how + " " + point.at + " " + undisturbed.calls.get(point.at - 1).name() + ": ";
        return failures.stream().map(failure -> new Failure(failure.kind, where + failure.what)).toList();
    }

    private static Failure other(String what) {
        return new Failure(Kind.OTHER, what);
    }

    /** Makes what is to be there before, goes the journey, and looks at what came of it. */
    private static Arrival travel(Journey journey, Point point) {
        Pilot pilot = new Pilot(1, journey.from() == null ? Specs.of(Specs.SEED) : journey.from(), PATIENT);
        List<String> foreign = Portrait.ofOthers(pilot.world, pilot.rules.owners());
        pilot.world.lag(LAG);
        List<Failure> failures = new ArrayList<>();
        if (journey.from() != null) {
            settle(pilot, "is not even there before", failures);
        }
        int before = pilot.world.journal().size();
        pilot.world.weather(call -> call.number() == before + point.at ? point.how : Fate.FINE);
        journey.change().accept(pilot);
        settle(pilot, "does not settle", failures);
        List<Call> calls = List.copyOf(pilot.world.journal().subList(before, pilot.world.journal().size()));
        pilot.world.advance(Operator.DRIFT.multipliedBy(2));
        settle(pilot, "does not stay settled", failures);
        pilot.world.advance(Duration.ofMinutes(2));
        List<String> portrait = Portrait.of(pilot.world, pilot.rules.owners());
        if (journey.from() == null) {
            pilot.stack.delete();
            settle(pilot, "is not deleted", failures);
        }
        if (pilot.stack.deleted()) {
            failures.addAll(leavings(pilot, foreign));
        }
        pilot.rules.broken().forEach(it ->
                failures.add(new Failure(it.startsWith("double: ") ? Kind.DUPLICATE : Kind.OTHER, it)));
        return new Arrival(calls, portrait, failures);
    }

    private static void settle(Pilot pilot, String otherwise, List<Failure> failures) {
        if (!pilot.settle(MOST_TURNS)) {
            failures.add(other(otherwise + ": " + pilot.complaint()));
        }
    }

    /** @param foreign what was there before the stack */
    private static List<Failure> leavings(Pilot pilot, List<String> foreign) {
        List<String> changed = new ArrayList<>(foreign);
        changed.removeAll(Portrait.ofOthers(pilot.world, pilot.rules.owners()));
        return Stream.concat(
                pilot.rules.left().stream().map(it -> new Failure(Kind.LEAK, "left: " + it)),
                changed.stream().map(it -> other("changed what is not the stack's: " + it))).toList();
    }
}
