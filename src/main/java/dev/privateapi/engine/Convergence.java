package dev.privateapi.engine;

import dev.privateapi.graph.Blocker;
import dev.privateapi.graph.Planner;
import dev.privateapi.graph.Reach;
import dev.privateapi.graph.View;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Freshness;
import dev.privateapi.layers.Resource;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Caller;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Plan;
import dev.privateapi.model.Priority;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Step.Verb;
import dev.privateapi.model.Wait;
import dev.privateapi.ownership.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Brings stacks of one account and Region toward what is wanted of them, one pass at a time. A pass looks, does all that
 * can be done now, and says when the next one is worth it; it never waits for AWS to finish something. Creating,
 * changing, repairing and deleting are the same pass with another list of what is wanted.
 */
public final class Convergence {

    private static final Duration SHORTEST = Duration.ofMillis(20);
    /** What is wrong on AWS' side may be put right there without anybody telling the operator. */
    private static final Duration TROUBLED = Duration.ofSeconds(10);

    private final EngineSettings settings;
    private final Executor threads;
    private final BlockerSource blockers;
    private final Map<Kind, Driver<?, ?>> drivers;
    private final Observer observer;

    /** @param threads runs AWS calls side by side; virtual threads, because each of them blocks */
    public Convergence(
            Collection<? extends Driver<?, ?>> drivers, BlockerSource blockers, EngineSettings settings, Executor threads) {
        this.drivers = drivers.stream().collect(Collectors.toMap(Driver::kind, Function.identity()));
        this.blockers = blockers;
        this.settings = settings;
        this.threads = threads;
        this.observer = new Observer(drivers, settings);
    }

    /**
     * The owners of an installation of whom something is seen, by the tags in the listings that all stacks share anyhow. Who left
     * nothing but what is only looked for by name is not found. A kind that cannot be read tells of nobody.
     *
     * @param notOlderThan what was read since then is not read again
     */
    public Set<Owner> owners(String cluster, Instant notOlderThan) {
        return observer.owners(cluster, notOlderThan, threads);
    }

    private Planner planner(Owner owner) {
        return new Planner(live -> Resource.deletion(drivers.get(live.key().kind()), live, owner));
    }

    /**
     * @throws RuntimeException if the inventory cannot be written, for then nothing may be created; whatever AWS answers
     *     is in the outcome instead
     */
    public Outcome pass(Pass pass) {
        Instant start = settings.clock().instant();
        Memory memory = pass.memory();
        Priority priority = pass.wanted().isEmpty() ? Priority.BULK : memory.priority(pass.generation());
        Executor threads = new Caller(priority, pass.recalled()).on(this.threads);
        boolean everything = memory.begin(pass.generation(), pass.wanted().isEmpty(), start, settings);
        View seen = observer.look(pass, everything, start, threads);
        if (memory.remembered()) {
            seen = lookAgain(pass, seen, start, threads);
        }
        Acting acting = new Acting(pass, seen, planner(pass.owner()), settings, threads, (view, heldUp) ->
                view.blockedBy(blockers(new Sight(pass.claims(), pass.wanted(), byKind(view), Freshness.of(start)), heldUp)));
        acting.run();
        boolean anew = everything && !memory.since().isBefore(start);
        return outcome(pass, acting, anew && acting.taken().isEmpty());
    }

    /** What an edit touches is looked at before it is changed; what is seen then may touch more. */
    private View lookAgain(Pass pass, View remembered, Instant start, Executor threads) {
        View seen = remembered;
        Set<Kind> suspects = EnumSet.noneOf(Kind.class);
        while (suspects.addAll(reach(pass, seen))) {
            pass.memory().suspect(Set.copyOf(suspects), start.minus(settings.shareFor()));
            seen = observer.look(pass, true, start, threads);
        }
        return seen;
    }

    private Set<Kind> reach(Pass pass, View seen) {
        Plan plan = planner(pass.owner()).plan(pass.wanted(), seen);
        return Reach.of(plan, pass.wanted(), kind -> drivers.get(kind).after());
    }

    /** None if they cannot be read: AWS itself then refuses to delete what is still held, and a pass has to end in an outcome. */
    private List<Blocker> blockers(Sight sight, List<Live> heldUp) {
        try {
            return blockers.blockers(sight, heldUp);
        } catch (RuntimeException e) {
            return List.of();
        }
    }

    private static Map<Kind, List<Live>> byKind(View view) {
        return view.all().collect(Collectors.groupingBy(live -> live.key().kind()));
    }

