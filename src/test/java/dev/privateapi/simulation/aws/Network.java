package dev.privateapi.simulation.aws;

import dev.privateapi.layers.Ec2;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** What the services share of EC2 in one place: finding its objects, and network interfaces, which tie all to subnets. */
final class Network {

    final World world;
    final Place place;

    Network(World world, Place place) {
        this.world = world;
        this.place = place;
    }

    /** A VPC, with the attributes that only DescribeVpcAttribute tells. */
    record Vpc(software.amazon.awssdk.services.ec2.model.Vpc sdk, boolean dnsSupport, boolean dnsHostnames) {}

    static AwsServiceException refuse(String code, String message) {
        return Ec2Model.ERRORS.refuse(code, 400, message);
    }

    Thing<Vpc> vpc(String id) {
        return find(Vpc.class, id, "InvalidVpcID.NotFound", "The vpc ID '" + id + "' does not exist");
    }

    Thing<Subnet> subnet(String id) {
        return find(Subnet.class, id, "InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist");
    }

    Thing<SecurityGroup> group(String id) {
        return find(SecurityGroup.class, id, "InvalidGroup.NotFound", "The security group '" + id + "' does not exist");
    }

    <T> Thing<T> find(Class<T> type, String id, String code, String message) {
        return world.find(type, id).filter(thing -> thing.place().equals(place)).orElseThrow(() -> refuse(code, message));
    }

    /**
     * What a Describe shows before its filters.
     *
     * @param ids of those that are asked for; none for all
     * @param find refuses an id that there is not
     */
    <T> Stream<Seen<T>> shown(Class<T> type, Collection<String> ids, Function<String, Thing<T>> find) {
        ids.forEach(find::apply);
        return world.listed(type, place).map(Thing::listed).filter(it -> ids.isEmpty() || ids.contains(it.id()));
    }

    static Map<String, String> tags(List<TagSpecification> specifications) {
        return specifications.isEmpty() ? Map.of() : Ec2.tags(specifications.getFirst().tags());
    }

    // ---- network interfaces

    Stream<Thing<NetworkInterface>> interfaces() {
        return world.all(NetworkInterface.class, place);
    }

    /**
     * @param parent the object that it serves
     * @param requester the service, as DescribeNetworkInterfaces names it
     */
    Thing<NetworkInterface> attach(
            String subnetId, Collection<String> groups, String description, String requester, String parent) {
        Thing<Subnet> subnet = subnet(subnetId);
        Subnet in = subnet.state();
        String id = "eni-" + world.hex();
        NetworkInterface attached = NetworkInterface.builder()
                .networkInterfaceId(id)
                .vpcId(in.vpcId())
                .subnetId(subnetId)
                .description(description)
                .requesterId(requester)
                .requesterManaged(!requester.isEmpty())
                .ownerId(place.account())
                .privateIpAddress(freeAddress(in))
                .groups(identifiers(groups))
                .build();
        return world.add(place, id, parent, attached, Map.of());
    }

    private String freeAddress(Subnet subnet) {
        Cidr block = Cidr.of(subnet.cidrBlock());
        List<String> taken = interfaces().map(it -> it.state().privateIpAddress()).toList();
        for (long index = 4; index < block.size() - 1; index++) {
            if (!taken.contains(block.address(index))) {
                return block.address(index);
            }
        }
        throw refuse("InsufficientFreeAddressesInSubnet", "The subnet " + subnet.subnetId() + " has no free address.");
    }

    static List<GroupIdentifier> identifiers(Collection<String> groups) {
        return groups.stream().map(id -> GroupIdentifier.builder().groupId(id).build()).toList();
    }

    /** The interfaces of an object, and what becomes of them when it goes: they hold subnets and groups for a while yet. */
    void release(String parent, Duration delay) {
        List<Thing<NetworkInterface>> some = interfaces().filter(it -> it.parent().equals(parent)).toList();
        release(some, delay);
    }

    void release(List<Thing<NetworkInterface>> some, Duration delay) {
        if (delay.isZero()) {
            some.forEach(world::remove);
        } else {
            world.after(delay, () -> some.stream().filter(it -> !it.gone()).forEach(world::remove));
        }
    }

    void regroup(String parent, Collection<String> groups) {
        interfaces().filter(it -> it.parent().equals(parent))
                .forEach(it -> it.change(eni -> eni.toBuilder().groups(identifiers(groups)).build()));
    }
}
