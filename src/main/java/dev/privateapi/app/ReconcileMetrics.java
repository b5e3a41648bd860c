package dev.privateapi.app;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * JOSDK's work in a handful of series. Its own Micrometer support has seventy histogram buckets in each series, and wraps
 * exceptions in its own.
 */
final class ReconcileMetrics implements Metrics {

    private final MeterRegistry registry;
    private final Counter events;
    private final Counter retries;
    private final AtomicInteger running;
    private final Consumer<ResourceID> left;

    /** @param left hears of a resource that JOSDK has no longer: it is gone, or does not match the label selector any more */
    ReconcileMetrics(MeterRegistry registry, Consumer<ResourceID> left) {
        this.registry = registry;
        this.left = left;
        this.events = Counter.builder("privateapi.events").description("Events received from the API server and timers")
                .register(registry);
        this.retries = Counter.builder("privateapi.retries").description("Turns taken again because the last one failed")
                .register(registry);
        this.running = registry.gauge("privateapi.turns.running", new AtomicInteger());
    }

    @Override
    public void receivedEvent(Event event, Map<String, Object> metadata) {
        events.increment();
    }

    @Override
    public void reconcileCustomResource(HasMetadata resource, RetryInfo retryInfo, Map<String, Object> metadata) {
        if (retryInfo != null && retryInfo.getAttemptCount() > 0) {
            retries.increment();
        }
    }

    @Override
    public void reconciliationExecutionStarted(HasMetadata resource, Map<String, Object> metadata) {
        running.incrementAndGet();
    }

    @Override
    public void reconciliationExecutionFinished(HasMetadata resource, Map<String, Object> metadata) {
        running.decrementAndGet();
    }

    @Override
    public void cleanupDoneFor(ResourceID resource, Map<String, Object> metadata) {
        left.accept(resource);
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        Timer.Sample sample = Timer.start(registry);
        String outcome = "error";
        try {
            T result = execution.execute();
            outcome = "ok";
            return result;
        } finally {
            sample.stop(registry.timer("privateapi.turns", "action", execution.name(), "outcome", outcome));
        }
    }
}
