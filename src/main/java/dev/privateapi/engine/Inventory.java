package dev.privateapi.engine;

import dev.privateapi.model.ResourceKey;
import java.util.Collection;
import java.util.Map;

/** What is written down about a stack's objects outside the process: it makes a crash after a create harmless. */
public interface Inventory {

    /** The state of an object that is there and carries another owner's tags. */
    String GIVEN_AWAY = "OwnedByAnother";

    /** The incarnation of an object that the stack did not create. */
    String ADOPTED = "adopted";

    /** What was written down last. */
    Map<ResourceKey, Entry> recorded();

    /**
     * Writes it all down before it returns, instead of what was there.
     *
     * @throws RuntimeException if that cannot be done; nothing may be created then
     */
    void record(Collection<Entry> entries);

    /**
     * @param id empty for a create that is announced and may or may not have happened
     * @param incarnation tells this create from an earlier one of the same resource
     */
    record Entry(ResourceKey key, String id, String state, String incarnation) {

        boolean announced() {
            return id.isEmpty();
        }
    }
}
