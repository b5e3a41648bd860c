package dev.privateapi.engine;

import dev.privateapi.graph.View;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Freshness;
import dev.privateapi.layers.Resource;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Adoption;
import dev.privateapi.ownership.Claims;
import dev.privateapi.ownership.Owner;
import dev.privateapi.ownership.Ownership;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Looks at every kind, side by side where one does not need the other, and corrects what is seen by what was written. */
final class Observer {

    /** Short enough that a stack goes on within a minute after AWS came back. */
    private static final Duration LONGEST_BLINDNESS = Duration.ofSeconds(30);

    private final Map<Kind, Driver<?, ?>> drivers;
    private final EngineSettings settings;

    Observer(Collection<? extends Driver<?, ?>> drivers, EngineSettings settings) {
        this.drivers = drivers.stream().collect(Collectors.toMap(Driver::kind, Function.identity()));
        this.settings = settings;
    }

    private record Seen(List<Live> lives, Instant takenAt, Problem unreadable) {}

    View look(Pass pass, boolean everything, Instant start, Executor threads) {
        Claims claims = pass.claims(); // once: they are made of all that is written down
        Map<Kind, CompletableFuture<Seen>> looks = new EnumMap<>(Kind.class);
        drivers.keySet().forEach(kind -> looks.put(kind, new CompletableFuture<>()));
        for (Driver<?, ?> driver : drivers.values()) {
            CompletableFuture<?>[] before =
                    driver.after().stream().map(looks::get).toArray(CompletableFuture<?>[]::new);
            Instant notOlderThan = notOlderThan(driver.kind(), pass.memory(), start);
            Optional<Problem> blind = blind(driver.kind(), pass.memory(), everything, start);
            CompletableFuture.allOf(before).thenRunAsync(() -> looks.get(driver.kind())
                    .complete(blind.map(problem -> new Seen(List.of(), Instant.MAX, problem))
                            .orElseGet(() -> see(driver, pass, claims, looks, notOlderThan, start))), threads);
        }
        Map<Kind, Seen> seen = new EnumMap<>(Kind.class);
        looks.forEach((kind, look) -> seen.put(kind, look.join()));
        return view(pass, seen, start);
    }

    Set<Owner> owners(String cluster, Instant notOlderThan, Executor threads) {
        Set<Owner> owners = ConcurrentHashMap.newKeySet();
        Claims nobody = new Claims(new Owner("", "", "", cluster), Map.of());
        List<CompletableFuture<Void>> looks = drivers.values().stream()
                .map(driver -> CompletableFuture.runAsync(() -> hear(driver, new Sight(
                        nobody, List.of(), Map.of(), Freshness.of(notOlderThan),
                        tags -> Ownership.owner(tags).filter(it -> it.cluster().equals(cluster)).ifPresent(owners::add))), threads))
                .toList();
        looks.forEach(CompletableFuture::join);
        return owners;
    }

    private static void hear(Driver<?, ?> driver, Sight sight) {
        try {
            driver.observe(sight);
        } catch (RuntimeException _) {
            // What cannot be read now is heard in another sweep: nothing is decided by what is missing here.
        }
    }

    private Instant notOlderThan(Kind kind, Memory memory, Instant start) {
        // What was read of a kind before AWS gave no detail is good: a listing of the fleet for each try of one detail is not.
        boolean away = memory.failures().blind(kind).filter(it -> it.problem().category().away()).isPresent();
        boolean due = !away && memory.due(kind);
        return due ? start : memory.since(kind);
    }

    /** What is known of a read that failed, until it is worth another try: an outage is no reason for more calls. */
    private Optional<Problem> blind(Kind kind, Memory memory, boolean everything, Instant start) {
        Instant soon = start.plus(settings.soon());
        return memory.failures().blind(kind).filter(failure -> !everything && failure.retryAt().isAfter(soon)).map(Failures.Failure::problem);
    }

