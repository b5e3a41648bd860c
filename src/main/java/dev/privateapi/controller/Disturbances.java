package dev.privateapi.controller;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus.OwnedResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Gives a stack a turn when somebody else wrote on an object of it. Which stack that is, the inventories in the resources'
 * status tell, by an index that follows the informer's cache.
 */
public final class Disturbances extends AbstractEventSource<Void, PrivateApiStack> {

    private static final String NAMES = "names on AWS";
    private static final String REGION = "Region";

    private final Clock clock;
    private final Duration gather;
    private final boolean told;
    private final Set<Woken> gathered = new LinkedHashSet<>();
    private final Map<String, Instant> disturbed = new ConcurrentHashMap<>();
    private volatile IndexerResourceCache<PrivateApiStack> stacks;

    private record Woken(ResourceID id, String uid) {}

    /**
     * @param gather how long a wake-up waits for more of the same: people and tools write in bursts, and AWS' listings may be
     *     some seconds behind
     * @param told whether anybody tells of writes; the index has an entry for each object of each stack
     */
    public Disturbances(Clock clock, Duration gather, boolean told) {
        super(Void.class, "disturbances");
        this.clock = clock;
        this.gather = gather;
        this.told = told;
    }

    void index(IndexerResourceCache<PrivateApiStack> stacks) {
        if (!told) {
            return;
        }
        stacks.addIndexers(Map.<String, Function<PrivateApiStack, List<String>>>of(
                NAMES, Disturbances::names, REGION, stack -> List.of(stack.getSpec().region())));
        this.stacks = stacks;
    }

    /** Somebody else wrote on something that is called so. Names that are no stack's cost a look into a map each. */
    public void written(Collection<String> names) {
        gather(names.stream().flatMap(name -> found(NAMES, name)));
    }

    /** Somebody else wrote in that Region, and nobody can tell on what. */
    public void writtenIn(String region) {
        gather(found(REGION, region));
    }

    /** How long the stacks of that Region may be left alone has changed: each has a turn, in which it may find that it is due. */
    public void reconsider(String region) {
        found(REGION, region).forEach(stack -> getEventHandler().handleEvent(new Event(stack.id)));
    }

    /** Once: since when answers are good enough for a stack that was disturbed. */
    Optional<Instant> take(String uid) {
        return Optional.ofNullable(disturbed.remove(uid));
    }

    private Stream<Woken> found(String index, String name) {
        IndexerResourceCache<PrivateApiStack> known = stacks;
        return known == null ? Stream.empty() : known.byIndex(index, name).stream().map(Disturbances::woken);
    }

    private static Woken woken(HasMetadata stack) {
        return new Woken(ResourceID.fromResource(stack), stack.getMetadata().getUid());
    }

    private void gather(Stream<Woken> woken) {
        synchronized (gathered) {
            boolean first = gathered.isEmpty();
            woken.forEach(gathered::add);
            if (first && !gathered.isEmpty()) {
                Thread.ofVirtual().name("disturbances").start(this::wake);
            }
        }
    }

    /** All of a burst at one moment, so that they share the answers that they all need anew. */
    private void wake() {
        try {
            Thread.sleep(gather);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        List<Woken> all;
        synchronized (gathered) {
            all = List.copyOf(gathered);
            gathered.clear();
        }
        Instant now = clock.instant();
        all.forEach(stack -> {
            disturbed.put(stack.uid, now);
            getEventHandler().handleEvent(new Event(stack.id));
        });
    }

    /**
     * By what calls name what is the stack's: each id of the inventory, the last part of an ARN, since IAM and ECS take names;
     * the first part of what is part of something; the owner's uid, which is in a tag; the VPC's addresses, to which the peers'
     * routes lead.
     */
    static List<String> names(PrivateApiStack stack) {
        Stream<OwnedResource> resources = stack.getStatus() == null || stack.getStatus().resources() == null
                ? Stream.empty() : stack.getStatus().resources().stream();
        Stream<String> ids = resources.map(OwnedResource::id).filter(id -> id != null).flatMap(Disturbances::forms);
        String cidr = stack.getSpec().vpc() == null ? null : stack.getSpec().vpc().cidr();
        return Stream.concat(ids, Stream.of(stack.getMetadata().getUid(), cidr)).filter(name -> name != null && !name.isEmpty())
                .distinct().toList();
    }

    private static Stream<String> forms(String id) {
        String part = id.startsWith("arn:") ? id.substring(id.lastIndexOf('/') + 1) : id.split("/", 2)[0];
        return Stream.of(id, part);
    }

    @Override
    public Set<Void> getSecondaryResources(PrivateApiStack primary) {
        return Set.of();
    }
}
