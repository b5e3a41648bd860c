package dev.privateapi.layers.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The trust policy of both roles: ECS may take them for tasks, and nobody else (ECS Developer Guide, "Amazon ECS task
 * execution IAM role"). It has no condition on the account: a role can only be passed to a task of its own account, by who
 * may pass it there (IAM User Guide, "Grant a user permissions to pass a role to an AWS service").
 */
final class TrustPolicy {

    static final String DOCUMENT =
            """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},\
            "Action":"sts:AssumeRole"}]}""";

    private static final ObjectMapper JSON = new ObjectMapper();

    private TrustPolicy() {}

    /**
     * By meaning: IAM keeps a document as it was written, and whoever edits one in the console gets another form of it.
     *
     * @param document as IAM answers, percent-encoded (API reference, RoleDetail), or plain
     */
    static boolean isMeantBy(String document) {
        try {
            JsonNode statements = JSON.readTree(URLDecoder.decode(document, StandardCharsets.UTF_8)).path("Statement");
            JsonNode statement = statements.isArray() ? statements.path(0) : statements;
            return (!statements.isArray() || statements.size() == 1)
                    && statement.path("Effect").asText().equals("Allow")
                    && only(statement.path("Action"), "sts:AssumeRole")
                    && statement.path("Principal").size() == 1
                    && only(statement.path("Principal").path("Service"), "ecs-tasks.amazonaws.com")
                    && statement.path("Condition").isEmpty();
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean only(JsonNode value, String wanted) {
        return value.isArray()
                ? value.size() == 1 && only(value.path(0), wanted)
                : value.asText().equalsIgnoreCase(wanted);
    }
}
