package dev.privateapi.api.v1alpha1;

import java.util.List;

/** How clients outside the VPC find the API's name, and which names the VPC asks elsewhere. */
public record DnsSpec(ResolverMode resolver, List<ForwardRule> forwardRules) {

    static final DnsSpec DEFAULT = new DnsSpec(null, null);

    public DnsSpec {
        resolver = resolver == null ? ResolverMode.None : resolver;
        forwardRules = forwardRules == null ? List.of() : List.copyOf(forwardRules);
    }
}
