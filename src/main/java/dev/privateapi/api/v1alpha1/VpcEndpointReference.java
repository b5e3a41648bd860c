package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A VPC endpoint that exists already and serves instead of one of our own; it is never changed and never deleted. */
public record VpcEndpointReference(
        @JsonPropertyDescription("AWS service that the endpoint leads to.")
        @Required
        EndpointService service,

        @JsonPropertyDescription("The existing endpoint; never changed, never deleted.")
        @Required
        @Size(max = 32)
        @ValidationRule(
                value = "self.matches('^vpce-[0-9a-f]{8}([0-9a-f]{9})?$')",
                messageExpression =
                        "'\"' + self + '\" is not the id of a VPC endpoint: write one such as vpce-0123456789abcdef0'")
        String id) {}
