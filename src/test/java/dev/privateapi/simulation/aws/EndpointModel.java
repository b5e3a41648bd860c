package dev.privateapi.simulation.aws;

import dev.privateapi.layers.Ec2;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/** VPC endpoints: gateway ones are routes, interface ones network interfaces and names. */
final class EndpointModel {

    static final String ALIAS_ZONE = "Z2E726K9Y6RL4W";

    private static final String OPEN = "{\"Statement\":[{\"Action\":\"*\",\"Effect\":\"Allow\",\"Principal\":\"*\","
            + "\"Resource\":\"*\"}]}";
    private static final Set<String> SERVICES =
            Set.of("s3", "ecr.api", "ecr.dkr", "logs", "execute-api", "secretsmanager", "ssm");
    private static final String PREFIX_LIST = "pl-61a54008";
    private static final Filters<VpcEndpoint> FILTERS = new Filters<>(Map.of(
            "vpc-endpoint-id", it -> Stream.of(it.vpcEndpointId()), "vpc-id", it -> Stream.of(it.vpcId())));

    private final Network network;
    private final World world;

    EndpointModel(Network network) {
        this.network = network;
        this.world = network.world;
    }

    private Stream<Thing<VpcEndpoint>> endpoints() {
        return world.all(VpcEndpoint.class, network.place);
    }

    private Thing<VpcEndpoint> endpoint(String id) {
        return network.find(VpcEndpoint.class, id, "InvalidVpcEndpointId.NotFound",
                "The Vpc Endpoint Id '" + id + "' does not exist");
    }

    private static boolean is(VpcEndpoint endpoint, String state) {
        return state.equals(endpoint.stateAsString());
    }

    // ---- create

    CreateVpcEndpointResponse create(CreateVpcEndpointRequest request) {
        Thing<VpcEndpoint> endpoint = world.repeated("CreateVpcEndpoint", request.clientToken())
                .map(it -> again(it, request)).orElseGet(() -> made(request));
        return CreateVpcEndpointResponse.builder().vpcEndpoint(shown(endpoint.seen())).build();
    }

    /** A token of an endpoint that is gone is used up. */
    private Thing<VpcEndpoint> again(World.Repeated before, CreateVpcEndpointRequest request) {
        if (!before.request().equals(request)) {
            throw Network.refuse("IdempotentParameterMismatch",
                    "The client token was already used for a request with different parameters.");
        }
        return world.find(VpcEndpoint.class, before.id()).orElseThrow(() -> Network.refuse("IdempotentParameterMismatch",
                "The client token was already used for an endpoint that does not exist any more."));
    }

    private Thing<VpcEndpoint> made(CreateVpcEndpointRequest request) {
        network.find(Network.Vpc.class, request.vpcId(), "InvalidVpcId.NotFound",
                "The Vpc Id " + request.vpcId() + " does not exist");
        if (!SERVICES.contains(request.serviceName().replace("com.amazonaws." + network.place.region() + ".", ""))) {
            throw Network.refuse("InvalidServiceName",
                    "The Vpc Endpoint Service '" + request.serviceName() + "' does not exist");
        }
        boolean gateway = request.vpcEndpointType() == VpcEndpointType.GATEWAY;
        String id = "vpce-" + world.hex();
        VpcEndpoint.Builder endpoint = VpcEndpoint.builder().vpcEndpointId(id).vpcEndpointType(request.vpcEndpointType())
                .vpcId(request.vpcId()).serviceName(request.serviceName()).state("pending").policyDocument(OPEN)
                .privateDnsEnabled(Boolean.TRUE.equals(request.privateDnsEnabled())).ownerId(network.place.account())
                .groups(List.of()).subnetIds(List.of()).routeTableIds(List.of()).dnsEntries(List.of());
        if (gateway) {
            request.routeTableIds().forEach(this::table);
            checkTables(request.routeTableIds(), id);
        } else {
            checkGroups(request.securityGroupIds(), request.vpcId());
            checkSubnets(request.subnetIds());
            checkNames(request.privateDnsEnabled(), request.serviceName(), request.vpcId(), id);
            endpoint.groups(identifiers(request.securityGroupIds())).dnsEntries(names(id, request.serviceName()));
        }
        Thing<VpcEndpoint> made = world.add(
                network.place, id, "", endpoint.build(), Network.tags(request.tagSpecifications()));
        world.remember("CreateVpcEndpoint", request.clientToken(), request, id);
        place(made, request.subnetIds(), request.routeTableIds());
        world.after(world.takes(gateway ? Takes.GATEWAY_ENDPOINT : Takes.INTERFACE_ENDPOINT), () -> {
            if (is(made.state(), "pending")) {
                made.change(it -> it.toBuilder().state("available").build());
            }
        });
        return made;
    }

