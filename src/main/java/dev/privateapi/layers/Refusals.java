package dev.privateapi.layers;

import dev.privateapi.aws.AwsErrors;
import dev.privateapi.model.Problem.Category;
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
