package dev.privateapi.simulation;

import dev.privateapi.aws.Aws;
import dev.privateapi.ownership.Ownership;
import dev.privateapi.simulation.aws.Caller;
import dev.privateapi.simulation.aws.ModelAws;
import dev.privateapi.simulation.aws.Owners;
import dev.privateapi.simulation.aws.Thing;
import dev.privateapi.simulation.aws.World;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.apigateway.model.Op;
import software.amazon.awssdk.services.apigateway.model.PatchOperation;
import software.amazon.awssdk.services.apigateway.model.Stage;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.RouteTableAssociation;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VpcEndpoint;
import software.amazon.awssdk.services.ecs.model.ClusterSetting;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;
import software.amazon.awssdk.services.route53resolver.model.ResolverRule;
import software.amazon.awssdk.services.route53resolver.model.ResolverRuleAssociation;
import software.amazon.awssdk.services.route53resolver.model.TargetAddress;

/** Somebody with the AWS console, who changes and deletes what is the stack's, and puts things in its way. */
final class Meddler {

    private static final String MINE = "mine";

    private final World world;
    private final Rules rules;
    private final Owners owners;
    private final Aws aws;
    private final List<Runnable> regrets = new ArrayList<>();
    private final Set<Thing<?>> occupied = new HashSet<>();
    private final Map<String, List<Act>> acts;

    /** @param words what somebody does to an object of the kind, whose name follows */
    private record Act(String kind, String words, Consumer<Thing<?>> does) {}

    Meddler(World world, Rules rules) {
        this.world = world;
        this.rules = rules;
        this.owners = rules.owners();
        this.aws = new ModelAws(world, Operator.HOME, Caller.person());
        this.acts = byKind(List.of(onTheNetwork(), onTheLoadBalancer(), onTheService(), onTheApi(), onTheNames()));
    }

    /** @param choice of the object and what is done to it @return what was done, for a story */
    String meddle(long choice) {
        Random random = new Random(choice);
        List<Thing<?>> some = world.all().filter(owners::owns).filter(Owners::stands)
                .filter(thing -> acts.containsKey(Owners.kind(thing)) && !Owners.comesWithItsContainer(thing)).toList();
        if (some.isEmpty()) {
            return "Somebody finds nothing to meddle with.";
        }
        Thing<?> thing = some.get(random.nextInt(some.size()));
        List<Act> possible = acts.get(Owners.kind(thing));
        Act act = possible.get(random.nextInt(possible.size()));
        String what = "Somebody " + act.words + " " + owners.label(thing) + ", " + thing.id();
        try {
            act.does.accept(thing);
            return what + ".";
        } catch (AwsServiceException e) {
            return what + ", which AWS refuses: " + e.awsErrorDetails().errorMessage();
        }
    }

    /** Whether nothing of somebody's own is in what is told of here, which the stack leaves where it is. */
    boolean intact(String difference) {
        return occupied.stream().map(owners::label).noneMatch(difference::contains);
    }

    /** Takes away again what stands in the way of a deletion and is nobody else's to take. */
    void regret() {
        regrets.forEach(Runnable::run);
        regrets.clear();
        occupied.clear();
    }

    private static Map<String, List<Act>> byKind(List<List<Act>> acts) {
        return acts.stream().flatMap(List::stream).collect(Collectors.groupingBy(Act::kind));
    }

    private List<Act> onTheNetwork() {
        return List.of(
                new Act("Vpc", "hides the host names in", this::hideHostnames),
                new Act("Vpc", "takes name and cluster off", this::untag),
                new Act("Vpc", "puts a security group into", this::bar),
                new Act("Subnet", "gives public addresses in", this::publish),
                new Act("Subnet", "takes name and cluster off", this::untag),
                new Act("Subnet", "puts a network interface into", this::occupy),
                new Act("RouteTable", "takes a subnet from", this::disassociate),
                new Act("RouteTable", "leads the Internet into", this::openRoute),
                new Act("RouteTable", "drops the peer's routes in", this::dropRoutes),
                new Act("SecurityGroup", "takes the owner's tag off", this::disown),
                new Act("SecurityGroup", "takes name and cluster off", this::untag),
                new Act("SecurityGroup", "revokes a rule of", this::close),
                new Act("SecurityGroup", "opens port 22 in", this::open),
                new Act("VpcEndpoint", "deletes", this::deleteEndpoint),
                new Act("VpcEndpoint", "takes rights and a subnet from", this::narrow),
                new Act("VpcEndpoint", "takes name and cluster off", this::untag),
                new Act("VpcPeeringConnection", "deletes", this::unpeer));
    }

