package dev.privateapi.aws;

import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** {@link AwsTargets} in a test's own time: a call that queues in the gate makes that time pass, and nothing waits. */
public final class VirtualTargets {

    private VirtualTargets() {}

    /** @param pass moves the clock, and AWS with it */
    public static AwsTargets of(AwsSettings settings, Clock clock, RandomGenerator random, Consumer<Duration> pass) {
        TimeMeter time = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return Duration.between(Instant.EPOCH, clock.instant()).toNanos();
            }

            @Override
            public boolean isWallClockBased() {
                return true;
            }
        };
        BlockingStrategy blocking = nanos -> pass.accept(Duration.ofNanos(nanos));
        return new AwsTargets(settings, clock, new AwsTargets.Queueing(time, blocking, random), new SimpleMeterRegistry());
    }
}
