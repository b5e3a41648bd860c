package dev.privateapi.simulation;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.simulation.Event.Delete;
import dev.privateapi.simulation.Event.Edit;
import dev.privateapi.simulation.Event.Fault;
import dev.privateapi.simulation.Event.Happening;
import dev.privateapi.simulation.Event.Lag;
import dev.privateapi.simulation.Event.Meddling;
import dev.privateapi.simulation.Event.Rival;
import dev.privateapi.simulation.aws.Weather.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What happens to one stack, all of it by one seed.
 *
 * @param spec in the beginning
 * @param patience how many times faster than life AWS is taken to be, below 1 for an operator that asks seldom
 */
record Story(long seed, PrivateApiStackSpec spec, double patience, List<Event> events) {

    private static final List<String> SERVICES = List.of(
            "ec2:", "elasticloadbalancing:", "ecs:", "iam:", "logs:", "apigateway:", "route53:", "route53resolver:",
            "kubernetes:");
    /** Where a lost answer, or a death, is likely to do harm. */
    private static final List<String> KEY_MOMENTS = List.of(":Create", ":Create", ":Create", ":Delete", ":Register", "");
    /** About as many calls as it takes to create a stack: what happens comes during that and after it. */
    private static final int SPAN = 330;
    /** Less than what the operator waits for, which is no bound that AWS gives. */
    private static final Duration LATE = Duration.ofSeconds(15);

    Story {
        events = List.copyOf(events);
    }

    static Story of(long seed) {
        Random random = new Random(seed);
        boolean calm = random.nextInt(8) == 0;
        int many = 1 + random.nextInt(8);
        List<Event> events = new ArrayList<>();
        if (!calm && random.nextInt(3) == 0) {
            events.add(new Event(1, new Lag(LATE)));
        }
        for (int i = 0; i < many; i++) {
            events.add(new Event(1 + random.nextInt(SPAN), calm ? peaceful(random) : any(random)));
        }
        events.sort((one, other) -> Integer.compare(one.at(), other.at()));
        return new Story(seed, beginning(random), random.nextInt(4) == 0 ? 1 : 0.2, events);
    }

    private static PrivateApiStackSpec beginning(Random random) {
        PrivateApiStackSpec spec = Specs.of(random.nextInt(3) == 0 ? Specs.GUEST : Specs.SEED);
        for (int edits = random.nextInt(4); edits > 0; edits--) {
            spec = Edits.edited(spec, random.nextLong());
        }
        return spec;
    }

    private static Happening peaceful(Random random) {
        return random.nextInt(6) == 0 ? new Delete() : new Edit(random.nextLong());
    }

    private static Happening any(Random random) {
        return switch (random.nextInt(16)) {
            case 0, 1, 2 -> new Edit(random.nextLong());
            case 3, 4, 5 -> new Meddling(random.nextLong());
            case 6, 7 -> new Fault(random.nextBoolean() ? Fate.DIES_BEFORE : Fate.DIES_AFTER, one(KEY_MOMENTS, random), 1);
            case 8, 9 -> new Fault(Fate.LOST, one(KEY_MOMENTS, random), 1 + random.nextInt(3));
            case 10 -> new Fault(Fate.THROTTLED, one(SERVICES, random), 1 + random.nextInt(20));
            case 11 -> new Fault(Fate.DENIED, one(SERVICES, random), 1 + random.nextInt(10));
            case 12 -> new Fault(Fate.UNREACHABLE, one(SERVICES, random), 1 + random.nextInt(30));
            case 13 -> new Lag(random.nextBoolean() ? LATE : Duration.ZERO);
            case 14 -> new Rival(1 + random.nextInt(4), random.nextInt(30));
            default -> random.nextInt(3) == 0 ? new Delete() : new Edit(random.nextLong());
        };
    }

    private static <T> T one(List<T> some, Random random) {
        return some.get(random.nextInt(some.size()));
    }

    /** Nothing goes wrong in it but what people want: then a deletion that AWS refuses came too early. */
    boolean calm() {
        return events.stream().allMatch(event -> event.what() instanceof Edit || event.what() instanceof Delete);
    }

    /** What is told with less: without one of the events, or from a more usual beginning. */
    Stream<Story> shorter() {
        Stream<Story> without = events.stream().map(this::without);
        Stream<Story> usual = Stream.of(Specs.SEED, Specs.GUEST).map(Specs::of).takeWhile(it -> !it.equals(spec))
                .map(it -> new Story(seed, it, patience, events));
        return Stream.concat(without, usual);
    }

    private Story without(Event event) {
        List<Event> rest = new ArrayList<>(events);
        rest.remove(event);
        return new Story(seed, spec, patience, rest);
    }

    @Override
    public String toString() {
        return "Seed " + seed + ": a stack of " + spec + (patience < 1 ? ", by an operator that asks seldom." : ".");
    }
}
