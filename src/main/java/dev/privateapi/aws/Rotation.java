package dev.privateapi.aws;

import dev.privateapi.aws.ApiClass.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * How often looks that can wait may be repeated: all of one class of calls once in the time that less than half of AWS' rate
 * allows, so that the other half stays free for writes and for what somebody waits for. Looks do not come evenly, so the reads of
 * a few minutes may be an eighth more than that.
 */
final class Rotation {

    private static final double SHARE = 0.4;
    /** Rounds grow in steps of an eighth: with one that follows each stack more or less, all turns would move all the time. */
    private static final double STEP = 1.125;
    /** Of the golden ratio: names that differ in one letter are far apart in the round. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

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
        rounds.replaceAll((apiClass, round) -> step(round));
        return rounds;
    }

    private static Duration step(Duration round) {
        double steps = Math.ceil(Math.log(round.toNanos()) / Math.log(STEP));
        return Duration.ofNanos((long) Math.pow(STEP, steps));
    }

    /**
     * When the turn of a read came last. First turns come when all can have been read for the first time, by the whole rate: a
     * second reading before that would be in the way of a first one. Each has a time of its own in the round: the reads of
     * stacks that are looked at together would come together, round after round, and take more than their share of AWS' rate
     * while they do.
     *
     * @param begun when the first reads began; no turn was before that
     */
    static Instant turn(String name, Duration round, Instant begun, Instant now) {
        double own = (name.hashCode() * SPREAD >>> 11) * 0x1.0p-53;
        long since = Duration.between(begun, now).toNanos() - (long) ((SHARE + own) * round.toNanos());
        return since < 0 ? begun : now.minusNanos(since % round.toNanos());
    }

    /** @param name of a query, which begins with the service and the operation; none if AWS publishes no limit */
    static List<ApiClass> narrowest(String name) {
        String[] words = name.split(" ", 2)[0].split(":", 2);
        return words.length < 2 ? List.of() : ApiClass.of(words[0], words[1]).stream().limit(1).toList();
    }
}
