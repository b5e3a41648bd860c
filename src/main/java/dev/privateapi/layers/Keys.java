package dev.privateapi.layers;

import dev.privateapi.api.v1alpha1.EndpointService;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.SubnetSpec;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.ResourceKey;
import java.util.List;

/** The names of the resources that more than one layer speaks of. */
public final class Keys {

    public static final ResourceKey VPC = ResourceKey.of(Layer.NETWORK, Kind.VPC, "vpc");
    public static final ResourceKey ROUTE_TABLE = ResourceKey.of(Layer.NETWORK, Kind.ROUTE_TABLE, "route-table");
    public static final ResourceKey LOAD_BALANCER = ResourceKey.of(Layer.LOAD_BALANCER, Kind.LOAD_BALANCER, "nlb");
    public static final ResourceKey TARGET_GROUP = ResourceKey.of(Layer.LOAD_BALANCER, Kind.TARGET_GROUP, "target-group");
    public static final ResourceKey LISTENER = ResourceKey.of(Layer.LOAD_BALANCER, Kind.LISTENER, "listener");
    public static final ResourceKey CLUSTER = ResourceKey.of(Layer.SERVICE, Kind.ECS_CLUSTER, "cluster");
    public static final ResourceKey TASK_DEFINITION = ResourceKey.of(Layer.SERVICE, Kind.TASK_DEFINITION, "task-definition");
    public static final ResourceKey SERVICE = ResourceKey.of(Layer.SERVICE, Kind.ECS_SERVICE, "service");
    public static final ResourceKey REST_API = ResourceKey.of(Layer.API, Kind.REST_API, "rest-api");
    public static final ResourceKey VPC_LINK = ResourceKey.of(Layer.API, Kind.VPC_LINK, "vpc-link");
    public static final ResourceKey HOSTED_ZONE = ResourceKey.of(Layer.DNS, Kind.HOSTED_ZONE, "hosted-zone");
    public static final ResourceKey RESOLVER_INBOUND =
            ResourceKey.of(Layer.DNS, Kind.RESOLVER_ENDPOINT, "resolver-inbound");

    private Keys() {}

    /** @param cidrOrId the spec's {@code cidr}, or {@code id} for an existing subnet */
    public static ResourceKey subnet(String cidrOrId) {
        return ResourceKey.of(Layer.NETWORK, Kind.SUBNET, "subnet/" + cidrOrId);
    }

    /** Every subnet of the stack, whether its own or referenced, as the spec lists them. */
    public static List<ResourceKey> subnets(PrivateApiStackSpec spec) {
        return spec.vpc().subnets().stream().map(Keys::subnet).toList();
    }

    public static ResourceKey subnet(SubnetSpec subnet) {
        return subnet(subnet.id() == null ? subnet.cidr() : subnet.id());
    }

    /** What tells the route tables that rule the subnets: the stack's own table, and each existing subnet. */
    public static List<ResourceKey> routeTables(PrivateApiStackSpec spec) {
        return spec.vpc().subnets().stream()
                .map(subnet -> subnet.id() == null ? ROUTE_TABLE : subnet(subnet))
                .distinct()
                .toList();
    }

    public static ResourceKey endpoint(EndpointService service) {
        return ResourceKey.of(Layer.ENDPOINTS, Kind.VPC_ENDPOINT, service.serviceName());
    }

    public static ResourceKey securityGroup(Layer layer) {
        return ResourceKey.of(layer, Kind.SECURITY_GROUP, "security-group");
    }

    /** The name is part of it: a stage cannot be renamed, and the new one is there before the old one goes. */
    public static ResourceKey stage(String name) {
        return ResourceKey.of(Layer.API, Kind.STAGE, "stage/" + name);
    }

    public static ResourceKey peering(String vpcId) {
        return ResourceKey.of(Layer.PEERING, Kind.PEERING_CONNECTION, "connection/" + vpcId);
    }
}
