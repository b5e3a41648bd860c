package dev.privateapi.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.CpuArchitecture;
import dev.privateapi.api.v1alpha1.DeletionPolicy;
import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import dev.privateapi.api.v1alpha1.ServiceSpec;
import dev.privateapi.api.v1alpha1.SubnetSpec;
import dev.privateapi.api.v1alpha1.VpcSpec;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ProblemException;
import dev.privateapi.status.Expectations;
import dev.privateapi.status.Notice;
import dev.privateapi.status.StackStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** The real controller on an API server, with an engine that the test scripts; one such is one process of the operator. */
final class Controlled implements AutoCloseable {

    private static final ServiceSpec SERVICE = new ServiceSpec(
            "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:web", 2, 256, 512, 80, CpuArchitecture.X86_64, null, 30, false);

    final ScriptedEngine engine;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final List<Notice> events = new CopyOnWriteArrayList<>();
    /** Happens with each event. */
    volatile Consumer<Notice> hears = notice -> {};
    volatile boolean stopping;
    final Disturbances disturbances = new Disturbances(Clock.systemUTC(), Duration.ofMillis(50), true);
    private final KubernetesClient client;
    private final Operator operator;

    /** On a mock server, which knows no server-side apply; JOSDK's own tests do the same. */
    Controlled(KubernetesClient client, ScriptedEngine engine) {
        this(client, engine, false, "");
    }

    /** @param selector only stacks that match it; empty for all */
    Controlled(KubernetesClient client, ScriptedEngine engine, boolean serverSideApply, String selector) {
        this.client = client;
        this.engine = engine;
        operator = new Operator(configuration -> configuration
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withExecutorService(Executors.newVirtualThreadPerTaskExecutor())
                .withUseSSAToPatchPrimaryResource(serverSideApply));
        Report report = new Report(new StackStatus(Clock.systemUTC(), new Quick()), (stack, notice) -> {
                    events.add(notice);
                    hears.accept(notice);
                },
                new Gauges(metrics), Controlled::problem, Duration.ofMillis(30), () -> stopping);
        operator.register(new PrivateApiStackReconciler(region -> engine, "test", new Turns(10), report, disturbances), configuration -> {
            configuration.withRetry(new GenericRetry().setInitialInterval(50).setIntervalMultiplier(1).withoutMaxAttempts());
            if (!selector.isEmpty()) {
                configuration.withLabelSelector(selector);
            }
        });
        operator.start();
    }

    private static Problem problem(Throwable failure) {
        return failure instanceof ProblemException told
                ? told.problem()
                : new Problem(Problem.Category.INTERNAL, "The operator failed: " + failure.getClass().getSimpleName() + ".");
    }

    static PrivateApiStackSpec spec() {
        return new PrivateApiStackSpec("ap-northeast-1",
                new VpcSpec("10.1.0.0/16", null, List.of(
                        new SubnetSpec("10.1.1.0/24", "ap-northeast-1a", null),
                        new SubnetSpec("10.1.2.0/24", "ap-northeast-1c", null))),
                SERVICE, null, null, null, null, null, null);
    }

    static PrivateApiStackSpec suspended(PrivateApiStackSpec spec) {
        return new PrivateApiStackSpec(spec.region(), spec.vpc(), spec.service(), spec.api(), spec.dns(), spec.peers(),
                spec.vpcEndpoints(), spec.deletionPolicy(), true);
    }

    static PrivateApiStackSpec retained(PrivateApiStackSpec spec) {
        return new PrivateApiStackSpec(spec.region(), spec.vpc(), spec.service(), spec.api(), spec.dns(), spec.peers(),
                spec.vpcEndpoints(), DeletionPolicy.Retain, spec.suspend());
    }

    PrivateApiStack apply(String name, PrivateApiStackSpec spec) {
        PrivateApiStack stack = new PrivateApiStack();
        stack.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("default").build());
        stack.setSpec(spec);
        return client.resource(stack).create();
    }

    /** @param spec what is to be different, as in {@code service: {taskCount: 3}} */
    void change(String name, String spec) {
        resource(name).patch(PatchContext.of(PatchType.JSON_MERGE), "spec: {" + spec + "}");
    }

    /** As another process does, behind the back of this one. */
    void writeInventory(String name, OwnedResource... resources) {
        resource(name).editStatus(stack -> {
            stack.setStatus(StackStatus.with(stack.getStatus(), List.of(resources)));
            return stack;
        });
    }

    void label(String name, String label, String value) {
        resource(name).patch(PatchContext.of(PatchType.JSON_MERGE), "metadata: {labels: {'" + label + "': '" + value + "'}}");
    }

    void annotate(String name, String annotation, String value) {
        resource(name).patch(PatchContext.of(PatchType.JSON_MERGE),
                "metadata: {annotations: {'" + annotation + "': '" + value + "'}}");
    }

    void delete(String name) {
        resource(name).withTimeoutInMillis(0).delete();
    }

    /** As the API server has it; null when it is gone. */
    PrivateApiStack stack(String name) {
        return resource(name).get();
    }

    private Resource<PrivateApiStack> resource(String name) {
        return client.resources(PrivateApiStack.class).inNamespace("default").withName(name);
    }

    PrivateApiStack until(String why, String name, Predicate<PrivateApiStack> condition) {
        soon().untilAsserted(() -> assertThat(stack(name)).as(why).isNotNull().matches(condition));
        return stack(name);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().pollInterval(Duration.ofMillis(10)).atMost(Duration.ofSeconds(20));
    }

    PrivateApiStack awaitReady(String name) {
        return until("ready", name, stack -> brief(stack, "Ready").equals("True Ready"));
    }

    void awaitGone(String name) {
        soon().untilAsserted(() -> assertThat(stack(name)).as("the resource goes").isNull());
    }

    /** Waits until {@code more} passes have begun after this call. */
    void awaitPasses(int more) {
        int target = engine.passes.size() + more;
        soon().until(() -> engine.passes.size() >= target);
    }

    /** As in {@code False Converging}; empty if there is no such condition. */
    static String brief(PrivateApiStack stack, String type) {
        return condition(stack, type).map(it -> it.getStatus() + " " + it.getReason()).orElse("");
    }

    static String message(PrivateApiStack stack, String type) {
        return condition(stack, type).map(Condition::getMessage).orElse("");
    }

    private static Optional<Condition> condition(PrivateApiStack stack, String type) {
        return stack.getStatus() == null || stack.getStatus().conditions() == null
                ? Optional.empty()
                : stack.getStatus().conditions().stream().filter(it -> it.getType().equals(type)).findFirst();
    }

    @Override
    public void close() {
        stopping = true;
        operator.stop();
    }

    private static final class Quick implements Expectations {

        @Override
        public Duration untilReady(Kind kind) {
            return Duration.ofSeconds(1);
        }

        @Override
        public Duration untilScaled() {
            return Duration.ofSeconds(45);
        }

        @Override
        public Duration untilGone(Kind kind) {
            return Duration.ofSeconds(1);
        }
    }
}
