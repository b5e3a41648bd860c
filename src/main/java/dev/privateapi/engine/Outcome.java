package dev.privateapi.engine;

import dev.privateapi.graph.View;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Plan;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a pass ended.
 *
 * @param view what is known now
 * @param plan what is left to do, to wait for and to tell; with {@code planOnly} all that would be done
 * @param problems those of the plan, and those of steps that failed and are not tried again yet
 * @param taken the steps that were taken, whether they succeeded or not
 * @param inventory what the stack owns now, to be written down with the rest of the status
 * @param again when the next pass is worth its calls
 * @param gone whether every kind could be read just now and nothing that the stack owns was seen
 * @param postponed whether nothing was found out but that reads wait for their turn at AWS' rates, for not too long yet: what
 *     was known of the stack is as good as before
 * @param ages how old the oldest answer is of which what is known of a kind was made, or how long it could not be read at all
 */
public record Outcome(
        View view,
        Plan plan,
        Map<ResourceKey, Problem> problems,
        List<Step> taken,
        List<Inventory.Entry> inventory,
        Duration again,
        boolean gone,
        boolean postponed,
        Map<Kind, Duration> ages) {

    public Outcome {
        problems = Map.copyOf(problems);
        taken = List.copyOf(taken);
        inventory = List.copyOf(inventory);
        ages = Map.copyOf(ages);
    }

    /** Everything is as wanted and ready. */
    public boolean converged() {
        return plan.settled() && problems.isEmpty();
    }
}
