package dev.privateapi.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Priority;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Step;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTest {

    private static final Instant START = Instant.parse("2025-11-24T12:00:00Z");
    private final Memory memory = new Memory();
    private final EngineSettings settings = new EngineSettings(Clock.systemUTC(), new Random(1), new Durations(1),
            Duration.ofMinutes(5), e -> new Problem(Problem.Category.INTERNAL, "no"));

    private boolean calmPass(Instant at) {
        boolean everything = memory.begin(1, false, at, settings);
        memory.settle(true, false, false, at);
        return everything;
    }

    @Test
    void answersFromBeforeADisturbanceAreTooOldAndThoseSinceAreShared() {
        calmPass(START);
        calmPass(START.plus(Duration.ofMinutes(5)));
        assertThat(memory.since()).as("a calm stack shares answers").isBefore(START.plus(Duration.ofMinutes(5)));
        Instant disturbed = START.plus(Duration.ofMinutes(6));

        memory.disturbed(disturbed);

        assertThat(memory.begin(1, false, disturbed.plusSeconds(2), settings)).as("everything is looked at").isTrue();
        assertThat(memory.since()).as("with all others that the same burst disturbed").isEqualTo(disturbed);
        assertThat(memory.calm(Kind.VPC)).as("it waits for no turn among those who can wait").isFalse();
    }

    /** Else what a person changes right after a process began would queue with the thousand stacks that it finds. */
    @Test
    void stackThatAnEarlierProcessMadeIsNotInTheMakingAgain() {
        Memory found = new Memory(3);
        assertThat(found.priority(3)).isEqualTo(Priority.REPAIR);
        assertThat(found.priority(4)).isEqualTo(Priority.EDIT);
        assertThat(new Memory().priority(1)).isEqualTo(Priority.BULK);
    }

    /** All thousand would look again in the same half minute, and take all of AWS' rates in it. */
    @Test
    void looksOfStacksThatAProcessFindsAtOnceAreMovedApart() {
        List<Instant> looks = IntStream.range(0, 100).mapToObj(i -> {
            Memory found = new Memory(1);
            found.begin(1, false, START, settings);
            found.settle(true, false, false, START);
            return found.nextFullLook(settings.lookEvery(false));
        }).sorted().toList();

        assertThat(looks.getFirst()).isBetween(START.plusSeconds(24), START.plusSeconds(40));
        assertThat(looks.get(50)).isBetween(START.plusSeconds(90), START.plusSeconds(150));
        assertThat(looks.getLast()).isBetween(START.plusSeconds(200), START.plusSeconds(240));
    }

    /** Else of a fleet that takes longer than an interval to be read nothing would ever have been read. */
    @Test
    void lookThatWaitsForItsTurnGoesOnAndDoesNotBeginAnew() {
        Memory found = new Memory(1);
        found.begin(1, false, START, settings);
        Instant since = found.since();
        found.waitsForItsTurn(true);
        found.settle(false, false, false, START);

        Instant next = START.plus(Duration.ofMinutes(9));
        assertThat(found.begin(1, false, next, settings)).isTrue();
        assertThat(found.since()).as("what it has read is good").isEqualTo(since);
        found.settle(false, false, false, next);
        Instant late = START.plus(Duration.ofMinutes(21));
        found.begin(1, false, late, settings);
        assertThat(found.since()).as("but not for ever").isEqualTo(late.minus(settings.shareFor()));
    }

    /** While a stack is made there is a pass for something every few seconds: a load balancer's pauses are longer. */
    @Test
    void passesForOtherKindsPutALookOffByOnePauseAtMost() {
        Duration pause = Duration.ofSeconds(6);
        memory.begin(1, false, START, settings);
        memory.lookAgain(Map.of(Kind.LOAD_BALANCER, START.plus(pause)), START);
        List<Integer> due = new ArrayList<>();
        for (int second = 1; second <= 30; second++) {
            Instant now = START.plusSeconds(second);
            memory.begin(1, false, now, settings);
            if (memory.due(Kind.LOAD_BALANCER)) {
                due.add(second);
            }
            memory.lookAgain(Map.of(Kind.LOAD_BALANCER, now.plus(pause)), now);
        }
        assertThat(due).as("every second a pass").containsExactly(12, 24);
    }

    /** The first look at a load balancer comes after two minutes: put off by as long it would be seen a minute late. */
    @Test
    void firstLookIsPutOffByAShortPauseAtMost() {
        Instant first = START.plusSeconds(120);
        memory.begin(1, false, START, settings);
        memory.lookAgain(Map.of(Kind.LOAD_BALANCER, first), START);
        memory.begin(1, false, first.minusSeconds(1), settings);
        memory.lookAgain(Map.of(Kind.LOAD_BALANCER, first.plusSeconds(1 + 17)), first.plusSeconds(1)); // the pass took two seconds
        memory.begin(1, false, first.plusSeconds(10), settings);
        memory.lookAgain(Map.of(Kind.LOAD_BALANCER, first.plusSeconds(10 + 12)), first.plusSeconds(10));

        memory.begin(1, false, first.plusSeconds(17), settings);

        assertThat(memory.due(Kind.LOAD_BALANCER)).isTrue();
    }

    /** A pass ends in the midst of it if the API server does not take what is to be written down. */
    @Test
    void lookThatWasDueInAPassThatFailedIsDueInTheNext() {
        memory.begin(1, false, START, settings);
        memory.lookAgain(Map.of(Kind.LOAD_BALANCER, START.plusSeconds(6)), START);
        memory.begin(1, false, START.plusSeconds(6), settings);

        memory.begin(1, false, START.plusSeconds(7), settings);

        assertThat(memory.due(Kind.LOAD_BALANCER)).isTrue();
    }

    @Test
    void whatNothingWaitsForIsNotLookedAt() {
        memory.begin(1, false, START, settings);
        memory.lookAgain(Map.of(Kind.LOAD_BALANCER, START.plusSeconds(6)), START);
        memory.begin(1, false, START.plusSeconds(1), settings);
        memory.lookAgain(Map.of(), START.plusSeconds(1));

        memory.begin(1, false, START.plusSeconds(7), settings);

        assertThat(memory.due(Kind.LOAD_BALANCER)).isFalse();
        assertThat(memory.nextLooks()).isEmpty();
    }

    /** Whoever edits it within an interval of its look must not wait for the fleet's listings. */
    @Test
    void editOfAStackWhoseLooksWereMovedApartBeginsWithItsLook() {
        Memory found = new Memory(1);
        found.begin(1, false, START, settings);
        found.settle(true, false, false, START);
        Instant edited = START.plus(Duration.ofMinutes(4));
        assertThat(found.nextFullLook(settings.lookEvery(false))).as("its next look was due").isBefore(edited);

        found.begin(2, false, edited, settings);

        assertThat(found.remembered()).isTrue();
    }

    @Test
    void disturbanceIsWorthOneLook() {
        calmPass(START);
        memory.disturbed(START.plusSeconds(60));

        assertThat(calmPass(START.plusSeconds(61))).isTrue();
        assertThat(calmPass(START.plusSeconds(62))).isFalse();
    }

    /** A process that begins finds a thousand stacks: with a listing for each of them it would never come to an end. */
    @Test
    void whoWroteNothingSharesAnswers() {
        memory.begin(1, false, START, settings);
        assertThat(memory.since()).isEqualTo(START.minus(settings.shareFor()));
        memory.settle(false, false, false, START);

        Instant next = START.plus(Duration.ofMinutes(10));
        memory.begin(1, false, next, settings);
        assertThat(memory.since()).as("nothing could be read, so it is no more known").isEqualTo(next.minus(settings.shareFor()));

        Memory going = new Memory();
        going.begin(1, true, next, settings);
        assertThat(going.since()).as("whoever is deleted may be gone, and says so by this look").isEqualTo(next);

        memory.lookAtEverything();
        memory.begin(1, false, next.plusSeconds(1), settings);
        assertThat(memory.since()).as("who has to be sure").isEqualTo(next.plusSeconds(1));
    }

    /** The fleet's listings take seconds, and a person who edits waits for what comes of it. */
    @Test
    void editBeginsWithWhatWasFoundWithinTheIntervalUnlessSomethingIsAmiss() {
        calmPass(START);
        Instant found = memory.since();

        Instant first = START.plusSeconds(60);
        assertThat(memory.begin(2, false, first, settings)).as("everything is looked at in a turn of its own").isFalse();
        assertThat(memory.remembered()).isTrue();
        memory.suspect(Set.of(Kind.SUBNET), first);
        assertThat(memory.since(Kind.SUBNET)).as("what the edit changes").isEqualTo(first);
        assertThat(memory.since(Kind.VPC)).isEqualTo(found);
        memory.wrote(new Step(FakeStack.VPC, Step.Verb.UPDATE, "vpc-1", List.of(), it -> Optional.empty()), Optional.empty(), first);
        memory.settle(false, false, true, first);

        Instant second = first.plusSeconds(20);
        memory.begin(3, false, second, settings);
        assertThat(memory.remembered()).as("also while the stack is busy with the edit before").isTrue();
        assertThat(memory.since(Kind.SUBNET)).as("in the pass before").isEqualTo(found);
        assertThat(memory.detailsSince(Kind.VPC, Duration.ofSeconds(20))).as("what was written is known without a look").isEqualTo(found);
        memory.settle(false, true, false, second);

        Instant third = second.plusSeconds(20);
        assertThat(memory.begin(4, false, third, settings)).isTrue();
        assertThat(memory.since()).as("what was put right before the edit has to be seen").isEqualTo(third);
        memory.settle(false, false, false, third);

        Instant end = third.plusSeconds(20);
        assertThat(memory.begin(5, true, end, settings)).isTrue();
        assertThat(memory.since()).as("who may find that all is gone").isEqualTo(end);
    }

    @Test
    void editOfACalmStackLetsWaitWhatItDoesNotTouch() {
        calmPass(START);
        memory.begin(2, false, START.plusSeconds(60), settings);
        memory.suspect(Set.of(Kind.SUBNET), START.plusSeconds(30));

        assertThat(memory.calm(Kind.VPC)).isTrue();
        assertThat(memory.calm(Kind.SUBNET)).isFalse();
    }

    @Test
    void whatFailedIsReadAnewForItMayBeDoneInPart() {
        calmPass(START);
        Instant failed = START.plusSeconds(50);
        memory.writes().undone(Kind.ROUTE_TABLE, failed);

        memory.begin(2, false, START.plusSeconds(60), settings);
        assertThat(memory.since(Kind.ROUTE_TABLE)).isEqualTo(failed);
        assertThat(memory.since(Kind.VPC)).isBefore(START);
    }

    /** Whoever is told of changes leaves such a stack alone for an hour. */
    @Test
    void editedStackIsQuietOnlyAfterTwoMoreLooks() {
        calmPass(START);
        calmPass(START.plus(Duration.ofMinutes(5)));
        assertThat(memory.quiet()).isTrue();

        Instant edited = START.plus(Duration.ofMinutes(6));
        memory.begin(2, false, edited, settings);
        memory.settle(true, false, true, edited);
        memory.begin(2, false, edited.plusSeconds(4), settings);
        memory.settle(true, false, false, edited.plusSeconds(4));
        assertThat(memory.quiet()).as("nothing was looked at since").isFalse();
    }

    @Test
    void editsThatKeepComingDoNotPutOffTheLookAtEverything() {
        calmPass(START);
        for (int i = 1; i < 28; i++) {
            assertThat(memory.begin(1 + i, false, START.plusSeconds(10L * i), settings)).isFalse();
            memory.settle(false, false, true, START.plusSeconds(10L * i));
        }
        assertThat(memory.nextFullLook(settings.lookEvery(false))).as("unless all is as it says sooner")
                .isEqualTo(START.plus(Duration.ofMinutes(8)));
        assertThat(memory.begin(100, false, START.plus(Duration.ofMinutes(5)), settings)).as("an edit is no reason to wait longer").isTrue();
    }

    @Test
    void editAfterMoreThanAnIntervalLooksAtEverything() {
        calmPass(START);

        memory.wrote(new Step(FakeStack.VPC, Step.Verb.UPDATE, "vpc-1", List.of(), it -> Optional.empty()), Optional.empty(), START);
        Instant late = START.plus(Duration.ofMinutes(6));

        assertThat(memory.begin(2, false, late, settings)).isTrue();
        assertThat(memory.remembered()).isFalse();
        assertThat(memory.since()).as("with answers that the fleet shares").isEqualTo(late.minus(settings.shareFor()));
    }

    /** A hundred that were made together would look at everything together, in the way of those that are still being made. */
    @Test
    void whatHasJustBeenMadeIsNotLookedAtAtOnce() {
        memory.begin(1, false, START, settings);
        memory.settle(false, false, true, START);
        Instant made = START.plus(Duration.ofMinutes(6));
        assertThat(calmPass(made)).as("longer than the interval, and nothing is looked at while it is made").isFalse();

        assertThat(calmPass(made.plusSeconds(1))).isFalse();
        assertThat(calmPass(made.plusSeconds(30))).as("it is overdue").isTrue();
    }
}
