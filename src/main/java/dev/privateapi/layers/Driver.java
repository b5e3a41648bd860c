package dev.privateapi.layers;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How one kind of AWS object is read, compared, created, changed and deleted. Stateless; one serves all stacks of an
 * account and Region. Only {@link #observe}, {@link #create}, {@link #delete} and a {@link Change#apply} call AWS; each
 * makes as few calls as it can, never waits for AWS to finish something, never retries, and lets the SDK's exceptions
 * through: who calls it maps, waits and repeats.
 *
 * @param <D> what is wanted: a record
 * @param <O> what AWS has: usually the SDK's record of it
 */
public interface Driver<D, O> {

    Kind kind();

    /** The kinds whose objects {@link Sight#seen} must hold before this one is observed, such as an API before its stages. */
    default Set<Kind> after() {
        return Set.of();
    }

    /**
     * Every object of this kind that the stack owns, whether wanted or not, those that the wanted nodes reference by id,
     * and, as {@link dev.privateapi.model.Phase#FOREIGN}, those that hold a name that it needs.
     */
    List<Live> observe(Sight sight);

    /** The object in the words that every part of the operator understands. Pure. */
    Live live(ResourceKey key, O object);

    /**
     * Every property that is not as wanted, in the order in which to put them right, additions before removals. Pure, and
     * blind to the order in which AWS lists things: a converged object has no change.
     */
    List<Change<O>> compare(D wanted, O have, Refs refs);

    /**
     * How the object's tags are read and set, empty for what carries none; {@link Resource} compares them with the
     * owner's and puts right those that are missing or changed.
     */
    default Optional<Tagging<O>> tagging() {
        return Optional.empty();
    }

    /**
     * Why an object that somebody made by hand can never be as wanted, because AWS does not change what is wrong with it, such
     * as {@code its addresses are 10.2.0.0/16, not 10.1.0.0/16}; empty if it can. Pure.
     */
    default Optional<String> misfit(D wanted, O have, Refs refs) {
        return Optional.empty();
    }

    /** One create, with the owner's tags in it wherever AWS takes them. A repetition after a crash makes no second object. */
    O create(D wanted, Refs refs, Birth birth);

    /** Begins to delete it; absent is success. The object as it goes, empty if it is gone at once. */
    Optional<O> delete(O have);
}
