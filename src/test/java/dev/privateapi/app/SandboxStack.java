package dev.privateapi.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.aws.ApiClass;
import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.AwsSettings;
import dev.privateapi.aws.AwsTargets;
import dev.privateapi.controller.Engine;
import dev.privateapi.engine.Durations;
import dev.privateapi.engine.EngineSettings;
import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Memory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.graph.Node;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Adoption;
import dev.privateapi.ownership.Owner;
import dev.privateapi.status.Situation;
import dev.privateapi.status.StackStatus;
import dev.privateapi.status.Verdict;
import dev.privateapi.testing.Sandbox;
import io.fabric8.kubernetes.api.model.Condition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A whole stack and the engine that keeps it, without Kubernetes, on a sandbox AWS whose clock only the test moves: what
 * takes AWS minutes takes as long here as the calls themselves.
 */
final class SandboxStack implements AutoCloseable, Inventory {

    static final String PEER_VPC = "vpc-0123456789abcdef0";
    private static final String REGION = "ap-northeast-1";
    private static final Duration DRIFT = Duration.ofMinutes(5);
    /** So many looks no change takes: what does not settle fails. */
    private static final int PATIENCE = 300;
    private static final YAMLMapper YAML = new YAMLMapper();

    final Sandbox sandbox;
    Owner owner = new Owner("3f1c9a52-0000-0000-0000-000000000001", "default", "poc", "test");
    /** What people do behind the operator's back goes through clients of their own. */
    final Aws person;
    private final List<AwsTargets> all = new ArrayList<>();
    private volatile Instant now = Instant.now();
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<ResourceKey, Entry> written = new LinkedHashMap<>();
    private Engine engine;
    private Memory memory;
    private long lives;
    private long generation = 1;
    private List<Node> wanted = List.of();
    private PrivateApiStackSpec spec;
    private Adoption adoption = Adoption.NONE;

    private SandboxStack(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.person = targets("person").home(REGION);
        restart();
    }

    static SandboxStack empty(String... options) {
        List<String> arguments = new ArrayList<>(List.of("--manual-clock", "--rates", "off", "--seed", "1"));
        arguments.addAll(List.of(options));
        return new SandboxStack(Sandbox.start(arguments.toArray(String[]::new)));
    }

    /** The seed, converged; the journal begins here. */
    static SandboxStack seeded() {
        SandboxStack stack = empty();
        stack.want(seed());
        stack.converge();
        stack.sandbox.resetJournal();
        return stack;
    }

    /** All there is at one moment: AWS, what is written down, the spec. */
    record Moment(Path world, Instant at, Map<ResourceKey, Entry> written, PrivateApiStackSpec spec) {}

