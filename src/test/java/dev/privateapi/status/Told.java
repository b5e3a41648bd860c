package dev.privateapi.status;

import dev.privateapi.api.v1alpha1.CpuArchitecture;
import dev.privateapi.api.v1alpha1.PeerSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import dev.privateapi.api.v1alpha1.ServiceSpec;
import dev.privateapi.api.v1alpha1.SubnetSpec;
import dev.privateapi.api.v1alpha1.VpcSpec;
import dev.privateapi.graph.View;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Plan;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Wait;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A stack as the operator sees it, in one state after another, and what its status says in each. */
final class Told {

    static final Set<ResourceKey> EVERYTHING = Set.of(Keys.VPC, Keys.LOAD_BALANCER, Keys.SERVICE, Keys.VPC_LINK, Keys.REST_API);

    Instant now = Instant.parse("2026-01-01T00:00:00.123Z");
    final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    long generation = 1;
    boolean suspended;
    boolean deleting;
    final Set<ResourceKey> wanted = new HashSet<>(EVERYTHING);
    View view = View.of(List.of());
    List<Step> steps = List.of();
    List<Wait> waits = List.of();
    final Map<ResourceKey, Problem> problems = new HashMap<>();
    Verdict verdict = new Verdict.NotAsked();
    PrivateApiStackStatus status;
    private final StackStatus words = new StackStatus(clock, new Expectations() {
        @Override
        public Duration untilReady(Kind kind) {
            return Duration.ofSeconds(kind == Kind.LOAD_BALANCER ? 155 : kind == Kind.VPC_LINK ? 180 : 3);
        }

        @Override
        public Duration untilScaled() {
            return Duration.ofSeconds(45);
        }

        @Override
        public Duration untilGone(Kind kind) {
            return Duration.ofSeconds(kind == Kind.LOAD_BALANCER ? 45 : 3);
        }
    });

    /** What the status says after what the status said before. */
    PrivateApiStackStatus tell() {
        status = words.of(situation(List.of()), status);
        return status;
    }

    PrivateApiStackStatus first() {
        status = words.first(generation);
        return status;
    }

    PrivateApiStackStatus invalid(String... faults) {
        status = words.invalid(generation, List.of(faults), status);
        return status;
    }

    PrivateApiStackStatus failed(Problem problem) {
        status = words.failed(generation, problem, status);
        return status;
    }

    Situation situation(List<OwnedResource> resources) {
        return new Situation(generation, spec(), suspended, deleting, wanted, view, new Plan(steps, waits, Map.of()),
                problems, resources, verdict);
    }

    Condition condition(String type) {
        return Conditions.find(status.conditions(), type).orElseThrow(() -> new AssertionError("No condition " + type));
    }

    /** As in {@code Ready=False Converging}. */
    String brief(String type) {
        return type + "=" + condition(type).getStatus() + " " + condition(type).getReason();
    }

    Stream<String> messages() {
        return status.conditions().stream().map(Condition::getMessage);
    }

    static Step step(ResourceKey key, Step.Verb verb) {
        return new Step(key, verb, verb == Step.Verb.CREATE ? "" : "id-1", List.of(), incarnation -> Optional.empty());
    }

    static Wait pending(ResourceKey key) {
        return new Wait(key, Wait.Cause.PENDING, key, "Waiting for it.");
    }

    static Wait deleting(ResourceKey key) {
        return new Wait(key, Wait.Cause.DELETING, key, "Waiting for id-1 to be gone.");
    }

    static Wait other(ResourceKey key, ResourceKey on) {
        return new Wait(key, Wait.Cause.OTHER, on, "Waiting for " + on + " to be ready.");
    }

    static PrivateApiStackSpec spec() {
        return new PrivateApiStackSpec(
                "ap-northeast-1",
                new VpcSpec("10.1.0.0/16", null, List.of(
                        new SubnetSpec("10.1.1.0/24", "ap-northeast-1a", null),
                        new SubnetSpec("10.1.2.0/24", "ap-northeast-1c", null))),
                new ServiceSpec("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:web",
                        2, 256, 512, 80, CpuArchitecture.X86_64, null, 30, false),
                null, null,
                List.of(new PeerSpec("vpc-0123456789abcdef0", "10.4.0.0/16", null, null, null)),
                null, null, null);
    }
}
