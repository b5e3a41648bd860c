package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * A VPC whose clients may call the API. Without {@code region} and {@code accountId} it is in the stack's own; without
 * {@code routeTableIds} every route table of that VPC gets the route back.
 */
public record PeerSpec(
        @JsonPropertyDescription("The peer VPC.")
        @Required
        @Size(max = 32)
        @ValidationRule(value = Cel.VPC_ID, messageExpression = Cel.VPC_ID_MESSAGE)
        String vpcId,

        @JsonPropertyDescription("The peer VPC's addresses: routed to it and let in on 443 (and on 53 with a resolver).")
        @Required
        @Size(max = 18)
        @ValidationRule(value = Cel.BLOCK, messageExpression = Cel.BLOCK_MESSAGE)
        String cidr,

        @JsonPropertyDescription("Region of the peer VPC. Default: the stack's.")
        @Size(max = 25)
        @ValidationRule(value = Cel.REGION, messageExpression = Cel.REGION_MESSAGE)
        String region,

        @JsonPropertyDescription(
                "AWS account of the peer VPC, reached through an identity that administrators own. Default: the stack's.")
        @Size(max = 12)
        @ValidationRule(
                value = "self.matches('^[0-9]{12}$')",
                messageExpression =
                        "'\"' + self + '\" is not an AWS account: write its 12 digits in quotes, such as \"123456789012\"'")
        String accountId,

        @JsonPropertyDescription(
                "Route tables of the peer VPC that get the route back. Default: every route table of that VPC.")
        @Size(min = 1, max = 50)
        @ListKey
        @ValidationRule(
                value = "self.all(t, t.matches('^rtb-[0-9a-f]{8}([0-9a-f]{9})?$'))",
                messageExpression =
                        "self.filter(t, !t.matches('^rtb-[0-9a-f]{8}([0-9a-f]{9})?$'))[0] + ' is not the id of a route table: write one such as rtb-0123456789abcdef0'")
        List<@Size(max = 32) String> routeTableIds) {

    public PeerSpec {
        routeTableIds = routeTableIds == null ? List.of() : List.copyOf(routeTableIds);
    }
}
