package dev.privateapi.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.aws.ApiClass;
import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.AwsSettings;
import dev.privateapi.aws.AwsSettings.Role;
import dev.privateapi.aws.AwsTargets;
import dev.privateapi.engine.Convergence;
import dev.privateapi.engine.Durations;
import dev.privateapi.engine.EngineSettings;
import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Memory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.graph.Blocker;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.network.NetworkLayer;
import dev.privateapi.model.Live;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;

/**
 * Some layers of one stack, kept by the real engine on a sandbox AWS. Time passes only here, for both: from pass to pass as
 * long as the engine asks for, so that nothing is waited for and nothing depends on the machine. Stacks that use one sandbox
 * one after the other have different owners, and what one leaves does not count for the next.
 */
public final class LayerStack implements Inventory, AutoCloseable {

    public static final String REGION = "ap-northeast-1";
    /** An account other than the stack's, with an identity for it. */
    public static final String OTHER_ACCOUNT = "222222222222";

    private static final Duration DRIFT = Duration.ofMinutes(5);
    private static final int PASSES = 100;

    private static final AtomicInteger STACKS = new AtomicInteger();

    public final Sandbox sandbox;
    private volatile Instant now;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final Function<Aws, List<LayerDefinition>> rooms;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<AutoCloseable> clients = new ArrayList<>();
    private Map<String, Role> roles = Map.of(OTHER_ACCOUNT, new Role("arn:aws:iam::" + OTHER_ACCOUNT + ":role/peer", ""));
    private AwsTargets targets;
    private List<LayerDefinition> layers;
    private final Owner owner;
    private final Map<ResourceKey, Entry> written = new LinkedHashMap<>();
    private List<Node> wanted = List.of();
    private Set<String> before;
    private long generation;
    private Memory memory = new Memory();
    private final List<String> steps = new ArrayList<>();

    /**
     * A sandbox whose time stands still but for what happens here.
     *
     * @param options more of the sandbox's own, such as {@code --lag 5}
     */
    public static Sandbox sandbox(String... options) {
        List<String> all = new ArrayList<>(List.of("--manual-clock", "--rates", "off", "--quotas", "off", "--seed", "1"));
        all.addAll(List.of(options));
        return Sandbox.start(all.toArray(String[]::new));
    }

    public LayerStack(Sandbox sandbox, Function<Aws, List<LayerDefinition>> layers) {
        this.sandbox = sandbox;
        // The sandbox counts seconds from its start, and its dates begin with the date of that.
        now = Instant.now().plusSeconds(sandbox.get("/time").path("now").asLong());
        rooms = layers;
        int number = STACKS.incrementAndGet();
        // In a namespace of its own: beside what an earlier stack of the same name left nothing is made.
        owner = new Owner("7e57ab1e-0000-4000-8000-%012d".formatted(number), "default-" + number, "poc", "test");
        startOperator();
    }

    /** Its gate is open: it counts by the machine's time. */
    private void startOperator() {
        Map<ApiClass, Rate> unlimited = Arrays.stream(ApiClass.values())
                .collect(Collectors.toMap(Function.identity(), it -> new Rate(10_000, 10_000)));
        targets = new AwsTargets(
                new AwsSettings(roles, unlimited, 1, sandbox.endpoint(), credentials("sandbox")),
                clock, new Random(1), new SimpleMeterRegistry());
        clients.add(targets);
        layers = rooms.apply(aws());
    }

