package dev.privateapi.app;

import dev.privateapi.model.Problem.Category;
import java.util.stream.Stream;

/** One property of one resource, and what becomes of it when somebody changes it behind the operator's back. */
sealed interface DriftCase {

    /** The resource's name, as in {@code network/vpc}. */
    String node();

    /** A property of the desired record, or {@link #EXISTS}, {@link #TAGS}, {@link #ADDITIONS}, or what else is set of it. */
    String property();

    String EXISTS = "exists";
    String TAGS = "tags";
    /** What others add to the resource, such as a rule, a route or a policy. */
    String ADDITIONS = "additions";

    /** What somebody does; {@code id} is the resource's, empty for what has none. */
    interface Drift {
        void on(SandboxStack stack, String id);
    }

    /**
     * Put right within one drift interval.
     *
     * @param wave those of one wave drift together: a whole stack in disorder is the harder case, and the quicker one
     */
    record Repaired(String node, String property, Drift drift, int wave) implements DriftCase {

        Repaired in(int wave) {
            return new Repaired(node, property, drift, wave);
        }
    }

    /** Told as a problem with a next step, because putting it right would destroy something. */
    record Reported(String node, String property, Drift drift, Drift undo, Category category) implements DriftCase {}

    /** Somebody else's, though it is in or on the stack's: nothing is changed. */
    record LeftAlone(String node, String property, Drift drift, Drift undo, String because) implements DriftCase {}

    /** Nobody can change it. */
    record Fixed(String node, String property, String because) implements DriftCase {}

    static Repaired repaired(String node, String property, Drift drift) {
        return new Repaired(node, property, drift, 0);
    }

    static DriftCase fixed(String node, String property, String because) {
        return new Fixed(node, property, because);
    }

    static Stream<DriftCase> fixed(String node, Stream<String> properties, String because) {
        return properties.map(it -> new Fixed(node, it, because));
    }
}
