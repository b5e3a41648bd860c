package dev.privateapi.layers;

import dev.privateapi.model.Need;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A security group that a layer wants: these and no other ways in, every way out.
 *
 * @param description for people. AWS keeps the first one for ever, so one that says something else is left as it is: that of a
 *     group made by hand always does
 */
public record SecurityGroup(String description, List<Ingress> ingress) {

    public SecurityGroup {
        ingress = List.copyOf(ingress);
    }

    /**
     * One way in: from a block of addresses that the spec tells, or from that of a VPC or subnet, which only AWS tells.
     *
     * @param protocol {@code tcp} or {@code udp}
     * @param cidr null if {@code cidrOf} is given
     * @param cidrOf null if {@code cidr} is given
     */
    public record Ingress(String protocol, int port, String cidr, ResourceKey cidrOf) {

        public static Ingress from(String protocol, int port, String cidr) {
            return new Ingress(protocol, port, Objects.requireNonNull(cidr), null);
        }

        /** @param cidrOf the VPC or a subnet */
        public static Ingress from(String protocol, int port, ResourceKey cidrOf) {
            return new Ingress(protocol, port, null, Objects.requireNonNull(cidrOf));
        }
    }

    public Resource<SecurityGroup, SecurityGroups.Group> as(ResourceKey key, Owner owner, SecurityGroups driver) {
        List<Need> needs = Stream.concat(
                        Stream.of(Keys.VPC),
                        ingress.stream().map(Ingress::cidrOf).filter(Objects::nonNull))
                .distinct()
                .map(Need::exists)
                .toList();
        return new Resource<>(owner, key, this, needs, null, driver);
    }
}
