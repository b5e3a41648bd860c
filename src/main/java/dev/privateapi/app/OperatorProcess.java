package dev.privateapi.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.AwsSettings;
import dev.privateapi.aws.AwsTargets;
import dev.privateapi.controller.Disturbances;
import dev.privateapi.controller.Gauges;
import dev.privateapi.controller.Orphans;
import dev.privateapi.controller.PrivateApiStackReconciler;
import dev.privateapi.controller.Report;
import dev.privateapi.controller.ResourceStore;
import dev.privateapi.controller.Turns;
import dev.privateapi.engine.Durations;
import dev.privateapi.engine.EngineSettings;
import dev.privateapi.model.Kind;
import dev.privateapi.status.Events;
import dev.privateapi.status.Expectations;
import dev.privateapi.status.StackStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running operator: put together here, taken apart in {@link #end}. */
final class OperatorProcess {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    /** The longest AWS call takes 30 s, and Kubernetes kills after as many by default; the chart gives more. */
    private static final Duration FOR_TURNS_TO_END = Duration.ofSeconds(35);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

    private final Settings settings;
    private final Clock clock = Clock.systemUTC();
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService turns = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final String identity = System.getenv().getOrDefault("HOSTNAME", "operator") + "-" + UUID.randomUUID().toString().substring(0, 8);
    private final Probes probes;
    private final AwsTargets targets;
    private volatile Operator operator;
    private volatile boolean stopping;

    private OperatorProcess(Settings settings) {
        this.settings = settings;
        this.probes = new Probes(settings, metrics, this::ready);
        this.targets = new AwsTargets(
                new AwsSettings(settings.accountRoles(), settings.ownRates(), settings.timeScale(), null, null), clock, random, metrics);
        Machine.bindTo(metrics);
    }

    /**
     * Returns when the operator works, or stands by.
     *
     * @throws StartException if it cannot, and a person has to do something about it
     */
    static OperatorProcess start(Settings settings) throws InterruptedException {
        OperatorProcess process = new OperatorProcess(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(process::end, "end"));
        process.begin();
        return process;
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    private void begin() throws InterruptedException {
        String region = Checks.region();
        KubernetesClient client = client();
        Checks.kubernetes(client, settings.watchNamespaces());
        String cluster = Checks.clusterId(client, settings);
        AwsTargets.Identity aws = Checks.aws(targets, region);
        Events events = new Events(client, clock, identity);
        Queues queues = new Queues(settings, clock, () -> stopping);
        Engines engines = engines(queues);
        engines.apply(region);
        Sweeps sweeps = new Sweeps(
                orphans(client, cluster, engines, events)::sweep, settings.orphanInterval(), () -> stopping, Thread::sleep);
        Runnable leads = () -> {
            sweeps.begin();
            queues.begin(targets, aws, metrics);
        };
        PrivateApiStackReconciler reconciler = reconciler(cluster, engines, events, queues.disturbances());
        // Once, and not where JOSDK's configuration is made, which it makes more than once.
        ReconcileMetrics reconcileMetrics = new ReconcileMetrics(metrics, reconciler::left);
        operator = new Operator(configuration -> configure(configuration.withMetrics(reconcileMetrics), client, leads));
        operator.register(reconciler, this::configure);
        operator.start();
        if (!settings.leaderElection()) {
            leads.run();
        }
        LOG.info("Started: cluster {}, AWS account {} as {}, probes and metrics on port {}",
                cluster, aws.accountId(), aws.arn(), probes.port());
    }

    /**
     * Jackson would keep its buffers for each thread, and each turn has a thread of its own: a thousand stacks that wait for
     * their turns would hold forty megabytes of them.
     */
    private KubernetesClient client() {
        JsonFactory json = JsonFactory.builder()
                .recyclerPool(JsonRecyclerPools.newBoundedPool(settings.turnsAtOnce())).build();
        KubernetesSerialization serialization = new KubernetesSerialization(new ObjectMapper(json), true);
        return new KubernetesClientBuilder().withKubernetesSerialization(serialization).build();
    }

    private Engines engines(Queues queues) {
        EngineSettings engine = new EngineSettings(clock, random,
                new Durations(settings.timeScale()), settings.driftInterval(), AwsErrors::problem);
        return new Engines(targets::home, region -> engine.told(() -> queues.interval(region)), threads);
    }

    private PrivateApiStackReconciler reconciler(
            String cluster, Engines engines, Events events, Disturbances disturbances) {
        Duration askAgain = Duration.ofNanos((long) (ASK_AGAIN.toNanos() / settings.timeScale()));
        Report report = new Report(new StackStatus(clock, expectations()), events::publish,
                new Gauges(metrics), AwsErrors::problem, askAgain, () -> stopping);
        return new PrivateApiStackReconciler(engines, cluster, new Turns(settings.turnsAtOnce()), report, disturbances);
    }

    /** Of shards, too: the label selector says whose turn a stack is, not whether it exists. */
    private Orphans orphans(KubernetesClient client, String cluster, Engines engines, Events events) {
        Set<String> namespaces = settings.watchNamespaces();
        return new Orphans(cluster, engines::running, () -> namespaces.isEmpty()
                ? client.resources(PrivateApiStack.class).inAnyNamespace().list().getItems()
                : namespaces.stream().flatMap(it ->
                        client.resources(PrivateApiStack.class).inNamespace(it).list().getItems().stream()).toList(),
                events::publish,
                new Orphans.Policy(settings.orphanInterval(), it -> namespaces.isEmpty() || namespaces.contains(it),
                        settings::removes),
                clock).measuredBy(metrics);
    }

    private void configure(ConfigurationServiceOverrider configuration, KubernetesClient client, Runnable leads) {
        configuration.withKubernetesClient(client)
                .withExecutorService(turns)
                .withReconciliationTerminationTimeout(FOR_TURNS_TO_END)
                .withCloseClientOnStop(true);
        if (settings.leaderElection()) {
            configuration.withLeaderElectionConfiguration(
                    Election.configuration(client, settings, identity, () -> stopping, leads));
        }
    }

    private void configure(ControllerConfigurationOverrider<PrivateApiStack> configuration) {
        configuration.withFieldManager("private-api-operator")
                // JOSDK's default gives up after five attempts, and the stack would be silent for ten hours.
                .withRetry(new GenericRetry().setInitialInterval(2_000).setIntervalMultiplier(1.5).setMaxInterval(60_000)
                        .withoutMaxAttempts())
                .withReconciliationMaxInterval(settings.driftInterval().multipliedBy(2));
        // Each namespace has a watch of its own, which would empty a store that it shares of what the others put there.
        if (settings.watchNamespaces().size() <= 1) {
            configuration.withItemStore(new ResourceStore());
        }
        if (!settings.watchNamespaces().isEmpty()) {
            configuration.settingNamespaces(settings.watchNamespaces());
        }
        if (!settings.labelSelector().isEmpty()) {
            configuration.withLabelSelector(settings.labelSelector());
        }
    }

    static Expectations expectations() {
        return new Expectations() {
            @Override
            public Duration untilReady(Kind kind) {
                return Durations.toReady(kind).typical();
            }

            @Override
            public Duration untilScaled() {
                return Durations.toScaled().typical();
            }

            @Override
            public Duration untilGone(Kind kind) {
                return Durations.toGone(kind).typical();
            }
        };
    }

    /** By what has been listed once, not by open watches: those break and come back without anybody's doing. */
    private boolean ready() {
        Operator running = operator;
        return running != null && !stopping && running.getRegisteredControllersNumber() > 0
                && running.getRegisteredControllers().stream().allMatch(OperatorProcess::synced);
    }

    private static boolean synced(RegisteredController<?> controller) {
        return controller.getControllerHealthInfo().informerEventSourceHealthIndicators().values().stream()
                .allMatch(OperatorProcess::synced);
    }

    private static boolean synced(InformerWrappingEventSourceHealthIndicator<?> source) {
        return source.informerHealthIndicators().values().stream().allMatch(InformerHealthIndicator::hasSynced);
    }

    /** No new work and no new calls, the calls in flight to their end, what they did written down, the lease given up. */
    private void end() {
        LOG.info("Stopping");
        stopping = true;
        targets.refuseNewCalls();
        Operator running = operator;
        if (running != null) {
            running.stop();
        }
        probes.close();
        targets.close();
        LOG.info("Stopped");
        ended.countDown();
    }
}