    private List<Act> onTheService() {
        return List.of(
                new Act("KnownRole", "takes the owner's tag off", this::disown),
                new Act("KnownRole", "detaches the policy of", this::detach),
                new Act("KnownRole", "adds a policy to", this::permit),
                new Act("LogGroup", "takes the owner's tag off", this::disown),
                new Act("LogGroup", "keeps for ever what is in", this::keepForEver),
                new Act("LogGroup", "deletes", this::deleteLogs),
                new Act("Cluster", "looks closely into", this::insight),
                new Act("TaskDefinition", "deregisters", this::deregister),
                new Act("RunningService", "takes the owner's tag off", this::disown),
                new Act("RunningService", "scales", this::scale),
                new Act("RunningService", "deletes", this::deleteService));
    }

    private List<Act> onTheLoadBalancer() {
        return List.of(
                new Act("Balancer", "takes the owner's tag off", this::disown),
                new Act("Balancer", "protects from deletion", this::protect),
                new Act("Balancer", "deletes", this::deleteBalancer),
                new Act("Group", "takes the owner's tag off", this::disown),
                new Act("Group", "drains slowly", this::slow),
                new Act("Group", "deletes", this::deleteGroup),
                new Act("Listener", "puts another one beside", this::listenToo),
                new Act("Listener", "deletes", this::deleteListener));
    }

    private List<Act> onTheApi() {
        return List.of(
                new Act("Api", "renames", this::rename),
                new Act("Api", "lets everybody call", this::openUp),
                new Act("Api", "deletes the methods of", this::unroute),
                new Act("Api", "deletes", this::deleteApi),
                new Act("VpcLink", "deletes", this::unlink),
                new Act("Stage", "misdirects", this::misdirect),
                new Act("Stage", "deletes", this::deleteStage));
    }

    private List<Act> onTheNames() {
        return List.of(
                new Act("Zone", "adds a record to", this::record),
                new Act("Zone", "deletes the alias in", this::unalias),
                new Act("Endpoint", "deletes", this::deleteResolver),
                new Act("ResolverRule", "forwards elsewhere by", this::forwardElsewhere),
                new Act("ResolverRuleAssociation", "deletes", this::unforward));
    }

    // ---- whose it is

    /** Takes the owner's tag off something that holds a name which the stack needs: not its own any more, and in its way. */
    private void disown(Thing<?> thing) {
        Map<String, String> tag = Map.of(Ownership.OWNER_UID, thing.tags().get(Ownership.OWNER_UID));
        untag(thing, tag.keySet());
        rules.disowned(thing);
        regrets.add(() -> {
            if (!thing.gone()) {
                tag(thing, tag);
            }
        });
    }

    private void untag(Thing<?> thing, Set<String> keys) {
        switch (Owners.kind(thing)) {
            case "KnownRole" -> aws.iam().untagRole(request -> request.roleName(name(thing)).tagKeys(keys));
            case "LogGroup" -> aws.logs().untagResource(request -> request.resourceArn(thing.id()).tagKeys(keys));
            case "Balancer", "Group" -> aws.loadBalancing().removeTags(request -> request.resourceArns(thing.id()).tagKeys(keys));
            case "Cluster", "RunningService" -> aws.ecs().untagResource(request -> request.resourceArn(thing.id()).tagKeys(keys));
            default -> aws.ec2().deleteTags(request -> request.resources(thing.id())
                    .tags(keys.stream().map(key -> Tag.builder().key(key).build()).toList()));
        }
    }

