package dev.privateapi.layers;

import dev.privateapi.aws.AwsErrors;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Refusals by which AWS says that something is as wanted already: what makes a repeated call harmless. */
public final class Refusals {

    private Refusals() {}

    /** Runs a deletion or a detachment; what is absent already is as wanted. */
    public static void unlessGone(Runnable call) {
        unless(Category.NOT_FOUND, call);
    }

    /** Runs a call that adds something with a natural key; what is there already is as wanted. */
    public static void unlessThere(Runnable call) {
        unless(Category.EXISTS, call);
    }

    /** Creates something with a natural key, or finds by what that key is taken. */
    public static <O> O orTaken(Supplier<O> create, Supplier<O> find) {
        try {
            return create.get();
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.EXISTS)) {
                return find.get();
            }
            throw e;
        }
    }

    /** What a read finds below something that went in the meantime. */
    public static <O> List<O> orNone(Supplier<List<O>> read) {
        try {
            return read.get();
        } catch (RuntimeException e) {
            return Refusals.<List<O>>gone(e).orElse(List.of());
        }
    }

    /**
     * Empty for a failure that says that the object is not there.
     *
     * @throws RuntimeException any other failure
     */
    public static <O> Optional<O> gone(RuntimeException failure) {
        if (AwsErrors.is(failure, Category.NOT_FOUND)) {
            return Optional.empty();
        }
        throw failure;
    }

    /**
     * Runs a deletion; what AWS does not let go says by what it is held, which a person can act on, where AWS' own words are
     * only that something depends on it.
     *
     * @param object as in {@code Security group sg-0a1b}
     * @param holders looks for what holds it; asked only after a refusal
     * @throws ProblemException {@link Category#HELD}, with the holders that were found
     * @throws RuntimeException any other failure, and the refusal itself if no holder can be seen
     */
    public static void unlessHeld(String object, Runnable call, Supplier<List<String>> holders) {
        try {
            unlessGone(call);
        } catch (RuntimeException e) {
            List<String> found = AwsErrors.is(e, Category.IN_USE) ? seen(holders) : List.of();
            if (found.isEmpty()) {
                throw e;
            }
            throw new ProblemException(Category.HELD, object + " is still used by " + String.join(" and ", found)
                    + ", which is not part of this stack: remove it, then the deletion goes on by itself.");
        }
    }

    /**
     * Makes every call, also after one that failed: what one account does not allow must not keep another waiting.
     *
     * @throws RuntimeException the first failure that waiting does not end, or else the first, with the others as suppressed ones
     */
    public static void ofEach(Stream<Runnable> calls) {
        List<RuntimeException> failures = calls.flatMap(call -> failure(call).stream()).toList();
        failures.stream().min(Comparator.comparing(failure -> AwsErrors.problem(failure).category().away())).ifPresent(told -> {
            failures.stream().filter(failure -> failure != told).forEach(told::addSuppressed);
            throw told;
        });
    }

    private static Optional<RuntimeException> failure(Runnable call) {
        try {
            call.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }

    /** None if they cannot be read: what AWS said is told then. */
    private static List<String> seen(Supplier<List<String>> holders) {
        try {
            return holders.get();
        } catch (RuntimeException e) {
            return List.of();
        }
    }

    private static void unless(Category category, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            if (!AwsErrors.is(e, category)) {
                throw e;
            }
        }
    }
}
