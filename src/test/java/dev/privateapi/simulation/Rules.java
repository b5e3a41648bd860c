package dev.privateapi.simulation;

import dev.privateapi.engine.Inventory.Entry;
import dev.privateapi.ownership.Ownership;
import dev.privateapi.simulation.aws.Call;
import dev.privateapi.simulation.aws.Owners;
import dev.privateapi.simulation.aws.Thing;
import dev.privateapi.simulation.aws.Watch;
import dev.privateapi.simulation.aws.World;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What has to hold at every moment, whatever happens, and what of it did not. */
final class Rules implements Watch {

    private final World world;
    private final Owners owners;
    private final Set<String> broken = new LinkedHashSet<>();
    private final Map<Long, String> refusals = new HashMap<>();
    private final List<String> refusedDeletions = new ArrayList<>();
    private final Set<String> disowned = new HashSet<>();

    Rules(World world) {
        this.world = world;
        this.owners = new Owners(world, Stack.OWNER.uid());
        world.watch(this);
    }

    Owners owners() {
        return owners;
    }

    /** Empty if all rules were kept. */
    Set<String> broken() {
        return broken;
    }

    /** Why AWS refused which of the operators' calls, by the call's number. */
    Map<Long, String> refusals() {
        return refusals;
    }

    /** Deletions that AWS refused. */
    List<String> refusedDeletions() {
        return refusedDeletions;
    }

    void broke(String rule) {
        broken.add(rule);
    }

    /** Somebody takes the owner's tag off something: by its id, which is written down, it is still the stack's. */
    void disowned(Thing<?> thing) {
        disowned.add(thing.id());
    }

    private boolean known(Thing<?> thing) {
        return disowned.contains(thing.id()) || disowned.contains(thing.parent());
    }

    /** Nothing is written that does not carry the owner's uid, from the call on that creates it, or lost it. */
    @Override
    public void wrote(Call call, Thing<?> subject) {
        if (call.number() > 0 && !owners.owns(subject) && !known(subject)) {
            broke("foreign: " + call.name() + " wrote " + Owners.kind(subject) + " " + subject.id()
                    + ", which is not the stack's");
        }
    }

    /** Deletions of what something else still used: they would have been taken later, or in another order. */
    List<String> earlyDeletions() {
        return refusedDeletions.stream().filter(it -> !it.matches("[^ ]* [^ ]*(NotFound|NoSuch).*")).toList();
    }

    @Override
    public void refused(Call call, String code, String message) {
        refusals.put(call.number(), code + " " + message);
        if (call.number() > 0 && call.operation().matches("(Delete|Disassociate|Detach|Revoke|Deregister).*")) {
            refusedDeletions.add(call.name() + ": " + code + " " + message);
        }
    }

    /** No two objects under one name, but for those that are made without a token and whose surplus goes again. */
    void check() {
        Map<String, String> ids = new HashMap<>();
        world.all().filter(thing -> thing.tags().containsKey(Ownership.RESOURCE))
                .filter(owners::owns).filter(Owners::stands).filter(thing -> !Owners.mayBeDoubled(thing))
                .forEach(thing -> {
                    String other = ids.put(Owners.kind(thing) + " " + owners.label(thing), thing.id());
                    if (other != null) {
                        broke("double: " + other + " and " + thing.id() + " are both " + owners.label(thing));
                    }
                });
    }

    /** Nothing that stands is missing in what is written down after a turn that could see everything and all of it as owned. */
    void checkWritten(Collection<Entry> inventory) {
        if (!disowned.isEmpty()) {
            return;
        }
        Set<String> written = inventory.stream().map(entry -> entry.key().name().split("@")[0]).collect(Collectors.toSet());
        world.all().filter(thing -> thing.tags().containsKey(Ownership.RESOURCE))
                .filter(owners::owns).filter(Owners::stands).map(owners::label)
                .filter(label -> !written.contains(label.split("@")[0]))
                .forEach(label -> broke("unwritten: " + label + " is not in the inventory"));
    }

    /** What is left of the stack, but for what AWS goes on showing although it is gone. */
    List<String> left() {
        return world.all().filter(owners::owns).filter(thing -> !Owners.remembered(thing))
                .map(thing -> Owners.kind(thing) + " " + thing.id() + " " + owners.label(thing)).toList();
    }
}
