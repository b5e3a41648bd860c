package dev.privateapi.layers.apigateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/**
 * Who may call the API: everybody who comes through the stack's endpoint and nobody else. A private API without a policy
 * refuses every call, and a block of addresses under {@code aws:SourceVpc} matches nothing (API Gateway Developer Guide,
 * "API Gateway resource policy examples").
 */
final class ResourcePolicy {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EVERYTHING = "execute-api:/*";

    private ResourcePolicy() {}

    /** Both statements, because an Allow alone would let other endpoints in that somebody associates with the API. */
    static Map<String, Object> document(String vpcEndpointId) {
        return Map.of("Version", "2012-10-17", "Statement", List.of(
                statement("Allow", Map.of()),
                statement("Deny", Map.of("Condition", Map.of("StringNotEquals", Map.of("aws:SourceVpce", vpcEndpointId))))));
    }

    private static Map<String, Object> statement(String effect, Map<String, Object> condition) {
        Map<String, Object> statement = new TreeMap<>(condition);
        statement.putAll(Map.of("Effect", effect, "Principal", "*", "Action", "execute-api:Invoke", "Resource", EVERYTHING));
        return statement;
    }

    static String text(String vpcEndpointId) {
        return write(document(vpcEndpointId));
    }

    static String write(Object document) {
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps and strings are always JSON", e);
        }
    }

    /**
     * What a policy means, however it is written: API Gateway expands {@code execute-api:/*} to the API's whole ARN and
     * escapes quotes and slashes once more, so that what is read never equals what was written.
     *
     * @param policy as API Gateway or this class gives it; null for none
     */
    static String meaning(String policy, String restApiId) {
        if (policy == null || policy.isBlank()) {
            return "none";
        }
        try {
            return meaning(parsed(policy), restApiId).toString();
        } catch (JsonProcessingException e) {
            return policy;
        }
    }

    private static JsonNode parsed(String policy) throws JsonProcessingException {
        return policy.startsWith("{\\") ? JSON.readTree(JSON.readValue('"' + policy + '"', String.class)) : JSON.readTree(policy);
    }

    /** Without the order of members and statements, and with a list of one written as that one. */
    private static Object meaning(JsonNode node, String restApiId) {
        if (node.isObject()) {
            Map<String, Object> members = new TreeMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), meaning(member.getValue(), restApiId)));
            return members.size() == 1 && members.containsKey("AWS") ? members.get("AWS") : members;
        } else if (node.isArray()) {
            TreeSet<String> items = new TreeSet<>();
            StreamSupport.stream(node.spliterator(), false).forEach(item -> items.add(meaning(item, restApiId).toString()));
            return items.size() == 1 ? items.first() : items;
        }
        return node.asText().replaceFirst("^arn:[^:]+:execute-api:[^:]*:[^:]*:" + restApiId + "/", "execute-api:/");
    }
}
