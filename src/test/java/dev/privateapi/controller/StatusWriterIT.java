package dev.privateapi.controller;

import static dev.privateapi.controller.Controlled.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Writes of the status by server-side apply, which the mock server does not know. */
@ExtendWith(OnApiServer.class)
class StatusWriterIT {

    @Test
    void overwritesNoInventoryOfAnotherProcess(Cluster cluster) {
        ScriptedEngine engine = new ScriptedEngine();
        List<String> created = new CopyOnWriteArrayList<>();
        AtomicBoolean lost = new AtomicBoolean();
        AtomicBoolean edited = new AtomicBoolean();
        try (Controlled operator = new Controlled(cluster.client(), engine, true, "")) {
            engine.begins = pass -> {
                if (lost.compareAndSet(false, true)) {
                    operator.writeInventory("poc", new OwnedResource(
                            "network", "network/vpc", Keys.VPC.kind().typeName(), null, "Announced", "the other's"));
                } else if (edited.compareAndSet(false, true)) {
                    operator.change("poc", "service: {taskCount: 3}");
                }
            };
            engine.creates = key ->
                    created.add(operator.stack("poc").getStatus().resources().getFirst().incarnation());

            operator.apply("poc", spec());
            operator.awaitReady("poc");

            assertThat(created).as("nothing was created under a name of its own, and an edit was no obstacle")
                    .first().isEqualTo("the other's");
            operator.delete("poc");
            operator.awaitGone("poc");
        }
    }

    /** An API server that is slow for ten seconds had two dozen stacks of a process told that another process works on them. */
    @Test
    void ownWriteWhoseAnswerWasLostIsNotTakenForAnothersWhenTheClientRepeatsIt(Cluster cluster) {
        ScriptedEngine engine = new ScriptedEngine();
        AtomicBoolean lost = new AtomicBoolean();
        List<Integer> created = new CopyOnWriteArrayList<>();
        try (Controlled operator = new Controlled(cluster.client(), engine, true, "")) {
            engine.begins = pass -> {
                if (lost.compareAndSet(false, true)) {
                    operator.writeInventory("repeated", new OwnedResource(
                            "network", "network/vpc", Keys.VPC.kind().typeName(), null, "Announced", "incarnation-1"));
                }
            };
            engine.creates = key -> created.add(engine.passes.size());

            operator.apply("repeated", spec());
            operator.awaitReady("repeated");

            assertThat(created).as("the passes in which the VPC and the load balancer were made: the turn went on").first().isEqualTo(1);
            operator.delete("repeated");
            operator.awaitGone("repeated");
        }
    }

    @Test
    void createsNothingForAStackThatBecameAnotherShardsInTheTurn(Cluster cluster) {
        ScriptedEngine before = new ScriptedEngine();
        ScriptedEngine after = new ScriptedEngine(before.world);
        AtomicBoolean moved = new AtomicBoolean();
        List<ResourceKey> created = new CopyOnWriteArrayList<>();
        before.creates = created::add;
        try (Controlled old = new Controlled(cluster.client(), before, true, "shard notin (b)");
                Controlled next = new Controlled(cluster.client(), after, true, "shard=b")) {
            before.begins = pass -> {
                if (moved.compareAndSet(false, true)) {
                    old.label("moving", "shard", "b");
                    next.awaitReady("moving");
                }
            };

            old.apply("moving", spec());
            next.awaitReady("moving");
            next.delete("moving");
            next.awaitGone("moving");

            assertThat(created).as("by the one that had it").isEmpty();
            assertThat(before.passes).as("and it had no turn any more").hasSize(1);
        }
    }
}
