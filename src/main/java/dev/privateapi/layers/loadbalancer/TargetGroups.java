package dev.privateapi.layers.loadbalancer;

import static java.util.stream.Collectors.toMap;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Shown;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/**
 * The target group of the tasks' addresses. Its port, protocol and VPC are fixed for ever; the port is only what targets
 * without one of their own get, and ECS gives each its own, so it is not compared.
 */
final class TargetGroups implements Driver<TargetGroups.Desired, TargetGroups.Group> {

    /** The port on which each target receives traffic (API reference, CreateTargetGroup, {@code HealthCheckPort}). */
    private static final String TRAFFIC_PORT = "traffic-port";

    /** Twenty seconds to healthy instead of two and a half minutes: a rolling deployment waits for it with every task. */
    static final HealthCheck QUICK = new HealthCheck(ProtocolEnum.TCP.toString(), TRAFFIC_PORT, 10, 5, 2, 2);

    /**
     * Set on purpose (API reference, TargetGroupAttribute). A short delay, because a task that leaves has few and short
     * requests, and the deletion of a service waits for it; across zones as the load balancer says; neither the client's
     * address, which PrivateLink traffic does not carry, nor a proxy protocol header, which the container would have to
     * understand.
     */
    static final SortedMap<String, String> ATTRIBUTES = Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(
            "deregistration_delay.timeout_seconds", "10",
            "load_balancing.cross_zone.enabled", "use_load_balancer_configuration",
            "preserve_client_ip.enabled", "false",
            "proxy_protocol_v2.enabled", "false")));

    private final Aws aws;
    private final Elb elb;

    TargetGroups(Aws aws, Elb elb) {
        this.aws = aws;
        this.elb = elb;
    }

    /** @param port of a new one; of one that exists it does not matter */
    record Desired(int port, HealthCheck healthCheck, SortedMap<String, String> attributes) {}

    /** Times in seconds; intervals of 5 to 300, time-outs of 2 to 120, 2 to 10 checks (API reference, CreateTargetGroup). */
    record HealthCheck(String protocol, String port, int interval, int timeout, int healthyAfter, int unhealthyAfter) {

        private static HealthCheck of(TargetGroup group) {
            return new HealthCheck(group.healthCheckProtocolAsString(), group.healthCheckPort(),
                    group.healthCheckIntervalSeconds(), group.healthCheckTimeoutSeconds(),
                    group.healthyThresholdCount(), group.unhealthyThresholdCount());
        }
    }

    /** @param attributes none of one that was just created: a create cannot set them, and its answer does not tell them */
    record Group(TargetGroup sdk, Map<String, String> attributes, Map<String, String> tags) {

        private String arn() {
            return sdk.targetGroupArn();
        }

        private Group withAttributes(Map<String, String> changed) {
            return new Group(sdk, Elb.with(attributes, changed), tags);
        }

        private Group tagged(Map<String, String> tags) {
            return new Group(sdk, attributes, tags);
        }
    }

    @Override
    public Kind kind() {
        return Kind.TARGET_GROUP;
    }

    /** After the load balancers, because the call that tells their tags then tells these. */
    @Override
    public Set<Kind> after() {
        return Set.of(Kind.VPC, Kind.LOAD_BALANCER);
    }

    @Override
    public List<Live> observe(Sight sight) {
        Shown<TargetGroup> listing = sight.read(aws.reads(), new Query<>("elasticloadbalancing:DescribeTargetGroups", this::list));
        List<Group> groups = Elb.candidates(
                        Keys.TARGET_GROUP, sight, TargetGroup::targetGroupName, TargetGroup::targetGroupArn, listing).stream()
                .map(it -> new Group(it, attributes(it.targetGroupArn(), sight),
                        elb.tags(it, listing, TargetGroup::targetGroupName, TargetGroup::targetGroupArn, sight)))
                .toList();
        return elb.sort(Keys.TARGET_GROUP, sight, groups, Group::arn, Group::tags, this::live).stream()
                .map(live -> live.owned() ? here(live, sight) : live)
                .toList();
    }

    private Shown<TargetGroup> list() {
        return new Shown<>(aws.loadBalancing().describeTargetGroupsPaginator().targetGroups().stream().toList(),
                it -> Stream.of(it.targetGroupArn(), it.targetGroupName()));
    }

    private Map<String, String> attributes(String arn, Sight sight) {
        return sight.detail(aws.reads(), new Query<>("elasticloadbalancing:DescribeTargetGroupAttributes " + arn, () ->
                aws.loadBalancing().describeTargetGroupAttributes(request -> request.targetGroupArn(arn)).attributes()
                        .stream().collect(toMap(TargetGroupAttribute::key, TargetGroupAttribute::value))));
    }

    /** A target group outlives its VPC, which may have been deleted by hand and made anew; no target fits into it then. */
    private static Live here(Live live, Sight sight) {
        Optional<Live> elsewhere = sight.seen(Kind.VPC).stream()
                .filter(vpc -> !vpc.id().equals(live.attribute(Attribute.VPC_ID).orElse(""))).findFirst();
        return elsewhere.map(vpc -> live.in(Phase.FAILED).troubled(new Problem(Category.FAILED, live.id()
                + " is in a VPC that is not the stack's " + vpc.id() + ". It is deleted and made anew."))).orElse(live);
    }

    @Override
    public Live live(ResourceKey key, Group group) {
        return Live.of(key, group.arn(), Phase.READY, group)
                .with(Map.of(Attribute.ARN, group.arn(), Attribute.VPC_ID, group.sdk.vpcId()));
    }

    @Override
    public List<Change<Group>> compare(Desired wanted, Group have, Refs refs) {
        List<Change<Group>> changes = new ArrayList<>();
        HealthCheck check = HealthCheck.of(have.sdk);
        if (!check.equals(wanted.healthCheck)) {
            changes.add(new Change<>("healthCheck", check, wanted.healthCheck, now -> modify(now, wanted.healthCheck)));
        }
        changes.addAll(Elb.attributes(wanted.attributes, have.attributes, this::modify));
        return changes;
    }

    private Group modify(Group group, HealthCheck check) {
        TargetGroup modified = aws.loadBalancing().modifyTargetGroup(request -> request.targetGroupArn(group.arn())
                .healthCheckProtocol(check.protocol).healthCheckPort(check.port)
                .healthCheckIntervalSeconds(check.interval).healthCheckTimeoutSeconds(check.timeout)
                .healthyThresholdCount(check.healthyAfter).unhealthyThresholdCount(check.unhealthyAfter))
                .targetGroups().getFirst();
        return new Group(modified, group.attributes, group.tags);
    }

    private Group modify(Group group, SortedMap<String, String> attributes) {
        aws.loadBalancing().modifyTargetGroupAttributes(request -> request.targetGroupArn(group.arn())
                .attributes(attributes.entrySet().stream()
                        .map(it -> TargetGroupAttribute.builder().key(it.getKey()).value(it.getValue()).build())
                        .toList()));
        return group.withAttributes(attributes);
    }

    @Override
    public Optional<String> misfit(Desired wanted, Group have, Refs refs) {
        boolean fits = have.sdk.protocol() == ProtocolEnum.TCP && have.sdk.targetType() == TargetTypeEnum.IP;
        return fits ? Optional.empty() : Optional.of("its targets are of type " + have.sdk.targetTypeAsString() + " over "
                + have.sdk.protocolAsString() + ", not of type ip over TCP");
    }

    @Override
    public Optional<Tagging<Group>> tagging() {
        return Optional.of(elb.tagging(Group::arn, Group::tags, Group::tagged));
    }

    @Override
    public Group create(Desired wanted, Refs refs, Birth birth) {
        String name = Elb.name(birth.owner(), birth.key());
        HealthCheck check = wanted.healthCheck;
        TargetGroup created = Refusals.orTaken(
                () -> aws.loadBalancing().createTargetGroup(request -> request.name(name)
                        .targetType(TargetTypeEnum.IP).protocol(ProtocolEnum.TCP).port(wanted.port)
                        .vpcId(refs.id(Keys.VPC))
                        .healthCheckProtocol(check.protocol).healthCheckPort(check.port)
                        .healthCheckIntervalSeconds(check.interval).healthCheckTimeoutSeconds(check.timeout)
                        .healthyThresholdCount(check.healthyAfter).unhealthyThresholdCount(check.unhealthyAfter)
                        .tags(Elb.sdk(birth.tags()))).targetGroups(),
                () -> aws.loadBalancing().describeTargetGroups(request -> request.names(name)).targetGroups()).getFirst();
        return new Group(created, Map.of(), elb.claim(created.targetGroupArn(), birth));
    }

    @Override
    public Optional<Group> delete(Group group) {
        Refusals.unlessGone(() -> aws.loadBalancing().deleteTargetGroup(request -> request.targetGroupArn(group.arn())));
        return Optional.empty();
    }
}