    /** Never fails: what cannot be read is said to be unreadable, for an unknown object is not an absent one. */
    private Seen see(
            Driver<?, ?> driver, Pass pass, Claims claims, Map<Kind, CompletableFuture<Seen>> looks, Instant notOlderThan,
            Instant start) {
        Map<Kind, List<Live>> known = new EnumMap<>(Kind.class);
        for (Kind kind : driver.after()) {
            Seen before = looks.get(kind).join();
            if (before.unreadable != null) {
                // Its own retry, if it failed before, would be past for as long as the other one cannot be read.
                synchronized (pass.memory()) {
                    pass.memory().failures().readable(driver.kind());
                }
                return new Seen(List.of(), Instant.MAX, before.unreadable);
            }
            known.put(kind, before.lives);
        }
        Duration visibility = settings.durations().visibility();
        Memory memory = pass.memory();
        boolean calm = memory.calm(driver.kind());
        Freshness freshness = new Freshness(notOlderThan, memory.detailsSince(driver.kind(), visibility),
                calm ? memory.writtenBefore(driver.kind(), visibility) : notOlderThan, calm);
        Sight sight = new Sight(claims, pass.wanted(), known, freshness);
        try {
            List<Live> listed = driver.observe(sight);
            List<Live> lives;
            synchronized (memory) {
                lives = memory.writes().corrected(driver.kind(), listed, sight.oldest(), visibility);
                memory.saw(driver.kind(), sight, start);
            }
            return new Seen(lives, sight.oldest(), null);
        } catch (Throwable e) {
            Problem problem = settings.problems().apply(e);
            synchronized (pass.memory()) {
                pass.memory().failures().unreadable(driver.kind(), problem, start,
                        times -> settings.backoff(times, LONGEST_BLINDNESS));
            }
            return new Seen(List.of(), Instant.MAX, problem);
        }
    }

    private View view(Pass pass, Map<Kind, Seen> seen, Instant start) {
        Map<ResourceKey, Inventory.Entry> recorded = pass.inventory().recorded();
        Map<ResourceKey, List<Live>> lives = new LinkedHashMap<>();
        Map<Kind, Problem> unreadable = new EnumMap<>(Kind.class);
        seen.forEach((kind, look) -> {
            look.lives.forEach(live -> lives.computeIfAbsent(live.key(), key -> new ArrayList<>()).add(live));
            if (look.unreadable != null) {
                unreadable.put(kind, look.unreadable);
            }
        });
        missing(pass, recorded, lives, unreadable).forEach(live -> lives.put(live.key(), new ArrayList<>(List.of(live))));
        lives.forEach((key, some) -> leaveToTagged(some, recorded.get(key), pass.owner()));
        lives.forEach((key, some) -> some.sort(recordedFirst(recorded.get(key))));
        Set<ResourceKey> unconfirmed = new HashSet<>();
        recorded.forEach((key, entry) -> {
            Seen look = seen.get(key.kind());
            Instant takenAt = look.takenAt.equals(Instant.MAX) ? start : look.takenAt;
            boolean missing = look.unreadable == null && lives.getOrDefault(key, List.of()).isEmpty();
            if (missing && pass.memory().writes().unconfirmed(entry, takenAt, start, settings.durations().visibility())) {
                unconfirmed.add(key);
            }
        });
        return new View(lives, unreadable, unconfirmed, List.of());
    }

    /** What a person names and AWS does not show; one that was the stack's before and is gone is made anew. */
    private static List<Live> missing(
            Pass pass, Map<ResourceKey, Inventory.Entry> recorded, Map<ResourceKey, List<Live>> lives,
            Map<Kind, Problem> unreadable) {
        return pass.offered().entrySet().stream()
                .filter(it -> lives.getOrDefault(it.getValue(), List.of()).isEmpty())
                .filter(it -> !unreadable.containsKey(it.getValue().kind()))
                .filter(it -> !recorded.containsKey(it.getValue()))
                .map(it -> Live.of(it.getValue(), it.getKey(), Phase.FOREIGN, null).troubled(new Problem(
                        Category.ADOPTION, "There is no " + it.getValue().kind().typeName() + " " + it.getKey()
                                + " here to adopt as " + it.getValue() + ": correct the annotation " + Adoption.ANNOTATION
                                + ", or leave it out to have one created.")))
                .toList();
    }

    /**
     * Of two that carry the same tags a person says which is the stack's by changing those of the other, and then the
     * inventory has no say. Surplus that is deleted anyhow is no such case.
     */
    private void leaveToTagged(List<Live> lives, Inventory.Entry entry, Owner owner) {
        boolean another = lives.stream().anyMatch(live -> live.owned() && live.sound() && tagged(live, owner));
        if (entry != null && another && !entry.key().kind().surplusIsDeletable()) {
            lives.removeIf(live -> live.id().equals(entry.id())
                    && (live.givenAway() || live.owned() && live.sound() && !tagged(live, owner)));
        }
    }

    private boolean tagged(Live live, Owner owner) {
        return Resource.carriesTag(drivers.get(live.key().kind()), live, owner);
    }

    /** Drivers list the one to keep first; one that is written down is in use and goes before all others. */
    private static Comparator<Live> recordedFirst(Inventory.Entry entry) {
        return Comparator.comparing(live -> entry == null || !live.id().equals(entry.id()));
    }
}
