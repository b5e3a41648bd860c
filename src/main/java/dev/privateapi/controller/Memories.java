package dev.privateapi.controller;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.engine.Memory;
import dev.privateapi.status.StackStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the process remembers of each stack, by uid: a stack that is deleted and created again under the same name is
 * another one. What nobody came for in a day is forgotten; a stack whose finalizer somebody took off is never announced as
 * gone. A stack that another shard had meanwhile is not what was remembered.
 */
final class Memories {

    private final Cache<String, Memory> memories = Caffeine.newBuilder().expireAfterAccess(Duration.ofDays(1)).build();

    private final Map<ResourceID, String> uids = new ConcurrentHashMap<>();

    Memory of(PrivateApiStack stack) {
        String uid = stack.getMetadata().getUid();
        uids.put(ResourceID.fromResource(stack), uid);
        return memories.get(uid, it -> begin(stack));
    }

    /** A stack that an earlier process has made is not in the making again: what a person changes now goes before those. */
    private static Memory begin(PrivateApiStack stack) {
        return StackStatus.ready(stack.getStatus()).map(Condition::getObservedGeneration)
                .map(generation -> new Memory(Said.by(stack).revision(generation))).orElseGet(Memory::new);
    }

    void forget(PrivateApiStack stack) {
        String uid = stack.getMetadata().getUid();
        uids.remove(ResourceID.fromResource(stack), uid);
        memories.invalidate(uid);
    }

    /** Forgets by name what nobody has any more. @return its uid, if it was known */
    Optional<String> left(ResourceID stack) {
        Optional<String> uid = Optional.ofNullable(uids.remove(stack));
        uid.ifPresent(memories::invalidate);
        return uid;
    }
}
