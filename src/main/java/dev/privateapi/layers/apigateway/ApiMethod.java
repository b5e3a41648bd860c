package dev.privateapi.layers.apigateway;

import dev.privateapi.api.v1alpha1.HttpMethod;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.apigateway.model.Integration;
import software.amazon.awssdk.services.apigateway.model.Method;
import software.amazon.awssdk.services.apigateway.model.Resource;

/**
 * One method on one path with its integration: what the stack sets of it, and what would change what it does.
 *
 * @param parameters of the path, each of which the integration passes on
 * @param integration the integration's other properties, by their names in API Gateway
 */
record ApiMethod(
        String path, String httpMethod, String authorization, Map<String, String> parameters, Map<String, String> integration)
        implements Comparable<ApiMethod> {

    /** {@code {id}} or, for all that follows, {@code {proxy+}}. */
    private static final Pattern VARIABLE = Pattern.compile("[{]([^}+]+)[+]?[}]");
    private static final String TO = "integration.request.path.";
    private static final String FROM = "method.request.path.";

    ApiMethod {
        parameters = new TreeMap<>(parameters);
        integration = new TreeMap<>(integration);
    }

    /** Passes the method on as it is, to the same path behind the load balancer. */
    static ApiMethod toLoadBalancer(String path, HttpMethod method, String host) {
        Map<String, String> parameters = VARIABLE.matcher(path).results()
                .map(variable -> variable.group(1))
                .collect(Collectors.toMap(name -> TO + name, name -> FROM + name));
        String uri = "http://" + host + VARIABLE.matcher(path).replaceAll(it -> Matcher.quoteReplacement("{" + it.group(1) + "}"));
        return new ApiMethod(path, method.name(), "NONE", parameters, Map.of(
                "type", "HTTP_PROXY",
                "httpMethod", method.name(),
                "uri", uri,
                "connectionType", "VPC_LINK",
                "connectionId", "${stageVariables." + Methods.LINK_VARIABLE + "}",
                "passthroughBehavior", "WHEN_NO_MATCH",
                "timeoutInMillis", "29000"));
    }

    static Stream<ApiMethod> of(Resource resource) {
        return resource.resourceMethods().entrySet().stream().map(it -> of(resource.path(), it.getKey(), it.getValue()));
    }

    private static ApiMethod of(String path, String verb, Method method) {
        Integration integration = method.methodIntegration();
        return new ApiMethod(path, verb, authorization(method), integration == null ? Map.of() : integration.requestParameters(),
                integration == null ? Map.of() : properties(integration));
    }

    private static String authorization(Method method) {
        String type = method.authorizationType() == null ? "NONE" : method.authorizationType();
        return Boolean.TRUE.equals(method.apiKeyRequired()) ? type + " with API key" : type;
    }

    private static Map<String, String> properties(Integration integration) {
        Map<String, Object> properties = new TreeMap<>();
        properties.put("type", integration.typeAsString());
        put(properties, "httpMethod", integration.httpMethod());
        put(properties, "uri", integration.uri());
        put(properties, "connectionType", integration.connectionTypeAsString());
        put(properties, "connectionId", integration.connectionId());
        put(properties, "integrationTarget", integration.integrationTarget());
        put(properties, "credentials", integration.credentials());
        put(properties, "contentHandling", integration.contentHandlingAsString());
        put(properties, "passthroughBehavior", integration.passthroughBehavior());
        put(properties, "timeoutInMillis", integration.timeoutInMillis());
        if (!integration.requestTemplates().isEmpty()) {
            properties.put("requestTemplates", new TreeMap<>(integration.requestTemplates()));
        }
        return properties.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, it -> it.getValue().toString()));
    }

    private static void put(Map<String, Object> properties, String name, Object value) {
        if (Objects.nonNull(value)) {
            properties.put(name, value);
        }
    }

    /** The names of the variables in the path. */
    Stream<String> variables() {
        return VARIABLE.matcher(path).results().map(variable -> variable.group(1));
    }

    @Override
    public int compareTo(ApiMethod other) {
        return Comparator.comparing(ApiMethod::path).thenComparing(ApiMethod::httpMethod)
                .thenComparing(ApiMethod::content).compare(this, other);
    }

    private String content() {
        return authorization + " " + parameters + " " + integration;
    }

    @Override
    public String toString() {
        return httpMethod + " " + path + " " + content();
    }
}
