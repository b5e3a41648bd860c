package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A private subnet: one to create, or with {@code id} one that exists in the VPC given by {@code vpc.id}. */
@ValidationRule(
        value =
                """
                has(self.id) ? !has(self.cidr) && !has(self.availabilityZone)
                : has(self.cidr) && has(self.availabilityZone)""",
        message =
                "write either cidr and availabilityZone, for a subnet to create, or id alone, for one that exists (it has its own cidr and zone)")
public record SubnetSpec(
        @JsonPropertyDescription("Addresses of a subnet to create, inside the VPC's.")
        @Size(max = 18)
        @ValidationRule(value = Cel.BLOCK, messageExpression = Cel.BLOCK_MESSAGE)
        String cidr,

        @JsonPropertyDescription("Availability Zone of a subnet to create; fixed for its cidr. One subnet per zone.")
        @Size(max = 26)
        String availabilityZone,

        @JsonPropertyDescription("An existing subnet of the VPC given by vpc.id; never changed, never deleted.")
        @Size(max = 32)
        @ValidationRule(
                value = "self.matches('^subnet-[0-9a-f]{8}([0-9a-f]{9})?$')",
                messageExpression =
                        "'\"' + self + '\" is not the id of a subnet: write one such as subnet-0123456789abcdef0'")
        String id) {}
