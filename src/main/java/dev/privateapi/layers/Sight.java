package dev.privateapi.layers;

import dev.privateapi.aws.Batch;
import dev.privateapi.aws.Query;
import dev.privateapi.aws.Reads;
import dev.privateapi.aws.Snapshot;
import dev.privateapi.graph.Node;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Claims;
import dev.privateapi.ownership.Claims.Claim;
import dev.privateapi.ownership.Owner;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** One look of one stack at one kind: whose objects, how fresh, and what is known already. Used by one thread. */
public final class Sight {

    private final Claims claims;
    private final Collection<Node> wanted;
    private final Map<Kind, List<Live>> seen;
    private final Freshness freshness;
    private final Consumer<Map<String, String>> heard;
    private final boolean everybodys;
    private Instant oldest = Instant.MAX;
    private Instant oldestDetail = Instant.MAX;

    public Sight(Claims claims, Collection<Node> wanted, Map<Kind, List<Live>> seen, Freshness freshness) {
        this(claims, wanted, seen, freshness, tags -> {}, false);
    }

    /** @param heard is told the tags of each object that is judged, whosever it is */
    public Sight(
            Claims claims, Collection<Node> wanted, Map<Kind, List<Live>> seen, Freshness freshness,
            Consumer<Map<String, String>> heard) {
        this(claims, wanted, seen, freshness, heard, true);
    }

    private Sight(
            Claims claims, Collection<Node> wanted, Map<Kind, List<Live>> seen, Freshness freshness,
            Consumer<Map<String, String>> heard, boolean everybodys) {
        this.heard = heard;
        this.everybodys = everybodys;
        this.claims = claims;
        this.wanted = wanted;
        this.seen = seen;
        this.freshness = freshness;
    }

    public Owner owner() {
        return claims.owner();
    }

    /** By what the stack knows its objects. */
    public Claims claims() {
        return claims;
    }

    /** Reads through the fleet's shared reads, as fresh as this look has to be. */
    public <T> T read(Reads reads, Query<T> query) {
        return noted(reads.read(query, since(reads, query.name(), freshness.state())));
    }

    /**
     * Reads what AWS does not change by itself, such as tags and attributes, of an object whose state this look has read:
     * waiting for that state must not read all of it again and again.
     */
    public <T> T detail(Reads reads, Query<T> query) {
        return detailed(reads.read(query, since(reads, query.name(), freshness.details())));
    }

    /** The same of one object of a batch; empty if AWS says nothing about it. */
    public <T> Optional<T> detail(Reads reads, Batch<T> batch, String id) {
        return detailed(reads.read(batch, id, since(reads, batch.name(), freshness.details())));
    }

    /** As {@link #read}, of one object of a batch. */
    public <T> Optional<T> read(Reads reads, Batch<T> batch, String id) {
        return noted(reads.read(batch, id, since(reads, batch.name(), freshness.state())));
    }

    private Instant since(Reads reads, String name, Instant wished) {
        return freshness.patient() ? reads.inTurn(name, wished) : wished;
    }

    private <T> T detailed(Snapshot<T> snapshot) {
        oldestDetail = earlier(oldestDetail, snapshot.takenAt());
        return snapshot.value();
    }

    private <T> T noted(Snapshot<T> snapshot) {
        oldest = earlier(oldest, snapshot.takenAt());
        return snapshot.value();
    }

    /**
     * Reads what nobody but the stack itself makes, or takes away while it is in use: a look at a stack that was as it
     * should be the last time does without.
     */
    public <T> T settled(Reads reads, Query<T> query) {
        return noted(reads.read(query, freshness.settled()));
    }

    /** When the oldest answer about a state was asked for in this look; {@link Instant#MAX} if none had to be read. */
    public Instant oldest() {
        return oldest;
    }

    /** The same of all answers, those about details included. */
    public Instant eldest() {
        return earlier(oldest, oldestDetail);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /**
     * The objects of a kind in {@link Driver#after}, as they are seen now, without those of others: what is in them is not
     * the stack's either.
     */
    public List<Live> seen(Kind kind) {
        return seen.getOrDefault(kind, List.of()).stream().filter(live -> live.phase() != Phase.FOREIGN).toList();
    }

    /** The wanted nodes of a kind. */
    public Stream<Node> wanted(Kind kind) {
        return wanted.stream().filter(node -> node.key().kind() == kind);
    }

    /**
     * Those of a listing that may be the stack's: by its owner or an earlier one, or by an id that is written down, referenced
     * or offered.
     *
     * @param names under which they may be found besides
     */
    public <O> List<O> among(Shown<O> shown, Kind kind, String... names) {
        return everybodys ? shown.all()
                : shown.by(Stream.of(claims.keys(), references(kind).stream(), Stream.of(names)).flatMap(it -> it));
    }

    /** Those of a listing that this stack owns or owned, and those that it references by id. */
    public <O> List<Live> pick(
            Kind kind,
            Collection<O> listing,
            Function<O, String> id,
            Function<O, Map<String, String>> tags,
            BiFunction<ResourceKey, O, Live> live) {
        return listing.stream()
                .flatMap(object -> reference(kind, id.apply(object))
                        .map(key -> live.apply(key, object).asReferenced())
                        .or(() -> judge(kind, id.apply(object), tags.apply(object), key -> live.apply(key, object)))
                        .stream())
                .toList();
    }

    /** The object as the stack's own, or as one that was; empty if it is none of its business. */
    public Optional<Live> judge(Kind kind, String id, Map<String, String> tags, Function<ResourceKey, Live> live) {
        heard.accept(tags);
        return claims.of(kind, id, tags).map(claim -> judged(claim, live.apply(claim.key())));
    }

    private static Live judged(Claim claim, Live live) {
        return switch (claim) {
            case Claim.Own own -> live;
            case Claim.Offered offered -> live.problem().isPresent() || !live.sound()
                    ? unadoptable(live) : live.in(Phase.OFFERED);
            case Claim.Refused refused -> live.in(Phase.FOREIGN).troubled(refused.problem());
        };
    }

    /** What is replaced or repaired when it is the stack's own would be lost to whoever made it by hand. */
    private static Live unadoptable(Live live) {
        String why = live.problem().map(Problem::message).orElse("It is " + live.phase().name().toLowerCase(Locale.ROOT) + ".");
        return live.in(Phase.FOREIGN).troubled(new Problem(
                Category.ADOPTION, live.id() + " is not adopted as " + live.key() + ", because it is not sound: " + why));
    }

    private Optional<ResourceKey> reference(Kind kind, String id) {
        return wanted(kind).filter(node -> node.referencedId().filter(id::equals).isPresent())
                .map(Node::key).findFirst();
    }

    /** The ids by which the wanted nodes of a kind reference existing objects. */
    public List<String> references(Kind kind) {
        return wanted(kind).flatMap(node -> node.referencedId().stream()).sorted().toList();
    }
}
