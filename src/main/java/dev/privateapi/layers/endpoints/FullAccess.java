package dev.privateapi.layers.endpoints;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The endpoint policy that AWS gives where none is asked for (AWS PrivateLink Guide, "Default endpoint policy"), which EC2
 * words differently for each type of endpoint and through the years: recognised by its meaning.
 */
final class FullAccess {

    static final String DOCUMENT =
            "{\"Statement\":[{\"Action\":\"*\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Resource\":\"*\"}]}";

    private static final ObjectMapper JSON = new ObjectMapper();

    private FullAccess() {}

    static boolean isGivenBy(String document) {
        if (document == null || document.isEmpty()) {
            return true;
        }
        try {
            JsonNode statements = JSON.readTree(document).path("Statement");
            JsonNode statement = statements.isArray() ? statements.path(0) : statements;
            return (!statements.isArray() || statements.size() == 1)
                    && statement.path("Effect").asText().equals("Allow")
                    && everything(statement.path("Action"))
                    && everything(statement.path("Resource"))
                    && everything(principal(statement.path("Principal")))
                    && statement.path("Condition").isEmpty();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static JsonNode principal(JsonNode principal) {
        return principal.has("AWS") ? principal.path("AWS") : principal;
    }

    private static boolean everything(JsonNode value) {
        return value.isArray() ? value.size() == 1 && everything(value.path(0)) : value.asText().equals("*");
    }
}
