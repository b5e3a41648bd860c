package dev.privateapi.app;

import dev.privateapi.controller.Orphans;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for orphans from time to time, in the process that works and not in those that stand by. */
final class Sweeps {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeps.class);
    /** Who begins to work has better to do first, and may not know all Regions yet. */
    private static final Duration FIRST = Duration.ofMinutes(2);

    private final Orphans orphans;
    private final Duration interval;
    private final BooleanSupplier stopping;

    Sweeps(Orphans orphans, Duration interval, BooleanSupplier stopping) {
        this.orphans = orphans;
        this.interval = interval;
        this.stopping = stopping;
    }

    /** Once, when this process begins to work. */
    void begin() {
        Thread.ofVirtual().name("orphans").start(this::run);
    }

    private void run() {
        try {
            Thread.sleep(FIRST.compareTo(interval) < 0 ? FIRST : interval);
            while (!stopping.getAsBoolean()) {
                Thread.sleep(sweep());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration sweep() {
        try {
            return orphans.sweep();
        } catch (RuntimeException e) {
            LOG.warn("Orphans could not be looked for: {}", e.getMessage());
            return interval;
        }
    }
}
