package dev.privateapi.layers.service;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.aws.ApiClass;
import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.AwsSettings;
import dev.privateapi.aws.AwsTargets;
import dev.privateapi.engine.Convergence;
import dev.privateapi.engine.Durations;
import dev.privateapi.engine.EngineSettings;
import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Memory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.endpoints.EndpointsLayer;
import dev.privateapi.layers.network.NetworkLayer;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import dev.privateapi.ownership.Owner;
import dev.privateapi.testing.Sandbox;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.ServiceField;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/**
 * A stack of network, endpoints and service on a sandbox whose clock only the test moves, and the engine that keeps it. The
 * load balancer is the test's own.
 */
final class ServiceStack implements AutoCloseable, Inventory {

    static final String REGION = "ap-northeast-1";
    static final String REPOSITORY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web";
    /** So many looks no change takes: what does not settle fails. */
    private static final int PATIENCE = 200;

    final Sandbox sandbox;
    final Owner owner = new Owner("3f1c9a52-uid", "default", "poc", "test");
    /** What people do behind the operator's back goes through clients of their own. */
    final Aws person;
    private final AwsTargets others;
    private final TestClock clock = new TestClock();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<ResourceKey, Entry> written = new LinkedHashMap<>();
    private final Given targetGroup = new Given(Kind.TARGET_GROUP);
    private final Given listener = new Given(Kind.LISTENER);
    private AwsTargets targets;
    private List<LayerDefinition> around;
    private ServiceLayer layer;
    private Convergence operator;
    private Memory memory;
    private long generation = 1;
    private List<Node> wanted = List.of();
    private String service = "";
    private PrivateApiStackSpec spec = spec("");

    private ServiceStack(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.others = targets("person");
        this.person = others.home(REGION);
        begin();
    }

    private void begin() {
        targets = targets("operator");
        Aws aws = targets.home(REGION);
        SecurityGroups groups = new SecurityGroups(aws);
        NetworkLayer network = new NetworkLayer(aws, groups);
        around = List.of(network, new EndpointsLayer(aws, groups));
        layer = new ServiceLayer(aws, groups);
        memory = new Memory();
        List<Driver<?, ?>> drivers = Stream.concat(around.stream(), Stream.of(layer))
                .flatMap(it -> it.drivers().stream())
                .collect(Collectors.toCollection(ArrayList::new));
        drivers.addAll(List.of(targetGroup, listener, new Given(Kind.PEERING_CONNECTION)));
        operator = new Convergence(drivers, network::blockers,
                new EngineSettings(clock, new Random(1), new Durations(1), Duration.ofMinutes(5), AwsErrors::problem), threads);
    }

    /** The process dies and another one begins: only what is written down and AWS are left. */
    void restart() {
        targets.close();
        begin();
        want(service);
    }

    /** With a network, and with a load balancer that has a listener, but without anything of the service. */
    static ServiceStack prepared(String... options) {
        List<String> all = new ArrayList<>(List.of("--manual-clock", "--rates", "off", "--seed", "1"));
        all.addAll(List.of(options));
        ServiceStack stack = new ServiceStack(Sandbox.start(all.toArray(String[]::new)));
        stack.wanted = stack.around();
        stack.converge();
        stack.makeLoadBalancer();
        stack.sandbox.resetJournal();
        return stack;
    }

