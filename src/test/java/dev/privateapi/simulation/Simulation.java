package dev.privateapi.simulation;

import dev.privateapi.simulation.aws.Call;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * {@code make simulate SEEDS=n}: tells n stories, and of the first one that fails the shortest version that still does. A
 * seed tells the same story every time: {@code make simulate SEED=17}.
 */
public final class Simulation {

    private static final int LAST_CALLS = 60;
    private static final int PROGRESS = 500;

    private Simulation() {}

    /** @param arguments the first and the last seed, or one alone, whose story is told */
    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        long last = Long.parseLong(arguments[arguments.length - 1]);
        long begin = System.nanoTime();
        AtomicLong told = new AtomicLong();
        List<Long> failing = failing(first, last, seed -> {
            if (told.incrementAndGet() % PROGRESS == 0) {
                System.out.printf("%d stories told in %d s%n", told.get(), (System.nanoTime() - begin) / 1_000_000_000);
            }
        });
        System.out.printf("%d seeds, %d failed %s in %d s%n", last - first + 1, failing.size(), failing,
                (System.nanoTime() - begin) / 1_000_000_000);
        failing.stream().findFirst().ifPresent(seed -> System.out.println(failure(seed)));
        if (first == last && failing.isEmpty()) {
            System.out.println(told(Story.of(first)));
        }
        System.exit(failing.isEmpty() ? 0 : 1);
    }

    /** @param told hears of each seed, in any order */
    static List<Long> failing(long first, long last, LongConsumer told) {
        return LongStream.rangeClosed(first, last).parallel().filter(seed -> {
            boolean fails = !Run.of(Story.of(seed)).failures().isEmpty();
            told.accept(seed);
            return fails;
        }).boxed().toList();
    }

    /** The shortest story of a seed that fails, in words. */
    static String failure(long seed) {
        Story story = Story.of(seed);
        return told(shortened(story, rules(story)));
    }

    private static Set<String> rules(Story story) {
        return Run.of(story).failures().stream().map(it -> it.split(":")[0]).collect(Collectors.toSet());
    }

    /** Leaves out what it does not take to break one of the same rules, one thing after the other, until each is needed. */
    private static Story shortened(Story story, Set<String> broken) {
        Optional<Story> shorter = story.shorter().filter(it -> rules(it).stream().anyMatch(broken::contains)).findFirst();
        return shorter.map(it -> shortened(it, broken)).orElse(story);
    }

    private static String told(Story story) {
        Run.Result result = Run.of(story);
        List<Call> calls = result.calls();
        Stream<String> last = calls.stream().skip(Math.max(0, calls.size() - LAST_CALLS)).map(call -> call.number() + " "
                + call.caller().name() + " " + call.name() + refusal(call, result));
        String end = result.failures().isEmpty() ? "keeps all rules." : "breaks" + indented(result.failures().stream());
        return story + "\n" + String.join("\n", result.told()) + "\nThis story " + end + "\nIts last calls:" + indented(last);
    }

    private static String refusal(Call call, Run.Result result) {
        String why = result.refusals().get(call.number());
        return why == null ? "" : ", refused: " + why;
    }

    private static String indented(Stream<String> lines) {
        return lines.map(line -> "\n  " + line).collect(Collectors.joining());
    }
}
