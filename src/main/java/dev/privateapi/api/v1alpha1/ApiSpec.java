package dev.privateapi.api.v1alpha1;

import java.util.List;

/** The private REST API in front of the service. */
public record ApiSpec(String stage, List<RouteSpec> routes) {

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
