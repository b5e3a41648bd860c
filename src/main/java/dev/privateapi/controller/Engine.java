package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.graph.Node;
import dev.privateapi.graph.View;
import dev.privateapi.ownership.Owner;
import dev.privateapi.status.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What runs the stacks of one Region. */
public interface Engine {

    /** Everything that a spec asks for. Pure. */
    List<Node> wanted(Owner owner, PrivateApiStackSpec spec);

    /** @see dev.privateapi.engine.Convergence#pass */
    Outcome pass(Pass pass);

    /** The owners of an installation of whom something is seen. @see dev.privateapi.engine.Convergence#owners */
    Set<Owner> owners(String cluster, Instant notOlderThan);

    /** Asks the API whether it answers. Never throws; two calls at most. */
    Verdict ask(PrivateApiStackSpec spec, View view);
}