    private Thing<RouteTable> table(String id) {
        return network.find(RouteTable.class, id, "InvalidRouteTableId.NotFound",
                "The route table ID '" + id + "' does not exist");
    }

    private void checkTables(Collection<String> tables, String endpointId) {
        endpoints().filter(it -> !it.id().equals(endpointId)).flatMap(it -> it.state().routeTableIds().stream())
                .filter(tables::contains).findFirst().ifPresent(table -> {
                    throw Network.refuse("RouteAlreadyExists", "route table " + table
                            + " already has a route with destination-prefix-list-id " + PREFIX_LIST);
                });
    }

    private void checkGroups(Collection<String> groups, String vpcId) {
        groups.forEach(id -> {
            Thing<SecurityGroup> group = network.find(SecurityGroup.class, id, "InvalidSecurityGroupID.NotFound",
                    "The security group ID '" + id + "' does not exist");
            if (!group.state().vpcId().equals(vpcId)) {
                throw Network.refuse("InvalidParameter",
                        "Security group " + id + " and VPC " + vpcId + " belong to different networks");
            }
        });
    }

    private void checkSubnets(Collection<String> subnets) {
        List<String> zones = subnets.stream().map(id -> network.find(Subnet.class, id, "InvalidSubnetId.NotFound",
                "The subnet ID '" + id + "' does not exist").state().availabilityZone()).toList();
        if (zones.stream().distinct().count() < zones.size()) {
            throw Network.refuse("DuplicateSubnetsInSameZone",
                    "Found another VPC endpoint subnet in the availability zone of " + subnets);
        }
    }

    /** Private names need both DNS attributes of the VPC, and one endpoint has them to itself. */
    private void checkNames(Boolean enabled, String service, String vpcId, String endpointId) {
        if (!Boolean.TRUE.equals(enabled)) {
            return;
        }
        Network.Vpc vpc = network.vpc(vpcId).state();
        if (!vpc.dnsSupport() || !vpc.dnsHostnames()) {
            throw Network.refuse("InvalidParameter", "Enabling private DNS requires both enableDnsSupport and"
                    + " enableDnsHostnames VPC attributes set to true for " + vpcId);
        }
        boolean taken = endpoints().map(Thing::state).anyMatch(it -> it.vpcId().equals(vpcId)
                && it.serviceName().equals(service) && it.privateDnsEnabled() && !it.vpcEndpointId().equals(endpointId)
                && !is(it, "deleting"));
        if (taken) {
            throw Network.refuse("InvalidParameter", "private-dns-enabled cannot be set because there is already a"
                    + " conflicting DNS domain for " + service + " in the VPC " + vpcId);
        }
    }

    private static List<SecurityGroupIdentifier> identifiers(Collection<String> groups) {
        return groups.stream().map(id -> SecurityGroupIdentifier.builder().groupId(id).build()).toList();
    }

    private static List<DnsEntry> names(String id, String service) {
        String[] parts = service.split("\\.", 4);
        return List.of(DnsEntry.builder().hostedZoneId(ALIAS_ZONE)
                .dnsName(id + "-0a1b2c3d." + parts[3] + "." + parts[2] + ".vpce.amazonaws.com").build());
    }

    /** Makes interfaces and routes what the endpoint is to have. */
    private void place(Thing<VpcEndpoint> endpoint, Collection<String> subnets, Collection<String> tables) {
        Collection<String> had = endpoint.state().subnetIds();
        List<String> groups = endpoint.state().groups().stream().map(SecurityGroupIdentifier::groupId).toList();
        subnets.stream().filter(it -> !had.contains(it)).forEach(it -> network.attach(
                it, groups, "VPC Endpoint Interface " + endpoint.id(), "amazon-vpc-endpoints", endpoint.id()));
        List<Thing<NetworkInterface>> spare = network.interfaces()
                .filter(it -> it.parent().equals(endpoint.id()) && !subnets.contains(it.state().subnetId())).toList();
        network.release(spare, Duration.ZERO);
        network.regroup(endpoint.id(), groups);
        world.all(RouteTable.class, network.place).toList().forEach(table -> route(table, endpoint, tables));
        endpoint.change(it -> it.toBuilder().subnetIds(subnets).routeTableIds(tables).build());
    }

