package dev.privateapi.api.v1alpha1;

import java.util.List;

/** A path of the API, in API Gateway's spelling ({@code /items/{id}}, {@code /{proxy+}}), and the methods it takes. */
public record RouteSpec(String path, List<HttpMethod> methods) {

    public RouteSpec {
        methods = methods == null ? List.of() : List.copyOf(methods);
    }
}