    private AwsTargets targets(String who) {
        Map<ApiClass, Rate> unlimited = Arrays.stream(ApiClass.values())
                .collect(Collectors.toMap(Function.identity(), it -> new Rate(10_000, 10_000)));
        return new AwsTargets(
                new AwsSettings(Map.of(), unlimited, 1, sandbox.endpoint(),
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(who, who))),
                clock, new SimpleMeterRegistry());
    }

    /** @param service fields of {@code spec.service} in YAML's flow style */
    static PrivateApiStackSpec spec(String service) {
        boolean image = service.contains("image:");
        return Serialization.unmarshal("""
                region: ap-northeast-1
                vpc:
                  cidr: 10.1.0.0/16
                  subnets:
                  - {cidr: 10.1.1.0/24, availabilityZone: ap-northeast-1a}
                  - {cidr: 10.1.2.0/24, availabilityZone: ap-northeast-1c}
                service: {%s%s}
                """.formatted(image ? "" : "image: '" + REPOSITORY + ":web', ", service), PrivateApiStackSpec.class);
    }

    private List<Node> around() {
        return around.stream().flatMap(it -> it.desired(owner, spec).stream()).toList();
    }

    /** A new spec. */
    void want(String service) {
        this.service = service;
        spec = spec(service);
        generation++;
        wanted = Stream.concat(around().stream(), layer.desired(owner, spec).stream()).toList();
    }

    void wantNothingOfTheService() {
        generation++;
        wanted = around();
    }

    private void makeLoadBalancer() {
        List<String> subnets = Keys.subnets(spec).stream().map(this::id).toList();
        var elb = person.loadBalancing();
        String balancer = elb.createLoadBalancer(request -> request.name("nlb").type(LoadBalancerTypeEnum.NETWORK)
                .scheme("internal").subnets(subnets)).loadBalancers().getFirst().loadBalancerArn();
        targetGroup.is(Keys.TARGET_GROUP, elb.createTargetGroup(request -> request.name("tasks").vpcId(id(Keys.VPC))
                .protocol(ProtocolEnum.TCP).port(80).targetType(TargetTypeEnum.IP)).targetGroups().getFirst().targetGroupArn());
        elb.modifyTargetGroupAttributes(request -> request.targetGroupArn(targetGroup.id()).attributes(
                TargetGroupAttribute.builder().key("deregistration_delay.timeout_seconds").value("0").build()));
        listener.is(Keys.LISTENER, elb.createListener(request -> request.loadBalancerArn(balancer)
                .protocol(ProtocolEnum.TCP).port(80)
                .defaultActions(Action.builder().type(ActionTypeEnum.FORWARD).targetGroupArn(targetGroup.id()).build()))
                .listeners().getFirst().listenerArn());
    }

    Outcome pass() {
        Outcome outcome = operator.pass(new Pass(owner, generation, wanted, false, memory, this));
        record(outcome.inventory());
        return outcome;
    }

    /** Passes, each when the last one asked for it, until nothing is left to do. */
    Outcome converge() {
        return passUntil("is converged", Outcome::converged);
    }

    Outcome passUntil(String what, Predicate<Outcome> holds) {
        Outcome outcome = pass();
        for (int i = 0; !holds.test(outcome); i++) {
            if (i == PATIENCE) {
                throw new AssertionError("Not yet: " + what + "; waits " + outcome.plan().waits() + ", steps "
                        + outcome.plan().steps() + ", problems " + outcome.problems());
            }
            advance(outcome.again());
            outcome = pass();
        }
        return outcome;
    }

    /** A look at everything, as after the drift interval. */
    Outcome lookAgain() {
        advance(Duration.ofMinutes(6));
        return pass();
    }

    void advance(Duration time) {
        clock.now = clock.now.plus(time);
        sandbox.post("/clock/advance", Map.of("seconds", time.toMillis() / 1000.0));
    }

    /** The operations since the journal was reset that change something. */
    List<String> changes() {
        return sandbox.journal(0).stream()
                .filter(call -> call.get("mutating").asBoolean())
                .map(call -> call.get("operation").asText())
                .toList();
    }

    List<String> calls() {
        return sandbox.journal(0).stream().map(call -> call.get("operation").asText()).toList();
    }

    /** AWS' own description of the service. */
    Service service() {
        return person.ecs().describeServices(request -> request.cluster(id(Keys.CLUSTER)).services(id(Keys.SERVICE))
                .include(ServiceField.TAGS)).services().getFirst();
    }

    /** The ARNs of the family's revisions that can run. */
    List<String> revisions() {
        return person.ecs().listTaskDefinitions(request -> request.familyPrefix(TaskDefinitions.family(owner)))
                .taskDefinitionArns();
    }

    String id(ResourceKey key) {
        Entry entry = written.get(key);
        if (entry == null) {
            throw new AssertionError("no " + key + " in " + written.keySet());
        }
        return entry.id();
    }

    /** The objects of this layer by type and resource; the tasks, which come and go, are left out. */
    List<String> objects() {
        return sandbox.left().stream()
                .filter(it -> !it.path("type").asText().equals("task") && ofThisLayer(it))
                .map(it -> it.path("type").asText() + " " + it.path("tags").path("privateapi.dev/resource").asText())
                .sorted()
                .toList();
    }

    private static boolean ofThisLayer(JsonNode object) {
        return List.of("ecs", "iam", "logs").contains(object.path("service").asText())
                || object.path("tags").path("privateapi.dev/resource").asText().startsWith("service/");
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
        targets.close();
        others.close();
        sandbox.close();
    }

    private static final class TestClock extends Clock {
        private volatile Instant now = Instant.now();

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** A kind of another room: at most one object, which the test made. */
    private static final class Given implements Driver<Object, Object> {
        private final Kind kind;
        private List<Live> lives = List.of();

        Given(Kind kind) {
            this.kind = kind;
        }

        void is(ResourceKey key, String id) {
            lives = List.of(Live.of(key, id, Phase.READY, id).asReferenced());
        }

        String id() {
            return lives.getFirst().id();
        }

        @Override
        public Kind kind() {
            return kind;
        }

        @Override
        public List<Live> observe(Sight sight) {
            return lives;
        }

        @Override
        public Live live(ResourceKey key, Object object) {
            throw new UnsupportedOperationException("nothing of another room is made here");
        }

        @Override
        public List<Change<Object>> compare(Object wanted, Object have, Refs refs) {
            throw new UnsupportedOperationException("nothing of another room is compared here");
        }

        @Override
        public Object create(Object wanted, Refs refs, Birth birth) {
            throw new UnsupportedOperationException("nothing of another room is made here");
        }

        @Override
        public Optional<Object> delete(Object have) {
            throw new UnsupportedOperationException("nothing of another room is deleted here");
        }
    }
}
