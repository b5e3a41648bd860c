package dev.privateapi.layers.service;

import dev.privateapi.graph.Node;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Resource;
import dev.privateapi.layers.SecurityGroup;
import dev.privateapi.layers.SecurityGroup.Ingress;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Live;
import dev.privateapi.model.Need;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The security group of the tasks. When the container's port changes, the old port stays open until the tasks that listen on
 * it are replaced: closed at once, it would cut off all tasks that serve, for as long as the new ones take to start.
 *
 * @param closed lets in what the spec says and nothing else
 */
record TaskGroup(Resource<SecurityGroup, SecurityGroups.Group> closed) implements Node {

    @Override
    public ResourceKey key() {
        return closed.key();
    }

    @Override
    public Object desired() {
        return closed.desired();
    }

    @Override
    public List<Need> needs() {
        return closed.needs();
    }

    @Override
    public Optional<String> referencedId() {
        return closed.referencedId();
    }

    @Override
    public Step create(Refs refs) {
        return closed.create(refs);
    }

    @Override
    public Optional<String> misfit(Live offered, Refs refs) {
        return closed.misfit(offered, refs);
    }

    @Override
    public Step adopt(Live offered) {
        return closed.adopt(offered);
    }

    @Override
    public Optional<Step> change(Live live, Refs refs) {
        List<Ingress> ways = Stream.concat(closed.desired().ingress().stream(), inUse(refs)).distinct().toList();
        SecurityGroup open = new SecurityGroup(closed.desired().description(), ways);
        return new Resource<>(closed.owner(), key(), open, needs(), closed.reference(), closed.driver()).change(live, refs);
    }

    private static Stream<Ingress> inUse(Refs refs) {
        return refs.usable(Keys.SERVICE)
                .flatMap(service -> service.attribute(Attribute.PORTS))
                .stream()
                .flatMap(ports -> Stream.of(ports.split(",")))
                .filter(port -> !port.isEmpty())
                .map(port -> ingress(Integer.parseInt(port)));
    }

    /** From the load balancer's addresses, which are in the VPC, and with it from whoever else is. */
    static Ingress ingress(int port) {
        return Ingress.from("tcp", port, Keys.VPC);
    }
}
