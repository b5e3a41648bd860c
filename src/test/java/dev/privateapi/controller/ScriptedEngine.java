package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.graph.Node;
import dev.privateapi.graph.View;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Live;
import dev.privateapi.model.Need;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Plan;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Wait;
import dev.privateapi.ownership.Owner;
import dev.privateapi.status.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * An engine over a world of stacks that each want a VPC and a load balancer. It creates what is missing, announced as the
 * real one announces it, and deletes one object in a pass. The test says what else happens in its passes.
 */
final class ScriptedEngine implements Engine {

    static final List<ResourceKey> WANTED = List.of(Keys.VPC, Keys.LOAD_BALANCER);

    /** What AWS has, by stack; it outlives the process. */
    final Map<String, Map<ResourceKey, String>> world;
    final List<Pass> passes = new CopyOnWriteArrayList<>();
    final List<Long> asked = new CopyOnWriteArrayList<>();
    /** Happens at the beginning of each pass. */
    volatile Consumer<Pass> begins = pass -> {};
    /** Happens after each create was announced and before it has its effect. */
    volatile Consumer<ResourceKey> creates = key -> {};
    /** Happens after each create had its effect. */
    volatile Consumer<ResourceKey> created = key -> {};
    /** What the next outcomes tell. */
    volatile Map<ResourceKey, Problem> problems = Map.of();
    volatile Duration again = Duration.ofMillis(20);
    volatile boolean postponed;
    volatile Verdict verdict = new Verdict.Answered("GET / answered 200.");
    private int ids;

    ScriptedEngine() {
        this(new ConcurrentHashMap<>());
    }

    /** Another process over the same world. */
    ScriptedEngine(Map<String, Map<ResourceKey, String>> world) {
        this.world = world;
    }

    @Override
    public List<Node> wanted(Owner owner, PrivateApiStackSpec spec) {
        return WANTED.stream().<Node>map(Wish::new).toList();
    }

    @Override
    public Outcome pass(Pass pass) {
        passes.add(pass);
        begins.accept(pass);
        Map<ResourceKey, String> mine = world.computeIfAbsent(pass.owner().uid(), uid -> new ConcurrentHashMap<>());
        List<Step> taken = new ArrayList<>();
        boolean looked = mine.isEmpty();
        if (!pass.planOnly() && pass.wanted().isEmpty()) {
            mine.keySet().stream().findFirst().ifPresent(key -> {
                taken.add(step(key, Step.Verb.DELETE));
                mine.remove(key);
            });
        } else if (!pass.planOnly()) {
            missing(pass, mine).forEach(key -> {
                taken.add(step(key, Step.Verb.CREATE));
                create(key, pass, mine);
            });
        }
        return outcome(pass, mine, taken, pass.wanted().isEmpty() && looked);
    }

    private void create(ResourceKey key, Pass pass, Map<ResourceKey, String> mine) {
        Inventory.Entry before = pass.inventory().recorded().get(key);
        Map<ResourceKey, Inventory.Entry> entries = new HashMap<>();
        inventory(mine).forEach(entry -> entries.put(entry.key(), entry));
        entries.put(key, before != null ? before : new Inventory.Entry(key, "", "Announced", "incarnation-" + ++ids));
        pass.inventory().record(entries.values());
        creates.accept(key);
        mine.put(key, key.kind() + "-" + ++ids);
        created.accept(key);
    }

    private Outcome outcome(Pass pass, Map<ResourceKey, String> mine, List<Step> taken, boolean gone) {
        List<Live> lives = mine.entrySet().stream()
                .map(it -> Live.of(it.getKey(), it.getValue(), Phase.READY, "")).toList();
        List<Step> left = missing(pass, mine).map(key -> step(key, Step.Verb.CREATE)).toList();
        List<Wait> waits = pass.wanted().isEmpty()
                ? mine.keySet().stream().map(key -> new Wait(key, Wait.Cause.DELETING, key, "Waiting for " + key + " to be gone.")).toList()
                : List.of();
        return new Outcome(View.of(lives), new Plan(left, waits, Map.of()), problems, taken, inventory(mine), again, gone, postponed, Map.of());
    }

    private static Stream<ResourceKey> missing(Pass pass, Map<ResourceKey, String> mine) {
        return pass.wanted().stream().map(Node::key).filter(key -> !mine.containsKey(key));
    }

    private static List<Inventory.Entry> inventory(Map<ResourceKey, String> mine) {
        return mine.entrySet().stream().map(it -> new Inventory.Entry(it.getKey(), it.getValue(), "READY", "")).toList();
    }

    private static Step step(ResourceKey key, Step.Verb verb) {
        return new Step(key, verb, "", List.of(), incarnation -> Optional.empty());
    }

    @Override
    public Set<Owner> owners(String cluster, Instant notOlderThan) {
        return Set.of();
    }

    @Override
    public Verdict ask(PrivateApiStackSpec spec, View view) {
        asked.add(passes.getLast().generation());
        return verdict;
    }

    private record Wish(ResourceKey key) implements Node {

        @Override
        public Object desired() {
            return key.name();
        }

        @Override
        public List<Need> needs() {
            return List.of();
        }

        @Override
        public Optional<String> referencedId() {
            return Optional.empty();
        }

        @Override
        public Step create(Refs refs) {
            return step(key, Step.Verb.CREATE);
        }

        @Override
        public Optional<String> misfit(Live offered, Refs refs) {
            return Optional.empty();
        }

        @Override
        public Step adopt(Live offered) {
            return step(key, Step.Verb.ADOPT);
        }

        @Override
        public Optional<Step> change(Live live, Refs refs) {
            return Optional.empty();
        }
    }
}
