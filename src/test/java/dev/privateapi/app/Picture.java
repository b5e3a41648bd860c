package dev.privateapi.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.aws.Aws;
import dev.privateapi.ownership.Ownership;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VpcAttributeName;
import software.amazon.awssdk.services.ecs.model.ClusterField;
import software.amazon.awssdk.services.ecs.model.ServiceField;
import software.amazon.awssdk.services.ecs.model.TaskDefinitionField;
import software.amazon.awssdk.services.iam.model.EntityType;
import software.amazon.awssdk.services.route53.model.TagResourceType;
import software.amazon.awssdk.services.route53resolver.model.ResolverRule;

/**
 * Everything that AWS shows of a stack, property by property, as a person reads it and not as the operator does: what the
 * operator forgets to compare must not be missing here too. Ids stand as the names of the resources, so that two pictures
 * are equal if what they show is, also when an object was made anew.
 */
final class Picture {

    /** What AWS counts, dates or draws by lot. */
    private static final Set<String> NOISE = Set.of(
            "createdDate", "lastUpdatedDate", "CreatedDate", "CreateDate", "CreatedTime", "CreationTime", "CreationTimestamp",
            "ModificationTime", "createdAt", "updatedAt", "creationTime", "registeredAt", "registeredBy", "events",
            "deployments", "NetworkInterfaceIdSet", "AvailableIpAddressCount", "RoleId", "RoleLastUsed", "CallerReference",
            "CreatorRequestId", "IpId", "storedBytes", "revision", "StatusMessage", "statusMessage", "InstanceProfileList",
            "registeredContainerInstancesCount", "runningTasksCount", "pendingTasksCount", "activeServicesCount");
    /** What is drawn by lot at the end of names; the ids of what is not the stack's stay. */
    private static final String LOT = "(?<!(?:vpce|vpc|rtb|subnet|sg|pcx)-)(?<![0-9a-f])[0-9a-f]{16,}";
    private static final String PEER = SandboxStack.PEER_VPC;

    private final SandboxStack stack;
    private final Aws aws;
    private final SortedMap<String, SortedSet<String>> lines = new TreeMap<>();

    private Picture(SandboxStack stack) {
        this.stack = stack;
        this.aws = stack.person;
    }

    /** By what the object is to the stack; objects of nobody's are not shown. */
    static SortedMap<String, SortedSet<String>> of(SandboxStack stack) {
        Picture picture = new Picture(stack);
        picture.network();
        picture.loadBalancer();
        picture.service();
        picture.api();
        picture.names();
        return picture.lines;
    }

    private void network() {
        List<String> vpcs = aws.ec2().describeVpcs(it -> it.filters(owned())).vpcs().stream().map(it -> {
            String key = key(it.tags());
            add(key, it);
            Stream.of(VpcAttributeName.ENABLE_DNS_SUPPORT, VpcAttributeName.ENABLE_DNS_HOSTNAMES).forEach(name ->
                    add(key, aws.ec2().describeVpcAttribute(ask -> ask.vpcId(it.vpcId()).attribute(name))));
            return it.vpcId();
        }).toList();
        aws.ec2().describeSubnets(it -> it.filters(owned())).subnets().forEach(it -> add(key(it.tags()), it));
        aws.ec2().describeSecurityGroups(it -> it.filters(owned())).securityGroups().forEach(it -> add(key(it.tags()), it));
        aws.ec2().describeVpcEndpoints(it -> it.filters(owned())).vpcEndpoints().stream()
                .filter(it -> !"deleted".equalsIgnoreCase(it.stateAsString())).forEach(it -> add(key(it.tags()), it));
        aws.ec2().describeVpcPeeringConnections(it -> it.filters(owned())).vpcPeeringConnections().stream()
                .filter(it -> it.status().codeAsString().equals("active")).forEach(it -> add(key(it.tags()), it));
        Stream.concat(vpcs.stream(), Stream.of(PEER))
                .flatMap(vpc -> aws.ec2().describeRouteTables(it -> it.filters(filter("vpc-id", vpc))).routeTables().stream())
                .forEach(this::routeTable);
    }

