package dev.privateapi.model;

import java.util.List;
import java.util.Map;

/** What a pass has to do, to wait for, and to tell. Empty in all three for a converged stack. */
public record Plan(List<Step> steps, List<Wait> waits, Map<ResourceKey, Problem> problems) {

    public Plan {
        steps = List.copyOf(steps);
        waits = List.copyOf(waits);
        problems = Map.copyOf(problems);
    }

    public boolean settled() {
        return steps.isEmpty() && waits.isEmpty() && problems.isEmpty();
    }
}
