package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** How clients outside the VPC find the API's name, and which names the VPC asks elsewhere. */
@ValidationRule(
        value = "!has(self.forwardRules) || size(self.forwardRules) == 0 || self.resolver == 'InboundAndOutbound'",
        fieldPath = ".forwardRules",
        message = "forward rules need the outbound endpoint: write resolver: InboundAndOutbound, or remove forwardRules")
public record DnsSpec(
        @JsonPropertyDescription(
                "Route 53 Resolver endpoints, USD 0.125 per hour and network interface: None associates the private zone with the peer VPCs instead, which is free; Inbound lets servers outside ask the VPC; InboundAndOutbound also lets the VPC ask servers outside.")
        @Default("None")
        ResolverMode resolver,

        @JsonPropertyDescription("Domains that the VPC asks from DNS servers outside, through the outbound endpoint.")
        @Size(max = 50)
        @ListKey("domain")
        List<ForwardRule> forwardRules) {

    static final DnsSpec DEFAULT = new DnsSpec(null, null);

    public DnsSpec {
        resolver = resolver == null ? ResolverMode.None : resolver;
        forwardRules = forwardRules == null ? List.of() : List.copyOf(forwardRules);
    }
}
