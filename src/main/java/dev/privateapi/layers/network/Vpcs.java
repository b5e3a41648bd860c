package dev.privateapi.layers.network;

import static dev.privateapi.layers.Refusals.unlessHeld;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Ec2;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Vpc;
import software.amazon.awssdk.services.ec2.model.VpcAttributeName;
import software.amazon.awssdk.services.ec2.model.VpcState;

/**
 * The VPC. A private name of an interface endpoint resolves only where DNS support and DNS hostnames are both on (AWS
 * PrivateLink Guide, "Private DNS"), so a VPC counts as ready only then; a new one has the first alone (API reference,
 * ModifyVpcAttribute).
 */
final class Vpcs implements Driver<Vpcs.Desired, Vpcs.State> {

    private final Aws aws;

    Vpcs(Aws aws) {
        this.aws = aws;
    }

    /** @param cidrBlock null for an existing VPC */
    record Desired(String cidrBlock, boolean enableDnsSupport, boolean enableDnsHostnames) {}

    record State(Vpc vpc, boolean dnsSupport, boolean dnsHostnames) {

        private Map<String, String> tags() {
            return Ec2.tags(vpc.tags());
        }

        private State tagged(Map<String, String> tags) {
            return new State(vpc.toBuilder().tags(Ec2.tags(tags)).build(), dnsSupport, dnsHostnames);
        }
    }

    @Override
    public Kind kind() {
        return Kind.VPC;
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<Vpc> vpcs =
                new Ec2.Listing<>(kind(), "DescribeVpcs", "vpc-id", Vpc::vpcId, vpc -> Ec2.tags(vpc.tags()), this::describe)
                        .read(sight, aws);
        return sight.pick(kind(), vpcs, Vpc::vpcId, vpc -> Ec2.tags(vpc.tags()), (key, vpc) -> live(key, state(vpc, sight)))
                .stream()
                .map(live -> live.referenced() && !resolves((State) live.object()) ? live.troubled(silent(live.id())) : live)
                .toList();
    }

    private List<Vpc> describe(Filter filter) {
        return aws.ec2().describeVpcsPaginator(request -> request.filters(filter).maxResults(Ec2.PAGE)).vpcs().stream().toList();
    }

    /** A VPC that is being made is not asked yet: it has what {@link #create} knows. */
    private State state(Vpc vpc, Sight sight) {
        return vpc.state() != VpcState.AVAILABLE ? new State(vpc, true, false) : new State(
                vpc,
                Ec2.has(VpcAttributeName.ENABLE_DNS_SUPPORT, vpc.vpcId(), sight, aws),
                Ec2.has(VpcAttributeName.ENABLE_DNS_HOSTNAMES, vpc.vpcId(), sight, aws));
    }

    private static boolean resolves(State state) {
        return state.dnsSupport && state.dnsHostnames;
    }

    private static Problem silent(String vpcId) {
        return new Problem(Category.NOT_CHANGEABLE, vpcId + ", in which the spec builds, does not resolve the private names"
                + " of endpoints, and the stack changes no VPC that it did not make: turn on its DNS support"
                + " (enableDnsSupport) and DNS hostnames (enableDnsHostnames).");
    }

    @Override
    public Live live(ResourceKey key, State state) {
        boolean ready = state.vpc.state() == VpcState.AVAILABLE && resolves(state);
        return Live.of(key, state.vpc.vpcId(), ready ? Phase.READY : Phase.PENDING, state)
                .with(Map.of(Attribute.CIDR, state.vpc.cidrBlock(), Attribute.STATE, state.vpc.stateAsString()));
    }

    @Override
    public List<Change<State>> compare(Desired wanted, State have, Refs refs) {
        List<Change<State>> changes = new ArrayList<>();
        if (have.dnsSupport != wanted.enableDnsSupport) {
            changes.add(new Change<>("enableDnsSupport", have.dnsSupport, wanted.enableDnsSupport, now -> {
                aws.ec2().modifyVpcAttribute(request -> request.vpcId(now.vpc.vpcId())
                        .enableDnsSupport(attribute -> attribute.value(wanted.enableDnsSupport)));
                return new State(now.vpc, wanted.enableDnsSupport, now.dnsHostnames);
            }));
        }
        if (have.dnsHostnames != wanted.enableDnsHostnames) {
            changes.add(new Change<>("enableDnsHostnames", have.dnsHostnames, wanted.enableDnsHostnames, now -> {
                aws.ec2().modifyVpcAttribute(request -> request.vpcId(now.vpc.vpcId())
                        .enableDnsHostnames(attribute -> attribute.value(wanted.enableDnsHostnames)));
                return new State(now.vpc, now.dnsSupport, wanted.enableDnsHostnames);
            }));
        }
        return changes;
    }

    @Override
    public Optional<String> misfit(Desired wanted, State have, Refs refs) {
        return Optional.of(have.vpc.cidrBlock()).filter(cidr -> !cidr.equals(wanted.cidrBlock))
                .map(cidr -> "its addresses are " + cidr + ", not " + wanted.cidrBlock);
    }

    @Override
    public Optional<Tagging<State>> tagging() {
        return Optional.of(Ec2.tagging(aws, state -> state.vpc.vpcId(), State::tags, State::tagged));
    }

    @Override
    public State create(Desired wanted, Refs refs, Birth birth) {
        Vpc vpc = aws.ec2().createVpc(request -> request.cidrBlock(wanted.cidrBlock)
                        .tagSpecifications(Ec2.tagged(ResourceType.VPC, birth.tags())))
                .vpc();
        return new State(vpc, true, false).tagged(birth.tags());
    }

    @Override
    public Optional<State> delete(State state) {
        String id = state.vpc.vpcId();
        unlessHeld(id, () -> aws.ec2().deleteVpc(request -> request.vpcId(id)), () -> new Tenants(aws).in(id));
        return Optional.empty();
    }
}
