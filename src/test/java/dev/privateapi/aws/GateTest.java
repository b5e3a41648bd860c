package dev.privateapi.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.model.Caller;
import dev.privateapi.model.Priority;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GateTest {

    private static final int CALLS = 40;
    /** Of deletions of an API, one in 30 s for all, of which shards leave a tenth unused. */
    private static final Duration PERIOD_OF_A_HALF = Duration.ofMillis(66_667);

    private final VirtualTime time = new VirtualTime();
    private boolean closed;

    @Test
    void letsTheBurstThroughAndThenKeepsThePace() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        for (int i = 0; i < 3; i++) {
            gate.pass(ApiClass.of("ec2", "CreateVpcEndpoint"), () -> "CreateVpcEndpoint");
        }
        assertThat(time.elapsed()).as("AWS' burst is four, of which one is kept back for those that arrive too early").isZero();
        gate.pass(ApiClass.of("ec2", "CreateVpcEndpoint"), () -> "CreateVpcEndpoint");
        assertThat(time.elapsed()).as("0.3 per second").isBetween(Duration.ofMillis(3300), Duration.ofMillis(3400));
    }

    @Test
    void runsAsMuchFasterAsASandbox() {
        Gate gate = gate(20, Duration.ofSeconds(10));
        for (int i = 0; i < 4; i++) {
            gate.pass(ApiClass.of("ec2", "CreateVpcEndpoint"), () -> "CreateVpcEndpoint");
        }
        assertThat(time.elapsed()).isLessThan(Duration.ofMillis(170));
    }

    @Test
    void refusesWhoWouldQueueTooLong() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        List<ApiClass> deleteApi = ApiClass.of("apigateway", "DeleteRestApi");
        gate.pass(deleteApi, () -> "DeleteRestApi");
        assertThatThrownBy(() -> gate.pass(deleteApi, () -> "DeleteRestApi"))
                .as("1 per 30 s: the stack has other things to delete meanwhile")
                .isInstanceOfSatisfying(ProblemException.class,
                        e -> assertThat(e.problem().category()).isEqualTo(Category.THROTTLED))
                .hasMessageContaining("DeleteRestApi waits for its turn");
        assertThat(time.elapsed()).as("and is told at once").isZero();
    }

    /** A stack's turn would wait ten seconds for a deployment that the next spec may not want any more. */
    @Test
    void callThatIsRecalledQueuesNoLongerAndCostsNothing() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        List<ApiClass> deploy = ApiClass.of("apigateway", "CreateDeployment");
        gate.pass(deploy, () -> "CreateDeployment");
        Duration spec = Duration.ofSeconds(2);
        Caller busy = new Caller(Priority.BULK, () -> time.elapsed().compareTo(spec) >= 0);

        busy.on(Runnable::run).execute(() -> assertThatThrownBy(() -> gate.pass(deploy, () -> "CreateDeployment"))
                .isInstanceOfSatisfying(ProblemException.class,
                        e -> assertThat(e.problem().category()).isEqualTo(Category.THROTTLED)));

        assertThat(time.elapsed()).as("it hears of it soon").isBetween(spec, spec.plusMillis(100));
        gate.pass(deploy, () -> "CreateDeployment");
        assertThat(time.elapsed()).as("1 in 5 s: its place is free for the next").isBetween(Duration.ofMillis(4900), Duration.ofMillis(5100));
    }

    /** Two calls at one time would be one too many for AWS, which then refuses everybody for a while. */
    @Test
    void placeOfARecalledCallStaysEmptyIfOthersQueueBehindIt() {
        Buckets buckets = new Buckets(ApiClass::standard, 1, time, new Random(1));
        Gate gate = gate(buckets, Duration.ofSeconds(20));
        Gate behind = new Gate(buckets::of, Duration.ofSeconds(20), nanos -> {}, () -> false);
        List<ApiClass> deploy = ApiClass.of("apigateway", "CreateDeployment");
        gate.pass(deploy, () -> "CreateDeployment");
        Caller busy = new Caller(Priority.BULK, () -> {
            // told to go after 10 s
            Caller.of(Priority.BULK).on(Runnable::run).execute(() -> behind.pass(deploy, () -> "CreateDeployment"));
            return true;
        });

        busy.on(Runnable::run).execute(() -> assertThatThrownBy(() -> gate.pass(deploy, () -> "CreateDeployment"))
                .isInstanceOf(ProblemException.class));
        gate.pass(deploy, () -> "CreateDeployment");

        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void losesNoNarrowTokenToAQueueInTheWideClass() {
        Gate gate = gate(1, Duration.ofMillis(50));
        for (int i = 0; i < 32; i++) { // a burst of 40 without the reserve
            gate.pass(ApiClass.of("apigateway", "GetStages"), () -> "GetStages");
        }
        List<ApiClass> deploy = ApiClass.of("apigateway", "CreateDeployment");
        assertThatThrownBy(() -> gate.pass(deploy, () -> "CreateDeployment")).isInstanceOf(ProblemException.class);
        time.pass(Duration.ofMillis(200));
        gate.pass(deploy, () -> "CreateDeployment");
        assertThat(time.elapsed()).as("the deployment's own token, 1 in 5 s, was still there").isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void slowsDownForTheOthersInTheAccount() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        List<ApiClass> write = ApiClass.of("ec2", "CreateVpc");
        gate.throttled(write);
        gate.pass(write, () -> "CreateVpc");
        assertThat(time.elapsed()).as("after AWS' own refusal the burst is spent: 5 per second").isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void editFindsTokensThatBulkCouldNotTake() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        List<ApiClass> read = ApiClass.of("ec2", "DescribeVpcs");
        for (int i = 0; i < 200; i++) {
            gate.pass(read, () -> "DescribeVpcs");
        }
        Duration before = time.elapsed();
        assertThat(before).as("bulk gets AWS' whole rate: a burst of 100 without the reserve of 20, then 20 per second")
                .isBetween(Duration.ofMillis(5900), Duration.ofMillis(6100));

        as(Priority.EDIT, () -> gate.pass(read, () -> "DescribeVpcs"));
        assertThat(time.elapsed()).as("an edit goes before all who queue").isEqualTo(before);
    }

    @Test
    void editsAreTakenFromTheSameRate() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        List<ApiClass> write = ApiClass.of("ec2", "CreateVpc");
        Caller.of(Priority.EDIT).on(Runnable::run).execute(() -> {
            for (int i = 0; i < 50; i++) {
                gate.pass(write, () -> "CreateVpc");
            }
        });
        gate.pass(write, () -> "CreateVpc");
        assertThat(time.elapsed()).as("bulk waits until its bucket, which went below nothing, has a token")
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
    }

    /** AWS lets one pass at a time: of two that the gate sends at the same moment it would refuse one. */
    @ParameterizedTest
    @EnumSource(names = {"EDIT", "REPAIR"})
    void bulkThatQueuesGivesWayToWhoPassesItMeanwhile(Priority impatient) {
        Buckets buckets = new Buckets(ApiClass::standard, 1, time, new Random(1));
        Gate gate = gate(buckets, Duration.ofSeconds(20));
        List<ApiClass> deploy = ApiClass.of("apigateway", "CreateDeployment");
        List<Duration> passed = new ArrayList<>();
        gate.pass(deploy, () -> "CreateDeployment");
        boolean[] came = {false};
        Caller bulk = new Caller(Priority.BULK, () -> {
            if (!came[0] && time.elapsed().compareTo(Duration.ofSeconds(3)) > 0) {
                came[0] = true;
                time.pass(Duration.ofSeconds(2)); // the bucket of the impatient has its token again
                as(impatient, () -> gate.pass(deploy, () -> "CreateDeployment"));
                passed.add(time.elapsed());
            }
            return false;
        });

        bulk.on(Runnable::run).execute(() -> gate.pass(deploy, () -> "CreateDeployment"));
        passed.add(time.elapsed());

        assertThat(passed.getFirst()).as("it does not queue behind bulk").isLessThan(Duration.ofMillis(5200));
        assertThat(passed.getLast().minus(passed.getFirst())).as("1 in 5 s").isGreaterThanOrEqualTo(Duration.ofMillis(4900));
    }

    @Test
    void repairGoesBeforeBulk() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        List<ApiClass> write = ApiClass.of("ec2", "CreateVpc");
        for (int i = 0; i < 60; i++) {
            gate.pass(write, () -> "CreateVpc");
        }
        Duration before = time.elapsed();

        as(Priority.REPAIR, () -> gate.pass(write, () -> "CreateVpc"));

        assertThat(before).as("bulk queues").isPositive();
        assertThat(time.elapsed()).isEqualTo(before);
    }

    private static void as(Priority priority, Runnable call) {
        Caller.of(priority).on(Runnable::run).execute(call);
    }

    @ParameterizedTest
    @EnumSource(ApiClass.class)
    void twoShardsTogetherKeepToAwsRate(ApiClass apiClass) {
        List<Gate> shards = List.of(half(new Random(1)), half(new Random(2)));
        // Of a burst of one no half can be taken: the first calls of two rested shards are one too many.
        Rate all = new Rate(Math.max(2, apiClass.standard().burst()), apiClass.standard().perSecond());
        Bucket aws = bucket(all);
        int passed = 0;
        for (int i = 0; i < 6_000; i++) {
            for (Gate shard : shards) {
                while (passes(shard, apiClass)) {
                    passed++;
                    assertThat(aws.tryConsume(1)).as("call %d, after %s", passed, time.elapsed()).isTrue();
                }
            }
            time.pass(Duration.ofMillis(20));
        }
        double used = apiClass.standard().burst() == 1 ? 0.9 : 1;
        assertThat(passed).as("and use it up: two minutes' worth, but for the room that they need to take turns")
                .isGreaterThanOrEqualTo((int) (120 * used * all.perSecond()));
    }

    /** Somebody outside who uses all of a rate must not be met with many times as many calls as a shard may make. */
    @Test
    void shardThatIsRefusedAgainAndAgainSlowsDown() {
        ApiClass apiClass = ApiClass.API_GATEWAY_DELETE_API;
        Gate shard = half(new Random(1));
        int tries = 0;
        while (time.elapsed().compareTo(PERIOD_OF_A_HALF.multipliedBy(40)) < 0) {
            if (passes(shard, apiClass)) {
                tries++;
                shard.throttled(List.of(apiClass));
            }
            time.pass(Duration.ofMillis(500));
        }
        assertThat(tries).as("in forty of its periods").isBetween(60, 110);
    }

    /** If each waited for its whole period, as the other does, AWS would refuse one of them each time, for ever. */
    @ParameterizedTest
    @MethodSource("seeds")
    void twoShardsThatMeetComeToCallInTurns(int seed) {
        ApiClass apiClass = ApiClass.API_GATEWAY_DELETE_API;
        List<Gate> shards = List.of(half(new Random(2L * seed)), half(new Random(2L * seed + 1)));
        Bucket aws = bucket(apiClass.standard());
        List<Gate> passed = new ArrayList<>();
        List<Integer> refusedAfter = new ArrayList<>();
        while (passed.size() < CALLS) {
            for (Gate shard : shards) {
                if (passes(shard, apiClass)) {
                    if (aws.tryConsume(1)) {
                        shard.accepted(List.of(apiClass));
                        passed.add(shard);
                    } else {
                        refusedAfter.add(passed.size());
                        shard.throttled(List.of(apiClass));
                    }
                }
            }
            time.pass(Duration.ofMillis(500));
        }
        assertThat(refusedAfter).as("how many calls had passed").isNotEmpty().allMatch(it -> it < CALLS / 2);
        assertThat(passed.stream().filter(shards.getFirst()::equals)).as("one as often as the other")
                .hasSizeBetween(CALLS * 2 / 5, CALLS * 3 / 5);
        assertThat(CALLS / (time.elapsed().toMillis() / 1000.0) / apiClass.standard().perSecond()).as("of AWS' rate")
                .isGreaterThan(0.85);
    }

    private static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    /** Told before the refusal, it would come a whole period later: when the other shard does, which had the turn. */
    @Test
    void whoQueuesBehindARefusedCallMovesUp() {
        Gate gate = gate(halves(new Random(1)), Duration.ofSeconds(20));
        List<ApiClass> deploy = ApiClass.of("apigateway", "CreateDeployment");
        gate.pass(deploy, () -> "CreateDeployment");
        boolean[] refused = {false};
        Caller behind = new Caller(Priority.BULK, () -> {
            if (!refused[0]) {
                refused[0] = true;
                gate.throttled(deploy);
            }
            return false;
        });

        behind.on(Runnable::run).execute(() -> gate.pass(deploy, () -> "CreateDeployment"));
        Duration soon = time.elapsed();
        gate.pass(deploy, () -> "CreateDeployment");

        assertThat(soon).as("a quarter of 11.1 s").isLessThan(Duration.ofMillis(2900));
        assertThat(time.elapsed().minus(soon)).as("and whoever is next keeps the distance").isBetween(
                Duration.ofMillis(10_900), Duration.ofMillis(11_200));
    }

    /** Whoever has the token at the same pace keeps it, and more tries would only be more refusals. */
    @Test
    void processThatSharesWithNobodyWaitsForItsWholePeriod() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        List<ApiClass> deploy = ApiClass.of("apigateway", "CreateDeployment");
        gate.pass(deploy, () -> "CreateDeployment");
        gate.throttled(deploy);
        gate.pass(deploy, () -> "CreateDeployment");
        assertThat(time.elapsed()).as("1 in 5 s").isEqualTo(Duration.ofSeconds(5));
    }

    /** Of calls in flight AWS may refuse one after the other, sooner than tokens come: there would be none as long as that goes on. */
    @Test
    void refusalsTakeNothingOfTheTokenThatComes() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        List<ApiClass> route53 = ApiClass.of("route53", "ListHostedZones");
        for (int i = 0; i < 4; i++) {
            gate.throttled(route53);
            time.pass(Duration.ofMillis(50));
        }
        gate.pass(route53, () -> "ListHostedZones");
        assertThat(time.elapsed()).as("5 per second").isEqualTo(Duration.ofMillis(200));
    }

    @ParameterizedTest
    @EnumSource(ApiClass.class)
    void wholeShareIsTheRateItself(ApiClass apiClass) {
        assertThat(apiClass.standard().share(1)).isEqualTo(apiClass.standard());
    }

    @Test
    void burstThatCannotBeSharedIsTakenInTurnsWithSomeRoomBetween() {
        assertThat(new Rate(1, 1).share(0.5)).isEqualTo(new Rate(1, 0.45, true));
        assertThat(new Rate(4, 1).share(0.2)).as("less than one").isEqualTo(new Rate(1, 0.9 * 0.2, true));
        assertThat(new Rate(4, 1).share(0.25)).as("one for each").isEqualTo(new Rate(1, 0.25));
    }

    /** As an edit, which may take the whole burst. */
    private static boolean passes(Gate gate, ApiClass apiClass) {
        boolean[] passed = {true};
        Caller.of(Priority.EDIT).on(Runnable::run).execute(() -> {
            try {
                gate.pass(List.of(apiClass), () -> "a call");
            } catch (ProblemException e) {
                passed[0] = false;
            }
        });
        return passed[0];
    }

    private Bucket bucket(Rate rate) {
        Duration perToken = Duration.ofNanos((long) (1e9 / rate.perSecond()));
        return Bucket.builder().addLimit(limit -> limit.capacity(rate.burst()).refillGreedy(1, perToken))
                .withCustomTimePrecision(time).build();
    }

    private Gate half(Random random) {
        return gate(halves(random), Duration.ofNanos(1));
    }

    private Buckets halves(Random random) {
        return new Buckets(it -> it.standard().share(0.5), 1, time, random);
    }

    @Test
    void letsNobodyPassOnceItIsClosed() {
        Gate gate = gate(1, Duration.ofSeconds(10));
        closed = true;
        assertThatThrownBy(() -> gate.pass(ApiClass.of("iam", "CreateRole"), () -> "CreateRole"))
                .as("a process that ends makes no new calls, whatever their rate")
                .hasMessageContaining("stopping");
    }

    @Test
    void leavesServicesWithoutAPublishedLimitAlone() {
        assertThat(ApiClass.of("iam", "CreateRole")).isEmpty();
    }

    private Gate gate(double timeScale, Duration patience) {
        return gate(new Buckets(ApiClass::standard, timeScale, time, new Random(1)), patience);
    }

    private Gate gate(Buckets buckets, Duration patience) {
        return new Gate(buckets::of, patience, time::park, () -> closed);
    }

    /** Time that passes only while somebody waits for it. */
    private static final class VirtualTime implements TimeMeter {
        private long nanos;

        void park(long nanosToPark) {
            nanos += nanosToPark;
        }

        void pass(Duration duration) {
            nanos += duration.toNanos();
        }

        Duration elapsed() {
            return Duration.ofNanos(nanos);
        }

        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
