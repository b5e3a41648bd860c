package dev.privateapi.status;

import static dev.privateapi.status.Conditions.FALSE;
import static dev.privateapi.status.Conditions.TRUE;
import static dev.privateapi.status.Conditions.UNKNOWN;

import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Wait;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the status. The same situation told twice gives the same status, so that a converged stack causes no writes.
 *
 * <p>{@code Ready}, {@code Reconciling}, {@code Stalled} and {@code observedGeneration} mean what kstatus says they mean.
 */
public final class StackStatus {

    public static final String READY = "Ready";
    public static final String VERIFIED = "Verified";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";

    private static final PrivateApiStackStatus NOTHING = new PrivateApiStackStatus(
            null, List.of(), null, null, null, null, null, null, null, null, null, null, null);
    private static final String NOBODY = "Nobody has to act.";

    private final Clock clock;
    private final Words words;

    public StackStatus(Clock clock, Expectations expectations) {
        this.clock = clock;
        this.words = new Words(expectations);
    }

    /** The condition that says that a stack was as one of its generations says, if its latest status does say so. */
    public static Optional<Condition> ready(PrivateApiStackStatus status) {
        return Optional.ofNullable(status).map(PrivateApiStackStatus::conditions)
                .flatMap(conditions -> Conditions.find(conditions, READY)).filter(condition -> condition.getStatus().equals(TRUE));
    }

    /** What is told before the first look, so that a stack is never without a status. */
    public PrivateApiStackStatus first(long generation) {
        Conditions conditions = new Conditions(List.of(), generation, clock);
        conditions.set(READY, UNKNOWN, Reason.CONVERGING, "The operator has seen the stack and begins.");
        conditions.set(RECONCILING, TRUE, Reason.CONVERGING, "The operator has seen the stack and begins.");
        conditions.set(STALLED, FALSE, Reason.NOT_STALLED, NOBODY);
        return with(NOTHING, generation, conditions.made());
    }

    /** A spec that cannot be built: nothing changes but what is said. */
    public PrivateApiStackStatus invalid(long generation, List<String> faults, PrivateApiStackStatus before) {
        PrivateApiStackStatus old = before == null ? first(generation) : before;
        String message = String.join(" ", faults) + " Nothing on AWS is changed until the spec is corrected.";
        Conditions conditions = new Conditions(old.conditions(), generation, clock);
        old.conditions().stream().filter(condition -> isLayerOrVerified(condition.getType())).forEach(conditions::keep);
        conditions.set(READY, FALSE, Reason.INVALID_SPEC, message);
        conditions.set(RECONCILING, FALSE, Reason.INVALID_SPEC, "There is nothing to do until the spec is corrected.");
        conditions.set(STALLED, TRUE, Reason.INVALID_SPEC, message);
        return with(old, generation, conditions.made());
    }

    /** A stack that could not be worked on at all in this pass, such as for want of an identity. */
    public PrivateApiStackStatus failed(long generation, Problem problem, PrivateApiStackStatus before) {
        PrivateApiStackStatus old = before == null ? first(generation) : before;
        boolean person = problem.category().needsPerson();
        String reason = problem.category().reason();
        Conditions conditions = new Conditions(old.conditions(), generation, clock);
        old.conditions().stream().filter(condition -> isLayerOrVerified(condition.getType())).forEach(conditions::keep);
        conditions.set(READY, FALSE, reason, problem.message());
        conditions.set(RECONCILING, person ? FALSE : TRUE, reason, problem.message());
        conditions.set(STALLED, person ? TRUE : FALSE, person ? reason : Reason.NOT_STALLED.word(), person ? problem.message() : NOBODY);
        return with(old, generation, conditions.made());
    }

    /** The same but for the inventory, which is written down before anything else is known. */
    public static PrivateApiStackStatus with(PrivateApiStackStatus status, List<OwnedResource> resources) {
        return new PrivateApiStackStatus(
                status.observedGeneration(), status.conditions(), status.endpoint(), status.layersReady(),
                status.tasksReady(), status.vpc(), status.vpcEndpoints(), status.loadBalancer(), status.service(),
                status.api(), status.dns(), status.peers(), resources.isEmpty() ? null : resources);
    }

    public PrivateApiStackStatus of(Situation situation, PrivateApiStackStatus before) {
        PrivateApiStackStatus old = before == null ? first(situation.generation()) : before;
        Conditions conditions = new Conditions(old.conditions(), situation.generation(), clock);
        for (Layer layer : Layer.values()) {
            layer(conditions, layer, situation.in(layer));
        }
        long layersReady = Arrays.stream(Layer.values()).filter(layer -> conditions.isTrue(layer.condition())).count();
        boolean allReady = layersReady == Layer.values().length;
        verified(conditions, situation);
        whole(conditions, situation, allReady);
        Sections sections = new Sections(situation.spec(), situation.view(), old);
        return new PrivateApiStackStatus(
                situation.generation(), conditions.made(), sections.endpoint(),
                layersReady + "/" + Layer.values().length, sections.tasksReady(), sections.vpc(), sections.vpcEndpoints(),
                sections.loadBalancer(), sections.service(), sections.api(), sections.dns(), sections.peers(),
                situation.resources().isEmpty() ? null : situation.resources());
    }

