package dev.privateapi.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.privateapi.model.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final Set<String> HERE = Set.of("ap-northeast-1");

    private final Turns turns = new Turns(1);
    private final List<Throwable> told = new ArrayList<>();

    @Test
    void errorIsToldAndThrownOnAsSomethingThatIsTriedAgain() {
        Error error = new NoClassDefFoundError("dev/privateapi/Missing");

        assertThatThrownBy(() -> turns.take(HERE, Priority.BULK, () -> fail(error), told::add))
                .isInstanceOf(RuntimeException.class).hasCause(error);
        assertThat(told).containsExactly(error);
    }

    @Test
    void exceptionIsThrownOnAsItIs() {
        RuntimeException exception = new IllegalStateException("broken");

        assertThatThrownBy(() -> turns.take(HERE, Priority.BULK, () -> fail(exception), told::add)).isSameAs(exception);
    }

    @Test
    void failureOfTheTellingHidesNothingAndIsNoError() {
        RuntimeException exception = new IllegalStateException("broken");

        assertThatThrownBy(() -> turns.take(HERE, Priority.BULK, () -> fail(exception), failure -> fail(new StackOverflowError())))
                .isSameAs(exception).hasSuppressedException(new StackOverflowError());
        assertThatThrownBy(() -> turns.take(HERE, Priority.BULK, () -> fail(exception), failure -> fail(exception)))
                .isSameAs(exception);
    }

    @Test
    void placeIsFreeAgainHoweverTheTurnEnded() {
        assertThatThrownBy(() -> turns.take(HERE, Priority.BULK, () -> fail(new StackOverflowError()), failure -> fail(failure)));

        assertThat(turns.<String>take(HERE, Priority.BULK, () -> "next", told::add)).isEqualTo("next");
    }

    @Test
    void editWaitsForNoTurnThatIsTakenInBulk() {
        String edited = turns.take(HERE, Priority.BULK, () -> turns.take(HERE, Priority.EDIT, () -> "edited", told::add), told::add);

        assertThat(edited).as("while all places are taken").isEqualTo("edited");
    }

    @Test
    void repairWaitsForNoTurnThatIsTakenInBulk() {
        String repaired = turns.take(HERE, Priority.BULK, () -> turns.take(HERE, Priority.REPAIR, () -> "repaired", told::add), told::add);

        assertThat(repaired).as("drift is put right also while a thousand stacks are made").isEqualTo("repaired");
    }

    @Test
    void turnsInOneRegionWaitForNoneInAnother() {
        String there = turns.take(HERE, Priority.BULK, () ->
                turns.take(Set.of("eu-west-1"), Priority.BULK, () -> "there", told::add), told::add);

        assertThat(there).as("while all places of the first are taken").isEqualTo("there");
    }

    @Test
    void noMoreTurnsAtOnceThanPlaces() throws Exception {
        Turns two = new Turns(2);
        AtomicInteger inside = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> seen = IntStream.range(0, 50).mapToObj(i -> threads.submit(() -> two.take(HERE, Priority.BULK, () -> {
                int now = inside.incrementAndGet();
                Thread.yield();
                inside.decrementAndGet();
                return now;
            }, told::add))).toList();
            for (Future<Integer> each : seen) {
                assertThat(each.get()).isLessThanOrEqualTo(2);
            }
        }
    }

    private static <T> T fail(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }
}
