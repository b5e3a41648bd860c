package dev.privateapi.simulation.aws;

import dev.privateapi.simulation.aws.Errors.Code;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.apigateway.model.VpcLink;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/** Network Load Balancers, their listeners and target groups. Which targets are healthy is ECS' business here. */
final class LoadBalancingModel extends ServiceModel implements ElasticLoadBalancingV2Client {

    private static final String PROTECTION = "deletion_protection.enabled";
    private static final Map<String, String> BALANCER_DEFAULTS = Map.of(
            PROTECTION, "false", "load_balancing.cross_zone.enabled", "false", "access_logs.s3.enabled", "false");
    private static final Map<String, String> GROUP_DEFAULTS = Map.of(
            "deregistration_delay.timeout_seconds", "300",
            "load_balancing.cross_zone.enabled", "use_load_balancer_configuration",
            "preserve_client_ip.enabled", "false",
            "proxy_protocol_v2.enabled", "false");

    private final Network network;

    LoadBalancingModel(World world, Place place, Caller caller) {
        super(world, place, caller, "elasticloadbalancing", new Errors(ElasticLoadBalancingV2Exception::builder,
                new Code("Throttling", 400), new Code("AccessDenied", 403)));
        network = new Network(world, place);
    }

    record Balancer(LoadBalancer sdk, Map<String, String> attributes) {

        private List<String> subnets() {
            return sdk.availabilityZones().stream().map(AvailabilityZone::subnetId).sorted().toList();
        }
    }

    record Group(TargetGroup sdk, Map<String, String> attributes) {}

    private static AwsServiceException notFound(ServiceModel service, String kind) {
        return service.refuse(kind + "NotFound", 400, "One or more " + kind + " not found");
    }

    private static Map<String, String> with(Map<String, String> attributes, Map<String, String> changed) {
        Map<String, String> all = new HashMap<>(attributes);
        all.putAll(changed);
        return all;
    }