    /** Routes over a peering are resources of their own, wherever they are. */
    private void routeTable(RouteTable table) {
        boolean peer = table.vpcId().equals(PEER);
        String key = peer ? "peering/peer-routes/" + PEER : key(table.tags());
        if (!peer) {
            add(key, table.toBuilder().routes(table.routes().stream().filter(it -> it.vpcPeeringConnectionId() == null).toList())
                    .build());
        }
        table.routes().stream().filter(it -> peer || it.vpcPeeringConnectionId() != null).forEach(route ->
                line(peer ? key : "peering/routes/" + PEER, peer ? table.routeTableId() : "routes", render(route)));
    }

    private void loadBalancer() {
        aws.loadBalancing().describeLoadBalancers().loadBalancers().forEach(balancer -> {
            String arn = balancer.loadBalancerArn();
            add("load-balancer/nlb", balancer);
            add("load-balancer/nlb", aws.loadBalancing().describeLoadBalancerAttributes(it -> it.loadBalancerArn(arn)));
            tags("load-balancer/nlb", arn);
            aws.loadBalancing().describeListeners(it -> it.loadBalancerArn(arn)).listeners().forEach(listener -> {
                add("load-balancer/listener", listener);
                tags("load-balancer/listener", listener.listenerArn());
            });
        });
        aws.loadBalancing().describeTargetGroups().targetGroups().stream()
                .filter(it -> it.targetGroupName().startsWith("poc")).forEach(group -> {
            add("load-balancer/target-group", group);
            add("load-balancer/target-group",
                    aws.loadBalancing().describeTargetGroupAttributes(it -> it.targetGroupArn(group.targetGroupArn())));
            tags("load-balancer/target-group", group.targetGroupArn());
        });
    }

    private void tags(String key, String arn) {
        aws.loadBalancing().describeTags(it -> it.resourceArns(arn)).tagDescriptions().forEach(it -> add(key, it));
    }

    private void service() {
        aws.iam().getAccountAuthorizationDetails(it -> it.filter(EntityType.ROLE)).roleDetailList().stream()
                .filter(it -> it.path().startsWith("/privateapi/"))
                .forEach(role -> add(
                        role.roleName().contains("execution") ? "service/execution-role" : "service/task-role", role));
        aws.logs().describeLogGroups(it -> it.logGroupNamePrefix("/privateapi/")).logGroups().forEach(group -> {
            add("service/log-group", group);
            add("service/log-group",
                    aws.logs().listTagsForResource(it -> it.resourceArn(group.arn().replaceFirst(":[*]$", ""))));
        });
        aws.ecs().describeClusters(it -> it.clusters(aws.ecs().listClusters().clusterArns())
                        .include(ClusterField.TAGS, ClusterField.SETTINGS)).clusters().stream()
                .filter(it -> it.status().equals("ACTIVE"))
                .forEach(cluster -> {
                    add("service/cluster", cluster);
                    services(cluster.clusterArn());
                });
    }

    private void services(String cluster) {
        List<String> arns = aws.ecs().listServices(it -> it.cluster(cluster)).serviceArns();
        if (!arns.isEmpty()) {
            aws.ecs().describeServices(it -> it.cluster(cluster).services(arns).include(ServiceField.TAGS)).services()
                    .forEach(it -> add("service/service", it));
        }
        aws.ecs().listTaskDefinitions(it -> {}).taskDefinitionArns().forEach(arn -> add("service/task-definition",
                aws.ecs().describeTaskDefinition(it -> it.taskDefinition(arn).include(TaskDefinitionField.TAGS))));
    }

    private void api() {
        aws.apiGateway().getVpcLinks().items().forEach(it -> add("api/vpc-link", it));
        aws.apiGateway().getRestApis().items().forEach(api -> {
            String id = api.id();
            add("api/rest-api", api.toBuilder().rootResourceId(null).build());
            aws.apiGateway().getResources(it -> it.restApiId(id).embed("methods")).items().forEach(resource ->
                    line("api/methods", resource.path(), render(resource.resourceMethods())));
            aws.apiGateway().getDeployments(it -> it.restApiId(id)).items().stream()
                    .filter(it -> it.description().startsWith("PrivateApiStack")).forEach(it -> add("api/deployment", it));
            aws.apiGateway().getStages(it -> it.restApiId(id)).item().forEach(it -> add("api/stage/" + it.stageName(), it));
        });
    }