    private Outcome outcome(Pass pass, Acting acting, boolean fresh) {
        Memory memory = pass.memory();
        View view = acting.view();
        Plan plan = acting.plan();
        Map<ResourceKey, Problem> problems = new LinkedHashMap<>(plan.problems());
        Set<ResourceKey> toDo = plan.steps().stream().map(Step::key).collect(Collectors.toSet());
        toDo.forEach(key -> memory.failures().of(key).ifPresent(failure -> problems.put(key, failure.problem())));
        // What nothing wants any more has no node that tells why it cannot be seen.
        pass.inventory().recorded().keySet().stream().filter(key -> view.unreadable().containsKey(key.kind()))
                .forEach(key -> problems.putIfAbsent(key, view.unreadable().get(key.kind())));
        memory.end(toDo, new HashSet<>(plan.waits()), view.all().map(Live::id).collect(Collectors.toSet()));
        boolean converged = !pass.wanted().isEmpty() && plan.settled() && problems.isEmpty();
        memory.settle(converged, troubled(problems.values()), !acting.taken().isEmpty(), settings.clock().instant());
        memory.lookAgain(nextLooks(memory, view, plan, problems), settings.clock().instant());
        boolean nothingSeen = view.all().noneMatch(Live::owned) && view.unreadable().isEmpty()
                && view.unconfirmed().isEmpty();
        boolean seemsGone = pass.wanted().isEmpty() && nothingSeen;
        // Only a look at everything that began after the last delete may say so: what was cached is older.
        boolean gone = seemsGone && fresh;
        boolean adopted = acting.taken().stream().anyMatch(step -> step.verb() == Verb.ADOPT);
        boolean misled = memory.remembered() && troubled(problems.values());
        if (seemsGone && !gone || adopted || misled) {
            memory.lookAtEverything();
        }
        Duration again = seemsGone || adopted || misled ? SHORTEST : again(memory);
        boolean waitsForItsTurn = acting.taken().isEmpty() && waitsForItsTurn(view, plan, problems);
        memory.waitsForItsTurn(waitsForItsTurn);
        boolean postponed = waitsForItsTurn && notForLong(view, memory);
        return new Outcome(view, plan, problems, acting.taken(), acting.inventory(), again, gone, postponed,
                memory.ages(settings.clock().instant()));
    }

    /** Who waits for its turn at AWS' rates is not: that is nobody's to put right. */
    private static boolean troubled(Collection<Problem> problems) {
        return problems.stream().anyMatch(problem -> problem.category() != Problem.Category.THROTTLED);
    }

    /** Not more than two intervals: an answer of the fleet's rotation may be as old. */
    private boolean notForLong(View view, Memory memory) {
        Instant patience = settings.clock().instant().minus(settings.driftInterval().multipliedBy(2));
        return view.unreadable().keySet().stream().flatMap(kind -> memory.failures().blind(kind).stream())
                .allMatch(failure -> failure.since().isAfter(patience));
    }

    /** Whether nothing is amiss with what could be read, and the rest is unread for AWS' rates alone. */
    private static boolean waitsForItsTurn(View view, Plan plan, Map<ResourceKey, Problem> problems) {
        Map<Kind, Problem> unread = view.unreadable();
        boolean throttled = !unread.isEmpty()
                && unread.values().stream().allMatch(problem -> problem.category() == Problem.Category.THROTTLED);
        return throttled && plan.steps().isEmpty()
                && problems.keySet().stream().allMatch(key -> unread.containsKey(key.kind()))
                && plan.waits().stream().allMatch(wait -> wait.cause() == Wait.Cause.OTHER && view.usable(wait.key()).isPresent());
    }

    /** Each kind has its own time: a look at all of them whenever one is due would cost a stack most of its calls. */
    private Map<Kind, Instant> nextLooks(Memory memory, View view, Plan plan, Map<ResourceKey, Problem> problems) {
        Instant now = settings.clock().instant();
        Map<Kind, Instant> looks = new EnumMap<>(Kind.class);
        plan.waits().stream().filter(wait -> wait.cause() != Wait.Cause.OTHER).forEach(wait ->
                looks.merge(wait.key().kind(), now.plus(untilNextLook(wait, memory, now)), Convergence::earlier));
        problems.keySet().forEach(key -> looks.merge(key.kind(), retry(key, memory, now), Convergence::earlier));
        view.unconfirmed().forEach(key -> looks.merge(
                key.kind(), now.plus(settings.durations().visibility().dividedBy(4)), Convergence::earlier));
        // While a kind cannot be read, nothing that depends on it can go on.
        view.unreadable().keySet().forEach(kind -> memory.failures().blind(kind).ifPresent(failure -> looks.put(kind, failure.retryAt())));
        return looks;
    }

    private Instant retry(ResourceKey key, Memory memory, Instant now) {
        return memory.failures().of(key).map(Failures.Failure::retryAt)
                .orElseGet(() -> now.plus(settings.durations().scaled(TROUBLED)));
    }

    private Duration again(Memory memory) {
        Instant now = settings.clock().instant();
        Stream<Instant> retries = memory.failures().ofSteps().stream().map(Failures.Failure::retryAt);
        Duration soonest = Stream.concat(memory.nextLooks(), retries).map(at -> Duration.between(now, at))
                .reduce(untilDrift(memory, now), Convergence::least);
        return soonest.compareTo(SHORTEST) < 0 ? SHORTEST : soonest;
    }

    /** Spread over a tenth of the interval, so that stacks that began together do not stay together. */
    private Duration untilDrift(Memory memory, Instant now) {
        long interval = settings.interval(memory.quiet()).toNanos();
        Duration jitter = Duration.ofNanos((long) (interval * settings.random().nextDouble() * 0.1));
        return Duration.between(now, memory.nextFullLook(settings.lookEvery(memory.quiet()))).plus(jitter);
    }

    private Duration untilNextLook(Wait wait, Memory memory, Instant now) {
        Duration waited = memory.waited(wait, now);
        if (memory.back(wait.key().kind())) {
            return SHORTEST;
        }
        return switch (wait.cause()) {
            case PENDING -> settings.untilNextLook(Durations.toReady(wait.key().kind()), waited);
            case SCALING -> settings.untilNextLook(Durations.toScaled(), waited);
            case DELETING -> settings.untilNextLook(Durations.toGone(wait.key().kind()), waited);
            case UNCONFIRMED -> settings.durations().visibility().dividedBy(4);
            case OTHER -> settings.driftInterval();
        };
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
