package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import dev.privateapi.engine.Inventory;
import dev.privateapi.model.Kind;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.status.StackStatus;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The inventory, kept in {@code status.resources}. */
final class StatusInventory implements Inventory {

    private final StatusWriter writer;

    StatusInventory(StatusWriter writer) {
        this.writer = writer;
    }

    @Override
    public Map<ResourceKey, Entry> recorded() {
        Map<ResourceKey, Entry> entries = new LinkedHashMap<>();
        PrivateApiStackStatus status = writer.current();
        if (status != null && status.resources() != null) {
            status.resources().forEach(resource -> entry(resource).ifPresent(entry -> entries.put(entry.key(), entry)));
        }
        return entries;
    }

    @Override
    public void record(Collection<Entry> entries) {
        writer.write(StackStatus.with(writer.current(), resources(entries)));
    }

    /** By layer and name: the status of an unchanged stack must not change with the order of a listing. */
    static List<OwnedResource> resources(Collection<Entry> entries) {
        return entries.stream()
                .sorted(Comparator.comparing((Entry entry) -> entry.key().layer()).thenComparing(entry -> entry.key().name()))
                .map(entry -> new OwnedResource(
                        entry.key().layer().slug(),
                        entry.key().name(),
                        entry.key().kind().typeName(),
                        absent(entry.id()),
                        absent(entry.state()),
                        absent(entry.incarnation())))
                .toList();
    }

    /** Empty for a kind or layer that this version does not know: an entry of a newer one is not ours to judge. */
    private static Optional<Entry> entry(OwnedResource resource) {
        return Kind.ofTypeName(resource.kind())
                .flatMap(kind -> ResourceKey.named(kind, resource.name()))
                .map(key -> new Entry(
                        key, present(resource.id()), present(resource.state()), present(resource.incarnation())));
    }

    private static String absent(String value) {
        return value.isEmpty() ? null : value;
    }

    private static String present(String value) {
        return value == null ? "" : value;
    }
}
