package dev.privateapi.controller;

import dev.privateapi.engine.Inventory;
import dev.privateapi.model.ResourceKey;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The inventory of what has no resource in which to write it down. Nothing is created for such, so nothing can be lost. */
final class NotedInventory implements Inventory {

    private final Map<ResourceKey, Entry> entries = new LinkedHashMap<>();

    @Override
    public Map<ResourceKey, Entry> recorded() {
        return Map.copyOf(entries);
    }

    @Override
    public void record(Collection<Entry> all) {
        entries.clear();
        all.forEach(entry -> entries.put(entry.key(), entry));
    }
}
