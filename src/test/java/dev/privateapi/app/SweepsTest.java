package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SweepsTest {

    private static final Duration INTERVAL = Duration.ofMinutes(30);
    private static final Duration FIRST = Duration.ofMinutes(2);

    private final List<Duration> pauses = new ArrayList<>();
    private int sweeps;
    private int enough;

    /** Until so many sweeps have been. */
    private void run(int enough, Duration interval, Supplier<Duration> sweep) {
        this.enough = enough;
        sweeps(interval, sweep).run();
    }

    private Sweeps sweeps(Duration interval, Supplier<Duration> sweep) {
        return new Sweeps(() -> {
            sweeps++;
            return sweep.get();
        }, interval, () -> sweeps >= enough, pauses::add);
    }

    @Test
    void looksAgainWhenTheLastLookSaid() {
        run(2, INTERVAL, () -> Duration.ofMinutes(sweeps));

        assertThat(sweeps).isEqualTo(2);
        assertThat(pauses).containsExactly(FIRST, Duration.ofMinutes(1), Duration.ofMinutes(2));
    }

    @Test
    void shortIntervalIsTheFirstPauseToo() {
        run(1, Duration.ofSeconds(10), () -> INTERVAL);

        assertThat(pauses).containsExactly(Duration.ofSeconds(10), INTERVAL);
    }

    @Test
    void failureIsNotTheEnd() {
        run(3, INTERVAL, () -> {
            if (sweeps < 3) {
                throw new IllegalStateException("AWS is away");
            }
            return Duration.ofMinutes(1);
        });

        assertThat(sweeps).isEqualTo(3);
        assertThat(pauses).containsExactly(FIRST, INTERVAL, INTERVAL, Duration.ofMinutes(1));
    }

    @Test
    void processThatStopsMeanwhileDoesNotLook() {
        run(0, INTERVAL, () -> INTERVAL);

        assertThat(sweeps).isZero();
    }

    @Test
    void beginsWithoutKeepingWhoBegins() throws InterruptedException {
        enough = 1;
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        sweeps(INTERVAL, () -> {
            await(begun);
            looked.countDown();
            return INTERVAL;
        }).begin();
        begun.countDown();

        assertThat(looked.await(10, TimeUnit.SECONDS)).as("once begun, it looks").isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void interruptionIsTheEnd() {
        new Sweeps(() -> INTERVAL, INTERVAL, () -> false, time -> {
            throw new InterruptedException();
        }).run();

        assertThat(Thread.interrupted()).as("and kept for the thread's owner").isTrue();
    }
}
