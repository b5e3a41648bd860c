package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.engine.Memory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.model.Live;
import dev.privateapi.ownership.Owner;
import dev.privateapi.status.Notice;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What carries this installation's tags although no resource with that uid exists any more: somebody took a finalizer off, a
 * backup was restored to another state, or a resource left with {@code deletionPolicy: Retain}. It is reported; removing it
 * takes an administrator's word, and is the deletion of a stack like any other. Used by one thread.
 */
public final class Orphans {

    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
    /** A resource that was just created, or has just gone, is no orphan whatever a look between the two says. */
    private static final Duration SURE = Duration.ofMinutes(10);
    /** So old may be what a sweep goes by: it costs no calls where stacks look. Less than the time after which it is sure. */
    private static final Duration KNOWN = Duration.ofMinutes(5);
    private static final int SHOWN = 10;

    private final String cluster;
    private final Supplier<Collection<? extends Engine>> engines;
    private final Supplier<Collection<PrivateApiStack>> stacks;
    private final BiConsumer<PrivateApiStack, Notice> events;
    private final Policy policy;
    private final Clock clock;
    private final Map<Suspect, Case> cases = new HashMap<>();
    private final AtomicInteger owners = new AtomicInteger();
    private final AtomicInteger objects = new AtomicInteger();

    /**
     * @param interval between two sweeps
     * @param watched whether this process sees all resources of a namespace: of others it cannot know what is orphaned
     * @param remove whether what an owner with this uid left is to be removed
     */
    public record Policy(Duration interval, Predicate<String> watched, Predicate<String> remove) {}

    /** An owner whose objects are in one Region. */
    private record Suspect(Engine engine, Owner owner) {}

    private static final class Case {
        private final Instant since;
        private final Memory memory = new Memory();
        private final NotedInventory inventory = new NotedInventory();
        private Set<String> told = Set.of();
        private boolean going;
        private boolean gone;

        Case(Instant since) {
            this.since = since;
        }
    }

    /**
     * @param engines those of all Regions in which stacks are or were
     * @param stacks every resource that the process may see, from the API server and not from a cache
     * @param events where an owner is told of, though it is gone
     */
    public Orphans(
            String cluster,
            Supplier<Collection<? extends Engine>> engines,
            Supplier<Collection<PrivateApiStack>> stacks,
            BiConsumer<PrivateApiStack, Notice> events,
            Policy policy,
            Clock clock) {
        this.cluster = cluster;
        this.engines = engines;
        this.stacks = stacks;
        this.events = events;
        this.policy = policy;
        this.clock = clock;
    }

    public Orphans measuredBy(MeterRegistry metrics) {
        Gauge.builder("privateapi.orphans", objects, AtomicInteger::get)
                .description("AWS objects with this installation's tags whose resource is gone").register(metrics);
        Gauge.builder("privateapi.orphans.owners", owners, AtomicInteger::get)
                .description("Resources that are gone and left AWS objects").register(metrics);
        return this;
    }

    /**
     * Looks once, and removes what may be removed now.
     *
     * @return when to look again
     * @throws RuntimeException if the resources cannot be listed, for then nobody knows what is an orphan
     */
    public Duration sweep() {
        Instant now = clock.instant();
        Set<Suspect> seen = new HashSet<>();
        for (Engine engine : engines.get()) {
            engine.owners(cluster, now.minus(KNOWN)).forEach(owner -> seen.add(new Suspect(engine, owner)));
        }
        // Listed after the look: whatever was made before it has its resource in here.
        Set<String> living = stacks.get().stream().flatMap(Orphans::names).collect(Collectors.toSet());
        Predicate<Suspect> excused = it -> living.contains(it.owner.uid()) || living.contains(it.owner.path())
                || !policy.watched.test(it.owner.namespace());
        seen.removeIf(excused);
        // What is being removed is seen off to its end, although the listings show nothing of it any more.
        cases.entrySet().removeIf(it -> excused.test(it.getKey()) || !seen.contains(it.getKey()) && !it.getValue().going);
        seen.forEach(it -> cases.putIfAbsent(it, new Case(now)));
        Map<Suspect, Case> sure = cases.entrySet().stream()
                .filter(it -> !now.isBefore(it.getValue().since.plus(SURE)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        Duration again = sure.size() == cases.size() ? policy.interval : shorter(policy.interval, SURE);
        int left = 0;
        for (Map.Entry<Suspect, Case> orphan : sure.entrySet()) {
            Outcome outcome = handle(orphan.getKey(), orphan.getValue());
            left += (int) outcome.view().all().filter(Live::owned).count();
            again = orphan.getValue().going ? shorter(again, outcome.again()) : again;
        }
        cases.values().removeIf(it -> it.gone);
        owners.set((int) sure.keySet().stream().map(Suspect::owner).distinct().count());
        objects.set(left);
        return again;
    }

    /** By its path too: what an earlier resource of its name left may be about to be adopted, and its own status tells of it. */
    private static Stream<String> names(PrivateApiStack stack) {
        ObjectMeta metadata = stack.getMetadata();
        return Stream.of(metadata.getUid(), metadata.getNamespace() + "/" + metadata.getName());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The pass that deletes a stack, which only looks unless its removal is wanted. */
    private Outcome handle(Suspect orphan, Case found) {
        boolean remove = policy.remove.test(orphan.owner.uid());
        Outcome outcome = orphan.engine.pass(
                new Pass(orphan.owner, 1, List.of(), !remove, found.memory, found.inventory));
        found.inventory.record(outcome.inventory());
        found.going = remove;
        found.gone = remove && outcome.gone();
        outcome.taken().forEach(step -> LOG.info("Orphaned by {}: {}", orphan.owner.path(), step.summary()));
        tell(orphan.owner, found, outcome, remove);
        return outcome;
    }

    /** Once, and again when there is more: an event for each sweep would bury the others. */
    private void tell(Owner owner, Case found, Outcome outcome, boolean removed) {
        List<Live> left = outcome.view().all().filter(Live::owned).toList();
        Set<String> ids = left.stream().map(Live::id).collect(Collectors.toSet());
        if (found.gone) {
            events.accept(gone(owner), new Notice(false, "OrphansRemoved", "Nothing is left of " + owner.path() + " (uid "
                    + owner.uid() + ") any more."));
        } else if (!found.told.containsAll(ids)) {
            found.told = ids;
            String some = left.stream().limit(SHOWN).map(it -> it.key().kind().typeName() + " " + it.id())
                    .collect(Collectors.joining(", "));
            events.accept(gone(owner), new Notice(true, "Orphaned", left.size() + " AWS objects of " + owner.path() + " (uid "
                    + owner.uid() + ") are left though that resource is gone: " + some + (left.size() > SHOWN ? ", …" : "")
                    + (removed ? ". They are being removed." : ". Create the resource again and adopt them, remove them by hand,"
                            + " or have them removed (PRIVATEAPI_REMOVE_ORPHANS).")));
        }
    }

    /** It stands for the resource in the event, which may be about one that is gone. */
    private static PrivateApiStack gone(Owner owner) {
        PrivateApiStack stack = new PrivateApiStack();
        stack.setMetadata(new ObjectMetaBuilder()
                .withName(owner.name()).withNamespace(owner.namespace()).withUid(owner.uid()).build());
        return stack;
    }
}
