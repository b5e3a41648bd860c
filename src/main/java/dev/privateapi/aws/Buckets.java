package dev.privateapi.aws;

import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.model.Priority;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What is left of AWS' rates in one account and Region, or in one account. A class of calls has a bucket for each priority:
 * they fill at the same pace, and those of the more impatient are a little deeper.
 */
final class Buckets {

    /**
     * Of a burst what only those before {@link Priority#BULK} get, each step of them as much more; at least one call, because AWS
     * counts calls when they arrive, and some arrive closer together than they left.
     */
    private static final double RESERVE = 0.1;

    private final Map<ApiClass, Tokens> tokens = new ConcurrentHashMap<>();
    private final Function<ApiClass, Rate> rates;
    private final double timeScale;
    private final TimeMeter time;
    private final RandomGenerator random;

    Buckets(Function<ApiClass, Rate> rates, double timeScale, TimeMeter time, RandomGenerator random) {
        this.rates = rates;
        this.timeScale = timeScale;
        this.time = time;
        this.random = random;
    }

    Tokens of(ApiClass apiClass) {
        return tokens.computeIfAbsent(apiClass, it -> tokens(rates.apply(it)));
    }

    private Tokens tokens(Rate rate) {
        Duration perCall = Duration.ofNanos((long) (1e9 / (rate.perSecond() * timeScale)));
        return new Tokens(Arrays.stream(Priority.values())
                .collect(Collectors.toMap(Function.identity(), priority -> bucket(rate, perCall, priority))), perCall, rate, random);
    }

    private Bucket bucket(Rate rate, Duration perCall, Priority priority) {
        long reserved = Math.min(rate.burst() - 1L, (long) Math.ceil(rate.burst() * RESERVE * priority.ordinal()));
        return Bucket.builder()
                .addLimit(limit -> limit.capacity((rate.burst() - reserved) * Tokens.CALL).refillGreedy(Tokens.CALL, perCall))
                .withCustomTimePrecision(time)
                .build();
    }
}
