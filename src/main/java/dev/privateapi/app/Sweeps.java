package dev.privateapi.app;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for orphans from time to time, in the process that works and not in those that stand by. */
final class Sweeps {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeps.class);
    /** Who begins to work has better to do first, and may not know all Regions yet. */
    private static final Duration FIRST = Duration.ofMinutes(2);

    private final Supplier<Duration> sweep;
    private final Duration interval;
    private final BooleanSupplier stopping;
    private final Pause pause;

    /** As {@link Thread#sleep(Duration)}. */
    interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    /** @param sweep looks once, and says when to look again; after one that failed it is the interval */
    Sweeps(Supplier<Duration> sweep, Duration interval, BooleanSupplier stopping, Pause pause) {
        this.sweep = sweep;
        this.interval = interval;
        this.stopping = stopping;
        this.pause = pause;
    }

    /** Once, when this process begins to work. */
    void begin() {
        Thread.ofVirtual().name("orphans").start(this::run);
    }

    /** Until the process stops. */
    void run() {
        try {
            pause.of(FIRST.compareTo(interval) < 0 ? FIRST : interval);
            while (!stopping.getAsBoolean()) {
                pause.of(sweep());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration sweep() {
        try {
            return sweep.get();
        } catch (RuntimeException e) {
            LOG.warn("Orphans could not be looked for: {}", e.getMessage());
            return interval;
        }
    }
}
