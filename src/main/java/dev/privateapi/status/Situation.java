package dev.privateapi.status;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import dev.privateapi.graph.View;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Plan;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Wait;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that a pass found out about a stack.
 *
 * @param wanted the names of everything that the spec asks for
 * @param problems by the resource that has it
 */
public record Situation(
        long generation,
        PrivateApiStackSpec spec,
        boolean suspended,
        boolean deleting,
        Set<ResourceKey> wanted,
        View view,
        Plan plan,
        Map<ResourceKey, Problem> problems,
        List<OwnedResource> resources,
        Verdict verdict) {

    /** The same, as far as it concerns one layer. */
    Situation in(Layer layer) {
        return new Situation(
                generation, spec, suspended, deleting,
                wanted.stream().filter(key -> key.layer() == layer).collect(Collectors.toSet()),
                view,
                new Plan(steps(layer), waits(layer), Map.of()),
                problems.entrySet().stream().filter(entry -> entry.getKey().layer() == layer)
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                resources.stream().filter(resource -> layer.slug().equals(resource.layer())).toList(),
                verdict);
    }

    private List<Step> steps(Layer layer) {
        return plan.steps().stream().filter(step -> step.key().layer() == layer).toList();
    }

    private List<Wait> waits(Layer layer) {
        return plan.waits().stream().filter(wait -> wait.key().layer() == layer).toList();
    }

    boolean settled() {
        return plan.steps().isEmpty() && plan.waits().isEmpty() && problems.isEmpty();
    }
}
