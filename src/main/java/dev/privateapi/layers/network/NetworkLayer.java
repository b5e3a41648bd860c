package dev.privateapi.layers.network;

import dev.privateapi.api.v1alpha1.PeerSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.SubnetSpec;
import dev.privateapi.aws.Aws;
import dev.privateapi.graph.Blocker;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.Resource;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Live;
import dev.privateapi.model.Need;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A VPC, its private subnets, and one route table for those that the stack makes. An existing VPC or subnet takes its place
 * under the same key and is only looked at. The security groups are the other layers'; their driver is listed here, once.
 */
public final class NetworkLayer implements LayerDefinition {

    private final Vpcs vpcs;
    private final Subnets subnets;
    private final RouteTables routeTables;
    private final NetworkInterfaces networkInterfaces;
    private final SecurityGroups securityGroups;

    /** @param securityGroups the one driver of security groups, which all layers share */
    public NetworkLayer(Aws aws, SecurityGroups securityGroups) {
        this.vpcs = new Vpcs(aws);
        this.subnets = new Subnets(aws);
        this.routeTables = new RouteTables(aws);
        this.networkInterfaces = new NetworkInterfaces(aws);
        this.securityGroups = securityGroups;
    }

    @Override
    public List<Node> desired(Owner owner, PrivateApiStackSpec spec) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(new Resource<>(owner, Keys.VPC, new Vpcs.Desired(spec.vpc().cidr(), true, true), List.of(),
                spec.vpc().id(), vpcs));
        spec.vpc().subnets().forEach(subnet -> nodes.add(subnet(owner, subnet)));
        List<ResourceKey> own =
                spec.vpc().subnets().stream().filter(subnet -> subnet.id() == null).map(Keys::subnet).toList();
        if (!own.isEmpty()) {
            List<String> peerCidrs = spec.peers().stream().map(PeerSpec::cidr).toList();
            List<Need> needs = Stream.concat(Stream.of(Keys.VPC), own.stream()).map(Need::exists).toList();
            nodes.add(new Resource<>(owner, Keys.ROUTE_TABLE, new RouteTables.Desired(own, peerCidrs), needs, null,
                    routeTables));
        }
        return nodes;
    }

    private Node subnet(Owner owner, SubnetSpec subnet) {
        return new Resource<>(owner, Keys.subnet(subnet), new Subnets.Desired(subnet.cidr(), subnet.availabilityZone()),
                List.of(Need.exists(Keys.VPC)), subnet.id(), subnets);
    }

    @Override
    public List<Driver<?, ?>> drivers() {
        return List.of(vpcs, subnets, routeTables, securityGroups);
    }

    /** What AWS still keeps in the network although nothing of the stack uses it any more. */
    public List<Blocker> blockers(Sight sight, List<Live> heldUp) {
        return networkInterfaces.blockers(sight, heldUp);
    }
}
