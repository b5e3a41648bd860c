package dev.privateapi.engine;

import dev.privateapi.graph.Planner;
import dev.privateapi.graph.View;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Plan;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Step.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Does in one pass all that can be done now. After each step that ends the plan is made anew, so that a resource begins
 * when the last one that it needs is there, and not when a whole wave is.
 */
final class Acting {

    private static final Set<Kind> HELD_BY_INTERFACES = EnumSet.of(Kind.SUBNET, Kind.SECURITY_GROUP, Kind.VPC);
    /** A create and one change after it; more in one pass means that AWS does not keep what it is told. */
    private static final int STEPS_A_RESOURCE = 2;

    private final Pass pass;
    private final Planner planner;
    private final EngineSettings settings;
    private final Executor threads;
    private final BiFunction<View, List<Live>, View> findBlockers;
    private final BlockingQueue<Done> ended = new LinkedBlockingQueue<>();
    private final Map<ResourceKey, Integer> tries = new HashMap<>();
    private final Set<ResourceKey> inFlight = new HashSet<>();
    private final Map<ResourceKey, String> announced = new LinkedHashMap<>();
    private final List<Step> taken = new ArrayList<>();
    private boolean blockersKnown;
    private View view;
    private Plan plan;

    private record Done(Step step, Optional<Live> after, Throwable failure) {}

    Acting(
            Pass pass,
            View view,
            Planner planner,
            EngineSettings settings,
            Executor threads,
            BiFunction<View, List<Live>, View> findBlockers) {
        this.pass = pass;
        this.view = view;
        this.planner = planner;
        this.settings = settings;
        this.threads = threads;
        this.findBlockers = findBlockers;
    }

    View view() {
        return view;
    }

    /** What is left. */
    Plan plan() {
        return plan;
    }

    List<Step> taken() {
        return taken;
    }

    /** @throws RuntimeException if a create cannot be announced; steps in flight have ended by then */
    void run() {
        replan();
        launch();
        while (!inFlight.isEmpty()) {
            absorb();
            replan();
            // Not before the first steps: a stack that has one event after the other would do nothing at all.
            if (!pass.recalled().getAsBoolean() && (inFlight.isEmpty() || !launchable().isEmpty())) {
                launch();
            }
        }
    }

    private void replan() {
        plan = planner.plan(pass.wanted(), view);
        List<Live> heldUp = plan.steps().stream()
                .filter(step -> step.verb() == Verb.DELETE && HELD_BY_INTERFACES.contains(step.key().kind()))
                .flatMap(step -> view.of(step.key()).stream().filter(live -> live.id().equals(step.id())))
                .toList();
        if (!blockersKnown && !heldUp.isEmpty()) {
            view = findBlockers.apply(view, heldUp);
            blockersKnown = true;
            plan = planner.plan(pass.wanted(), view);
        }
    }

    private List<Step> launchable() {
        if (pass.planOnly()) {
            return List.of();
        }
        Set<ResourceKey> chosen = new HashSet<>();
        Predicate<Step> free = step -> !inFlight.contains(step.key()) && chosen.add(step.key());
        boolean adopting = taken.stream().anyMatch(step -> step.verb() == Verb.ADOPT);
        return plan.steps().stream()
                .filter(step -> step.verb() == Verb.ADOPT || !adopting)
                .filter(step -> tries.getOrDefault(step.key(), 0) < STEPS_A_RESOURCE)
                .filter(this::due)
                .filter(free)
                .toList();
    }

    private boolean due(Step step) {
        Instant now = settings.clock().instant();
        return pass.memory().failures().of(step.key()).filter(failure -> now.isBefore(failure.retryAt())).isEmpty();
    }

    private void launch() {
        List<Step> steps = launchable();
        announce(steps);
        for (Step step : steps) {
            inFlight.add(step.key());
            tries.merge(step.key(), 1, Integer::sum);
            taken.add(step);
            threads.execute(() -> ended.add(take(step)));
        }
    }

    /** Before the calls, so that whoever comes after a crash knows what may exist and cannot be seen yet. */
    private void announce(Collection<Step> steps) {
        List<Step> creates = steps.stream().filter(step -> step.verb() == Verb.CREATE).toList();
        if (creates.isEmpty()) {
            return;
        }
        creates.forEach(step -> announced.put(step.key(), incarnation(step.key())));
        try {
            pass.inventory().record(inventory());
        } catch (RuntimeException e) {
            finish();
            throw e;
        }
    }

    private void finish() {
        while (!inFlight.isEmpty()) {
            absorb();
        }
    }

