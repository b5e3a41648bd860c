package dev.privateapi.engine;

import dev.privateapi.aws.Query;
import dev.privateapi.aws.Reads;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A stateful AWS of objects that have a value and refer to others: takes its time, lags, refuses, and loses answers. */
final class FakeWorld {

    record Wanted(String value, List<ResourceKey> refs) {}

    record Thing(String id, Kind kind, String owner, String name, String token, String value, Set<String> refs,
            Instant visible, Instant ready, Instant gone) {

        Thing valued(String value) {
            return new Thing(id, kind, owner, name, token, value, refs, visible, ready, gone);
        }

        Thing ownedBy(String owner) {
            return new Thing(id, kind, owner, name, token, value, refs, visible, ready, gone);
        }

        Thing goneAt(Instant gone) {
            return new Thing(id, kind, owner, name, token, value, refs, visible, ready, gone);
        }
    }

    /** Its objects go with the one to which they refer. */
    static final Kind PART = Kind.LISTENER;

    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    final Map<String, Thing> things = new LinkedHashMap<>();
    final List<String> calls = new ArrayList<>();
    final Reads reads = Reads.unlimited(clock);
    Duration lag = Duration.ZERO;
    Duration toReady = Duration.ZERO;
    Duration toGone = Duration.ZERO;
    boolean answersTokens = true;
    /** Whether this call has its effect and loses its answer. */
    Predicate<String> losesAnswer = call -> false;
    Predicate<String> refuses = call -> false;
    /** Why the look at one object of a kind, after its listing, fails. */
    Function<Kind, Optional<Problem.Category>> detailFails = kind -> Optional.empty();
    boolean throttlesCalls;
    private int ids;

    synchronized List<Thing> list(Kind kind) {
        calls.add("list " + kind);
        if (refuses.test("list " + kind)) {
            throw new ProblemException(Problem.Category.DENIED, "May not list " + kind);
        }
        things.values().removeIf(thing -> thing.gone != null && !now.isBefore(thing.gone));
        return things.values().stream().filter(thing -> thing.kind == kind && !now.isBefore(thing.visible)).toList();
    }

    synchronized Thing create(Birth birth, Wanted wanted, Refs refs) {
        String call = "create " + birth.key();
        called(call);
        if (answersTokens) {
            Optional<Thing> repeated = things.values().stream().filter(it -> it.token.equals(birth.token())).findFirst();
            if (repeated.isPresent()) {
                return repeated.get();
            }
        }
        Set<String> uses = wanted.refs().stream().map(refs::id).collect(Collectors.toSet());
        Thing thing = new Thing(birth.key().kind() + "-" + ++ids, birth.key().kind(), birth.owner().uid(),
                birth.key().name(), birth.token(), wanted.value(), uses, now.plus(lag), now.plus(toReady), null);
        things.put(thing.id(), thing);
        answer(call);
        return thing;
    }

    synchronized Thing change(Thing thing, String value) {
        called("change " + thing.name());
        Thing changed = thing.valued(value);
        things.put(thing.id(), changed);
        answer("change " + thing.name());
        return changed;
    }

    synchronized Optional<Thing> delete(Thing thing) {
        String call = "delete " + thing.name();
        called(call);
        things.values().stream().filter(it -> it.refs.contains(thing.id()) && it.kind != PART).findFirst().ifPresent(user -> {
            throw new ProblemException(Problem.Category.IN_USE, thing.id() + " is used by " + user.id());
        });
        things.values().removeIf(it -> it.refs.contains(thing.id()) && it.kind == PART);
        Thing going = thing.goneAt(now.plus(toGone));
        if (toGone.isZero()) {
            things.remove(thing.id());
        } else {
            things.put(thing.id(), going);
        }
        answer(call);
        return toGone.isZero() ? Optional.empty() : Optional.of(going);
    }

    private void called(String call) {
        calls.add(call);
        if (throttlesCalls) {
            throw new ProblemException(Problem.Category.THROTTLED, call + " waits for its turn");
        }
        if (refuses.test(call)) {
            throw new ProblemException(Problem.Category.INVALID, "Refused: " + call);
        }
    }

    private void answer(String call) {
        if (losesAnswer.test(call)) {
            throw new ProblemException(Problem.Category.TRANSIENT, "The answer to " + call + " was lost");
        }
    }

    Driver<Wanted, Thing> driver(Kind kind) {
        return new FakeDriver(kind);
    }

    private final class FakeDriver implements Driver<Wanted, Thing> {
        private final Kind kind;

        FakeDriver(Kind kind) {
            this.kind = kind;
        }

        @Override
        public Kind kind() {
            return kind;
        }

        @Override
        public List<Live> observe(Sight sight) {
            List<Thing> listed = sight.read(reads, new Query<>("list " + kind, () -> list(kind)));
            detailFails.apply(kind).ifPresent(why -> {
                calls.add("detail " + kind);
                throw new ProblemException(why, "No look at " + kind);
            });
            return listed.stream()
                    .filter(thing -> thing.owner().equals(sight.owner().uid()))
                    .map(thing -> live(new ResourceKey(kind, thing.name()), thing))
                    .toList();
        }

        @Override
        public Live live(ResourceKey key, Thing thing) {
            Phase phase = thing.gone() != null ? Phase.DELETING
                    : now.isBefore(thing.ready()) ? Phase.PENDING : Phase.READY;
            Live live = Live.of(key, thing.id(), phase, thing).using(thing.refs());
            return kind == PART ? live.partOf(thing.refs().iterator().next()) : live;
        }

        @Override
        public List<Change<Thing>> compare(Wanted wanted, Thing have, Refs refs) {
            return wanted.value().equals(have.value())
                    ? List.of()
                    : List.of(new Change<>("value", have.value(), wanted.value(), it -> change(it, wanted.value())));
        }

        @Override
        public Thing create(Wanted wanted, Refs refs, Birth birth) {
            return FakeWorld.this.create(birth, wanted, refs);
        }

        @Override
        public Optional<Thing> delete(Thing have) {
            return FakeWorld.this.delete(have);
        }
    }
}
