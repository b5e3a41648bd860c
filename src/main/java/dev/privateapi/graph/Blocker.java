package dev.privateapi.graph;

import java.util.Set;

/**
 * Something that is no resource of a stack and keeps one from being deleted, such as a network interface that a deleted
 * load balancer has not released yet.
 *
 * @param holds the ids that AWS refuses to delete while this exists
 * @param passing whether it goes by itself; if not, a person has to remove it
 * @param description the id and the owner, as in {@code eni-0a1b (ELB net/pas-1/2)}
 */
public record Blocker(Set<String> holds, boolean passing, String description) {

    public Blocker {
        holds = Set.copyOf(holds);
    }
}
