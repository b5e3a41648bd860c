package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.ownership.Adoption;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Which changes of a stack's resource give it a turn at once: what a person says, in the spec and in the annotation for
 * adoption, which is no part of the generation; finalizers and the deletion, as JOSDK needs them. The status is not among
 * them, or each turn would bring the next.
 */
public final class WorthATurn implements OnUpdateFilter<PrivateApiStack> {

    @Override
    public boolean accept(PrivateApiStack now, PrivateApiStack before) {
        return differ(now.getMetadata(), before.getMetadata());
    }

    static boolean differ(ObjectMeta now, ObjectMeta before) {
        return !says(now).equals(says(before));
    }

    private static List<String> says(ObjectMeta metadata) {
        return Stream.of(metadata.getGeneration(), metadata.getFinalizers(), metadata.getDeletionTimestamp(), adoption(metadata))
                .map(Objects::toString).toList();
    }

    /** Null for none. */
    static String adoption(ObjectMeta metadata) {
        Map<String, String> annotations = metadata.getAnnotations() == null ? Map.of() : metadata.getAnnotations();
        return annotations.get(Adoption.ANNOTATION);
    }
}
