package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Writes one stack's status during one pass, at once and as often as needed, and only what is new. The write is put into
 * JOSDK's cache too: without that the next pass may read the status from before it, and with it an inventory that lacks
 * what was just created.
 */
final class StatusWriter {

    private final Context<PrivateApiStack> context;
    private PrivateApiStack current;

    StatusWriter(PrivateApiStack stack, Context<PrivateApiStack> context) {
        this.current = stack;
        this.context = context;
    }

    /** Null before the first write. */
    PrivateApiStackStatus current() {
        return current.getStatus();
    }

    /**
     * Refuses to overwrite an inventory that it does not know. Another process wrote it, one that has the lease now: what
     * this one saw is out of date, and what it would create, the other one may have created already. Whatever else changed
     * meanwhile, such as the spec, is no obstacle; nor is the very inventory that is to be written: the client repeats a write whose
     * answer came too late or was lost, and then meets what the first try wrote.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server does not take it
     * @throws IllegalStateException if another process wrote the inventory, or the stack is another shard's by now
     */
    void write(PrivateApiStackStatus status) {
        if (status.equals(current.getStatus())) {
            return;
        }
        Set<List<OwnedResource>> own = Set.copyOf(List.of(inventory(current.getStatus()), inventory(status)));
        UnaryOperator<PrivateApiStack> change = there -> {
            if (!own.contains(inventory(there.getStatus()))) {
                throw new IllegalStateException("Another process works on " + there.getMetadata().getName()
                        + ": its inventory is not what this one wrote. Nothing is done in this turn.");
            }
            return serverSideApply() ? intent(status) : with(there, status);
        };
        current = write(change);
    }

    /** Repeated after each conflict with what the cache has by then (JOSDK, PrimaryUpdateAndCacheUtils). */
    private PrivateApiStack write(UnaryOperator<PrivateApiStack> change) {
        try {
            return serverSideApply()
                    ? PrimaryUpdateAndCacheUtils.updateAndCacheResource(current, context, change, this::apply)
                    : PrimaryUpdateAndCacheUtils.patchStatusAndCacheResource(current, context, change);
        } catch (NoSuchElementException e) {
            throw new IllegalStateException(current.getMetadata().getName() + " is gone, or was given to another shard by its"
                    + " labels. Nothing is done in this turn.", e);
        }
    }

    private static List<OwnedResource> inventory(PrivateApiStackStatus status) {
        return Optional.ofNullable(status).map(PrivateApiStackStatus::resources).orElse(List.of());
    }

    private boolean serverSideApply() {
        return context.getControllerConfiguration().getConfigurationService().useSSAToPatchPrimaryResource();
    }

    private PrivateApiStack apply(PrivateApiStack intent) {
        return context.getClient().resource(intent).subresource("status").patch(new PatchContext.Builder()
                .withForce(true)
                .withFieldManager(context.getControllerConfiguration().fieldManager())
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .build());
    }

    private static PrivateApiStack with(PrivateApiStack stack, PrivateApiStackStatus status) {
        stack.setStatus(status);
        return stack;
    }

    /** The whole status and nothing else: server-side apply deletes what an apply no longer names. */
    private PrivateApiStack intent(PrivateApiStackStatus status) {
        PrivateApiStack intent = new PrivateApiStack();
        intent.setMetadata(new ObjectMetaBuilder()
                .withName(current.getMetadata().getName())
                .withNamespace(current.getMetadata().getNamespace())
                .build());
        intent.setStatus(status);
        return intent;
    }
}
