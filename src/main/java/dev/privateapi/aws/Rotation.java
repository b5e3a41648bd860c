package dev.privateapi.aws;

import dev.privateapi.aws.ApiClass.Rate;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * How often looks that can wait may be repeated: all of one class of calls once in the time that half of AWS' rate allows,
 * so that the other half stays free for writes and for what somebody waits for.
 */
final class Rotation {

    private static final double SHARE = 0.5;

    private final Function<ApiClass, Rate> rates;
    private final double timeScale;

    Rotation(Function<ApiClass, Rate> rates, double timeScale) {
        this.rates = rates;
        this.timeScale = timeScale;
    }

    /** What all the reads of these names take, by the narrowest class that counts each. */
    Map<ApiClass, Duration> rounds(Set<String> names) {
        Map<ApiClass, Duration> rounds = new EnumMap<>(ApiClass.class);
        for (String name : names) {
            for (ApiClass counted : narrowest(name)) {
                double perSecond = SHARE * timeScale * rates.apply(counted).perSecond();
                rounds.merge(counted, Duration.ofNanos((long) (1e9 / perSecond)), Duration::plus);
            }
        }
        return rounds;
    }

    /** @param name of a query, which begins with the service and the operation; none if AWS publishes no limit */
    static List<ApiClass> narrowest(String name) {
        String[] words = name.split(" ", 2)[0].split(":", 2);
        return words.length < 2 ? List.of() : ApiClass.of(words[0], words[1]).stream().limit(1).toList();
    }
}
