package dev.privateapi.layers;

import dev.privateapi.aws.AwsErrors;
import dev.privateapi.model.Problem.Category;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

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
