package dev.privateapi.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.privateapi.model.Caller;
import dev.privateapi.model.Priority;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

class ReadsTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private Instant now = NOON;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Reads reads = new Reads(clock, new Rotation(ApiClass::standard, 1)::rounds, 1, metrics);
    private final List<List<String>> calls = new ArrayList<>();
    private final Map<String, String> objects = new HashMap<>(Map.of("a", "A", "b", "B", "c", "C"));
    private final Batch<String> batch = new Batch<>("elasticloadbalancing:DescribeTags", 3, this::describe);

    private boolean away;

    private Map<String, String> describe(List<String> ids) {
        calls.add(ids);
        if (away) {
            throw SdkClientException.create("Unable to execute HTTP request", new IOException());
        }
        if (!objects.keySet().containsAll(ids)) {
            throw new IllegalArgumentException("One of " + ids + " is gone");
        }
        Map<String, String> found = new HashMap<>(objects);
        found.keySet().retainAll(ids);
        return found;
    }

    private Optional<String> read(String id) {
        return reads.read(batch, id, now).value();
    }

    @Test
    void answerServesWhoCanDoWithItsAge() {
        reads.read(query(), now);
        now = now.plusSeconds(10);
        reads.read(query(), NOON);
        assertThat(calls).as("as old as it may be").hasSize(1);

        reads.read(query(), now);
        assertThat(calls).as("too old").hasSize(2);
    }

    @Test
    void callForOneRefreshesTheOthersThatHaveBecomeOld() {
        read("a");
        read("b");
        now = now.plusSeconds(10);

        assertThat(read("a")).contains("A");
        assertThat(read("b")).contains("B");
        assertThat(calls).containsExactly(List.of("a"), List.of("b"), List.of("a", "b"));
    }

    /** The call of one of a thousand that are being made queues for seconds, and an edit that joined it would queue with it. */
    @Test
    @Timeout(20)
    void editDoesNotWaitForTheCallOfOneWhoIsBeingMade() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch queued = new CountDownLatch(1);
        Query<String> slow = new Query<>(query().name(), () -> {
            begun.countDown();
            awaitQuietly(queued);
            return "late";
        });
        Thread bulk = Thread.ofVirtual().start(() -> reads.read(slow, now));
        begun.await();

        AtomicReference<String> edit = new AtomicReference<>();
        Caller.of(Priority.EDIT).on(Runnable::run).execute(() -> edit.set(reads.read(query(), now).value()));
        assertThat(edit.get()).isEqualTo("there");
        assertThat(reads.read(slow, now).value()).as("and who asks after it gets its answer").isEqualTo("there");
        queued.countDown();
        bulk.join();
    }

    /** While a thousand stacks are made some listing is always on its way, and each takes a second or more. */
    @Test
    @Timeout(20)
    void whoCanDoWithTheLastAnswerDoesNotWaitForTheNext() throws InterruptedException {
        reads.read(query(), now);
        CountDownLatch queued = new CountDownLatch(1);
        Thread fresh = begun(queued, "new");

        Snapshot<String> old = reads.read(query(), NOON);
        assertThat(old.takenAt()).isEqualTo(NOON);
        assertThat(calls).as("nor asks itself").hasSize(1);
        queued.countDown();
        fresh.join();
        assertThat(reads.read(query(), NOON).value()).isEqualTo("new");
    }

    /** What a stack created and has seen would be created again. */
    @Test
    @Timeout(20)
    void answerThatSomebodyGotIsNeverFollowedByAnOlderOne() throws InterruptedException {
        reads.read(query(), now);
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch third = new CountDownLatch(1);
        Thread joined = begun(second, "second");
        Thread last = begun(third, "third");
        second.countDown();
        joined.join();

        assertThat(reads.read(query(), NOON).value()).as("the first one is older").isEqualTo("second");
        third.countDown();
        last.join();
        assertThat(reads.read(query(), NOON).value()).isEqualTo("third");
    }

    /** A call that began ten seconds later and lasts until then. */
    private Thread begun(CountDownLatch until, String answer) throws InterruptedException {
        now = now.plusSeconds(10);
        CountDownLatch begun = new CountDownLatch(1);
        Thread thread = Thread.ofVirtual().start(() -> reads.read(new Query<>(query().name(), () -> {
            begun.countDown();
            awaitQuietly(until);
            return answer;
        }), now));
        begun.await();
        return thread;
    }

    @Test
    void whoAsksForAllIsNotRecalled() {
        Caller recalled = new Caller(Priority.REPAIR, () -> true);
        Query<Caller> asking = new Query<>("who asks", Caller::current);

        recalled.on(Runnable::run).execute(() -> reads.read(asking, now));

        Caller asked = reads.read(asking, now).value();
        assertThat(asked.priority()).isEqualTo(Priority.REPAIR);
        assertThat(asked.recalled().getAsBoolean()).as("others wait for the answer").isFalse();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void noMoreInACallThanFit() {
        objects.put("d", "D");
        List.of("a", "b", "c", "d").forEach(this::read);
        calls.clear();
        now = now.plusSeconds(10);

        List.of("a", "b", "c", "d").forEach(this::read);
        assertThat(calls).extracting(List::size).containsExactly(3, 1);
    }

    /** A process that begins with a thousand stacks has asked for none of them yet. */
    @Test
    void callTakesThoseAlongThatOthersAreAboutToAskForAndNeverAgainWhatNobodyAskedFor() {
        Batch<String> listed = new Batch<>("elasticloadbalancing:DescribeTags", 3, this::describe, () -> Stream.of("a", "b", "c"));
        assertThat(reads.read(listed, "a", now).value()).contains("A");
        assertThat(reads.read(listed, "b", now).value()).contains("B");
        assertThat(calls).containsExactly(List.of("a", "b", "c"));

        now = now.plusSeconds(10);
        reads.read(listed, "a", now);
        assertThat(calls).last().as("c may be another installation's").isEqualTo(List.of("a", "b"));
    }

    @Test
    void oneThatIsGoneSpoilsNothingForTheOthers() {
        read("a");
        read("b");
        objects.remove("b");
        now = now.plusSeconds(10);

        assertThat(read("a")).as("asked for alone after the call for both failed").contains("A");
        assertThatThrownBy(() -> read("b")).hasMessageContaining("is gone");
        calls.clear();
        now = now.plusSeconds(10);
        read("a");
        assertThat(calls).as("and nobody asks for it again").containsExactly(List.of("a"));
    }

    /** It was asked for together with the next ones again and again, and the stack's turn never ended. */
    @Test
    @Timeout(20)
    void oneThatIsGoneAndStillListedSpoilsNothingEither() {
        Batch<String> listed = new Batch<>("route53:ListTagsForResources", 3, this::describe, () -> Stream.of("a", "gone"));

        assertThat(reads.read(listed, "a", now).value()).contains("A");
        assertThat(calls).containsExactly(List.of("a", "gone"), List.of("a"));
    }

    @Test
    void fleetThatFitsIntoHalfTheRateIsAskedForAsOftenAsItWishes() {
        objects("route53:GetHostedZone", 10);

        assertThat(reads.inTurn("route53:GetHostedZone x", now.minusSeconds(30))).isEqualTo(now.minusSeconds(30));
    }

    @Test
    void largeFleetIsAskedForInARotationThatLeavesHalfTheRateFree() {
        objects("route53:GetHostedZone", 600);
        objects("route53:ListResourceRecordSets", 600);

        now = now.plusSeconds(1800);
        LongSummaryStatistics ages = IntStream.range(0, 600)
                .mapToLong(i -> Duration.between(reads.inTurn("route53:GetHostedZone " + i, now.minusSeconds(30)), now).toSeconds())
                .summaryStatistics();
        assertThat(ages.getMax()).as("1,200 reads at 2 of Route 53's 5 a second, and a little more").isBetween(600L, 675L);
        assertThat(ages.getMin()).as("as it wishes").isEqualTo(30);
        assertThat(ages.getAverage()).as("not all together").isBetween(290.0, 360.0);
        assertThat(reads.inTurn("ec2:DescribeVpcs owned", now.minusSeconds(30)))
                .as("what is counted elsewhere is as quick as before").isEqualTo(now.minusSeconds(30));
    }

    /** After days of running a round that is a second longer would be at quite another place, and all would be read again. */
    @Test
    void oneStackMoreMovesTheTurnsOfNoOther() {
        objects("route53:ListResourceRecordSets", 600);
        now = now.plus(Duration.ofDays(3));
        objects("route53:ListResourceRecordSets", 600);
        List<Instant> turns = turns();

        objects("route53:ListResourceRecordSets", 601);
        now = now.plusSeconds(11);

        List<Instant> later = turns();
        assertThat(IntStream.range(0, 600).filter(i -> !later.get(i).equals(turns.get(i))).count())
                .as("600 reads at 2 a second: those whose turn came in eleven seconds").isBetween(5L, 40L);
    }

    /** A process that finds a thousand stacks needs all of a rate to know them, and whom it does not know it cannot help. */
    @Test
    void nothingIsReadAgainBeforeAllCanHaveBeenReadOnce() {
        objects("route53:ListResourceRecordSets", 600);
        now = now.plusSeconds(119);

        assertThat(turns()).as("600 reads at 5 a second").containsOnly(NOON);

        now = now.plusSeconds(30);
        assertThat(turns()).filteredOn(NOON::equals).as("and then evenly").hasSizeBetween(500, 599);
    }

    private List<Instant> turns() {
        return IntStream.range(0, 600)
                .mapToObj(i -> reads.inTurn("route53:ListResourceRecordSets " + i, now)).toList();
    }

    /** In an outage the newest thing there is are failures, and what is known grows older. */
    @Test
    void readThatFailsHasNoAge() {
        assertThatThrownBy(() -> reads.read(new Query<>("ec2:DescribeVpcs", () -> {
            throw SdkClientException.create("away");
        }), now)).isInstanceOf(SdkClientException.class);

        assertThat(metrics.find("privateapi.aws.read.age").timer()).isNull();
    }

    @Test
    void ageOfWhatIsSeenIsInAMetric() {
        reads.read(query(), now);
        now = now.plusSeconds(20);
        reads.read(query(), NOON);

        assertThat(metrics.timer("privateapi.aws.read.age", "read", "ec2:DescribeVpcs").max(TimeUnit.SECONDS))
                .isEqualTo(20);
    }

    @Test
    void failureIsToldToWhoAsksSoonAfterWhateverAgeHeCanBear() {
        SdkException away = SdkClientException.create("Unable to execute HTTP request", new IOException());
        assertThatThrownBy(() -> reads.read(failing(away), now)).isSameAs(away);
        now = now.plusMillis(1_999);

        assertThatThrownBy(() -> reads.read(query(), now)).isSameAs(away);
        assertThatThrownBy(() -> reads.read(query(), Instant.MIN)).isSameAs(away);
        assertThat(calls).as("a fleet finds out by one call that AWS is away").hasSize(1);

        now = NOON.plusSeconds(2);
        assertThat(reads.read(query(), now).value()).isEqualTo("there");
        assertThat(reads.read(query(), NOON).value()).as("and it is not the last word").isEqualTo("there");
        assertThat(calls).hasSize(2);
    }

    @Test
    void refusalIsNoOutageAndIsNotShared() {
        assertThatThrownBy(() -> reads.read(failing(AwsServiceException.builder().statusCode(403).awsErrorDetails(
                AwsErrorDetails.builder().errorCode("AccessDenied").build()).build()), now)).isInstanceOf(AwsServiceException.class);

        assertThat(reads.read(query(), now).value()).isEqualTo("there");
    }

    @Test
    void outageIsNotTriedAgainForEachOfThoseAboard() {
        read("a");
        read("b");
        now = now.plusSeconds(10);
        calls.clear();
        away = true;

        assertThatThrownBy(() -> read("a")).isInstanceOf(SdkClientException.class);
        assertThat(calls).containsExactly(List.of("a", "b"));
        away = false;
        assertThat(read("b")).as("who was aboard for another's sake asks for itself").contains("B");
    }

    private Query<String> failing(SdkException e) {
        return new Query<>(query().name(), () -> {
            calls.add(List.of());
            throw e;
        });
    }

    private void objects(String operation, int many) {
        for (int i = 0; i < many; i++) {
            reads.read(new Query<>(operation + " " + i, () -> "there"), Instant.MIN);
        }
    }

    private Query<String> query() {
        return new Query<>("ec2:DescribeVpcs owned", () -> {
            calls.add(List.of());
            return "there";
        });
    }

    private Duration oldest() {
        return IntStream.range(0, 600).mapToObj(i -> Duration.between(reads.inTurn("route53:GetHostedZone " + i, now), now))
                .max(Comparator.naturalOrder()).orElseThrow();
    }

    @Test
    void roundsAreCountedNowAndThen() {
        now = now.plusSeconds(1800);
        objects("route53:GetHostedZone", 600);
        reads.inTurn("route53:GetHostedZone x", now);
        objects("route53:ListResourceRecordSets", 600);
        assertThat(oldest()).as("not for each read").isBetween(Duration.ofSeconds(300), Duration.ofSeconds(330));

        now = now.plus(Duration.ofSeconds(11));
        assertThat(oldest()).isBetween(Duration.ofSeconds(600), Duration.ofSeconds(660));
    }
}
