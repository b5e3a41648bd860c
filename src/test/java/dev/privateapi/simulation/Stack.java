package dev.privateapi.simulation;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.engine.Inventory.Entry;
import dev.privateapi.ownership.Owner;
import java.util.List;

/** The custom resource as the API server has it: what outlives every process. */
final class Stack {

    static final Owner OWNER = new Owner("7e57ab1e-0000-4000-8000-000000000001", "default", "poc", "simulation");

    private PrivateApiStackSpec spec;
    private long generation = 1;
    private boolean deleted;
    private boolean gone;
    private List<Entry> inventory = List.of();

    Stack(PrivateApiStackSpec spec) {
        this.spec = spec;
    }

    PrivateApiStackSpec spec() {
        return spec;
    }

    long generation() {
        return generation;
    }

    /** Whether it has a deletion timestamp. */
    boolean deleted() {
        return deleted;
    }

    /** Whether its finalizer was taken off. */
    boolean gone() {
        return gone;
    }

    List<Entry> inventory() {
        return inventory;
    }

    /** Also while it is being deleted, as the API server lets people do. */
    void edit(PrivateApiStackSpec spec) {
        if (!spec.equals(this.spec)) {
            this.spec = spec;
            generation++;
        }
    }

    void delete() {
        if (!deleted) {
            deleted = true;
            generation++;
        }
    }

    void finalized() {
        gone = true;
    }

    void record(List<Entry> inventory) {
        this.inventory = List.copyOf(inventory);
    }
}
