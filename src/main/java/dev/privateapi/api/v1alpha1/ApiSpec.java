package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * The private REST API in front of the service.
 *
 * <p>The routes' default is not in the schema: server-side apply would keep the default's items beside those that a later
 * apply names, and so leave open what the spec no longer says.
 */
public record ApiSpec(
        @JsonPropertyDescription("Name of the stage, the first part of every path that clients call.")
        @Default("live")
        @Size(max = 128)
        @ValidationRule(
                value = "self.matches('^[A-Za-z0-9_-]+$')",
                messageExpression =
                        "'\"' + self + '\" is not a stage name: use 1 to 128 letters, digits, hyphens and underscores, such as live'")
        String stage,

        @JsonPropertyDescription(
                "Paths and methods that the API passes to the service. Default: every path and method (/ and /{proxy+}, each ANY).")
        @Size(min = 1, max = 100)
        @ListKey("path")
        List<RouteSpec> routes) {

    static final ApiSpec DEFAULT = new ApiSpec(null, null);

    public ApiSpec {
        stage = stage == null ? "live" : stage;
        routes = routes == null
                ? List.of(
                        new RouteSpec("/", List.of(HttpMethod.ANY)),
                        new RouteSpec("/{proxy+}", List.of(HttpMethod.ANY)))
                : List.copyOf(routes);
    }
}