    private void layer(Conditions conditions, Layer layer, Situation here) {
        String type = layer.condition();
        Optional<Map.Entry<ResourceKey, Problem>> worst = Words.worst(here.problems());
        Optional<Wait> longest = words.longest(here.plan().waits());
        if (worst.isPresent()) {
            conditions.set(type, FALSE, worst.get().getValue().category().reason(),
                    Words.problem(worst.get(), here.problems().size()));
        } else if (here.suspended() && !here.plan().steps().isEmpty()) {
            conditions.set(type, FALSE, Reason.SUSPENDED, differs(here));
        } else if (longest.isPresent()) {
            conditions.set(type, FALSE, reason(longest.get()), words.waiting(longest.get()));
        } else if (!here.plan().steps().isEmpty()) {
            conditions.set(type, FALSE, Reason.CONVERGING, "Next: " + Words.steps(here.plan().steps()));
        } else if (here.deleting()) {
            conditions.set(type, FALSE, Reason.DELETED, "Nothing of this layer is left.");
        } else if (here.wanted().isEmpty()) {
            conditions.set(type, TRUE, Reason.NOT_REQUIRED, "The spec asks for nothing here.");
        } else {
            conditions.set(type, TRUE, Reason.READY, "Everything is as the spec says.");
        }
    }

    private static Reason reason(Wait wait) {
        return wait.cause() == Wait.Cause.OTHER ? Reason.WAITING_FOR_OTHERS : Reason.WAITING_FOR_AWS;
    }

    private static String differs(Situation situation) {
        return "Nothing is changed while spec.suspend is true. What differs: " + Words.steps(situation.plan().steps());
    }

    private void verified(Conditions conditions, Situation situation) {
        switch (situation.verdict()) {
            case Verdict.Answered answered -> conditions.set(VERIFIED, TRUE, Reason.ANSWERED, answered.message());
            case Verdict.Failed failed -> conditions.set(VERIFIED, FALSE, failed.reason(), failed.message());
            case Verdict.NoSafeRoute() -> conditions.set(VERIFIED, UNKNOWN, Reason.NO_SAFE_ROUTE,
                    "The API is not asked, because each of its routes may change something: add one with GET to have it checked.");
            case Verdict.NotAsked() -> conditions.before(VERIFIED)
                    .filter(condition -> !situation.deleting())
                    .filter(condition -> situation.generation() == condition.getObservedGeneration())
                    .ifPresentOrElse(conditions::keep, () -> conditions.set(VERIFIED, UNKNOWN,
                            situation.deleting() ? Reason.DELETING : Reason.CONVERGING,
                            situation.deleting() ? "The API is going." : "The API is asked when all layers are ready."));
        }
    }

    private void whole(Conditions conditions, Situation situation, boolean allReady) {
        Optional<Problem> worst = worst(situation);
        Optional<Problem> stalling = worst.filter(problem -> problem.category().needsPerson());
        Optional<Condition> unanswered = Conditions.find(conditions.made(), VERIFIED)
                .filter(condition -> condition.getStatus().equals(FALSE));
        String progress = situation.settled() && unanswered.isPresent()
                ? "Everything is as the spec says; the API is asked until it answers." : progress(situation);
        if (situation.deleting()) {
            conditions.set(READY, FALSE, Reason.DELETING, worst.map(Problem::message).orElse(progress));
        } else if (worst.isPresent()) {
            conditions.set(READY, FALSE, worst.get().category().reason(), worst.get().message());
        } else if (situation.suspended()) {
            conditions.set(READY, allReady ? TRUE : FALSE, Reason.SUSPENDED, progress);
        } else if (!allReady) {
            conditions.set(READY, FALSE, Reason.CONVERGING, progress);
        } else if (unanswered.isPresent()) {
            conditions.set(READY, FALSE, unanswered.get().getReason(), unanswered.get().getMessage());
        } else {
            conditions.set(READY, TRUE, Reason.READY, "Everything is as the spec says.");
        }
        boolean underWay = !situation.settled() || unanswered.isPresent() || situation.deleting();
        boolean reconciling = underWay && stalling.isEmpty() && !(situation.suspended() && situation.plan().waits().isEmpty());
        Condition ready = Conditions.find(conditions.made(), READY).orElseThrow();
        conditions.set(RECONCILING, reconciling ? TRUE : FALSE, ready.getReason(), progress);
        stalling.ifPresentOrElse(
                problem -> conditions.set(STALLED, TRUE, problem.category().reason(), problem.message()),
                () -> conditions.set(STALLED, FALSE, Reason.NOT_STALLED, NOBODY));
    }

    /** The problem to tell of the whole, in the words of the whole. */
    private static Optional<Problem> worst(Situation situation) {
        return Words.worst(situation.problems())
                .map(it -> new Problem(it.getValue().category(), Words.problem(it, situation.problems().size())))
                .or(() -> situation.deleting() ? Words.unreadable(situation.view().unreadable()) : Optional.empty());
    }

    /** What is waited for, or done next, or that there is nothing of either. */
    private String progress(Situation situation) {
        if (situation.suspended() && !situation.plan().steps().isEmpty()) {
            return differs(situation);
        }
        return words.longest(situation.plan().waits()).map(words::waiting).orElseGet(() -> {
            if (!situation.plan().steps().isEmpty()) {
                return "Next: " + Words.steps(situation.plan().steps());
            } else if (situation.deleting()) {
                return "Making sure that nothing is left on AWS.";
            }
            return situation.suspended() ? "Nothing differs, and nothing would be changed while spec.suspend is true."
                    : "Everything is as the spec says.";
        });
    }

    private static boolean isLayerOrVerified(String type) {
        return type.equals(VERIFIED) || Arrays.stream(Layer.values()).anyMatch(layer -> layer.condition().equals(type));
    }

    private static PrivateApiStackStatus with(PrivateApiStackStatus status, long generation, List<Condition> conditions) {
        return new PrivateApiStackStatus(
                generation, conditions, status.endpoint(), status.layersReady(), status.tasksReady(), status.vpc(),
                status.vpcEndpoints(), status.loadBalancer(), status.service(), status.api(), status.dns(), status.peers(),
                status.resources());
    }
}
