package dev.privateapi.validation;

import static dev.privateapi.validation.SpecValidation.problem;
import static dev.privateapi.validation.SpecValidation.when;

import dev.privateapi.api.v1alpha1.ApiSpec;
import dev.privateapi.api.v1alpha1.HttpMethod;
import dev.privateapi.api.v1alpha1.RouteSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The API's paths, as API Gateway makes a tree of resources of them. */
final class RouteChecks {

    private static final Pattern PATH =
            Pattern.compile("/|(/([A-Za-z0-9._:-]+|\\{[A-Za-z0-9._-]+}))*/([A-Za-z0-9._:-]+|\\{[A-Za-z0-9._-]+\\+?})");

    static Stream<SpecProblem> of(ApiSpec api) {
        var routes = api.routes();
        return Stream.of(
                        when(
                                !api.stage().matches("[A-Za-z0-9_-]{1,128}"),
                                "spec.api.stage",
                                api.stage(),
                                "is not a stage name: use 1 to 128 letters, digits, hyphens and underscores, such "
                                        + "as live"),
                        when(
                                routes.isEmpty(),
                                "spec.api.routes",
                                "an empty list",
                                "makes an API that cannot be deployed: write a route, or leave the list out for "
                                        + "all paths"),
                        routes.stream().flatMap(RouteChecks::form),
                        Pair.of(routes)
                                .filter(pair -> pair.one().path().equals(pair.other().path()))
                                .map(pair -> problem(
                                        "spec.api.routes",
                                        pair.one().path(),
                                        "is there twice: write one route with all its methods")),
                        siblings(routes))
                .flatMap(problems -> problems);
    }

    private static Stream<SpecProblem> form(RouteSpec route) {
        var methods = route.methods();
        var field = "spec.api.routes[" + route.path() + "]";
        return Stream.of(
                        when(
                                !PATH.matcher(route.path()).matches(),
                                field,
                                route.path(),
                                "is not a path of API Gateway: write one such as /, /items/{id} or /files/{proxy+}"),
                        when(
                                methods.isEmpty(),
                                field + ".methods",
                                "an empty list",
                                "lets nothing through: write methods, or ANY"),
                        when(
                                methods.size() > (methods.contains(HttpMethod.ANY) ? 1 : Set.copyOf(methods).size()),
                                field + ".methods",
                                methods,
                                "say something twice: write [ANY], or other methods once each"))
                .flatMap(problems -> problems);
    }

    /**
     * API Gateway takes one variable below a parent ("A sibling ({id}) of this resource already has a variable path
     * part -- only one is allowed"), so {@code /items/{id}} and {@code /items/{name}} cannot both be.
     */
    private static Stream<SpecProblem> siblings(List<RouteSpec> routes) {
        Map<String, TreeSet<String>> variables = new TreeMap<>();
        routes.forEach(route -> {
            var parent = new StringBuilder();
            for (var part : route.path().substring(Math.min(1, route.path().length())).split("/")) {
                if (part.startsWith("{")) {
                    variables.computeIfAbsent(parent + "/", _ -> new TreeSet<>()).add(part);
                }
                parent.append('/').append(part);
            }
        });
        return variables.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(entry -> problem(
                        "spec.api.routes",
                        String.join(" and ", entry.getValue()),
                        "are two variables below "
                                + entry.getKey() + ", where API Gateway takes one: give both paths the same variable"));
    }

    private RouteChecks() {}
}
