package dev.privateapi.api.v1alpha1;

import java.util.List;

/**
 * A VPC whose clients may call the API. Without {@code region} and {@code accountId} it is in the stack's own; without
 * {@code routeTableIds} every route table of that VPC gets the route back.
 */
public record PeerSpec(String vpcId, String cidr, String region, String accountId, List<String> routeTableIds) {

    public PeerSpec {
        routeTableIds = routeTableIds == null ? List.of() : List.copyOf(routeTableIds);
    }
}
