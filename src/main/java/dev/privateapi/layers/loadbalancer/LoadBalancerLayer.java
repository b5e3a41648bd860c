package dev.privateapi.layers.loadbalancer;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.aws.Aws;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.Resource;
import dev.privateapi.model.Need;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import java.util.List;

/**
 * An internal Network Load Balancer in all subnets, which API Gateway's VPC link leads to, and its listener on the
 * container's port.
 *
 * <p>The port of a listener can be changed, and the target group does not know the container's: ECS registers each task
 * with its container port, which overrides the group's own (API reference, CreateTargetGroup, {@code Port}). So another
 * {@code service.port} is a change of one listener, and tasks of the old and the new port are in one group while the
 * service rolls over.
 */
public final class LoadBalancerLayer implements LayerDefinition {

    private final LoadBalancers loadBalancers;
    private final TargetGroups targetGroups;
    private final Listeners listeners;

    public LoadBalancerLayer(Aws aws) {
        Elb elb = new Elb(aws);
        loadBalancers = new LoadBalancers(aws, elb);
        targetGroups = new TargetGroups(aws, elb);
        listeners = new Listeners(aws, elb);
    }

    @Override
    public List<Node> desired(Owner owner, PrivateApiStackSpec spec) {
        List<ResourceKey> subnets = Keys.subnets(spec);
        int port = spec.service().port();
        return List.of(
                new Resource<>(owner, Keys.LOAD_BALANCER, new LoadBalancers.Desired(subnets, LoadBalancers.ATTRIBUTES),
                        subnets.stream().map(Need::exists).toList(), null, loadBalancers),
                new Resource<>(owner, Keys.TARGET_GROUP,
                        new TargetGroups.Desired(port, TargetGroups.QUICK, TargetGroups.ATTRIBUTES),
                        List.of(Need.exists(Keys.VPC)), null, targetGroups),
                new Resource<>(owner, Keys.LISTENER, new Listeners.Desired(port, Keys.TARGET_GROUP),
                        List.of(Need.exists(Keys.LOAD_BALANCER), Need.exists(Keys.TARGET_GROUP)), null, listeners));
    }

    @Override
    public List<Driver<?, ?>> drivers() {
        return List.of(loadBalancers, targetGroups, listeners);
    }
}
