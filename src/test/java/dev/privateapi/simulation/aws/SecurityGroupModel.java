package dev.privateapi.simulation.aws;

import dev.privateapi.layers.Ec2;
import dev.privateapi.simulation.aws.Network.Vpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.*;

/** Security groups; each rule is kept apart, with one source or destination. */
final class SecurityGroupModel {

    private static final Filters<SecurityGroup> FILTERS = new Filters<>(Map.of(
            "vpc-id", it -> Stream.of(it.vpcId()),
            "group-id", it -> Stream.of(it.groupId()),
            "group-name", it -> Stream.of(it.groupName())));
    private static final IpPermission ANYWHERE =
            IpPermission.builder().ipProtocol("-1").ipRanges(IpRange.builder().cidrIp("0.0.0.0/0").build()).build();

    private final Network network;
    private final World world;

    SecurityGroupModel(Network network) {
        this.network = network;
        this.world = network.world;
    }

    /** The one that AWS makes with a VPC. */
    void standard(Thing<Vpc> vpc) {
        add(vpc.id(), "default", "default VPC security group", vpc.id(), Map.of());
    }

    private Thing<SecurityGroup> add(String vpcId, String name, String about, String parent, Map<String, String> tags) {
        String id = "sg-" + world.hex();
        SecurityGroup group = SecurityGroup.builder().groupId(id).groupName(name).description(about).vpcId(vpcId)
                .ownerId(network.place.account()).ipPermissions(List.of()).ipPermissionsEgress(ANYWHERE).build();
        return world.add(network.place, id, parent, group, tags);
    }

    CreateSecurityGroupResponse create(CreateSecurityGroupRequest request) {
        network.vpc(request.vpcId());
        if (groups().anyMatch(it -> it.state().vpcId().equals(request.vpcId())
                && it.state().groupName().equals(request.groupName()))) {
            throw Network.refuse("InvalidGroup.Duplicate", "The security group '" + request.groupName()
                    + "' already exists for VPC '" + request.vpcId() + "'");
        }
        return CreateSecurityGroupResponse.builder().groupId(add(request.vpcId(), request.groupName(), request.description(),
                "", Network.tags(request.tagSpecifications())).id()).build();
    }

    private Stream<Thing<SecurityGroup>> groups() {
        return world.all(SecurityGroup.class, network.place);
    }

    DescribeSecurityGroupsResponse describe(DescribeSecurityGroupsRequest request) {
        return DescribeSecurityGroupsResponse.builder().securityGroups(
                network.shown(SecurityGroup.class, request.groupIds(), network::group)
                .filter(it -> FILTERS.pass(request.filters(), it))
                .map(it -> it.state().toBuilder().tags(Ec2.tags(it.tags())).build()).toList()).build();
    }

    AuthorizeSecurityGroupIngressResponse allow(AuthorizeSecurityGroupIngressRequest request) {
        Thing<SecurityGroup> group = network.group(request.groupId());
        List<IpPermission> all = with(group.state().ipPermissions(), request.ipPermissions());
        group.set(group.state().toBuilder().ipPermissions(all).build());
        return AuthorizeSecurityGroupIngressResponse.builder().returnValue(true).build();
    }

    AuthorizeSecurityGroupEgressResponse allow(AuthorizeSecurityGroupEgressRequest request) {
        Thing<SecurityGroup> group = network.group(request.groupId());
        List<IpPermission> all = with(group.state().ipPermissionsEgress(), request.ipPermissions());
        group.set(group.state().toBuilder().ipPermissionsEgress(all).build());
        return AuthorizeSecurityGroupEgressResponse.builder().returnValue(true).build();
    }

    RevokeSecurityGroupIngressResponse revoke(RevokeSecurityGroupIngressRequest request) {
        Thing<SecurityGroup> group = network.group(request.groupId());
        List<IpPermission> rest = without(group.state().ipPermissions(), request.ipPermissions());
        group.set(group.state().toBuilder().ipPermissions(rest).build());
        return RevokeSecurityGroupIngressResponse.builder().returnValue(true).build();
    }

    RevokeSecurityGroupEgressResponse revoke(RevokeSecurityGroupEgressRequest request) {
        Thing<SecurityGroup> group = network.group(request.groupId());
        List<IpPermission> rest = without(group.state().ipPermissionsEgress(), request.ipPermissions());
        group.set(group.state().toBuilder().ipPermissionsEgress(rest).build());
        return RevokeSecurityGroupEgressResponse.builder().returnValue(true).build();
    }

    /** All or none: one rule that is there already refuses the whole call (API reference, AuthorizeSecurityGroupIngress). */
    private List<IpPermission> with(List<IpPermission> some, List<IpPermission> more) {
        List<IpPermission> all = new ArrayList<>(some);
        apart(more).forEach(rule -> {
            if (all.contains(rule)) {
                throw Network.refuse("InvalidPermission.Duplicate", "the specified rule already exists");
            }
            rule.userIdGroupPairs().forEach(pair -> network.group(pair.groupId()));
            all.add(rule);
        });
        return all;
    }

    private static List<IpPermission> without(List<IpPermission> some, List<IpPermission> others) {
        List<IpPermission> rest = new ArrayList<>(some);
        apart(others).forEach(rule -> {
            if (!rest.remove(rule)) {
                throw Network.refuse("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
            }
        });
        return rest;
    }

    private static List<IpPermission> apart(List<IpPermission> permissions) {
        return permissions.stream().flatMap(it -> Stream.of(
                        it.ipRanges().stream().map(range -> bare(it).ipRanges(range)),
                        it.ipv6Ranges().stream().map(range -> bare(it).ipv6Ranges(range)),
                        it.prefixListIds().stream().map(list -> bare(it).prefixListIds(list)),
                        it.userIdGroupPairs().stream().map(pair -> bare(it).userIdGroupPairs(pair)))
                .flatMap(Function.identity())).map(IpPermission.Builder::build).toList();
    }

    private static IpPermission.Builder bare(IpPermission permission) {
        return IpPermission.builder().ipProtocol(permission.ipProtocol())
                .fromPort(permission.fromPort()).toPort(permission.toPort());
    }

    DeleteSecurityGroupResponse delete(DeleteSecurityGroupRequest request) {
        Thing<SecurityGroup> group = network.group(request.groupId());
        boolean used = network.interfaces().flatMap(it -> it.state().groups().stream())
                .anyMatch(it -> it.groupId().equals(group.id()));
        boolean named = groups().filter(it -> it != group)
                .flatMap(it -> Stream.concat(it.state().ipPermissions().stream(), it.state().ipPermissionsEgress().stream()))
                .flatMap(it -> it.userIdGroupPairs().stream()).anyMatch(it -> group.id().equals(it.groupId()));
        if (used || named) {
            throw Network.refuse("DependencyViolation", "resource " + group.id() + " has a dependent object");
        }
        world.remove(group);
        return DeleteSecurityGroupResponse.builder().build();
    }
}
