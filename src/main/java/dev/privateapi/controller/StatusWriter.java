package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;

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

    /** @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server does not take it */
    void write(PrivateApiStackStatus status) {
        if (status.equals(current.getStatus())) {
            return;
        }
        current = context.getControllerConfiguration().getConfigurationService().useSSAToPatchPrimaryResource()
                ? PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(current, intent(status), context)
                : PrimaryUpdateAndCacheUtils.patchStatusAndCacheResource(current, context, stack -> {
                    stack.setStatus(status);
                    return stack;
                });
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