    private static void route(Thing<RouteTable> table, Thing<VpcEndpoint> endpoint, Collection<String> tables) {
        List<Route> routes = new ArrayList<>(table.state().routes());
        boolean had = routes.removeIf(it -> endpoint.id().equals(it.gatewayId()));
        boolean has = tables.contains(table.id());
        if (has) {
            routes.add(Route.builder().destinationPrefixListId(PREFIX_LIST).gatewayId(endpoint.id())
                    .origin(RouteOrigin.CREATE_ROUTE).state(RouteState.ACTIVE).build());
        }
        if (had != has) {
            table.set(table.state().toBuilder().routes(routes).build(), endpoint);
        }
    }

    // ---- describe, modify, delete

    DescribeVpcEndpointsResponse describe(DescribeVpcEndpointsRequest request) {
        return DescribeVpcEndpointsResponse.builder().vpcEndpoints(
                network.shown(VpcEndpoint.class, request.vpcEndpointIds(), this::endpoint)
                .filter(it -> FILTERS.pass(request.filters(), it))
                .map(EndpointModel::shown).toList()).build();
    }

    private static VpcEndpoint shown(Seen<VpcEndpoint> seen) {
        return seen.state().toBuilder().tags(Ec2.tags(seen.tags())).build();
    }

    ModifyVpcEndpointResponse modify(ModifyVpcEndpointRequest request) {
        Thing<VpcEndpoint> endpoint = endpoint(request.vpcEndpointId());
        VpcEndpoint is = endpoint.state();
        if (is(is, "deleting")) {
            throw Network.refuse("IncorrectState", "The Vpc Endpoint " + endpoint.id() + " is being deleted");
        }
        Collection<String> subnets = changed(is.subnetIds(), request.addSubnetIds(), request.removeSubnetIds());
        Collection<String> tables = changed(is.routeTableIds(), request.addRouteTableIds(), request.removeRouteTableIds());
        Collection<String> groups = changed(is.groups().stream().map(SecurityGroupIdentifier::groupId).toList(),
                request.addSecurityGroupIds(), request.removeSecurityGroupIds());
        boolean names = Optional.ofNullable(request.privateDnsEnabled()).orElse(is.privateDnsEnabled());
        checkSubnets(subnets);
        request.addRouteTableIds().forEach(this::table);
        checkTables(tables, endpoint.id());
        checkGroups(request.addSecurityGroupIds(), is.vpcId());
        checkNames(names && !is.privateDnsEnabled(), is.serviceName(), is.vpcId(), endpoint.id());
        String policy = Boolean.TRUE.equals(request.resetPolicy()) ? OPEN
                : Optional.ofNullable(request.policyDocument()).orElse(is.policyDocument());
        endpoint.set(is.toBuilder().groups(identifiers(groups)).privateDnsEnabled(names).policyDocument(policy).build());
        place(endpoint, subnets, tables);
        return ModifyVpcEndpointResponse.builder().returnValue(true).build();
    }

    private static Collection<String> changed(Collection<String> is, Collection<String> added, Collection<String> removed) {
        Collection<String> all = new TreeSet<>(is);
        all.removeAll(removed);
        all.addAll(added);
        return all;
    }

    /** Deletes what it can; the rest is told in the answer (API reference, DeleteVpcEndpoints). */
    DeleteVpcEndpointsResponse delete(DeleteVpcEndpointsRequest request) {
        List<UnsuccessfulItem> refused = new ArrayList<>();
        request.vpcEndpointIds().forEach(id -> world.find(VpcEndpoint.class, id).ifPresentOrElse(this::delete, () ->
                refused.add(UnsuccessfulItem.builder().resourceId(id).error(error -> error.code("InvalidVpcEndpoint.NotFound")
                        .message("The VpcEndpoint Id '" + id + "' does not exist")).build())));
        return DeleteVpcEndpointsResponse.builder().unsuccessful(refused).build();
    }

    private void delete(Thing<VpcEndpoint> endpoint) {
        if (is(endpoint.state(), "deleting")) {
            return;
        }
        boolean gateway = endpoint.state().vpcEndpointType() == VpcEndpointType.GATEWAY;
        endpoint.change(it -> it.toBuilder().state("deleting").build());
        place(endpoint, endpoint.state().subnetIds(), List.of());
        world.after(world.takes(gateway ? Takes.GATEWAY_ENDPOINT : Takes.INTERFACE_ENDPOINT_DELETION), () -> {
            network.release(endpoint.id(), Duration.ZERO);
            world.remove(endpoint);
        });
    }
}