    private void tag(Thing<?> thing, Map<String, String> tags) {
        switch (Owners.kind(thing)) {
            case "KnownRole" -> aws.iam().tagRole(request -> request.roleName(name(thing)).tags(each(tags, (key, value) ->
                    software.amazon.awssdk.services.iam.model.Tag.builder().key(key).value(value).build())));
            case "LogGroup" -> aws.logs().tagResource(request -> request.resourceArn(thing.id()).tags(tags));
            case "Balancer", "Group" -> aws.loadBalancing().addTags(request -> request.resourceArns(thing.id())
                    .tags(each(tags, (key, value) -> software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag.builder()
                            .key(key).value(value).build())));
            case "Cluster", "RunningService" -> aws.ecs().tagResource(request -> request.resourceArn(thing.id())
                    .tags(each(tags, (key, value) ->
                            software.amazon.awssdk.services.ecs.model.Tag.builder().key(key).value(value).build())));
            default -> aws.ec2().createTags(request -> request.resources(thing.id())
                    .tags(each(tags, (key, value) -> Tag.builder().key(key).value(value).build())));
        }
    }

    private static <T> List<T> each(Map<String, String> tags, BiFunction<String, String, T> tag) {
        return tags.entrySet().stream().map(it -> tag.apply(it.getKey(), it.getValue())).toList();
    }

    // ---- network

    private void untag(Thing<?> thing) {
        aws.ec2().deleteTags(request -> request.resources(thing.id())
                .tags(Tag.builder().key(Ownership.NAME).build(), Tag.builder().key(Ownership.CLUSTER).build()));
    }

    private void hideHostnames(Thing<?> vpc) {
        aws.ec2().modifyVpcAttribute(request -> request.vpcId(vpc.id()).enableDnsHostnames(it -> it.value(false)));
    }

    /** A group of somebody's own, without which the VPC cannot go. */
    private void bar(Thing<?> vpc) {
        String id = aws.ec2().createSecurityGroup(request ->
                request.vpcId(vpc.id()).groupName(MINE).description("somebody's own")).groupId();
        regrets.add(() -> aws.ec2().deleteSecurityGroup(request -> request.groupId(id)));
    }

    private void publish(Thing<?> subnet) {
        aws.ec2().modifySubnetAttribute(request -> request.subnetId(subnet.id()).mapPublicIpOnLaunch(it -> it.value(true)));
    }

    private void occupy(Thing<?> subnet) {
        String id = aws.ec2().createNetworkInterface(request -> request.subnetId(subnet.id()).description("somebody's own"))
                .networkInterface().networkInterfaceId();
        regrets.add(() -> aws.ec2().deleteNetworkInterface(request -> request.networkInterfaceId(id)));
    }

    private void disassociate(Thing<?> table) {
        ((RouteTable) table.state()).associations().stream().map(RouteTableAssociation::routeTableAssociationId).limit(1)
                .forEach(id -> aws.ec2().disassociateRouteTable(request -> request.associationId(id)));
    }

    private void openRoute(Thing<?> table) {
        aws.ec2().createRoute(request ->
                request.routeTableId(table.id()).destinationCidrBlock("0.0.0.0/0").gatewayId("igw-0123456789abcdef0"));
    }

    private void dropRoutes(Thing<?> table) {
        ((RouteTable) table.state()).routes().stream().filter(it -> it.vpcPeeringConnectionId() != null)
                .map(Route::destinationCidrBlock).forEach(to -> aws.ec2().deleteRoute(request ->
                        request.routeTableId(table.id()).destinationCidrBlock(to)));
    }

    private void close(Thing<?> group) {
        ((SecurityGroup) group.state()).ipPermissions().stream().limit(1).forEach(rule ->
                aws.ec2().revokeSecurityGroupIngress(request -> request.groupId(group.id()).ipPermissions(rule)));
    }

