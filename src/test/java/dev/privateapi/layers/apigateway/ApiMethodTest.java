package dev.privateapi.layers.apigateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.privateapi.api.v1alpha1.HttpMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiMethodTest {

    private static final ApiMethod GREEDY = ApiMethod.toLoadBalancer("/files/{kind}/{proxy+}", HttpMethod.ANY, "nlb.example:8080");

    @Test
    void variablesOfThePathArePassedOn() {
        // Without the mapping API Gateway sends the braces themselves to the container.
        assertThat(GREEDY.integration()).containsEntry("uri", "http://nlb.example:8080/files/{kind}/{proxy}");
        assertThat(GREEDY.parameters()).containsEntry("integration.request.path.proxy", "method.request.path.proxy")
                .containsEntry("integration.request.path.kind", "method.request.path.kind");
    }

    @Test
    void documentSaysAllThatAnOverwritingImportWouldTakeAway() throws Exception {
        JsonNode document = new ObjectMapper().readTree(OpenApi.document("default/poc", "it", "vpce-1", List.of(GREEDY)));

        assertThat(document.at("/info/title").asText()).isEqualTo("default/poc");
        assertThat(document.at("/x-amazon-apigateway-policy/Statement")).hasSize(2);
        assertThat(document.at("/servers/0/x-amazon-apigateway-endpoint-configuration/vpcEndpointIds/0").asText())
                .isEqualTo("vpce-1");
        JsonNode any = document.path("paths").path("/files/{kind}/{proxy+}").path("x-amazon-apigateway-any-method");
        assertThat(any.path("parameters")).as("a path variable that is not declared cannot be mapped").hasSize(2);
        assertThat(any.at("/x-amazon-apigateway-integration/connectionId").asText()).isEqualTo("${stageVariables.vpcLinkId}");
    }
}
