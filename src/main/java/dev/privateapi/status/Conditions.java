package dev.privateapi.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes conditions of one generation whose transition time moves only when their status does. */
final class Conditions {

    static final String TRUE = "True";
    static final String FALSE = "False";
    static final String UNKNOWN = "Unknown";

    private final List<Condition> before;
    private final long generation;
    private final String now;
    private final List<Condition> made = new ArrayList<>();

    Conditions(List<Condition> before, long generation, Clock clock) {
        this.before = before;
        this.generation = generation;
        this.now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream().filter(condition -> condition.getType().equals(type)).findFirst();
    }

    void set(String type, String status, Reason reason, String message) {
        set(type, status, reason.word(), message);
    }

    void set(String type, String status, String reason, String message) {
        made.add(new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withObservedGeneration(generation)
                .withLastTransitionTime(before(type)
                        .filter(condition -> status.equals(condition.getStatus()))
                        .map(Condition::getLastTransitionTime)
                        .orElse(now))
                .build());
    }

    /** The one that was there, told anew of this generation. */
    void keep(Condition condition) {
        set(condition.getType(), condition.getStatus(), condition.getReason(), condition.getMessage());
    }

    Optional<Condition> before(String type) {
        return find(before, type);
    }

    boolean isTrue(String type) {
        return find(made, type).filter(condition -> condition.getStatus().equals(TRUE)).isPresent();
    }

    List<Condition> made() {
        return List.copyOf(made);
    }
}