    private void open(Thing<?> group) {
        aws.ec2().authorizeSecurityGroupIngress(request -> request.groupId(group.id()).ipPermissions(IpPermission.builder()
                .ipProtocol("tcp").fromPort(22).toPort(22).ipRanges(IpRange.builder().cidrIp("0.0.0.0/0").build()).build()));
    }

    private void deleteEndpoint(Thing<?> endpoint) {
        aws.ec2().deleteVpcEndpoints(request -> request.vpcEndpointIds(endpoint.id()));
    }

    private void narrow(Thing<?> endpoint) {
        List<String> subnets = ((VpcEndpoint) endpoint.state()).subnetIds();
        aws.ec2().modifyVpcEndpoint(request -> request.vpcEndpointId(endpoint.id()).policyDocument("{\"Statement\":[]}")
                .removeSubnetIds(subnets.stream().limit(1).toList()));
    }

    private void unpeer(Thing<?> connection) {
        aws.ec2().deleteVpcPeeringConnection(request -> request.vpcPeeringConnectionId(connection.id()));
    }

    // ---- load balancer

    private void protect(Thing<?> balancer) {
        aws.loadBalancing().modifyLoadBalancerAttributes(request -> request.loadBalancerArn(balancer.id())
                .attributes(LoadBalancerAttribute.builder().key("deletion_protection.enabled").value("true").build()));
    }

    private void slow(Thing<?> group) {
        aws.loadBalancing().modifyTargetGroupAttributes(request -> request.targetGroupArn(group.id()).attributes(
                TargetGroupAttribute.builder().key("deregistration_delay.timeout_seconds").value("300").build()));
    }

    private void listenToo(Thing<?> listener) {
        Listener is = (Listener) listener.state();
        aws.loadBalancing().createListener(request -> request.loadBalancerArn(is.loadBalancerArn()).port(9999)
                .protocol(ProtocolEnum.TCP).defaultActions(is.defaultActions()));
    }

    private void deleteBalancer(Thing<?> balancer) {
        aws.loadBalancing().deleteLoadBalancer(request -> request.loadBalancerArn(balancer.id()));
    }

    private void deleteGroup(Thing<?> group) {
        aws.loadBalancing().deleteTargetGroup(request -> request.targetGroupArn(group.id()));
    }

    private void deleteListener(Thing<?> listener) {
        aws.loadBalancing().deleteListener(request -> request.listenerArn(listener.id()));
    }

    // ---- service

    private void detach(Thing<?> role) {
        aws.iam().detachRolePolicy(request -> request.roleName(name(role))
                .policyArn("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"));
    }

    private void permit(Thing<?> role) {
        aws.iam().putRolePolicy(request -> request.roleName(name(role)).policyName("more").policyDocument("{}"));
    }

    private static String name(Thing<?> thing) {
        return thing.id().substring(thing.id().lastIndexOf('/') + 1);
    }

    private void keepForEver(Thing<?> group) {
        aws.logs().putRetentionPolicy(request -> request.retentionInDays(3653).logGroupName(logGroup(group)));
    }

    private void deleteLogs(Thing<?> group) {
        aws.logs().deleteLogGroup(request -> request.logGroupName(logGroup(group)));
    }

    private static String logGroup(Thing<?> group) {
        String before = ":log-group:";
        return group.id().substring(group.id().indexOf(before) + before.length());
    }

    private void deregister(Thing<?> definition) {
        aws.ecs().deregisterTaskDefinition(request -> request.taskDefinition(definition.id()));
    }

    private void insight(Thing<?> cluster) {
        aws.ecs().updateClusterSettings(request -> request.cluster(cluster.id())
                .settings(ClusterSetting.builder().name("containerInsights").value("enhanced").build()));
    }

    private static String clusterOf(Thing<?> service) {
        return service.id().substring(0, service.id().lastIndexOf('/')).replace(":service/", ":cluster/");
    }

    private void scale(Thing<?> service) {
        aws.ecs().updateService(request -> request.cluster(clusterOf(service)).service(service.id()).desiredCount(5));
    }

