package dev.privateapi.app;

import dev.privateapi.aws.AwsSettings.Role;
import dev.privateapi.aws.AwsTargets;
import dev.privateapi.controller.Disturbances;
import dev.privateapi.push.Callers;
import dev.privateapi.push.DriftQueue;
import dev.privateapi.push.DriftQueue.Source;
import dev.privateapi.push.Ear;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The queues that tell of what others write, read by the process that works and not by those that stand by. */
final class Queues {

    /** Much less than CloudTrail takes, and enough for a burst and for AWS' listings. */
    private static final Duration GATHER = Duration.ofSeconds(3);

    private final Settings settings;
    private final Clock clock;
    private final BooleanSupplier stopping;
    private final Disturbances disturbances;
    private final Map<String, DriftQueue> running = new ConcurrentHashMap<>();

    Queues(Settings settings, Clock clock, BooleanSupplier stopping) {
        this.settings = settings;
        this.clock = clock;
        this.stopping = stopping;
        this.disturbances = new Disturbances(
                clock, Duration.ofNanos((long) (GATHER.toNanos() / settings.timeScale())), !settings.driftQueues().isEmpty());
    }

    Disturbances disturbances() {
        return disturbances;
    }

    /** Once, when this process begins to work. */
    void begin(AwsTargets targets, AwsTargets.Identity identity, MeterRegistry metrics) {
        Callers callers = new Callers(Stream.concat(
                Stream.of(identity.arn()), settings.accountRoles().values().stream().map(Role::arn)).collect(Collectors.toSet()));
        settings.driftQueues().forEach((region, url) -> {
            DriftQueue queue = new DriftQueue(
                    new Source(region, url, clock, settings.timeScale()), targets.queues(region), callers, new Waker(), metrics);
            running.put(region, queue);
            Thread.ofVirtual().name("drift-queue-" + region).start(() -> queue.listen(stopping));
        });
    }

    /** How long a stack that is as it should be is left alone. Never shorter than where nobody tells anything. */
    Duration interval(String region) {
        Duration drift = settings.driftInterval();
        boolean told = Optional.ofNullable(running.get(region)).filter(DriftQueue::read).isPresent();
        return told && settings.safetyInterval().compareTo(drift) > 0 ? settings.safetyInterval() : drift;
    }

    private final class Waker implements Ear {

        @Override
        public void written(Set<String> names) {
            disturbances.written(names);
        }

        @Override
        public void written(String region) {
            disturbances.writtenIn(region);
        }

        @Override
        public void deaf(String region) {
            disturbances.reconsider(region);
        }
    }
}
