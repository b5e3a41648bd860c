package dev.privateapi.layers.service;

import dev.privateapi.aws.Aws;
import dev.privateapi.layers.Tagging;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ecs.model.Tag;

/** Tags of ECS' objects, which all have an ARN and one call to set them. */
final class EcsTags {

    private EcsTags() {}

    static Map<String, String> map(Collection<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    static List<Tag> sdk(Map<String, String> tags) {
        return tags.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }

    /** @param with the object with these tags instead */
    static <O> Tagging<O> tagging(
            Aws aws,
            Function<O, String> arn,
            Function<O, Map<String, String>> tags,
            BiFunction<O, Map<String, String>, O> with) {
        return new Tagging<>(tags, (object, wanted) -> {
            aws.ecs().tagResource(request -> request.resourceArn(arn.apply(object)).tags(sdk(wanted)));
            Map<String, String> all = new HashMap<>(tags.apply(object));
            all.putAll(wanted);
            return with.apply(object, all);
        });
    }
}
