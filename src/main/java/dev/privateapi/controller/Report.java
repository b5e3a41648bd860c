package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.engine.Outcome;
import dev.privateapi.graph.Node;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.status.Notice;
import dev.privateapi.status.Situation;
import dev.privateapi.status.StackStatus;
import dev.privateapi.status.Transitions;
import dev.privateapi.status.Verdict;
import dev.privateapi.validation.SpecProblem;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the world how a stack is: status, events, log and gauges. */
public final class Report {

    private static final Logger LOG = LoggerFactory.getLogger(Report.class);

    private final StackStatus statuses;
    private final BiConsumer<PrivateApiStack, Notice> events;
    private final Gauges gauges;
    private final Function<Throwable, Problem> problems;
    private final Duration askAgain;
    private final BooleanSupplier stopping;

    /**
     * @param problems reads the exceptions of AWS' SDK
     * @param askAgain how soon an API that did not answer is asked again
     * @param stopping whether the process is ending: what fails then says nothing about the stack
     */
    public Report(
            StackStatus statuses,
            BiConsumer<PrivateApiStack, Notice> events,
            Gauges gauges,
            Function<Throwable, Problem> problems,
            Duration askAgain,
            BooleanSupplier stopping) {
        this.statuses = statuses;
        this.events = events;
        this.gauges = gauges;
        this.problems = problems;
        this.askAgain = askAgain;
        this.stopping = stopping;
    }

    /** Before anything else, AWS calls above all: whoever applied the stack sees that it was seen. */
    void begun(PrivateApiStack stack, StatusWriter status) {
        if (status.current() == null || status.current().conditions() == null) {
            write(stack, statuses.first(generation(stack)), List.of(), status);
        }
    }

    void invalid(PrivateApiStack stack, List<SpecProblem> faults, StatusWriter status) {
        List<String> messages = faults.stream().map(fault -> fault.message() + ".").toList();
        write(stack, statuses.invalid(generation(stack), messages, status.current()), List.of(), status);
    }

    /** Whether the API has not answered yet since the stack became what it is now. */
    boolean worthAsking(PrivateApiStack stack, Outcome outcome, StatusWriter status) {
        boolean answered = condition(status, StackStatus.VERIFIED)
                .filter(condition -> !"False".equals(condition.getStatus()))
                .filter(condition -> !"Converging".equals(condition.getReason()))
                .filter(condition -> generation(stack) == condition.getObservedGeneration())
                .isPresent();
        boolean unchanged = answered && StackStatus.ready(status.current()).isPresent() && outcome.taken().isEmpty();
        return outcome.converged() && !stack.getSpec().suspend() && !unchanged;
    }

    void passed(PrivateApiStack stack, List<Node> wanted, Outcome outcome, Verdict verdict, StatusWriter status) {
        gauges.ages(outcome.ages());
        List<Step> done = done(outcome);
        var resources = StatusInventory.resources(outcome.inventory());
        if (stopping.getAsBoolean()) {
            status.write(StackStatus.with(status.current(), resources));
            return;
        }
        boolean stays = outcome.postponed()
                && StackStatus.ready(status.current()).filter(it -> generation(stack) == it.getObservedGeneration()).isPresent();
        if (stays) {
            // A process that begins with a large fleet reads for minutes: nobody must be woken for that, nor the API server written to.
            gauges.note(stack.getMetadata().getUid(), status.current());
            return;
        }
        Situation situation = new Situation(
                generation(stack), stack.getSpec(), stack.getSpec().suspend(), stack.isMarkedForDeletion(),
                wanted.stream().map(Node::key).collect(Collectors.toSet()),
                outcome.view(), outcome.plan(), outcome.problems(), resources, verdict);
        write(stack, statuses.of(situation, status.current()), done, status);
    }

    /** The steps that succeeded; one that is still in the plan failed, and is logged with what AWS said. */
    private static List<Step> done(Outcome outcome) {
        Set<ResourceKey> undone = outcome.plan().steps().stream().map(Step::key).collect(Collectors.toSet());
        List<Step> done = new ArrayList<>();
        outcome.taken().forEach(step -> {
            Problem problem = outcome.problems().get(step.key());
            if (problem == null || !undone.contains(step.key())) {
                done.add(step);
                LOG.info("{}", step.summary());
            } else {
                LOG.warn("Failed to {}: {}", step.summary(), problem.message());
            }
        });
        return done;
    }

    /** What kept a stack from its turn. JOSDK tries again; here it is only told, if it can be. */
    void failed(PrivateApiStack stack, Throwable failure, StatusWriter status) {
        LOG.error("The turn of {} failed", stack.getMetadata().getName(), failure);
        if (stopping.getAsBoolean() || failure instanceof KubernetesClientException) {
            return;
        }
        write(stack, statuses.failed(generation(stack), problems.apply(failure), status.current()), List.of(), status);
    }

    void gone(PrivateApiStack stack, String how) {
        gauges.gone(stack.getMetadata().getUid());
        events.accept(stack, new Notice(false, "Deleted", "The stack is gone: " + how + "."));
    }

    /** Whoever has the stack now counts it. */
    void left(String uid) {
        gauges.forget(uid);
    }

    Duration again(Outcome outcome, Verdict verdict) {
        Duration again = outcome.again().toMillis() < 1 ? Duration.ofMillis(1) : outcome.again();
        return verdict instanceof Verdict.Failed && again.compareTo(askAgain) > 0 ? askAgain : again;
    }

    private void write(PrivateApiStack stack, PrivateApiStackStatus now, List<Step> taken, StatusWriter status) {
        PrivateApiStackStatus before = status.current();
        status.write(now);
        gauges.note(stack.getMetadata().getUid(), now);
        Transitions.between(before, now, taken).forEach(notice -> events.accept(stack, notice));
    }

    private static Optional<Condition> condition(StatusWriter status, String type) {
        return status.current().conditions().stream().filter(condition -> condition.getType().equals(type)).findFirst();
    }

    private static long generation(PrivateApiStack stack) {
        return stack.getMetadata().getGeneration();
    }
}
