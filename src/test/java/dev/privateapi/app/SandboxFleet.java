package dev.privateapi.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.aws.ApiClass;
import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.AwsSettings;
import dev.privateapi.aws.AwsTargets;
import dev.privateapi.aws.VirtualTargets;
import dev.privateapi.controller.Engine;
import dev.privateapi.engine.Durations;
import dev.privateapi.engine.EngineSettings;
import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Memory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.graph.Node;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import dev.privateapi.testing.Sandbox;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * Many stacks of one account and Region, AWS' published rates, and a clock that only the stacks' own waiting moves. One engine, or
 * one for each shard with its share of the rates. Everything happens in one thread, in the order of time, so that a run is the same
 * on every machine.
 */
final class SandboxFleet implements AutoCloseable {

    private static final String REGION = "ap-northeast-1";
    private static final Duration DRIFT = Duration.ofMinutes(5);
    private static final YAMLMapper YAML = new YAMLMapper();

    final Sandbox sandbox;
    final List<Member> members;
    private final List<AwsTargets> targets = new ArrayList<>();
    private final List<Engine> engines = new ArrayList<>();
    private final int shards;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

    SandboxFleet(int stacks) {
        this(stacks, 1);
    }

    /** @param shards that have the stacks in turn */
    SandboxFleet(int stacks, int shards) {
        this.shards = shards;
        sandbox = Sandbox.start("--manual-clock", "--rates", "on", "--quotas", "off", "--seed", "1");
        members = IntStream.range(0, stacks).mapToObj(Member::new).toList();
        begin();
    }

    private void begin() {
        Map<ApiClass, Rate> rates = SettingsReader.read(Map.of("PRIVATEAPI_RATE_SHARE", "" + 1.0 / shards)).ownRates();
        for (int shard = 0; shard < shards; shard++) {
            AwsSettings settings = new AwsSettings(Map.of(), rates, 1, sandbox.endpoint(),
                    StaticCredentialsProvider.create(AwsBasicCredentials.create("operator", "operator")));
            Random random = new Random(1 + shard);
            AwsTargets own = VirtualTargets.of(settings, clock, random, this::advance);
            targets.add(own);
            EngineSettings chances = new EngineSettings(clock, random, new Durations(1), DRIFT, AwsErrors::problem);
            engines.add(new Engines(own::home, region -> chances, Runnable::run).apply(REGION));
        }
    }

    /** The processes end and others begin, which know what is in the inventories. */
    void restart() {
        end();
        begin();
        members.forEach(Member::restart);
    }

    private void end() {
        targets.forEach(AwsTargets::close);
        targets.clear();
        engines.clear();
    }

    /** One stack, with a network of its own. */
    final class Member implements Inventory {
        private final int shard;
        private final Owner owner;
        private final Map<ResourceKey, Entry> written = new LinkedHashMap<>();
        private Memory memory = new Memory();
        private PrivateApiStackSpec spec;
        private long generation = 1;
        private Instant due = now;
        private Outcome outcome;

        private Member(int number) {
            shard = number % shards;
            owner = new Owner("3f1c9a52-0000-0000-0000-%012d".formatted(number), "default", "poc-" + number, "test");
            ObjectNode seed = SandboxStack.seed();
            String net = "10." + (20 + number) + ".";
            seed.withObject("/vpc").put("cidr", net + "0.0/16");
            seed.withObject("/vpc").withArray("subnets").forEach(subnet -> ((ObjectNode) subnet).put(
                    "cidr", subnet.path("cidr").asText().replaceFirst("10\\.1\\.", net)));
            spec = YAML.convertValue(seed, PrivateApiStackSpec.class);
        }

        Outcome outcome() {
            return outcome;
        }

        boolean converged() {
            return outcome != null && outcome.converged();
        }

        private void restart() {
            memory = new Memory();
            outcome = null;
            due = now;
        }

        /** The stack is deleted. */
        void wantNothing() {
            spec = null;
            generation++;
            outcome = null;
            due = now;
        }

        boolean gone() {
            return outcome != null && outcome.gone();
        }

        private void pass() {
            Engine engine = engines.get(shard);
            List<Node> wanted = spec == null ? List.of() : engine.wanted(owner, spec);
            outcome = engine.pass(new Pass(owner, generation, wanted, false, memory, this));
            record(outcome.inventory());
            due = outcome.gone() ? Instant.MAX : now.plus(outcome.again());
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
    }

    boolean converged() {
        return members.stream().allMatch(Member::converged);
    }

    /** @return how long it took */
    Duration runUntil(BooleanSupplier holds, Duration limit) {
        Instant start = now;
        while (!holds.getAsBoolean()) {
            Member next = members.stream().min(Comparator.comparing(member -> member.due)).orElseThrow();
            if (now.isBefore(next.due)) {
                advance(Duration.between(now, next.due));
            }
            next.pass();
            if (Duration.between(start, now).compareTo(limit) > 0) {
                break;
            }
        }
        return Duration.between(start, now);
    }

    void run(Duration time) {
        runUntil(() -> false, time);
    }

    void advance(Duration time) {
        now = now.plus(time);
        sandbox.post("/clock/advance", Map.of("seconds", time.toNanos() / 1e9));
    }

    @Override
    public void close() {
        end();
        sandbox.close();
    }
}
