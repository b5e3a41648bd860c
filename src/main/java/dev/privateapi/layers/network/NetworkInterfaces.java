package dev.privateapi.layers.network;

import static java.util.stream.Collectors.toSet;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.graph.Blocker;
import dev.privateapi.layers.Ec2;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.ownership.Name;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * The network interfaces in the stack's subnets. AWS makes and releases those of load balancers, endpoints, tasks and
 * Resolver endpoints, some of them minutes after the object that they served is gone (as public logs of teardowns show);
 * until then their subnet, groups and VPC cannot be deleted. Any other is somebody else's: named, and left alone.
 */
final class NetworkInterfaces {

    private final Aws aws;

    NetworkInterfaces(Aws aws) {
        this.aws = aws;
    }

    List<Blocker> blockers(Sight sight, List<Live> heldUp) {
        Set<String> vpcs = heldUp.stream().flatMap(live -> vpcId(live)).collect(toSet());
        return vpcs.stream()
                .flatMap(vpc -> sight.read(aws.reads(), new Query<>("ec2:DescribeNetworkInterfaces vpc-id=" + vpc, () -> in(vpc)))
                        .stream())
                .map(it -> new Blocker(holds(it), passing(it, sight), description(it)))
                .toList();
    }

    private static Stream<String> vpcId(Live live) {
        return live.key().kind() == Kind.VPC ? Stream.of(live.id()) : live.attribute(Attribute.VPC_ID).stream();
    }

    private List<NetworkInterface> in(String vpcId) {
        return aws.ec2().describeNetworkInterfacesPaginator(
                        request -> request.filters(Ec2.filter("vpc-id", List.of(vpcId))))
                .networkInterfaces().stream().toList();
    }

    private static Set<String> holds(NetworkInterface it) {
        Set<String> holds = new HashSet<>(groups(it));
        holds.add(it.subnetId());
        holds.add(it.vpcId());
        return holds;
    }

    private static Set<String> groups(NetworkInterface it) {
        return it.groups().stream().map(GroupIdentifier::groupId).collect(toSet());
    }

    /** AWS' own, and for an object of the stack: the load balancer by its name, all others by a group of the stack. */
    private static boolean passing(NetworkInterface it, Sight sight) {
        if (attachedToTask(it) || Boolean.TRUE.equals(it.requesterManaged())) {
            Set<String> groups = groups(it);
            return balancers(sight).anyMatch(description(it)::contains)
                    || sight.seen(Kind.SECURITY_GROUP).stream().map(Live::id).anyMatch(groups::contains);
        }
        return false;
    }

    /** How the interfaces of a load balancer are described (ELB User Guide, "Network Load Balancers", network interfaces). */
    private static Stream<String> balancers(Sight sight) {
        return sight.claims().namers()
                .map(namer -> "ELB net/" + new Name(namer, Keys.LOAD_BALANCER).within(Name.LOAD_BALANCING_LIMIT) + "/");
    }

    /** ECS attaches a task's interface on its behalf (ECS Developer Guide, "Task networking for tasks on Fargate"). */
    private static boolean attachedToTask(NetworkInterface it) {
        return it.description() != null && it.description().startsWith("arn:") && it.description().contains(":attachment/");
    }

    /** As in {@code eni-0a1b (ELB net/poc-nlb/50dc6c495c0c9188)}: what a person needs to find its owner. */
    private static String description(NetworkInterface it) {
        String instance = it.attachment() == null ? null : it.attachment().instanceId();
        String name = it.tagSet().stream().filter(tag -> tag.key().equals("Name")).map(Tag::value).findFirst().orElse(null);
        String owner = Stream.of(it.description(), instance, name, it.requesterId(), it.ownerId())
                .filter(Objects::nonNull).filter(text -> !text.isBlank()).findFirst().orElse("no description");
        return it.networkInterfaceId() + " (" + owner + ")";
    }
}