    private static Map<String, String> tags(Collection<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    // ---- load balancers

    @Override
    public CreateLoadBalancerResponse createLoadBalancer(CreateLoadBalancerRequest request) {
        return call("CreateLoadBalancer", () -> {
            Optional<Thing<Balancer>> there =
                    all(Balancer.class).filter(it -> it.state().sdk.loadBalancerName().equals(request.name())).findFirst();
            there.filter(it -> !it.state().subnets().equals(request.subnets().stream().sorted().toList())
                    || !it.tags().equals(tags(request.tags()))).ifPresent(it -> {
                throw refuse("DuplicateLoadBalancerName", 400, "A load balancer with the same name '" + request.name()
                        + "' exists, but with different settings");
            });
            return CreateLoadBalancerResponse.builder()
                    .loadBalancers(there.orElseGet(() -> made(request)).state().sdk).build();
        });
    }

    private Thing<Balancer> made(CreateLoadBalancerRequest request) {
        List<Subnet> subnets = subnets(request.subnets());
        String name = "net/" + request.name() + "/" + world.hex(16);
        String arn = place.arn("elasticloadbalancing", "loadbalancer/" + name);
        LoadBalancer sdk = LoadBalancer.builder().loadBalancerArn(arn).loadBalancerName(request.name()).type(request.type())
                .scheme(request.scheme()).ipAddressType(request.ipAddressType()).vpcId(subnets.getFirst().vpcId())
                .dnsName((request.name() + "-" + world.hex(16) + ".elb." + place.region() + ".amazonaws.com"))
                .canonicalHostedZoneId("Z31USIVHYNEOWT")
                .createdTime(world.now()).availabilityZones(zones(subnets))
                .state(it -> it.code(LoadBalancerStateEnum.PROVISIONING)).build();
        Thing<Balancer> made = add(arn, "", new Balancer(sdk, BALANCER_DEFAULTS), tags(request.tags()));
        request.subnets().forEach(subnet -> attach(made, subnet));
        world.after(world.takes(Takes.LOAD_BALANCER), () -> change(made, it ->
                it.toBuilder().state(state -> state.code(LoadBalancerStateEnum.ACTIVE)).build()));
        return made;
    }

    private List<Subnet> subnets(List<String> ids) {
        List<Subnet> subnets = ids.stream().map(id -> world.find(Subnet.class, id)
                .orElseThrow(() -> refuse("SubnetNotFound", 400, "The subnet ID '" + id + "' does not exist")))
                .map(Thing::state).toList();
        if (subnets.stream().map(Subnet::availabilityZone).distinct().count() < subnets.size()) {
            throw refuse("InvalidConfigurationRequest", 400,
                    "A load balancer cannot be attached to multiple subnets in the same Availability Zone");
        }
        return subnets;
    }

    private static List<AvailabilityZone> zones(List<Subnet> subnets) {
        return subnets.stream().map(it -> AvailabilityZone.builder().zoneName(it.availabilityZone()).subnetId(it.subnetId())
                .build()).toList();
    }

    private void attach(Thing<Balancer> balancer, String subnetId) {
        network.attach(subnetId, List.of(), "ELB " + balancer.id().split(":loadbalancer/")[1], "amazon-elb", balancer.id());
    }

    private static void change(Thing<Balancer> balancer, Function<LoadBalancer, LoadBalancer> change) {
        if (!balancer.gone()) {
            balancer.change(it -> new Balancer(change.apply(it.sdk), it.attributes));
        }
    }

    private Thing<Balancer> balancer(String arn) {
        return find(Balancer.class, arn).orElseThrow(() -> notFound(this, "LoadBalancer"));
    }

    @Override
    public DescribeLoadBalancersResponse describeLoadBalancers(DescribeLoadBalancersRequest request) {
        return call("DescribeLoadBalancers", () -> {
            List<LoadBalancer> found = listed(Balancer.class).map(it -> it.state().sdk)
                    .filter(it -> !request.hasNames() || request.names().contains(it.loadBalancerName())).toList();
            if (request.hasNames() && found.isEmpty()) {
                throw notFound(this, "LoadBalancer");
            }
            return DescribeLoadBalancersResponse.builder().loadBalancers(found).build();
        });
    }

    @Override
    public DescribeLoadBalancerAttributesResponse describeLoadBalancerAttributes(DescribeLoadBalancerAttributesRequest request) {
        return call("DescribeLoadBalancerAttributes", () -> DescribeLoadBalancerAttributesResponse.builder()
                .attributes(balancer(request.loadBalancerArn()).state().attributes.entrySet().stream()
                        .map(it -> LoadBalancerAttribute.builder().key(it.getKey()).value(it.getValue()).build()).toList())
                .build());
    }

    @Override
    public ModifyLoadBalancerAttributesResponse modifyLoadBalancerAttributes(ModifyLoadBalancerAttributesRequest request) {
        return call("ModifyLoadBalancerAttributes", () -> {
            Map<String, String> changed = request.attributes().stream()
                    .collect(Collectors.toMap(LoadBalancerAttribute::key, LoadBalancerAttribute::value));
            balancer(request.loadBalancerArn()).change(it -> new Balancer(it.sdk, with(it.attributes, changed)));
            return ModifyLoadBalancerAttributesResponse.builder().build();
        });
    }

    /** With a VPC link leading to it, it gives up no subnet (User Guide, "Update the Availability Zones"). */
    @Override
    public SetSubnetsResponse setSubnets(SetSubnetsRequest request) {
        return call("SetSubnets", () -> {
            Thing<Balancer> balancer = balancer(request.loadBalancerArn());
            List<Subnet> subnets = subnets(request.subnets());
            List<String> had = balancer.state().subnets();
            List<Thing<NetworkInterface>> spare = network.interfaces()
                    .filter(it -> it.parent().equals(balancer.id()) && !request.subnets().contains(it.state().subnetId()))
                    .toList();
            if (!request.subnets().containsAll(had) && isLinked(balancer.id())) {
                throw refuse("InvalidConfigurationRequest", 400, "Subnets cannot be removed from load balancer '"
                        + balancer.id() + "' because it has active VPC endpoint associations");
            }
            network.release(spare, world.takes(Takes.LOAD_BALANCER_DELETION));
            request.subnets().stream().filter(it -> !had.contains(it)).forEach(it -> attach(balancer, it));
            change(balancer, it -> it.toBuilder().availabilityZones(zones(subnets)).build());
            return SetSubnetsResponse.builder().availabilityZones(zones(subnets)).build();
        });
    }

    private boolean isLinked(String arn) {
        return world.all(VpcLink.class).anyMatch(it -> it.state().targetArns().contains(arn)
                && it.state().status() != software.amazon.awssdk.services.apigateway.model.VpcLinkStatus.FAILED);
    }

    @Override
    public DeleteLoadBalancerResponse deleteLoadBalancer(DeleteLoadBalancerRequest request) {
        return call("DeleteLoadBalancer", () -> {
            find(Balancer.class, request.loadBalancerArn()).ifPresent(this::delete);
            return DeleteLoadBalancerResponse.builder().build();
        });
    }

    private void delete(Thing<Balancer> balancer) {
        if (balancer.state().attributes.get(PROTECTION).equals("true")) {
            throw refuse("OperationNotPermitted", 400, "Load balancer '" + balancer.id()
                    + "' cannot be deleted because deletion protection is enabled");
        }
        if (isLinked(balancer.id())) {
            throw refuse("ResourceInUse", 400, "Load balancer '" + balancer.id()
                    + "' cannot be deleted because it is currently associated with another service");
        }
        all(Listener.class).filter(it -> it.parent().equals(balancer.id())).toList().forEach(world::remove);
        network.release(balancer.id(), world.takes(Takes.LOAD_BALANCER_DELETION));
        world.remove(balancer);
    }

    // ---- target groups

    @Override
    public CreateTargetGroupResponse createTargetGroup(CreateTargetGroupRequest request) {
        return call("CreateTargetGroup", () -> {
            Optional<Thing<Group>> there =
                    all(Group.class).filter(it -> it.state().sdk.targetGroupName().equals(request.name())).findFirst();
            there.filter(it -> !it.state().sdk.port().equals(request.port())
                    || !it.state().sdk.vpcId().equals(request.vpcId())
                    || !it.tags().equals(tags(request.tags()))).ifPresent(it -> {
                throw refuse("DuplicateTargetGroupName", 400, "A target group with the same name '" + request.name()
                        + "' exists, but with different settings");
            });
            return CreateTargetGroupResponse.builder().targetGroups(there.orElseGet(() -> made(request)).state().sdk).build();
        });
    }

    private Thing<Group> made(CreateTargetGroupRequest request) {
        if (world.find(Network.Vpc.class, request.vpcId()).isEmpty()) {
            throw refuse("ValidationError", 400, "The VPC ID '" + request.vpcId() + "' is not found");
        }
        String arn = place.arn("elasticloadbalancing", "targetgroup/" + request.name() + "/" + world.hex(16));
        TargetGroup sdk = TargetGroup.builder().targetGroupArn(arn).targetGroupName(request.name())
                .protocol(request.protocol()).port(request.port()).vpcId(request.vpcId()).targetType(request.targetType())
                .healthCheckEnabled(true)
                .healthCheckProtocol(request.healthCheckProtocol()).healthCheckPort(request.healthCheckPort())
                .healthCheckIntervalSeconds(request.healthCheckIntervalSeconds())
                .healthCheckTimeoutSeconds(request.healthCheckTimeoutSeconds())
                .healthyThresholdCount(request.healthyThresholdCount())
                .unhealthyThresholdCount(request.unhealthyThresholdCount()).build();
        return add(arn, "", new Group(sdk, GROUP_DEFAULTS), tags(request.tags()));
    }

    private Thing<Group> group(String arn) {
        return find(Group.class, arn).orElseThrow(() -> notFound(this, "TargetGroup"));
    }

    @Override
    public DescribeTargetGroupsResponse describeTargetGroups(DescribeTargetGroupsRequest request) {
        return call("DescribeTargetGroups", () -> {
            List<TargetGroup> found = listed(Group.class).map(it -> it.state().sdk)
                    .filter(it -> !request.hasNames() || request.names().contains(it.targetGroupName())).toList();
            if (request.hasNames() && found.isEmpty()) {
                throw notFound(this, "TargetGroup");
            }
            return DescribeTargetGroupsResponse.builder().targetGroups(found).build();
        });
    }

    @Override
    public DescribeTargetGroupAttributesResponse describeTargetGroupAttributes(DescribeTargetGroupAttributesRequest request) {
        return call("DescribeTargetGroupAttributes", () -> DescribeTargetGroupAttributesResponse.builder()
                .attributes(group(request.targetGroupArn()).state().attributes.entrySet().stream()
                        .map(it -> TargetGroupAttribute.builder().key(it.getKey()).value(it.getValue()).build()).toList())
                .build());
    }

    @Override
    public ModifyTargetGroupAttributesResponse modifyTargetGroupAttributes(ModifyTargetGroupAttributesRequest request) {
        return call("ModifyTargetGroupAttributes", () -> {
            Map<String, String> changed = request.attributes().stream()
                    .collect(Collectors.toMap(TargetGroupAttribute::key, TargetGroupAttribute::value));
            group(request.targetGroupArn()).change(it -> new Group(it.sdk, with(it.attributes, changed)));
            return ModifyTargetGroupAttributesResponse.builder().build();
        });
    }

    @Override
    public ModifyTargetGroupResponse modifyTargetGroup(ModifyTargetGroupRequest request) {
        return call("ModifyTargetGroup", () -> {
            Thing<Group> group = group(request.targetGroupArn());
            group.change(it -> new Group(it.sdk.toBuilder()
                    .healthCheckProtocol(request.healthCheckProtocol()).healthCheckPort(request.healthCheckPort())
                    .healthCheckIntervalSeconds(request.healthCheckIntervalSeconds())
                    .healthCheckTimeoutSeconds(request.healthCheckTimeoutSeconds())
                    .healthyThresholdCount(request.healthyThresholdCount())
                    .unhealthyThresholdCount(request.unhealthyThresholdCount()).build(), it.attributes));
            return ModifyTargetGroupResponse.builder().targetGroups(group.state().sdk).build();
        });
    }

    @Override
    public DeleteTargetGroupResponse deleteTargetGroup(DeleteTargetGroupRequest request) {
        return call("DeleteTargetGroup", () -> {
            if (all(Listener.class).anyMatch(it -> target(it.state()).equals(request.targetGroupArn()))) {
                throw refuse("ResourceInUse", 400,
                        "Target group '" + request.targetGroupArn() + "' is currently in use by a listener or a rule");
            }
            find(Group.class, request.targetGroupArn()).ifPresent(world::remove);
            return DeleteTargetGroupResponse.builder().build();
        });
    }

    // ---- listeners

    @Override
    public CreateListenerResponse createListener(CreateListenerRequest request) {
        return call("CreateListener", () -> {
            Thing<Balancer> balancer = balancer(request.loadBalancerArn());
            String arn = balancer.id().replace(":loadbalancer/", ":listener/") + "/" + world.hex(16);
            Listener wanted = Listener.builder().listenerArn(arn).loadBalancerArn(balancer.id()).port(request.port())
                    .protocol(request.protocol()).defaultActions(told(request.defaultActions())).build();
            Optional<Thing<Listener>> there = onPort(wanted);
            there.filter(it -> it.state().protocol() != wanted.protocol() || !target(it.state()).equals(target(wanted)))
                    .ifPresent(it -> {
                        throw taken(balancer.id());
                    });
            check(wanted);
            Thing<Listener> listener = there.orElseGet(() -> add(arn, balancer.id(), wanted, tags(request.tags())));
            return CreateListenerResponse.builder().listeners(listener.state()).build();
        });
    }

    private Optional<Thing<Listener>> onPort(Listener listener) {
        return all(Listener.class).filter(it -> it.parent().equals(listener.loadBalancerArn())
                && it.state().port().equals(listener.port())).findFirst();
    }

    private AwsServiceException taken(String balancer) {
        return refuse("DuplicateListener", 400,
                "A listener already exists on this port for this load balancer '" + balancer + "'");
    }

    private void check(Listener listener) {
        TargetGroup group = group(target(listener)).state().sdk;
        if (!group.vpcId().equals(balancer(listener.loadBalancerArn()).state().sdk.vpcId())) {
            throw refuse("InvalidConfigurationRequest", 400, "The target group with ARN '" + group.targetGroupArn()
                    + "' is not in the same VPC as the load balancer");
        }
        boolean elsewhere = all(Listener.class).map(Thing::state).anyMatch(it -> target(it).equals(target(listener))
                && !it.loadBalancerArn().equals(listener.loadBalancerArn()));
        if (elsewhere) {
            throw refuse("TargetGroupAssociationLimit", 400, "The following target groups cannot be associated with more"
                    + " than one load balancer: " + target(listener));
        }
    }

    private static String target(Listener listener) {
        return listener.defaultActions().getFirst().targetGroupArn();
    }

    /** As DescribeListeners tells a target group: in both places. */
    private static List<Action> told(List<Action> actions) {
        return actions.stream().map(it -> it.toBuilder().order(1).forwardConfig(forward ->
                forward.targetGroups(TargetGroupTuple.builder().targetGroupArn(it.targetGroupArn()).build())).build()).toList();
    }

    private Thing<Listener> listener(String arn) {
        return find(Listener.class, arn).orElseThrow(() -> notFound(this, "Listener"));
    }

    @Override
    public DescribeListenersResponse describeListeners(DescribeListenersRequest request) {
        return call("DescribeListeners", () -> {
            balancer(request.loadBalancerArn());
            return DescribeListenersResponse.builder().listeners(listed(Listener.class).map(Seen::state)
                    .filter(it -> it.loadBalancerArn().equals(request.loadBalancerArn())).toList()).build();
        });
    }

    @Override
    public ModifyListenerResponse modifyListener(ModifyListenerRequest request) {
        return call("ModifyListener", () -> {
            Thing<Listener> listener = listener(request.listenerArn());
            Listener changed = listener.state().toBuilder().port(request.port()).protocol(request.protocol())
                    .defaultActions(told(request.defaultActions())).build();
            if (onPort(changed).filter(it -> it != listener).isPresent()) {
                throw taken(changed.loadBalancerArn());
            }
            check(changed);
            listener.set(changed);
            return ModifyListenerResponse.builder().listeners(changed).build();
        });
    }

    @Override
    public DeleteListenerResponse deleteListener(DeleteListenerRequest request) {
        return call("DeleteListener", () -> {
            world.remove(listener(request.listenerArn()));
            return DeleteListenerResponse.builder().build();
        });
    }

    // ---- tags

    @Override
    public AddTagsResponse addTags(AddTagsRequest request) {
        return call("AddTags", () -> {
            request.resourceArns().forEach(arn -> tagged(arn).tag(tags(request.tags())));
            return AddTagsResponse.builder().build();
        });
    }

    @Override
    public RemoveTagsResponse removeTags(RemoveTagsRequest request) {
        return call("RemoveTags", () -> {
            request.resourceArns().forEach(arn -> tagged(arn).untag(request.tagKeys()));
            return RemoveTagsResponse.builder().build();
        });
    }

    @Override
    public DescribeTagsResponse describeTags(DescribeTagsRequest request) {
        return call("DescribeTags", () -> DescribeTagsResponse.builder().tagDescriptions(request.resourceArns().stream()
                .map(arn -> TagDescription.builder().resourceArn(arn).tags(sdk(tagged(arn).listed().tags())).build())
                .toList()).build());
    }

    private Thing<?> tagged(String arn) {
        String kind = arn.contains(":targetgroup/") ? "TargetGroup" : arn.contains(":listener/") ? "Listener" : "LoadBalancer";
        return world.find(arn).orElseThrow(() -> notFound(this, kind));
    }

    private static List<Tag> sdk(Map<String, String> tags) {
        return tags.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(it -> Tag.builder().key(it.getKey()).value(it.getValue()).build()).toList();
    }
}
