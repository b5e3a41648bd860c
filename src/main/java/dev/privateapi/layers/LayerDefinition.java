package dev.privateapi.layers;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.graph.Node;
import dev.privateapi.ownership.Owner;
import java.util.List;

/** One room of the stack: what it wants for a spec, and the drivers of the kinds that it is made of. */
public interface LayerDefinition {

    /** Everything of this layer that the spec asks for. Pure. */
    List<Node> desired(Owner owner, PrivateApiStackSpec spec);

    List<Driver<?, ?>> drivers();
}
