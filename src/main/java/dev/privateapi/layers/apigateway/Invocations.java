package dev.privateapi.layers.apigateway;

import dev.privateapi.api.v1alpha1.HttpMethod;
import dev.privateapi.api.v1alpha1.RouteSpec;
import dev.privateapi.aws.Aws;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.apigateway.model.TestInvokeMethodResponse;

/** Asks the API, as it stands, whether it reaches the container. */
final class Invocations {

    /** What stands in a path for a variable: nothing should be known by this name. */
    private static final String SAMPLE = "private-api-operator";
    private static final Pattern VARIABLE = Pattern.compile("[{][^}]+[}]");
    /** A line of the log that TestInvokeMethod returns, after its time. */
    private static final Pattern CAUSE = Pattern.compile("Execution failed due to [^\\n]*");

    private final Aws aws;

    Invocations(Aws aws) {
        this.aws = aws;
    }

    /** A route with GET, which changes nothing (RFC 9110, 9.2.1), the one with the fewest variables first. */
    static Optional<RouteSpec> harmless(List<RouteSpec> routes) {
        return routes.stream().filter(route -> verb(route).isPresent())
                .min(Comparator.comparingLong((RouteSpec route) -> VARIABLE.matcher(route.path()).results().count())
                        .thenComparing(route -> route.path().length())
                        .thenComparing(RouteSpec::path));
    }

    private static Optional<HttpMethod> verb(RouteSpec route) {
        return route.methods().stream().filter(it -> it == HttpMethod.GET || it == HttpMethod.ANY).findFirst();
    }

    Invocation call(RouteSpec route, String restApiId, String vpcLinkId) {
        String path = VARIABLE.matcher(route.path()).replaceAll(SAMPLE);
        String verb = verb(route).orElseThrow().name();
        String resourceId = resourceId(restApiId, route.path());
        TestInvokeMethodResponse answer = aws.apiGateway().testInvokeMethod(request -> request.restApiId(restApiId)
                .resourceId(resourceId)
                .httpMethod(verb)
                .pathWithQueryString(path)
                .stageVariables(Map.of(Methods.LINK_VARIABLE, vpcLinkId)));
        return new Invocation("GET " + path, answer.status(), cause(answer));
    }

    private String resourceId(String restApiId, String path) {
        return Methods.resources(aws, restApiId).stream()
                .filter(resource -> resource.path().equals(path))
                .map(software.amazon.awssdk.services.apigateway.model.Resource::id)
                .findFirst()
                .orElseThrow(() -> new ProblemException(Category.NOT_FOUND, "REST API " + restApiId
                        + " does not show its resource " + path + " yet; it is looked for again."));
    }

    private static String cause(TestInvokeMethodResponse answer) {
        return answer.log() == null ? "" : CAUSE.matcher(answer.log()).results().map(MatchResult::group).findFirst().orElse("");
    }
}
