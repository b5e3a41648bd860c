package dev.privateapi.layers.dns;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Sight;
import dev.privateapi.ownership.Owner;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.route53resolver.model.Tag;

/** Resolver's listings tell names but no tags: the names say whose tags are worth a call. */
final class ResolverTags {

    /** API reference, CreateResolverEndpoint, {@code Name}. */
    static final int NAME_LIMIT = 64;

    private final Aws aws;

    ResolverTags(Aws aws) {
        this.aws = aws;
    }

    /** Names begin with the stack's own; the tags decide. */
    static boolean mayBelongTo(Owner owner, String name) {
        String readable = owner.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String beginning = readable.substring(0, Math.min(readable.length(), 20)).replaceAll("-+$", "");
        return name != null && name.startsWith(beginning);
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
