package dev.privateapi.engine;

import dev.privateapi.model.Kind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long AWS takes, as far as it is known: API Gateway's documentation for VPC links, public logs of Terraform runs for
 * the rest. Defaults for when to look, never limits: an object that takes longer is looked at for as long as it takes.
 */
public final class Durations {

    /**
     * @param soonest nothing was seen to be ready before; looking earlier is a wasted call
     * @param pause between two looks, when it may be ready any moment
     */
    public record Expectation(Duration soonest, Duration typical, Duration pause) {

        static Expectation seconds(int soonest, int typical) {
            Duration usual = Duration.ofSeconds(typical);
            return new Expectation(Duration.ofSeconds(soonest), usual, longer(SHORTEST_PAUSE, usual.dividedBy(SHARE_OF_TYPICAL)));
        }
    }

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(4);
    /** Of the typical time: what takes long is seen late by two in a hundred, for half as many calls. */
    private static final int SHARE_OF_TYPICAL = 30;

    private static final Expectation QUICK = Expectation.seconds(3, 4);
    private static final Map<Kind, Expectation> TO_READY = new EnumMap<>(Map.of(
            Kind.VPC_ENDPOINT, Expectation.seconds(40, 60),
            Kind.LOAD_BALANCER, Expectation.seconds(120, 155),
            Kind.VPC_LINK, Expectation.seconds(110, 180),
            Kind.ECS_SERVICE, Expectation.seconds(80, 195),
            Kind.RESOLVER_ENDPOINT, Expectation.seconds(45, 90),
            Kind.PEERING_CONNECTION, Expectation.seconds(3, 4),
            // Nothing shows when it is served: about 3 s are usual, a minute was seen.
            Kind.STAGE, Expectation.seconds(4, 4),
            Kind.HOSTED_ZONE, Expectation.seconds(10, 20),
            Kind.RECORD_SET, Expectation.seconds(10, 20)));
    private static final Map<Kind, Expectation> TO_GONE = new EnumMap<>(Map.of(
            Kind.VPC_ENDPOINT, Expectation.seconds(30, 90),
            Kind.LOAD_BALANCER, Expectation.seconds(25, 45),
            Kind.VPC_LINK, Expectation.seconds(30, 37),
            Kind.ECS_SERVICE, Expectation.seconds(60, 210),
            Kind.RESOLVER_ENDPOINT, Expectation.seconds(30, 60),
            // Held by network interfaces that AWS releases some time after the object that they served is gone.
            Kind.SECURITY_GROUP, Expectation.seconds(1, 120),
            Kind.SUBNET, Expectation.seconds(1, 120)));
    /** Tasks that start: a person who scales watches, and ECS allows 20 descriptions a second. */
    private static final Expectation SCALED =
            new Expectation(Duration.ofSeconds(20), Duration.ofSeconds(45), Duration.ofSeconds(1));
    /** Before the typical time: who is early is seen late by so much at most. */
    private static final Duration LONGEST_PAUSE_BEFORE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** By so much of itself a pause is shorter or longer. */
    private static final double JITTER = 0.1;
    private static final Duration VISIBILITY = Duration.ofSeconds(20);

    private final double scale;

    /** @param scale how many times faster than life AWS runs, 1 for AWS itself */
    public Durations(double scale) {
        this.scale = scale;
    }

    public static Expectation toReady(Kind kind) {
        return TO_READY.getOrDefault(kind, QUICK);
    }

    /** Until a service that replaces nothing has all its tasks. */
    public static Expectation toScaled() {
        return SCALED;
    }

    public static Expectation toGone(Kind kind) {
        return TO_GONE.getOrDefault(kind, QUICK);
    }

    /**
     * When to look next at something that AWS has worked on for {@code elapsed}: first at the soonest, then at ever
     * shorter pauses around the typical time, then patiently.
     *
     * @param chance from 0 to 1, one for each pause: what began together does not ask together for ever
     */
    Duration untilNextLook(Expectation expectation, Duration elapsed, double chance) {
        // Negative when somebody set the clock back.
        Duration lived = Duration.ofNanos((long) (Math.max(0, elapsed.toNanos()) * scale));
        if (lived.compareTo(expectation.soonest()) < 0) {
            return scaled(expectation.soonest().minus(lived));
        }
        Duration left = expectation.typical().minus(lived);
        Duration pause = longer(expectation.pause(), left.abs().dividedBy(2));
        return jittered(scaled(shorter(pause, left.isPositive() ? LONGEST_PAUSE_BEFORE : LONGEST_PAUSE)), chance);
    }

    /** How long after a write a listing may still not show it (EC2's documentation on eventual consistency gives no bound). */
    Duration visibility() {
        return scaled(VISIBILITY);
    }

    /**
     * The pause before the n-th try of something that failed.
     *
     * @param chance from 0 to 1, one for each pause: what failed together does not come back together
     */
    Duration backoff(int failures, Duration longest, double chance) {
        Duration doubled = Duration.ofSeconds(1L << Math.min(failures, 10));
        return jittered(scaled(shorter(doubled, longest)), chance);
    }

    private static Duration jittered(Duration pause, double chance) {
        return Duration.ofNanos((long) (pause.toNanos() * (1 - JITTER + 2 * JITTER * chance)));
    }

    /** What takes {@code duration} in life. */
    Duration scaled(Duration duration) {
        return Duration.ofNanos((long) (duration.toNanos() / scale));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
