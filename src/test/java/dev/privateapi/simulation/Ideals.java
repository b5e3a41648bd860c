package dev.privateapi.simulation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.engine.Durations;
import java.time.Duration;
import java.util.List;

/** What the stack of a spec looks like to which nothing ever happened. */
final class Ideals {

    private static final int MOST_TURNS = 600;
    private static final Cache<PrivateApiStackSpec, List<String>> KNOWN = Caffeine.newBuilder().maximumSize(300).build();

    private Ideals() {}

    static List<String> of(PrivateApiStackSpec spec) {
        return KNOWN.get(spec, Ideals::made);
    }

    private static List<String> made(PrivateApiStackSpec spec) {
        Pilot pilot = new Pilot(1, spec, new Durations(0.2));
        if (!pilot.settle(MOST_TURNS)) {
            throw new IllegalStateException("Not even undisturbed: " + pilot.complaint());
        }
        pilot.world.advance(Duration.ofMinutes(10));
        return Portrait.of(pilot.world, pilot.rules.owners());
    }
}