    private void names() {
        aws.route53().listHostedZones().hostedZones().forEach(zone -> {
            add("dns/hosted-zone", aws.route53().getHostedZone(it -> it.id(zone.id())).toBuilder().delegationSet(
                    (software.amazon.awssdk.services.route53.model.DelegationSet) null).build());
            add("dns/hosted-zone", aws.route53().listTagsForResource(it ->
                    it.resourceType(TagResourceType.HOSTEDZONE).resourceId(zone.id().replace("/hostedzone/", ""))));
            aws.route53().listResourceRecordSets(it -> it.hostedZoneId(zone.id())).resourceRecordSets()
                    .forEach(it -> line("dns/alias", it.typeAsString(), render(it)));
        });
        aws.resolver().listResolverEndpoints(it -> {}).resolverEndpoints().forEach(endpoint -> {
            String key = "dns/resolver-" + endpoint.directionAsString().toLowerCase(Locale.ROOT);
            add(key, endpoint);
            aws.resolver().listResolverEndpointIpAddresses(it -> it.resolverEndpointId(endpoint.id())).ipAddresses()
                    .forEach(it -> line(key, "address", word(it.subnetId())));
            resolverTags(key, endpoint.arn());
        });
        aws.resolver().listResolverRules(it -> {}).resolverRules().stream()
                .filter(it -> !it.id().contains("autodefined")).forEach(this::rule);
    }

    private void rule(ResolverRule rule) {
        String key = "dns/resolver-rule/" + rule.domainName().replaceFirst("[.]$", "");
        add(key, rule);
        resolverTags(key, rule.arn());
        aws.resolver().listResolverRuleAssociations(it -> {}).resolverRuleAssociations().stream()
                .filter(it -> it.resolverRuleId().equals(rule.id()))
                .forEach(it -> add(key.replace("/resolver-rule/", "/resolver-rule-association/"), it));
    }

    private void resolverTags(String key, String arn) {
        aws.resolver().listTagsForResource(it -> it.resourceArn(arn)).tags().forEach(it -> line(key, "tag", render(it)));
    }

    private static Filter owned() {
        return Filter.builder().name("tag-key").values(Ownership.OWNER_UID).build();
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    private static String key(List<Tag> tags) {
        return tags.stream().filter(it -> it.key().equals(Ownership.RESOURCE)).map(Tag::value).findFirst().orElse("others");
    }

    private void add(String key, SdkPojo object) {
        object.sdkFields().stream().filter(it -> !NOISE.contains(it.locationName())).forEach(field -> {
            Object value = field.getValueOrDefault(object);
            if (value != null && !(value instanceof Collection<?> some && some.isEmpty())
                    && !(value instanceof Map<?, ?> map && map.isEmpty())) {
                line(key, field.locationName(), render(value));
            }
        });
    }

    private void line(String key, String property, String value) {
        lines.computeIfAbsent(key, it -> new TreeSet<>()).add(property + " = " + value);
    }

    private String render(Object value) {
        return switch (value) {
            case SdkPojo object -> object.sdkFields().stream().filter(it -> !NOISE.contains(it.locationName()))
                    .filter(it -> it.getValueOrDefault(object) != null)
                    .map(it -> it.locationName() + ":" + render(it.getValueOrDefault(object))).sorted().toList().toString();
            case Map<?, ?> map -> map.entrySet().stream().map(it -> it.getKey() + ":" + render(it.getValue())).sorted().toList()
                    .toString();
            case Collection<?> some -> some.stream().filter(Objects::nonNull).map(this::render).sorted().toList().toString();
            case JsonNode json -> json.toString();
            default -> word(value.toString());
        };
    }

    private String word(String text) {
        String words = text;
        for (var entry : stack.recorded().values()) {
            words = entry.id().isEmpty() ? words : words.replace(entry.id(), "<" + entry.key().name() + ">");
        }
        return words.replaceAll(LOT, "#").replaceAll("(<endpoints/[a-z0-9.-]+>)-[a-z0-9]{8}", "$1");
    }
}
