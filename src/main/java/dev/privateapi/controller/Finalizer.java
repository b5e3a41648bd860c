package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/**
 * Lets a stack's resource go. JOSDK could do that, but notes only afterwards, under the resource's name, that this name is
 * done with. A resource that is created again under it right then, as {@code kubectl replace --force} does, would be taken
 * for the one that went: no timer would ever give it a turn.
 */
final class Finalizer {

    /** Refused if it is no longer there: finalizers of others may have come and gone. */
    private static final String PATCH = """
            [{"op": "test", "path": "/metadata/finalizers/%1$d", "value": "%2$s"},
             {"op": "remove", "path": "/metadata/finalizers/%1$d"}]""";

    private Finalizer() {}

    /**
     * Absent is success, and so is another resource of the same name.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server does not take it, such as for a
     *     change in the meantime; the turn is taken again
     */
    static void remove(PrivateApiStack stack, KubernetesClient client) {
        var resource = client.resources(PrivateApiStack.class)
                .inNamespace(stack.getMetadata().getNamespace()).withName(stack.getMetadata().getName());
        PrivateApiStack now = resource.get();
        if (now == null || !now.getMetadata().getUid().equals(stack.getMetadata().getUid())) {
            return;
        }
        int at = now.getMetadata().getFinalizers().indexOf(PrivateApiStack.FINALIZER);
        if (at >= 0) {
            resource.patch(PatchContext.of(PatchType.JSON), PATCH.formatted(at, PrivateApiStack.FINALIZER));
        }
    }
}
