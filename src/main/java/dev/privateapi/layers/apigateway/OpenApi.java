package dev.privateapi.layers.apigateway;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An API as a document of OpenAPI 3 with API Gateway's extensions (API Gateway Developer Guide, "OpenAPI extensions for API
 * Gateway"). It says everything that an overwriting import would otherwise take away: name, policy and endpoint too.
 */
final class OpenApi {

    private OpenApi() {}

    static String document(String title, String description, String vpcEndpointId, Collection<ApiMethod> methods) {
        Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
        methods.forEach(method -> paths.computeIfAbsent(method.path(), path -> new LinkedHashMap<>())
                .put(name(method), operation(method)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.0.1");
        document.put("info", Map.of("title", title, "description", description, "version", "1"));
        document.put("servers", List.of(Map.of("url", "/",
                "x-amazon-apigateway-endpoint-configuration", Map.of("vpcEndpointIds", List.of(vpcEndpointId)))));
        document.put("x-amazon-apigateway-policy", ResourcePolicy.document(vpcEndpointId));
        document.put("paths", paths);
        return ResourcePolicy.write(document);
    }

    private static String name(ApiMethod method) {
        return method.httpMethod().equals("ANY") ? "x-amazon-apigateway-any-method"
                : method.httpMethod().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> operation(ApiMethod method) {
        Map<String, Object> integration = new LinkedHashMap<>(method.integration());
        integration.put("type", method.integration().get("type").toLowerCase(Locale.ROOT));
        integration.put("passthroughBehavior", method.integration().get("passthroughBehavior").toLowerCase(Locale.ROOT));
        integration.put("timeoutInMillis", Integer.valueOf(method.integration().get("timeoutInMillis")));
        if (!method.parameters().isEmpty()) {
            integration.put("requestParameters", method.parameters());
        }
        List<Map<String, Object>> parameters = method.variables()
                .map(name -> Map.<String, Object>of("name", name, "in", "path", "required", true,
                        "schema", Map.of("type", "string")))
                .toList();
        return Map.of("parameters", parameters, "responses", Map.of(), "x-amazon-apigateway-integration", integration);
    }
}
