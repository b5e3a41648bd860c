package dev.privateapi.validation;

import static dev.privateapi.validation.SpecValidation.problem;
import static dev.privateapi.validation.SpecValidation.when;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.ResolverMode;
import dev.privateapi.api.v1alpha1.SubnetSpec;
import dev.privateapi.api.v1alpha1.VpcSpec;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The network: blocks that AWS takes, subnets that fit into them, and room in the subnets. */
final class VpcChecks {

    /** The first four addresses of a subnet and its last (VPC User Guide, "Subnet CIDR blocks"). */
    private static final int RESERVED_BY_AWS = 5;

    private static final int INTERFACE_ENDPOINTS = 4;
    private static final int LOAD_BALANCER = 1;

    static Stream<SpecProblem> of(PrivateApiStackSpec spec) {
        var vpc = spec.vpc();
        return Stream.of(
                        eitherBlockOrId(vpc),
                        blocks(vpc),
                        zones(spec.region(), vpc.subnets()),
                        vpc.subnets().stream().flatMap(subnet -> form(subnet, vpc)),
                        insideTheVpc(vpc),
                        apart(vpc.subnets()),
                        room(spec))
                .flatMap(problems -> problems);
    }

    private static Stream<SpecProblem> eitherBlockOrId(VpcSpec vpc) {
        return when(
                (vpc.cidr() == null) == (vpc.id() == null),
                "spec.vpc",
                "cidr " + vpc.cidr() + " and id " + vpc.id(),
                "do not go together: write cidr for a VPC to create, or id for one that exists");
    }

    private static Stream<SpecProblem> blocks(VpcSpec vpc) {
        var subnets = vpc.subnets().stream()
                .filter(subnet -> subnet.cidr() != null)
                .flatMap(subnet -> block(at(subnet) + ".cidr", subnet.cidr()));
        return vpc.cidr() == null ? subnets : Stream.concat(block("spec.vpc.cidr", vpc.cidr()), subnets);
    }

    static Stream<SpecProblem> block(String field, String cidr) {
        var good = Ipv4Block.parse(cidr).filter(block -> block.prefixLength() >= 16 && block.prefixLength() <= 28);
        return when(
                good.isEmpty() || neverRouted(good.get()),
                field,
                cidr,
                "is not a block that AWS takes: write an IPv4 block of RFC 1918, /16 to /28, without bits beyond the "
                        + "prefix, such as 10.1.0.0/16");
    }

    private static boolean neverRouted(Ipv4Block block) {
        return Stream.of("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
                .map(Ipv4Block::parse)
                .flatMap(Optional::stream)
                .anyMatch(block::overlaps);
    }

    private static Stream<SpecProblem> zones(String region, List<SubnetSpec> subnets) {
        var zones = subnets.stream().map(SubnetSpec::availabilityZone).filter(Objects::nonNull).toList();
        var foreign = zones.stream()
                .filter(zone -> !zone.matches(Pattern.quote(region) + "[a-z]"))
                .map(zone -> problem(
                        "spec.vpc.subnets",
                        zone,
                        "is not an Availability Zone of " + region + ": write one such as " + region + "a"));
        var few = when(
                subnets.size() < 2,
                "spec.vpc.subnets",
                zones,
                "is one Availability Zone only: write subnets in at least two");
        var twice = zones.stream()
                .distinct()
                .filter(zone -> Collections.frequency(zones, zone) > 1)
                .map(zone -> problem(
                        "spec.vpc.subnets",
                        zone,
                        "has several subnets, and load balancers and endpoints take one per zone: write each zone "
                                + "once"));
        return Stream.of(foreign, few, twice).flatMap(problems -> problems);
    }

    private static Stream<SpecProblem> form(SubnetSpec subnet, VpcSpec vpc) {
        if (subnet.id() == null) {
            return when(
                    subnet.cidr() == null || subnet.availabilityZone() == null,
                    at(subnet),
                    subnet,
                    "is neither new nor existing: write cidr and availabilityZone, or id alone");
        }
        return when(
                vpc.id() == null || subnet.cidr() != null || subnet.availabilityZone() != null,
                at(subnet),
                subnet.id(),
                "is an existing subnet: write id alone, and the VPC's id in vpc.id");
    }

    private static Stream<SpecProblem> insideTheVpc(VpcSpec vpc) {
        return Ipv4Block.parse(vpc.cidr()).stream()
                .flatMap(all -> vpc.subnets().stream()
                        .filter(subnet -> Ipv4Block.parse(subnet.cidr()).stream().anyMatch(part -> !all.contains(part)))
                        .map(subnet -> problem(
                                at(subnet),
                                subnet.cidr(),
                                "lies outside the VPC: write a block inside vpc.cidr " + vpc.cidr())));
    }

    private static Stream<SpecProblem> apart(List<SubnetSpec> subnets) {
        return Pair.of(subnets)
                .filter(pair -> (pair.one().id() != null && pair.one().id().equals(pair.other().id()))
                        || overlap(pair.one().cidr(), pair.other().cidr()))
                .map(pair -> problem(
                        at(pair.other()),
                        key(pair.other()),
                        "overlaps " + key(pair.one()) + ": write subnets that share no address"));
    }

    static boolean overlap(String one, String other) {
        var block = Ipv4Block.parse(other);
        return Ipv4Block.parse(one).stream().anyMatch(b -> block.stream().anyMatch(b::overlaps));
    }

    /** Only what is certain: with an existing subnet among them, nobody knows here how many addresses are free. */
    private static Stream<SpecProblem> room(PrivateApiStackSpec spec) {
        var subnets = spec.vpc().subnets();
        var blocks = subnets.stream().map(SubnetSpec::cidr).map(Ipv4Block::parse).flatMap(Optional::stream).toList();
        if (blocks.size() < subnets.size()) {
            return Stream.empty();
        }
        var taken = RESERVED_BY_AWS + INTERFACE_ENDPOINTS + LOAD_BALANCER + resolverAddresses(spec.dns().resolver())
                - (int) spec.vpcEndpoints().stream().filter(e -> !e.service().serviceName().equals("s3")).count();
        var room = blocks.stream().mapToLong(block -> Math.max(0, block.size() - taken)).sum();
        return when(
                spec.service().taskCount() > room,
                "spec.service.taskCount",
                spec.service().taskCount(),
                "tasks have no room in subnets that hold " + room + " beside load balancer and endpoints: write fewer "
                        + "tasks or larger subnets");
    }

    private static int resolverAddresses(ResolverMode mode) {
        return switch (mode) {
            case None -> 0;
            case Inbound -> 1;
            case InboundAndOutbound -> 2;
        };
    }

    private static String at(SubnetSpec subnet) {
        return "spec.vpc.subnets[" + key(subnet) + "]";
    }

    private static String key(SubnetSpec subnet) {
        return subnet.id() == null ? subnet.cidr() : subnet.id();
    }

    private VpcChecks() {}
}
