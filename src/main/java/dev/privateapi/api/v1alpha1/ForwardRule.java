package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Names under {@code domain} are asked from the DNS servers at {@code targetIps}, through the outbound endpoint. */
public record ForwardRule(
        @JsonPropertyDescription("Domain whose names, and those below it, are asked elsewhere: lower case, no dot at the end.")
        @Required
        @Size(max = 238) // with "dns/resolver-rule/" before it, it is a tag's value, which ends at 256
        @ValidationRule(
                value = "self.matches('^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?[.])*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')",
                messageExpression =
                        "'\"' + self + '\" is not a domain: write lower-case labels joined by dots, none at the end, such as corp.example'")
        String domain,

        @JsonPropertyDescription("IPv4 addresses of the DNS servers to ask (port 53); Route 53 Resolver takes up to six.")
        @Required
        @Size(min = 1, max = 6)
        @ListKey
        @ValidationRule(
                value = "self.all(t, isIP(t) && ip(t).family() == 4)",
                messageExpression =
                        "self.filter(t, !isIP(t) || ip(t).family() != 4)[0] + ' is not an IPv4 address: write the address of a DNS server, such as 10.4.0.10'")
        List<@Size(max = 45) String> targetIps) {

    public ForwardRule {
        targetIps = targetIps == null ? List.of() : List.copyOf(targetIps);
    }
}