    private static StaticCredentialsProvider credentials(String key) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(key, "sandbox"));
    }

    /** The stack's account and Region, for looking at and changing things behind the operator's back. */
    public Aws aws() {
        return targets.home(REGION);
    }

    public Owner owner() {
        return owner;
    }

    /** What the owner of another account would use; the role with which the operator comes there exists from now on. */
    public Ec2Client rootOf(String account) {
        try (IamClient iam = client(IamClient.builder(), account)) {
            iam.createRole(it -> it.roleName("peer").assumeRolePolicyDocument("""
                    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},
                    "Action": "sts:AssumeRole"}]}"""));
        } catch (EntityAlreadyExistsException _) {
            // another stack was here
        }
        Ec2Client ec2 = client(Ec2Client.builder(), account);
        clients.add(ec2);
        return ec2;
    }

    private <B extends AwsClientBuilder<B, C>, C> C client(B builder, String account) {
        return builder.endpointOverride(sandbox.endpoint()).region(Region.of(REGION))
                .credentialsProvider(credentials(account)).build();
    }

    /** The operator is started anew by administrators who took its identities for other accounts away. */
    public LayerStack withoutOtherAccounts() {
        roles = Map.of();
        return restarts();
    }

    /** A minute later there is a new generation of the spec, in YAML without {@code region}; an image may be left out too. */
    public LayerStack wants(String spec) {
        PrivateApiStackSpec parsed = spec(spec);
        wanted = layers.stream().flatMap(layer -> layer.desired(owner, parsed).stream()).toList();
        return begins();
    }

    /** The same, as it is read. */
    public static PrivateApiStackSpec spec(String yaml) {
        try {
            ObjectNode tree = (ObjectNode) new YAMLMapper().readTree(yaml);
            tree.put("region", REGION);
            ObjectNode service = tree.withObject("service");
            if (!service.has("image")) {
                service.put("image", "123456789012.dkr.ecr." + REGION + ".amazonaws.com/poc_web:web");
            }
            return new YAMLMapper().treeToValue(tree, PrivateApiStackSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A minute later nothing else of all this is wanted any more. */
    public LayerStack wantsOnly(Predicate<ResourceKey> some) {
        wanted = wanted.stream().filter(node -> some.test(node.key())).toList();
        return begins();
    }

    public LayerStack wantsNothing() {
        wanted = List.of();
        return begins();
    }

    private LayerStack begins() {
        before = before == null ? ids() : before;
        sleep(Duration.ofMinutes(1));
        generation++;
        return this;
    }

    private Set<String> ids() {
        return sandbox.state().stream().map(LayerStack::id).collect(Collectors.toSet());
    }

    private static String id(JsonNode object) {
        return object.path("type").asText() + " " + object.path("id").asText();
    }

    /** Every live object that was not there when this stack was first wanted, but what AWS made for its own use. */
    public List<JsonNode> left() {
        return sandbox.state().stream()
                .filter(object -> !object.get("made_by_aws").asBoolean() && !before.contains(id(object)))
                .toList();
    }

    /** The process dies and another one begins: only the inventory and AWS are left. */
    public LayerStack restarts() {
        memory = new Memory();
        startOperator();
        return this;
    }

    public Outcome pass() {
        Outcome outcome = new Convergence(
                layers.stream().flatMap(layer -> layer.drivers().stream()).toList(),
                this::blockers,
                new EngineSettings(clock, new Random(1), new Durations(1), DRIFT, AwsErrors::problem),
                threads)
                .pass(new Pass(owner, generation, wanted, false, memory, this));
        outcome.taken().forEach(step -> steps.add(step.summary()));
        record(outcome.inventory());
        return outcome;
    }

    private List<Blocker> blockers(Sight sight, List<Live> heldUp) {
        return layers.stream().filter(NetworkLayer.class::isInstance).map(NetworkLayer.class::cast)
                .flatMap(network -> network.blockers(sight, heldUp).stream()).toList();
    }

    /** Lets so much time pass, for the engine and for AWS. */
    public void sleep(Duration duration) {
        now = now.plus(duration);
        sandbox.post("/clock/advance", Map.of("seconds", duration.toMillis() / 1000.0));
    }

    /** Passes, each when the last one asked for it, until nothing is left to do. */
    public Outcome converges() {
        return until("converged", outcome -> outcome.gone() || !wanted.isEmpty() && outcome.converged());
    }

    /** Passes until a problem with this resource is told. */
    public String problemWith(ResourceKey key) {
        return until("a problem with " + key, outcome -> outcome.problems().containsKey(key)).problems().get(key).toString();
    }

    /** Passes, each when the last one asked for it, until one ends so. */
    public Outcome until(String what, Predicate<Outcome> holds) {
        Outcome outcome = pass();
        for (int passes = 1; passes < PASSES && !holds.test(outcome); passes++) {
            sleep(outcome.again());
            outcome = pass();
        }
        if (holds.test(outcome)) {
            return outcome;
        }
        throw new AssertionError("Not after " + PASSES + " passes: " + what + "; " + outcome.problems() + outcome.plan());
    }

    /** A drift interval later it looks again and puts right what it finds: the steps that this took. */
    public List<String> repairs() {
        sleep(DRIFT.plusSeconds(30));
        steps.clear();
        converges();
        return List.copyOf(steps);
    }

    /** The operations that a look at everything takes, a drift interval later, and that changes nothing. */
    public List<String> look() {
        sleep(DRIFT.plusSeconds(30));
        sandbox.resetJournal();
        Outcome outcome = pass();
        if (!outcome.taken().isEmpty() || !outcome.converged()) {
            throw new AssertionError("Not converged: " + outcome.taken() + outcome.problems() + outcome.plan());
        }
        return calls(false);
    }

    /** The operations since the journal was reset. */
    public List<String> calls(boolean mutating) {
        return sandbox.journal(0).stream()
                .filter(call -> call.path("mutating").asBoolean() || !mutating)
                .map(call -> call.path("operation").asText())
                .toList();
    }

    /** The one usable object under a key, as it is written down. */
    public String id(ResourceKey key) {
        return written.get(key).id();
    }

    public static Live live(Outcome outcome, ResourceKey key) {
        return outcome.view().live(key);
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
        for (AutoCloseable client : clients) {
            try {
                client.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
