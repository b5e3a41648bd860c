package dev.privateapi.layers.loadbalancer;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Batch;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Shown;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Adoption;
import dev.privateapi.ownership.Birth;
import dev.privateapi.ownership.Name;
import dev.privateapi.ownership.Owner;
import dev.privateapi.ownership.Ownership;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TagDescription;

/**
 * What the three kinds have in common: their names and their tags. The listings of an
 * account and Region are shared by the fleet; names, which are unique there, say which of them are worth more calls, and
 * the tags decide whose they are.
 */
final class Elb {

    /** API reference, CreateLoadBalancer and CreateTargetGroup, {@code Name}. */
    private static final int NAME_LIMIT = 32;
    /** ELB keeps names that begin like this for itself (API reference, CreateLoadBalancer, {@code Name}). */
    private static final String RESERVED = "^internal-";
    /** API reference, DescribeTags: ARNs in one call. */
    private static final int ARNS_A_CALL = 20;

    private final Aws aws;

    Elb(Aws aws) {
        this.aws = aws;
    }

    static String name(Owner owner, ResourceKey key) {
        return new Name(owner, key).within(NAME_LIMIT).replaceFirst(RESERVED, "internal");
    }

    /** Those of a listing that have the name which the stack gives to a resource of that key, or an id that it wrote down. */
    static <O> List<O> candidates(
            ResourceKey key, Sight sight, Function<O, String> name, Function<O, String> arn, Shown<O> listing) {
        Set<String> names = sight.claims().namers().map(namer -> name(namer, key)).collect(toSet());
        return sight.among(listing, key.kind(), names.toArray(String[]::new)).stream()
                .filter(it -> names.contains(name.apply(it)) || sight.claims().knows(key.kind(), arn.apply(it)))
                .toList();
    }

    Map<String, String> tags(String arn, Sight sight) {
        return tags(arn, Stream::empty, sight);
    }

    /** @param others whose tags other stacks will want to know */
    private Map<String, String> tags(String arn, Supplier<Stream<String>> others, Sight sight) {
        return sight.detail(
                aws.reads(), new Batch<>("elasticloadbalancing:DescribeTags", ARNS_A_CALL, this::tags, others), arn).orElse(Map.of());
    }

    /** The tags of one in a listing, and in the same call those of others in it that look like stacks'. */
    <O> Map<String, String> tags(O one, Shown<O> listing, Function<O, String> name, Function<O, String> arn, Sight sight) {
        return tags(arn.apply(one), () -> listing.all().stream().filter(it -> Name.isLike(name.apply(it))).map(arn), sight);
    }

    private Map<String, Map<String, String>> tags(List<String> arns) {
        return aws.loadBalancing().describeTags(request -> request.resourceArns(arns)).tagDescriptions().stream()
                .collect(toMap(TagDescription::resourceArn, it -> it.tags().stream().collect(toMap(Tag::key, Tag::value))));
    }

    /** Those that the stack knows, and as foreign those that have the name but not the tags. */
    <O> List<Live> sort(
            ResourceKey key, Sight sight, Collection<O> candidates, Function<O, String> arn,
            Function<O, Map<String, String>> tags, BiFunction<ResourceKey, O, Live> live) {
        return candidates.stream()
                .map(object -> sight.judge(key.kind(), arn.apply(object), tags.apply(object), own -> live.apply(own, object))
                        .orElseGet(() -> foreign(sight.owner(), live.apply(key, object))))
                .toList();
    }

    private static Live foreign(Owner owner, Live live) {
        return live.in(Phase.FOREIGN).troubled(taken(owner, live.key(), live.id()));
    }

    private static Problem taken(Owner owner, ResourceKey key, String arn) {
        return new Problem(Category.EXISTS, "The name that " + key + " needs is taken by " + arn
                + ", which does not carry this stack's tags: delete it, or, if it is this stack's, give it back the tags "
                + Ownership.OWNER_UID + "=" + owner.uid() + " and " + Ownership.RESOURCE + "=" + key.name()
                + "; or adopt it, by the annotation " + Adoption.ANNOTATION + ": " + key + "=" + arn + ".");
    }

    /**
     * Makes sure that a create made or found an object of this stack. ELB answers a create with what it finds under the
     * name if the settings are the same, whoever made it (API reference, "This operation is idempotent").
     *
     * @return the tags of it
     * @throws ProblemException {@link Category#EXISTS} if it is somebody else's
     */
    Map<String, String> claim(String arn, Birth birth) {
        Map<String, String> tags = tags(List.of(arn)).getOrDefault(arn, Map.of());
        Optional<ResourceKey> key = Ownership.key(birth.owner(), birth.key().kind(), tags);
        if (key.filter(birth.key()::equals).isEmpty()) {
            throw new ProblemException(taken(birth.owner(), birth.key(), arn));
        }
        return tags;
    }

    <O> Tagging<O> tagging(
            Function<O, String> arn, Function<O, Map<String, String>> tags, BiFunction<O, Map<String, String>, O> with) {
        return new Tagging<>(tags, (object, wanted) -> {
            aws.loadBalancing().addTags(request -> request.resourceArns(arn.apply(object)).tags(sdk(wanted)));
            Map<String, String> all = new HashMap<>(tags.apply(object));
            all.putAll(wanted);
            return with.apply(object, all);
        });
    }

    static List<Tag> sdk(Map<String, String> tags) {
        return tags.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build()).toList();
    }

    /**
     * One change for all attributes that are not as wanted; others are left to whoever set them.
     *
     * @param apply is given the object and the attributes to set
     */
    static <O> List<Change<O>> attributes(
            SortedMap<String, String> wanted, Map<String, String> have,
            BiFunction<O, SortedMap<String, String>, O> apply) {
        SortedMap<String, String> wrong = new TreeMap<>(wanted);
        wrong.entrySet().removeIf(attribute -> attribute.getValue().equals(have.get(attribute.getKey())));
        if (wrong.isEmpty()) {
            return List.of();
        }
        SortedMap<String, String> found = new TreeMap<>(have);
        found.keySet().retainAll(wrong.keySet());
        return List.of(new Change<>("attributes", found, wrong, object -> apply.apply(object, wrong)));
    }

    static Map<String, String> with(Map<String, String> attributes, Map<String, String> changed) {
        Map<String, String> all = new HashMap<>(attributes);
        all.putAll(changed);
        return all;
    }
}
