package dev.privateapi.layers.dns;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import dev.privateapi.ownership.Name;
import dev.privateapi.ownership.Owner;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.route53resolver.model.Tag;

/**
 * Resolver's listings tell no tags. The id of the request that made an object, which nobody can change, begins with the
 * stack's name, and says whose tags are worth a call; an object's own name may be another tomorrow.
 */
final class ResolverTags {

    /** API reference, CreateResolverEndpoint, {@code Name}. */
    static final int NAME_LIMIT = 64;

    private final Aws aws;

    ResolverTags(Aws aws) {
        this.aws = aws;
    }

    static String name(Owner owner, ResourceKey key) {
        return new Name(owner, key).within(NAME_LIMIT);
    }

    /** At most 101 characters of the 255 that it may have (API reference, CreateResolverEndpoint, {@code CreatorRequestId}). */
    static String requestId(Birth birth) {
        return birth.name().within(NAME_LIMIT) + "-" + birth.token();
    }

    /** The tags decide. */
    static boolean mayBelongTo(Owner owner, String requestId) {
        String readable = owner.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String beginning = readable.substring(0, Math.min(readable.length(), 20)).replaceAll("-+$", "");
        return requestId != null && requestId.startsWith(beginning);
    }

    static List<Tag> sdk(Map<String, String> tags) {
        return tags.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build()).toList();
    }

    Map<String, String> read(Sight sight, String arn) {
        return sight.detail(aws.reads(), new Query<>("route53resolver:ListTagsForResource " + arn, () -> aws.resolver()
                .listTagsForResourcePaginator(request -> request.resourceArn(arn)).tags().stream()
                .collect(Collectors.toMap(Tag::key, Tag::value))));
    }

    void write(String arn, Map<String, String> tags) {
        aws.resolver().tagResource(request -> request.resourceArn(arn).tags(sdk(tags)));
    }
}
