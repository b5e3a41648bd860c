package dev.privateapi.layers.apigateway;

import dev.privateapi.aws.Aws;
import dev.privateapi.layers.Tagging;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** API Gateway's listings hold the tags; only writing them has a call of its own. */
final class ApiTags {

    private ApiTags() {}

    /**
     * @param path of the object below {@code arn:aws:apigateway:<region>::}, such as {@code /restapis/a1b2c3}
     * @param with the object with these tags instead
     */
    static <O> Tagging<O> tagging(
            Aws aws, Function<O, String> path, Function<O, Map<String, String>> tags, BiFunction<O, Map<String, String>, O> with) {
        return new Tagging<>(tags, (object, wanted) -> {
            String arn = "arn:" + aws.partition() + ":apigateway:" + aws.region() + "::" + path.apply(object);
            aws.apiGateway().tagResource(request -> request.resourceArn(arn).tags(wanted));
            Map<String, String> all = new HashMap<>(tags.apply(object));
            all.putAll(wanted);
            return with.apply(object, all);
        });
    }
}
