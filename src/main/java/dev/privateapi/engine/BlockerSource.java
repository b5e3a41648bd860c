package dev.privateapi.engine;

import dev.privateapi.graph.Blocker;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Live;
import java.util.List;

/** Looks for what keeps objects from being deleted although nothing of the stack uses them any more. */
@FunctionalInterface
public interface BlockerSource {

    /** @param heldUp the subnets, security groups and VPC that are to be deleted now */
    List<Blocker> blockers(Sight sight, List<Live> heldUp);
}
