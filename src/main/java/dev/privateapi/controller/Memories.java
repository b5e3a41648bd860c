package dev.privateapi.controller;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.privateapi.engine.Memory;
import java.time.Duration;

/**
 * What the process remembers of each stack, by uid: a stack that is deleted and created again under the same name is
 * another one. What nobody came for in a day is forgotten; a stack whose finalizer somebody took off is never announced as
 * gone.
 */
final class Memories {

    private final Cache<String, Memory> memories = Caffeine.newBuilder().expireAfterAccess(Duration.ofDays(1)).build();

    Memory of(String uid) {
        return memories.get(uid, it -> new Memory());
    }

    void forget(String uid) {
        memories.invalidate(uid);
    }
}
