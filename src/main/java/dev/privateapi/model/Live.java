package dev.privateapi.model;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * An AWS object as it was last seen.
 *
 * @param id what AWS calls it: an id, or an ARN where there is no id
 * @param uses the ids of the objects that AWS refuses to delete, or that would break this one, while this one lives
 * @param partOf the id of the object with which this one vanishes; empty if it has to be deleted by itself
 * @param referenced whether the spec names an existing object: it is never changed, never deleted, never listed as owned
 * @param trouble what is wrong with it although it exists, for a person to read; null when nothing is
 * @param object the SDK's own record of it, for the driver of its kind only
 */
public record Live(
        ResourceKey key,
        String id,
        Phase phase,
        Map<Attribute, String> attributes,
        Set<String> uses,
        String partOf,
        boolean referenced,
        Problem trouble,
        Object object) {

    public Live {
        Objects.requireNonNull(id, () -> "id of " + key);
        attributes = Map.copyOf(attributes);
        uses = Set.copyOf(uses);
        partOf = partOf == null ? "" : partOf;
    }

    public static Live of(ResourceKey key, String id, Phase phase, Object object) {
        return new Live(key, id, phase, Map.of(), Set.of(), "", false, null, object);
    }

    public Live with(Map<Attribute, String> attributes) {
        return new Live(key, id, phase, attributes, uses, partOf, referenced, trouble, object);
    }

    public Live using(Set<String> ids) {
        return new Live(key, id, phase, attributes, ids, partOf, referenced, trouble, object);
    }

    public Live partOf(String containerId) {
        return new Live(key, id, phase, attributes, uses, containerId, referenced, trouble, object);
    }

    public Live asReferenced() {
        return new Live(key, id, phase, attributes, uses, partOf, true, trouble, object);
    }

    public Live troubled(Problem trouble) {
        return new Live(key, id, phase, attributes, uses, partOf, referenced, trouble, object);
    }

    public Live in(Phase phase) {
        return new Live(key, id, phase, attributes, uses, partOf, referenced, trouble, object);
    }

    /** Whether it is as good as there, so that what only has to know its id can be built on it. */
    public boolean sound() {
        return phase == Phase.READY || phase == Phase.PENDING || phase == Phase.SCALING;
    }

    /** Whether it is one that the spec names and can take the place of one of the stack's own. */
    public boolean serves() {
        return referenced && phase == Phase.READY && trouble == null;
    }

    public Optional<Problem> problem() {
        return Optional.ofNullable(trouble);
    }

    public Optional<String> attribute(Attribute name) {
        return Optional.ofNullable(attributes.get(name));
    }

    /** Whether it was the stack's, by what is written down, and is another owner's by its tags. */
    public boolean givenAway() {
        return phase == Phase.FOREIGN && trouble != null && trouble.category() == Problem.Category.FOREIGN;
    }

    /** Whether an earlier stack of the same name made it, and nobody said yet that it is this one's. */
    public boolean left() {
        return phase == Phase.FOREIGN && trouble != null && trouble.category() == Problem.Category.ADOPTION;
    }

    /** Whether this stack made it, or adopted it, and may change and delete it. */
    public boolean owned() {
        return !referenced && phase != Phase.FOREIGN && phase != Phase.OFFERED;
    }
}