    private String incarnation(ResourceKey key) {
        Inventory.Entry entry = pass.inventory().recorded().get(key);
        return entry != null && entry.announced()
                ? entry.incarnation()
                : Integer.toHexString(settings.random().nextInt());
    }

    private Done take(Step step) {
        try {
            return new Done(step, step.effect().apply(announced.getOrDefault(step.key(), "")), null);
        } catch (Throwable e) {
            return new Done(step, Optional.empty(), e);
        }
    }

    /** Waits for one step and takes in all that have ended by then. */
    private void absorb() {
        List<Done> done = new ArrayList<>();
        try {
            done.add(ended.take());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + inFlight + " were in flight", e);
        }
        ended.drainTo(done);
        Instant now = settings.clock().instant();
        for (Done one : done) {
            inFlight.remove(one.step.key());
            if (one.failure == null) {
                if (one.step.verb() == Verb.ADOPT) {
                    announced.put(one.step.key(), Inventory.ADOPTED);
                }
                pass.memory().wrote(one.step, one.after, now);
                view = view.after(one.step.key(), one.step.id(), one.after);
                if (one.step.verb() == Verb.DELETE) {
                    forgetPartsOf(one.step.id(), now);
                }
            } else {
                failed(one.step, settings.problems().apply(one.failure), now);
            }
        }
    }

    /** They went with it, and a listing from before says otherwise: to delete them is a call too many, or a refused one. */
    private void forgetPartsOf(String id, Instant now) {
        for (Live part : view.all().filter(live -> live.partOf().equals(id)).toList()) {
            pass.memory().writes().gone(part, now);
            view = view.after(part.key(), part.id(), Optional.empty());
            forgetPartsOf(part.id(), now);
        }
    }

    private void failed(Step step, Problem problem, Instant now) {
        tries.put(step.key(), STEPS_A_RESOURCE);
        boolean unknownOutcome = problem.category() == Category.TRANSIENT || problem.category() == Category.INTERNAL;
        if (step.verb() == Verb.CREATE && unknownOutcome) {
            pass.memory().writes().doubt(step.key(), now);
        } else if (step.verb() == Verb.CREATE) {
            pass.memory().writes().refused(step.key());
        }
        pass.memory().writes().undone(step.key().kind(), now);
        if (problem.category() == Category.THROTTLED && pass.recalled().getAsBoolean()) {
            taken.remove(step); // it gave way to the stack's next turn, which tries it at once
        } else {
            pass.memory().failures().failed(step.key(), problem, now, times -> pause(problem.category(), times));
        }
    }

    private Duration pause(Category category, int times) {
        boolean hopeful = category == Category.THROTTLED || category == Category.TRANSIENT
                || category == Category.IN_USE || category == Category.NOT_FOUND;
        return settings.backoff(times, hopeful ? Duration.ofSeconds(15) : Duration.ofMinutes(2));
    }

    /** All that the stack owns or may own now, and what it owned and is another's by its tags. */
    List<Inventory.Entry> inventory() {
        Map<ResourceKey, Inventory.Entry> recorded = pass.inventory().recorded();
        Map<ResourceKey, Inventory.Entry> entries = new LinkedHashMap<>();
        recorded.values().stream()
                .filter(entry -> view.unreadable().containsKey(entry.key().kind())
                        || view.unconfirmed().contains(entry.key()))
                .forEach(entry -> entries.put(entry.key(), entry));
        announced.forEach((key, incarnation) ->
                entries.put(key, new Inventory.Entry(key, "", "Announced", incarnation)));
        view.all().filter(Live::owned).forEach(live -> {
            Inventory.Entry entry = entry(live, recorded.get(live.key()));
            Inventory.Entry first = entries.get(live.key());
            boolean surplus = first != null && !first.announced();
            ResourceKey key = surplus ? surplusKey(live) : live.key();
            entries.put(key, new Inventory.Entry(key, entry.id(), entry.state(), entry.incarnation()));
        });
        // Without its id nobody would know it again when it is given back, and another one would be made.
        view.all().filter(Live::givenAway).forEach(live ->
                entries.putIfAbsent(live.key(), new Inventory.Entry(live.key(), live.id(), Inventory.GIVEN_AWAY, "")));
        return List.copyOf(entries.values());
    }

    private static ResourceKey surplusKey(Live live) {
        return new ResourceKey(live.key().kind(), live.key().name() + "@" + live.id());
    }

    private Inventory.Entry entry(Live live, Inventory.Entry recorded) {
        String before = recorded == null ? "" : recorded.incarnation();
        String state = live.attribute(Attribute.STATE).orElseGet(() -> live.phase().name());
        return new Inventory.Entry(live.key(), live.id(), state, announced.getOrDefault(live.key(), before));
    }
}
