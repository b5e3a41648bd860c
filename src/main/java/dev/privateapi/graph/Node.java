package dev.privateapi.graph;

import dev.privateapi.model.Live;
import dev.privateapi.model.Need;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import java.util.List;
import java.util.Optional;

/** One AWS object that a stack wants. Everything here is pure: a step that is made is not yet taken. */
public interface Node {

    ResourceKey key();

    /** A record of what is wanted, comparable and printable: the golden files show it. */
    Object desired();

    /** What has to be there before this one can be created, and before it can be compared. */
    List<Need> needs();

    /** The id by which the spec names an existing object; empty if the stack makes its own. */
    Optional<String> referencedId();

    Step create(Refs refs);

    /** Why an offered object can never be as desired; empty if it can. What it needs is there. */
    Optional<String> misfit(Live offered, Refs refs);

    /** Makes an offered object the stack's, and changes nothing else of it. */
    Step adopt(Live offered);

    /** What is not as desired; empty if everything is. */
    Optional<Step> change(Live live, Refs refs);
}
