package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.model.Kind;
import dev.privateapi.status.StackStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * How many stacks are ready, how many wait for a person, and how old what is known is: what an alert asks first. Never one
 * series per stack.
 */
public final class Gauges {

    private final Map<String, State> states = new ConcurrentHashMap<>();
    private final MeterRegistry metrics;
    private final Counter deleted;

    private record State(String ready, boolean stalled) {}

    public Gauges(MeterRegistry metrics) {
        this.metrics = metrics;
        deleted = metrics.counter("privateapi.stacks.deleted");
        Stream.of("True", "False", "Unknown").forEach(ready -> Gauge
                .builder("privateapi.stacks", states, all -> all.values().stream().filter(it -> it.ready.equals(ready)).count())
                .description("Stacks by the status of their condition Ready")
                .tag("ready", ready)
                .register(metrics));
        Gauge.builder("privateapi.stacks.stalled", states, all -> all.values().stream().filter(State::stalled).count())
                .description("Stacks that a person has to help")
                .register(metrics);
    }

    void note(String uid, PrivateApiStackStatus status) {
        states.put(uid, new State(value(status, StackStatus.READY), value(status, StackStatus.STALLED).equals("True")));
    }

    /** How old what is known of a kind is, at the end of a turn. */
    void ages(Map<Kind, Duration> ages) {
        ages.forEach((kind, age) -> metrics.timer("privateapi.view.age", "kind", kind.typeName()).record(age));
    }

    void gone(String uid) {
        deleted.increment();
        forget(uid);
    }

    void forget(String uid) {
        states.remove(uid);
    }

    private static String value(PrivateApiStackStatus status, String type) {
        return status.conditions().stream().filter(condition -> condition.getType().equals(type))
                .map(Condition::getStatus).findFirst().orElse("Unknown");
    }
}
