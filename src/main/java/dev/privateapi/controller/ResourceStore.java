package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;

/**
 * The cached resources of one watch, as small as may be: without {@code managedFields}, which nobody reads here and which, with
 * one entry for each field of each status, would be half of what a thousand stacks take of the heap; and the words that are the
 * same in the inventories and conditions of all stacks are there once.
 */
public final class ResourceStore extends BasicItemStore<PrivateApiStack> {

    public ResourceStore() {
        super(Cache::metaNamespaceKeyFunc);
    }

    @Override
    public PrivateApiStack put(String key, PrivateApiStack stack) {
        stack.getMetadata().setManagedFields(List.of());
        if (stack.getStatus() != null) {
            share(stack.getStatus());
        }
        return super.put(key, stack);
    }

    private static void share(PrivateApiStackStatus status) {
        if (status.resources() != null) {
            status.resources().replaceAll(ResourceStore::shared);
        }
        if (status.conditions() != null) {
            status.conditions().forEach(ResourceStore::share);
        }
    }

    private static OwnedResource shared(OwnedResource it) {
        return new OwnedResource(
                once(it.layer()), once(it.name()), once(it.kind()), it.id(), once(it.state()), once(it.incarnation()));
    }

    private static void share(Condition it) {
        it.setType(once(it.getType()));
        it.setStatus(once(it.getStatus()));
        it.setReason(once(it.getReason()));
        it.setMessage(once(it.getMessage()));
    }

    /** The JVM's own table of words forgets those that nobody has any more. */
    private static String once(String word) {
        return word == null ? null : word.intern();
    }
}