    Moment now() {
        try {
            Path world = Files.createTempFile(Files.createDirectories(Path.of("target", "servers")).toAbsolutePath(), "world", "");
            sandbox.post("/snapshot", Map.of("file", world.toString()));
            return new Moment(world, now, Map.copyOf(written), spec);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything is as it was then, in the hands of a process that has just begun; no faults, no journal. */
    void goBackTo(Moment moment) {
        sandbox.post("/restore", Map.of("file", moment.world.toString()));
        sandbox.clearFaults();
        sandbox.resetJournal();
        now = moment.at;
        record(moment.written.values());
        spec = moment.spec;
        generation++;
        wanted = List.of();
        restart();
    }

    static ObjectNode seed() {
        try {
            return (ObjectNode) YAML.readTree(Path.of("examples", "seed.yaml").toFile()).get("spec");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a stack wants by that spec; nothing is asked of AWS. */
    static List<Node> desired(JsonNode spec) {
        PrivateApiStackSpec wanted = YAML.convertValue(spec, PrivateApiStackSpec.class);
        Random random = new Random(1);
        try (AwsTargets targets = new AwsTargets(AwsSettings.standard(), Clock.systemUTC(), random, new SimpleMeterRegistry())) {
            EngineSettings settings = new EngineSettings(Clock.systemUTC(), random, new Durations(1), DRIFT,
                    AwsErrors::problem);
            return new Engines(targets::home, region -> settings, Runnable::run).apply(wanted.region())
                    .wanted(new Owner("00000000-0000-0000-0000-000000000000", "default", "poc", "cluster"), wanted);
        }
    }

    /** The process dies and another one begins: only what is written down and AWS are left. */
    void restart() {
        memory = new Memory();
        // No two processes have the same chance, on which the tokens of creates depend.
        EngineSettings settings = new EngineSettings(
                clock, new Random(++lives), new Durations(1), DRIFT, AwsErrors::problem);
        engine = new Engines(targets("operator")::home, region -> settings, threads).apply(REGION);
        if (spec != null) {
            wanted = engine.wanted(owner, spec);
        }
    }

    private AwsTargets targets(String who) {
        Map<ApiClass, Rate> unlimited = Arrays.stream(ApiClass.values())
                .collect(Collectors.toMap(Function.identity(), it -> new Rate(10_000, 10_000)));
        AwsTargets targets = new AwsTargets(
                new AwsSettings(Map.of(), unlimited, 1, sandbox.endpoint(),
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(who, who))),
                clock, new Random(1), new SimpleMeterRegistry());
        all.add(targets);
        return targets;
    }

    void want(JsonNode spec) {
        this.spec = YAML.convertValue(spec, PrivateApiStackSpec.class);
        this.generation++;
        this.wanted = engine.wanted(owner, this.spec);
    }

    /** What a person writes into the annotation. */
    void adopt(String text) {
        Adoption.Parsed parsed = Adoption.parse(text);
        if (!parsed.faults().isEmpty()) {
            throw new AssertionError(parsed.faults());
        }
        adoption = parsed.adoption();
        generation++;
    }

    /** From now on this is another stack on the same AWS. */
    void become(Owner other) {
        owner = other;
        written.clear();
        adoption = Adoption.NONE;
        restart();
    }

    Engine engine() {
        return engine;
    }

    Clock clock() {
        return clock;
    }

    /** The cluster is restored: the same resource has another uid, and its status is lost. */
    void restore(String uid, String cluster) {
        owner = new Owner(uid, owner.namespace(), owner.name(), cluster);
        written.clear();
        restart();
    }

    void wantNothing() {
        spec = null;
        generation++;
        wanted = List.of();
    }

    Outcome pass() {
        Outcome outcome = engine.pass(
                new Pass(owner, generation, wanted, spec != null && spec.suspend(), memory, this, adoption, () -> false));
        record(outcome.inventory());
        return outcome;
    }

    /** Passes, each when the last one asked for it, until nothing is left to do. */
    Outcome converge() {
        return passUntil("it is converged", Outcome::converged);
    }

    Outcome passUntil(String what, Predicate<Outcome> holds) {
        Outcome outcome = pass();
        for (int i = 0; !holds.test(outcome); i++) {
            if (i == PATIENCE) {
                throw new AssertionError("Not within " + PATIENCE + " passes: " + what + "; waits " + outcome.plan().waits()
                        + ", steps " + outcome.plan().steps() + ", problems " + outcome.problems());
            }
            advance(outcome.again());
            outcome = pass();
        }
        return outcome;
    }

    /** A look at everything, as after the drift interval. */
    Outcome lookAgain() {
        advance(DRIFT.plusMinutes(1));
        return pass();
    }

    void advance(Duration time) {
        now = now.plus(time);
        sandbox.post("/clock/advance", Map.of("seconds", time.toMillis() / 1000.0));
    }

    /** What a person reads after a pass of a deletion, condition by condition. */
    Map<String, String> toldOfDeletion(Outcome outcome) {
        Situation situation = new Situation(generation, YAML.convertValue(seed(), PrivateApiStackSpec.class), false, true, Set.of(),
                outcome.view(), outcome.plan(), outcome.problems(), List.of(), new Verdict.NotAsked());
        return new StackStatus(clock, OperatorProcess.expectations()).of(situation, null).conditions().stream()
                .collect(Collectors.toMap(Condition::getType, it -> it.getReason() + ": " + it.getMessage()));
    }

    Verdict ask(Outcome outcome) {
        return engine.ask(spec, outcome.view());
    }

    /** The status of HTTP that a host in the peer VPC gets for a path of the API; 0 for none. */
    int callFromPeer(Outcome outcome, String path) {
        List<String> nameservers = outcome.view().all()
                .filter(live -> live.key().name().equals("dns/resolver-inbound"))
                .flatMap(live -> live.attribute(Attribute.IP_ADDRESSES).stream())
                .flatMap(ips -> Arrays.stream(ips.split(","))).toList();
        String host = id("api/rest-api") + ".execute-api." + REGION + ".amazonaws.com";
        return sandbox.invoke(PEER_VPC, nameservers, "https://" + host + "/" + spec.api().stage() + path)
                .path("status").asInt();
    }

    /** The operator's operations since the journal was reset that change something. */
    List<String> changes() {
        return sandbox.journal(0).stream().filter(call -> call.get("mutating").asBoolean())
                .map(call -> call.get("operation").asText()).toList();
    }

    List<String> calls() {
        return sandbox.journal(0).stream().map(call -> call.get("operation").asText()).toList();
    }

    String id(String name) {
        return written.values().stream().filter(it -> it.key().name().equals(name)).map(Entry::id).findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + written.keySet()));
    }

    /** What carries the tags of a stack, by service, type and what it is to the stack. */
    List<String> objects() {
        return sandbox.left().stream()
                .filter(it -> it.path("tags").has("privateapi.dev/resource") && !it.path("type").asText().equals("task"))
                .map(it -> it.path("service").asText() + " " + it.path("type").asText() + " "
                        + it.path("tags").path("privateapi.dev/resource").asText())
                .sorted().toList();
    }

    @Override
    public Map<ResourceKey, Entry> recorded() {
        return Map.copyOf(written);
    }

    @Override
    public void record(Collection<Entry> entries) {
        written.clear();
        entries.forEach(entry -> written.put(entry.key(), entry));
    }

    @Override
    public void close() {
        threads.close();
        all.forEach(AwsTargets::close);
        sandbox.close();
    }
}
