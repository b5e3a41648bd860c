package dev.privateapi.api.v1alpha1;

import java.util.List;

/**
 * What the stack should be. The operator never writes it; absent fields read as the schema's defaults, so that an object
 * stored before a field existed means what a new one means.
 */
public record PrivateApiStackSpec(
        String region,
        VpcSpec vpc,
        ServiceSpec service,
        ApiSpec api,
        DnsSpec dns,
        List<PeerSpec> peers,
        List<VpcEndpointReference> vpcEndpoints,
        DeletionPolicy deletionPolicy,
        Boolean suspend) {

    public PrivateApiStackSpec {
        api = api == null ? ApiSpec.DEFAULT : api;
        dns = dns == null ? DnsSpec.DEFAULT : dns;
        peers = peers == null ? List.of() : List.copyOf(peers);
        vpcEndpoints = vpcEndpoints == null ? List.of() : List.copyOf(vpcEndpoints);
        deletionPolicy = deletionPolicy == null ? DeletionPolicy.Delete : deletionPolicy;
        suspend = suspend != null && suspend;
    }
}
