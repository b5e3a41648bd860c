package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.DeletionPolicy;
import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Memory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.graph.Node;
import dev.privateapi.model.Priority;
import dev.privateapi.ownership.Owner;
import dev.privateapi.status.Verdict;
import dev.privateapi.validation.SpecProblem;
import dev.privateapi.validation.SpecValidation;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A stack's turn: look at the spec, let the engine do what can be done now, tell what came of it, say when to come again.
 * JOSDK sees to it that a stack has one turn at a time, that its finalizer is there before the first one, and that a new
 * spec gets a turn at once, whatever the last one came to.
 */
@ControllerConfiguration(
        name = PrivateApiStackReconciler.NAME,
        finalizerName = PrivateApiStack.FINALIZER,
        generationAwareEventProcessing = false,
        informer = @Informer(onUpdateFilter = WorthATurn.class))
public final class PrivateApiStackReconciler implements Reconciler<PrivateApiStack>, Cleaner<PrivateApiStack> {

    public static final String NAME = "privateapistack";

    /** The end of a turn cancels the timer of its name, which may be another resource's by now: that one is asked again. */
    private static final Duration AFTER_THE_END = Duration.ofSeconds(1);

    private final Function<String, Engine> engines;
    private final String cluster;
    private final Turns turns;
    private final Report report;
    private final Disturbances disturbances;
    private final Memories memories = new Memories();

    /**
     * @param engines by Region
     * @param cluster the id of this installation, for the tags
     * @param disturbances by others, which give a stack a turn of its own
     */
    public PrivateApiStackReconciler(
            Function<String, Engine> engines, String cluster, Turns turns, Report report, Disturbances disturbances) {
        this.engines = engines;
        this.cluster = cluster;
        this.turns = turns;
        this.report = report;
        this.disturbances = disturbances;
    }

    @Override
    public List<EventSource<?, PrivateApiStack>> prepareEventSources(EventSourceContext<PrivateApiStack> context) {
        disturbances.index(context.getPrimaryCache());
        return List.of(disturbances);
    }

    @Override
    public UpdateControl<PrivateApiStack> reconcile(PrivateApiStack stack, Context<PrivateApiStack> context) {
        StatusWriter status = new StatusWriter(stack, context);
        long revision = Said.by(stack).revision(stack.getMetadata().getGeneration());
        return turns.take(targets(stack.getSpec()), memories.of(stack).priority(revision), () -> {
            report.begun(stack, status);
            List<SpecProblem> faults = SpecValidation.problems(stack.getSpec());
            if (!faults.isEmpty()) {
                report.invalid(stack, faults, status);
                return UpdateControl.noUpdate();
            }
            Engine engine = engines.apply(stack.getSpec().region());
            List<Node> wanted = engine.wanted(owner(stack), stack.getSpec());
            List<SpecProblem> misnamed = Said.by(stack).faults(wanted);
            if (!misnamed.isEmpty()) {
                report.invalid(stack, misnamed, status);
                return UpdateControl.noUpdate();
            }
            Outcome outcome = engine.pass(pass(stack, wanted, status, context));
            Verdict verdict = report.worthAsking(stack, outcome, status)
                    ? engine.ask(stack.getSpec(), outcome.view())
                    : new Verdict.NotAsked();
            report.passed(stack, wanted, outcome, verdict, status);
            return UpdateControl.<PrivateApiStack>noUpdate().rescheduleAfter(report.again(outcome, verdict));
        }, failure -> report.failed(stack, failure, status));
    }

    @Override
    public DeleteControl cleanup(PrivateApiStack stack, Context<PrivateApiStack> context) {
        StatusWriter status = new StatusWriter(stack, context);
        return turns.take(targets(stack.getSpec()), Priority.BULK, () -> stack.getSpec().deletionPolicy() == DeletionPolicy.Retain
                ? gone(stack, context, "its AWS objects stay, as spec.deletionPolicy says")
                : tearDown(stack, context, status), failure -> report.failed(stack, failure, status));
    }

    private DeleteControl tearDown(PrivateApiStack stack, Context<PrivateApiStack> context, StatusWriter status) {
        report.begun(stack, status);
        Outcome outcome = engines.apply(stack.getSpec().region()).pass(pass(stack, List.of(), status, context));
        if (outcome.gone()) {
            return gone(stack, context, "no AWS object of it is left" + left(outcome));
        }
        report.passed(stack, List.of(), outcome, new Verdict.NotAsked(), status);
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(atLeastOneMilli(outcome.again()));
    }

    /** What is another owner's by its tags keeps no stack from going. */
    private static String left(Outcome outcome) {
        String ids = outcome.inventory().stream().map(Inventory.Entry::id).collect(Collectors.joining(", "));
        return ids.isEmpty() ? "" : " but what carries another owner's tags now (" + ids + ")";
    }

    private DeleteControl gone(PrivateApiStack stack, Context<PrivateApiStack> context, String how) {
        Finalizer.remove(stack, context.getClient());
        memories.forget(stack);
        report.gone(stack, how);
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(AFTER_THE_END);
    }

    private Pass pass(PrivateApiStack stack, List<Node> wanted, StatusWriter status, Context<PrivateApiStack> context) {
        PrivateApiStackSpec spec = stack.getSpec();
        Said said = Said.by(stack);
        Memory memory = memories.of(stack);
        disturbances.take(stack.getMetadata().getUid()).ifPresent(memory::disturbed);
        return new Pass(owner(stack), said.revision(stack.getMetadata().getGeneration()), wanted, spec.suspend(),
                memory, new StatusInventory(status), said.adoption(), () -> recalled(stack, context));
    }

    /** Whether a person says something else by now, for which the next turn is due. */
    private static boolean recalled(PrivateApiStack stack, Context<PrivateApiStack> context) {
        return context.getPrimaryCache().get(ResourceID.fromResource(stack))
                .filter(there -> WorthATurn.differ(there.getMetadata(), stack.getMetadata())).isPresent();
    }

    /** Where its calls go: its Region, and where its peers are. */
    private static Set<String> targets(PrivateApiStackSpec spec) {
        Stream<String> peers = spec.peers().stream().filter(peer -> peer.accountId() != null || peer.region() != null)
                .map(peer -> peer.accountId() + "/" + peer.region());
        return Stream.concat(Stream.of(spec.region()), peers).collect(Collectors.toSet());
    }

    /** Hears of a stack that is not this process' any more: it is gone, or another shard's by its labels. */
    public void left(ResourceID stack) {
        memories.left(stack).ifPresent(report::left);
    }

    private Owner owner(PrivateApiStack stack) {
        return new Owner(
                stack.getMetadata().getUid(), stack.getMetadata().getNamespace(), stack.getMetadata().getName(), cluster);
    }

    private static long atLeastOneMilli(Duration duration) {
        return Math.max(1, duration.toMillis());
    }
}
