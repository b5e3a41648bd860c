package dev.privateapi.engine;

import dev.privateapi.engine.FakeWorld.Thing;
import dev.privateapi.engine.FakeWorld.Wanted;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Resource;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Need;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Adoption;
import dev.privateapi.ownership.Owner;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A stack of a VPC, two subnets in it and a load balancer in both, and the operator that keeps it. */
final class FakeStack implements Inventory {

    static final ResourceKey VPC = new ResourceKey(Kind.VPC, "network/vpc");
    static final ResourceKey SUBNET_A = new ResourceKey(Kind.SUBNET, "network/subnet/a");
    static final ResourceKey SUBNET_B = new ResourceKey(Kind.SUBNET, "network/subnet/b");
    static final ResourceKey NLB = new ResourceKey(Kind.LOAD_BALANCER, "load-balancer/nlb");
    /** Not wanted by itself. */
    static final ResourceKey LISTENER = new ResourceKey(FakeWorld.PART, "load-balancer/listener");

    final FakeWorld world = new FakeWorld();
    final Owner owner = new Owner("uid-1", "default", "poc", "test");
    private final Map<Kind, Driver<Wanted, Thing>> drivers = new LinkedHashMap<>();
    private final Map<ResourceKey, Entry> written = new LinkedHashMap<>();
    BlockerSource blockers = (sight, heldUp) -> List.of();
    List<Node> wanted;
    long generation = 1;
    int writes;
    boolean recalled;
    /** Of a stack that was as it should be twice; five minutes where nobody tells what others change. */
    Duration quiet = Duration.ofMinutes(5);
    private Memory memory = new Memory();
    private Convergence operator;

    FakeStack() {
        Stream.of(Kind.VPC, Kind.SUBNET, Kind.LOAD_BALANCER, FakeWorld.PART).forEach(kind -> drivers.put(kind, world.driver(kind)));
        wanted = List.of(
                node(VPC, "10.1.0.0/16"),
                node(SUBNET_A, "10.1.1.0/24", VPC),
                node(SUBNET_B, "10.1.2.0/24", VPC),
                node(NLB, "internal", SUBNET_A, SUBNET_B));
        restart();
    }

    Node node(ResourceKey key, String value, ResourceKey... refs) {
        List<Need> needs = Stream.of(refs).map(Need::exists).toList();
        return new Resource<>(owner, key, new Wanted(value, List.of(refs)), needs, null, drivers.get(key.kind()));
    }

    /** The process dies and another one begins: only the inventory and AWS are left. */
    void restart() {
        memory = new Memory();
        operator = new Convergence(drivers.values(), (sight, heldUp) -> blockers.blockers(sight, heldUp),
                new EngineSettings(world.clock, new Random(1), new Durations(1), Duration.ofMinutes(5), FakeStack::problem)
                        .told(() -> quiet),
                Runnable::run);
    }

    private static Problem problem(Throwable e) {
        return e instanceof ProblemException told
                ? told.problem()
                : new Problem(Problem.Category.INTERNAL, String.valueOf(e));
    }

    Outcome pass() {
        Outcome outcome = operator.pass(
                new Pass(owner, generation, wanted, false, memory, this, Adoption.NONE, () -> recalled));
        record(outcome.inventory());
        return outcome;
    }

    /** The spec says this of one of them from now on. */
    void edit(Node node) {
        generation++;
        wanted = wanted.stream().map(it -> it.key().equals(node.key()) ? node : it).toList();
    }

    void disturbed() {
        memory.disturbed(world.now);
    }

    Outcome look() {
        return operator.pass(new Pass(owner, generation, wanted, true, memory, this));
    }

    /** Passes, each when the last one asked for it, until nothing is left to do. */
    Outcome converge() {
        for (int passes = 1; passes <= 100; passes++) {
            Outcome outcome = pass();
            if (outcome.gone() || !wanted.isEmpty() && outcome.converged()) {
                return outcome;
            }
            world.now = world.now.plus(outcome.again());
        }
        throw new AssertionError("Not converged after 100 passes; calls: " + world.calls);
    }

    List<String> names() {
        return world.things.values().stream().map(Thing::name).sorted().toList();
    }

    @Override
    public Map<ResourceKey, Entry> recorded() {
        return Map.copyOf(written);
    }

    @Override
    public void record(Collection<Entry> entries) {
        writes++;
        written.clear();
        entries.forEach(entry -> written.put(entry.key(), entry));
    }
}
