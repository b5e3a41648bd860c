package dev.privateapi.api.v1alpha1;

import java.util.List;

/** The network to build ({@code cidr}) or to build in ({@code id}: never changed, never deleted). */
public record VpcSpec(String cidr, String id, List<SubnetSpec> subnets) {

    public VpcSpec {
        subnets = subnets == null ? List.of() : List.copyOf(subnets);
    }
}
