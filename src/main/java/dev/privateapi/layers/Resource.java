package dev.privateapi.layers;

import dev.privateapi.graph.Node;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Live;
import dev.privateapi.model.Need;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Step.Verb;
import dev.privateapi.ownership.Birth;
import dev.privateapi.ownership.Owner;
import dev.privateapi.ownership.Ownership;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One AWS object that a stack wants, with the driver of its kind.
 *
 * @param reference the id of an existing object that serves instead of one of our own; null if the stack makes its own
 */
public record Resource<D, O>(
        Owner owner, ResourceKey key, D desired, List<Need> needs, String reference, Driver<D, O> driver)
        implements Node {

    @Override
    public Optional<String> referencedId() {
        return Optional.ofNullable(reference);
    }

    @Override
    public Step create(Refs refs) {
        return new Step(key, Verb.CREATE, "", List.of(), incarnation -> Optional.of(
                driver.live(key, driver.create(desired, refs, new Birth(owner, key, incarnation)))));
    }

    @Override
    public Optional<String> misfit(Live offered, Refs refs) {
        Optional<String> vpc = refs.usable(Keys.VPC).map(Live::id);
        return offered.attribute(Attribute.VPC_ID)
                .filter(id -> vpc.filter(ours -> !ours.equals(id)).isPresent())
                .map(id -> "it is in " + id + ", not in " + vpc.orElseThrow())
                .or(() -> driver.misfit(desired, object(offered), refs));
    }

    @Override
    public Step adopt(Live offered) {
        return new Step(key, Verb.ADOPT, offered.id(), List.of(), incarnation -> Optional.of(driver.live(
                key, driver.tagging().orElseThrow().write().apply(object(offered), Ownership.tags(owner, key)))));
    }

    @SuppressWarnings("unchecked") // the driver of this kind made it
    private O object(Live live) {
        return (O) live.object();
    }

    @Override
    public Optional<Step> change(Live live, Refs refs) {
        O have = object(live);
        List<Change<O>> changes = new ArrayList<>();
        // First, for who may change what carries the tags only may not change it before.
        driver.tagging()
                .flatMap(tagging -> tagging.compare(Ownership.tags(owner, key), have))
                .ifPresent(changes::add);
        changes.addAll(driver.compare(desired, have, refs));
        if (changes.isEmpty()) {
            return Optional.empty();
        }
        List<String> differences = changes.stream().map(Change::summary).toList();
        return Optional.of(new Step(key, adopts(have) ? Verb.ADOPT : Verb.UPDATE, live.id(), differences, incarnation -> {
            O now = have;
            for (Change<O> change : changes) {
                now = change.apply().apply(now);
            }
            return Optional.of(driver.live(key, now));
        }));
    }

    /** Whether it was another owner's until now. */
    private boolean adopts(O have) {
        String uid = driver.tagging().map(it -> it.read().apply(have).getOrDefault(Ownership.OWNER_UID, "")).orElse("");
        return !uid.isBlank() && !uid.equals(owner.uid());
    }

    /** The step that deletes an object of the driver's kind, wanted or not. One that lost its owner tag gets it back first. */
    public static <O> Step deletion(Driver<?, O> driver, Live live, Owner owner) {
        @SuppressWarnings("unchecked") // the driver of this kind made it
        O have = (O) live.object();
        return new Step(live.key(), Verb.DELETE, live.id(), List.of(), incarnation -> {
            if (carriesTag(driver, live, owner)) {
                return driver.delete(have).map(going -> driver.live(live.key(), going));
            }
            try {
                O tagged = driver.tagging().orElseThrow().write().apply(have, Ownership.tags(owner, live.key()));
                return driver.delete(tagged).map(going -> driver.live(live.key(), going));
            } catch (RuntimeException e) {
                return Refusals.gone(e);
            }
        });
    }

    /** Whether an object carries the owner's tag; what can carry none counts as if it did. */
    public static <O> boolean carriesTag(Driver<?, O> driver, Live live, Owner owner) {
        @SuppressWarnings("unchecked") // the driver of this kind made it
        O have = (O) live.object();
        return driver.tagging().map(it -> owner.uid().equals(it.read().apply(have).get(Ownership.OWNER_UID))).orElse(true);
    }
}
