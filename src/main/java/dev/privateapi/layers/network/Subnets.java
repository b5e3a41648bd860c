package dev.privateapi.layers.network;

import static dev.privateapi.layers.Refusals.orTaken;
import static dev.privateapi.layers.Refusals.unlessGone;

import dev.privateapi.aws.Aws;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Ec2;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import dev.privateapi.ownership.Ownership;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.Subnet;

/**
 * The subnets: the stack's own, which give nothing a public address, and existing ones, which also tell the route table
 * that rules them, because S3's and the peers' routes have to be there.
 */
final class Subnets implements Driver<Subnets.Desired, Subnet> {

    private final Aws aws;

    Subnets(Aws aws) {
        this.aws = aws;
    }

    /** Both null for an existing subnet. */
    record Desired(String cidrBlock, String availabilityZone) {}

    @Override
    public Kind kind() {
        return Kind.SUBNET;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.VPC);
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<Subnet> subnets =
                new Ec2.Listing<>(kind(), "DescribeSubnets", "subnet-id", Subnet::subnetId, subnet -> Ec2.tags(subnet.tags()),
                        this::describe).read(sight, aws);
        return sight.pick(kind(), subnets, Subnet::subnetId, subnet -> Ec2.tags(subnet.tags()), this::live).stream()
                .map(live -> live.referenced() ? existing(live, sight) : live)
                .toList();
    }

    private List<Subnet> describe(Filter filter) {
        return aws.ec2().describeSubnetsPaginator(request -> request.filters(filter).maxResults(Ec2.PAGE))
                .subnets().stream().toList();
    }

    private Live existing(Live live, Sight sight) {
        Subnet subnet = (Subnet) live.object();
        Optional<Live> elsewhere =
                sight.seen(Kind.VPC).stream().filter(vpc -> !vpc.id().equals(subnet.vpcId())).findFirst();
        if (elsewhere.isPresent()) {
            return live.troubled(new Problem(Category.INVALID, subnet.subnetId() + " is in " + subnet.vpcId() + ", not in "
                    + elsewhere.get().id() + ": write a subnet of vpc.id in vpc.subnets."));
        }
        String table = ruling(subnet.subnetId(), Ec2.routeTablesOf(subnet.vpcId(), sight, aws));
        return live.with(Map.of(
                Attribute.CIDR, subnet.cidrBlock(),
                Attribute.VPC_ID, subnet.vpcId(),
                Attribute.ROUTE_TABLE_IDS, table));
    }

    /** The one with which the subnet is associated, otherwise the VPC's main one (VPC User Guide, "Route table concepts"). */
    static String ruling(String subnetId, List<RouteTable> tables) {
        return tables.stream()
                .filter(table -> table.associations().stream().anyMatch(it -> subnetId.equals(it.subnetId())))
                .findFirst()
                .or(() -> tables.stream()
                        .filter(table -> table.associations().stream().anyMatch(it -> Boolean.TRUE.equals(it.main())))
                        .findFirst())
                .map(RouteTable::routeTableId)
                .orElseThrow(() -> new ProblemException(
                        Category.NOT_FOUND, "AWS shows no route table for " + subnetId + " yet; it is looked for again."));
    }

    @Override
    public Live live(ResourceKey key, Subnet subnet) {
        Phase phase = switch (subnet.state()) {
            case AVAILABLE -> Phase.READY;
            case FAILED, FAILED_INSUFFICIENT_CAPACITY -> Phase.FAILED;
            case null, default -> Phase.PENDING;
        };
        return Live.of(key, subnet.subnetId(), phase, subnet)
                .with(Map.of(Attribute.CIDR, subnet.cidrBlock(), Attribute.VPC_ID, subnet.vpcId()))
                .using(Set.of(subnet.vpcId()));
    }

    @Override
    public List<Change<Subnet>> compare(Desired wanted, Subnet have, Refs refs) {
        return Boolean.TRUE.equals(have.mapPublicIpOnLaunch())
                ? List.of(new Change<>("mapPublicIpOnLaunch", true, false, this::keepPrivate))
                : List.of();
    }

    private Subnet keepPrivate(Subnet subnet) {
        aws.ec2().modifySubnetAttribute(request -> request.subnetId(subnet.subnetId())
                .mapPublicIpOnLaunch(attribute -> attribute.value(false)));
        return subnet.toBuilder().mapPublicIpOnLaunch(false).build();
    }

    @Override
    public Optional<String> misfit(Desired wanted, Subnet have, Refs refs) {
        String is = have.cidrBlock() + " in " + have.availabilityZone();
        String right = wanted.cidrBlock + " in " + wanted.availabilityZone;
        return is.equals(right) ? Optional.empty() : Optional.of("it is " + is + ", not " + right);
    }

    @Override
    public Optional<Tagging<Subnet>> tagging() {
        return Optional.of(Ec2.tagging(
                aws,
                Subnet::subnetId,
                subnet -> Ec2.tags(subnet.tags()),
                (subnet, tags) -> subnet.toBuilder().tags(Ec2.tags(tags)).build()));
    }

    @Override
    public Subnet create(Desired wanted, Refs refs, Birth birth) {
        String vpcId = refs.id(Keys.VPC);
        return orTaken(
                () -> aws.ec2().createSubnet(request -> request.vpcId(vpcId)
                                .cidrBlock(wanted.cidrBlock)
                                .availabilityZone(wanted.availabilityZone)
                                .tagSpecifications(Ec2.tagged(ResourceType.SUBNET, birth.tags())))
                        .subnet().toBuilder().tags(Ec2.tags(birth.tags())).build(),
                () -> occupant(vpcId, wanted, birth));
    }

    private Subnet occupant(String vpcId, Desired wanted, Birth birth) {
        List<Subnet> same = aws.ec2().describeSubnets(request -> request.filters(
                        Ec2.filter("vpc-id", List.of(vpcId)), Ec2.filter("cidr-block", List.of(wanted.cidrBlock))))
                .subnets();
        return same.stream()
                .filter(subnet -> Ownership.key(birth.owner(), kind(), Ec2.tags(subnet.tags()))
                        .filter(birth.key()::equals).isPresent())
                .findFirst()
                .orElseThrow(() -> new ProblemException(Category.EXISTS, "The addresses " + wanted.cidrBlock + " in " + vpcId
                        + " are taken by " + same.stream().map(Subnet::subnetId).findFirst().orElse("another subnet")
                        + ", which is not this stack's: write a free block in vpc.subnets, or that subnet's id."));
    }

    @Override
    public Optional<Subnet> delete(Subnet subnet) {
        unlessGone(() -> aws.ec2().deleteSubnet(request -> request.subnetId(subnet.subnetId())));
        return Optional.empty();
    }
}