    private void deleteService(Thing<?> service) {
        aws.ecs().deleteService(request -> request.cluster(clusterOf(service)).service(service.id()).force(true));
    }

    // ---- API

    private void patch(Thing<?> api, String path, String value) {
        aws.apiGateway().updateRestApi(request -> request.restApiId(api.id())
                .patchOperations(PatchOperation.builder().op(Op.REPLACE).path(path).value(value).build()));
    }

    private void rename(Thing<?> api) {
        patch(api, "/name", MINE);
    }

    private void openUp(Thing<?> api) {
        patch(api, "/policy", "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"execute-api:Invoke\","
                + "\"Resource\":\"execute-api:/*\"}]}");
    }

    private void unroute(Thing<?> api) {
        aws.apiGateway().getResources(request -> request.restApiId(api.id())).items().forEach(resource ->
                resource.resourceMethods().keySet().forEach(verb -> aws.apiGateway().deleteMethod(request ->
                        request.restApiId(api.id()).resourceId(resource.id()).httpMethod(verb))));
    }

    private void misdirect(Thing<?> stage) {
        aws.apiGateway().updateStage(request -> request.restApiId(stage.parent())
                .stageName(((Stage) stage.state()).stageName())
                .patchOperations(PatchOperation.builder().op(Op.REPLACE).path("/variables/vpcLinkId").value("none").build()));
    }

    private void deleteStage(Thing<?> stage) {
        aws.apiGateway().deleteStage(request ->
                request.restApiId(stage.parent()).stageName(((Stage) stage.state()).stageName()));
    }

    private void deleteApi(Thing<?> api) {
        aws.apiGateway().deleteRestApi(request -> request.restApiId(api.id()));
    }

    private void unlink(Thing<?> link) {
        aws.apiGateway().deleteVpcLink(request -> request.vpcLinkId(link.id()));
    }

    // ---- DNS

    private void record(Thing<?> zone) {
        String name = MINE + "." + aws.route53().getHostedZone(request -> request.id(zone.id())).hostedZone().name();
        ResourceRecordSet record = ResourceRecordSet.builder().name(name).type(RRType.A).ttl(60L)
                .resourceRecords(ResourceRecord.builder().value("10.1.1.9").build()).build();
        change(zone, ChangeAction.UPSERT, record);
        occupied.add(zone);
        regrets.add(() -> {
            if (!zone.gone() && records(zone).anyMatch(it -> it.name().equals(name))) { // he may have added it twice
                change(zone, ChangeAction.DELETE, record);
            }
        });
    }

    private Stream<ResourceRecordSet> records(Thing<?> zone) {
        return aws.route53().listResourceRecordSets(request -> request.hostedZoneId(zone.id())).resourceRecordSets().stream();
    }

    private void unalias(Thing<?> zone) {
        records(zone).filter(it -> it.aliasTarget() != null).forEach(it -> change(zone, ChangeAction.DELETE, it));
    }

    private void change(Thing<?> zone, ChangeAction action, ResourceRecordSet record) {
        aws.route53().changeResourceRecordSets(request -> request.hostedZoneId(zone.id()).changeBatch(batch ->
                batch.changes(Change.builder().action(action).resourceRecordSet(record).build())));
    }

    private void deleteResolver(Thing<?> endpoint) {
        aws.resolver().deleteResolverEndpoint(request -> request.resolverEndpointId(endpoint.id()));
    }

    private void forwardElsewhere(Thing<?> rule) {
        aws.resolver().updateResolverRule(request -> request.resolverRuleId(rule.id()).config(config -> config
                .resolverEndpointId(((ResolverRule) rule.state()).resolverEndpointId())
                .targetIps(TargetAddress.builder().ip("10.9.9.9").port(53).build())));
    }

    private void unforward(Thing<?> association) {
        ResolverRuleAssociation is = (ResolverRuleAssociation) association.state();
        aws.resolver().disassociateResolverRule(request ->
                request.resolverRuleId(is.resolverRuleId()).vpcId(is.vpcId()));
    }
}
