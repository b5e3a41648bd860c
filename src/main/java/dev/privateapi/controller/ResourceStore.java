package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;

/**
 * The cached resources of one watch, without {@code managedFields}: nobody reads them here, and with one entry for each field
 * of each status they would be half of what a thousand stacks take of the heap.
 */
public final class ResourceStore extends BasicItemStore<PrivateApiStack> {

    public ResourceStore() {
        super(Cache::metaNamespaceKeyFunc);
    }

    @Override
    public PrivateApiStack put(String key, PrivateApiStack stack) {
        stack.getMetadata().setManagedFields(List.of());
        return super.put(key, stack);
    }
}
