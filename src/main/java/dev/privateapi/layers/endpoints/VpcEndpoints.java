package dev.privateapi.layers.endpoints;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.ec2.model.DnsEntry;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ModifyVpcEndpointRequest;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.SecurityGroupIdentifier;
import software.amazon.awssdk.services.ec2.model.UnsuccessfulItem;
import software.amazon.awssdk.services.ec2.model.VpcEndpoint;
import software.amazon.awssdk.services.ec2.model.VpcEndpointType;

/**
 * VPC endpoints of both types. A repeated create is the same one to AWS through its client token; one that the spec names
 * is only looked at.
 */
final class VpcEndpoints implements Driver<DesiredEndpoint, VpcEndpoint> {

    private static final String AVAILABLE = "available";
    private static final String DELETING = "deleting";

    private final Aws aws;

    VpcEndpoints(Aws aws) {
        this.aws = aws;
    }

    @Override
    public Kind kind() {
        return Kind.VPC_ENDPOINT;
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<VpcEndpoint> endpoints = new Ec2.Listing<>(
                        kind(), "DescribeVpcEndpoints", "vpc-endpoint-id", VpcEndpoint::vpcEndpointId,
                        it -> Ec2.tags(it.tags()), this::describe)
                .read(sight, aws).stream()
                .filter(endpoint -> !state(endpoint).equals("deleted"))
                .toList();
        return sight.pick(kind(), endpoints, VpcEndpoint::vpcEndpointId, it -> Ec2.tags(it.tags()), this::live).stream()
                .map(live -> live.referenced() ? suitable(live) : live)
                .toList();
    }

    private List<VpcEndpoint> describe(Filter filter) {
        return aws.ec2().describeVpcEndpointsPaginator(request -> request.filters(filter).maxResults(Ec2.PAGE))
                .vpcEndpoints().stream()
                .toList();
    }

    private Live suitable(Live live) {
        VpcEndpoint endpoint = (VpcEndpoint) live.object();
        String service = DesiredEndpoint.serviceName(live.key(), aws.region());
        return endpoint.serviceName().endsWith(service) ? live : live.troubled(new Problem(Category.INVALID, live.id()
                + " leads to " + endpoint.serviceName() + ", not to " + service
                + ": write an endpoint of that service in spec.vpcEndpoints, or leave it out to have one created."));
    }

    @Override
    public Live live(ResourceKey key, VpcEndpoint endpoint) {
        Phase phase = switch (state(endpoint)) {
            case AVAILABLE -> Phase.READY;
            case DELETING -> Phase.DELETING;
            case "failed", "rejected", "expired" -> Phase.FAILED;
            default -> Phase.PENDING;
        };
        Live live = Live.of(key, endpoint.vpcEndpointId(), phase, endpoint)
                .with(attributes(endpoint))
                .using(uses(endpoint));
        return phase == Phase.FAILED ? live.troubled(failure(endpoint)) : live;
    }

    /** In lower case, as EC2 answers; the SDK's enum has capitals, from EC2's model, and knows none of the answers. */
    private static String state(VpcEndpoint endpoint) {
        return endpoint.stateAsString() == null ? "" : endpoint.stateAsString().toLowerCase(Locale.ROOT);
    }

    private static Map<Attribute, String> attributes(VpcEndpoint endpoint) {
        Map<Attribute, String> attributes = new EnumMap<>(Attribute.class);
        attributes.put(Attribute.VPC_ID, endpoint.vpcId());
        attributes.put(Attribute.STATE, endpoint.stateAsString());
        regional(endpoint).ifPresent(entry -> {
            attributes.put(Attribute.DNS_NAME, entry.dnsName());
            attributes.put(Attribute.DNS_NAME_ZONE_ID, entry.hostedZoneId());
        });
        return attributes;
    }

    /** Of the endpoint's own names the one without an Availability Zone, which is the shortest; private names are others'. */
    private static Optional<DnsEntry> regional(VpcEndpoint endpoint) {
        return endpoint.dnsEntries().stream()
                .filter(entry -> entry.dnsName() != null && entry.dnsName().startsWith(endpoint.vpcEndpointId()))
                .min(Comparator.comparing(entry -> entry.dnsName().length()));
    }

    private static Set<String> uses(VpcEndpoint endpoint) {
        Set<String> uses = new HashSet<>(groups(endpoint));
        uses.addAll(endpoint.subnetIds());
        uses.addAll(endpoint.routeTableIds());
        uses.add(endpoint.vpcId());
        return uses;
    }

    private static Problem failure(VpcEndpoint endpoint) {
        String cause = endpoint.lastError() == null ? "" : ": " + endpoint.lastError().message();
        return new Problem(Category.FAILED, endpoint.vpcEndpointId() + " for " + endpoint.serviceName() + " is "
                + endpoint.stateAsString() + cause + ". It is deleted and made anew.");
    }

    /** AWS changes an endpoint only once it is available; until then a difference waits with everything else. */
    @Override
    public List<Change<VpcEndpoint>> compare(DesiredEndpoint wanted, VpcEndpoint have, Refs refs) {
        if (!state(have).equals(AVAILABLE)) {
            return List.of();
        }
        List<Change<VpcEndpoint>> changes = new ArrayList<>();
        switch (wanted) {
            case DesiredEndpoint.Interface it -> {
                subnets(it, have, refs).ifPresent(changes::add);
                groups(it, have, refs).ifPresent(changes::add);
                privateDns(it, have).ifPresent(changes::add);
            }
            case DesiredEndpoint.Gateway it -> routeTables(it, have, refs).ifPresent(changes::add);
        }
        if (!FullAccess.isGivenBy(have.policyDocument())) {
            changes.add(new Change<>("policyDocument", have.policyDocument(), "full access", now -> modify(
                    now, request -> request.resetPolicy(true), it -> it.policyDocument(FullAccess.DOCUMENT))));
        }
        return changes;
    }

    /** One call for what comes and what goes: apart, a subnet could not take over its Availability Zone from another. */
    private Optional<Change<VpcEndpoint>> subnets(DesiredEndpoint.Interface wanted, VpcEndpoint have, Refs refs) {
        Set<String> want = ids(wanted.subnets(), refs);
        Set<String> is = new TreeSet<>(have.subnetIds());
        return difference("subnetIds", is, want, now -> modify(
                now,
                request -> request.addSubnetIds(without(want, is)).removeSubnetIds(without(is, want)),
                it -> it.subnetIds(want)));
    }

    private Optional<Change<VpcEndpoint>> groups(DesiredEndpoint.Interface wanted, VpcEndpoint have, Refs refs) {
        Set<String> want = ids(wanted.securityGroups(), refs);
        Set<String> is = groups(have);
        return difference("groups", is, want, now -> modify(
                now,
                request -> request.addSecurityGroupIds(without(want, is)).removeSecurityGroupIds(without(is, want)),
                it -> it.groups(want.stream().map(id -> SecurityGroupIdentifier.builder().groupId(id).build()).toList())));
    }

    private Optional<Change<VpcEndpoint>> privateDns(DesiredEndpoint.Interface wanted, VpcEndpoint have) {
        return difference("privateDnsEnabled", Boolean.TRUE.equals(have.privateDnsEnabled()), wanted.privateDnsEnabled(),
                now -> modify(
                        now,
                        request -> request.privateDnsEnabled(wanted.privateDnsEnabled()),
                        it -> it.privateDnsEnabled(wanted.privateDnsEnabled())));
    }

    private Optional<Change<VpcEndpoint>> routeTables(DesiredEndpoint.Gateway wanted, VpcEndpoint have, Refs refs) {
        Set<String> want = wanted.routeTables(refs);
        Set<String> is = new TreeSet<>(have.routeTableIds());
        return difference("routeTableIds", is, want, now -> modify(
                now,
                request -> request.addRouteTableIds(without(want, is)).removeRouteTableIds(without(is, want)),
                it -> it.routeTableIds(want)));
    }

    private static <T> Optional<Change<VpcEndpoint>> difference(
            String property, T is, T want, UnaryOperator<VpcEndpoint> apply) {
        return is.equals(want) ? Optional.empty() : Optional.of(new Change<>(property, is, want, apply));
    }

    private VpcEndpoint modify(
            VpcEndpoint endpoint,
            UnaryOperator<ModifyVpcEndpointRequest.Builder> request,
            UnaryOperator<VpcEndpoint.Builder> afterwards) {
        aws.ec2().modifyVpcEndpoint(
                request.apply(ModifyVpcEndpointRequest.builder().vpcEndpointId(endpoint.vpcEndpointId())).build());
        return afterwards.apply(endpoint.toBuilder()).build();
    }

    @Override
    public Optional<String> misfit(DesiredEndpoint wanted, VpcEndpoint have, Refs refs) {
        String type = wanted instanceof DesiredEndpoint.Gateway ? "Gateway" : "Interface";
        String right = "of type " + type + " for " + service(wanted);
        String is = "of type " + have.vpcEndpointTypeAsString() + " for " + have.serviceName();
        return is.equals(right) ? Optional.empty() : Optional.of("it is " + is + ", not " + right);
    }

    private String service(DesiredEndpoint wanted) {
        return "com.amazonaws." + aws.region() + "." + wanted.service();
    }

    @Override
    public Optional<Tagging<VpcEndpoint>> tagging() {
        return Optional.of(Ec2.tagging(
                aws,
                VpcEndpoint::vpcEndpointId,
                endpoint -> Ec2.tags(endpoint.tags()),
                (endpoint, tags) -> endpoint.toBuilder().tags(Ec2.tags(tags)).build()));
    }

    @Override
    public VpcEndpoint create(DesiredEndpoint wanted, Refs refs, Birth birth) {
        return aws.ec2().createVpcEndpoint(request -> {
            request.vpcId(refs.id(Keys.VPC))
                    .serviceName(service(wanted))
                    .clientToken(birth.token())
                    .tagSpecifications(Ec2.tagged(ResourceType.VPC_ENDPOINT, birth.tags()));
            switch (wanted) {
                case DesiredEndpoint.Interface it -> request.vpcEndpointType(VpcEndpointType.INTERFACE)
                        .subnetIds(ids(it.subnets(), refs))
                        .securityGroupIds(ids(it.securityGroups(), refs))
                        .privateDnsEnabled(it.privateDnsEnabled());
                case DesiredEndpoint.Gateway it -> request.vpcEndpointType(VpcEndpointType.GATEWAY)
                        .routeTableIds(it.routeTables(refs));
            }
        }).vpcEndpoint().toBuilder().tags(Ec2.tags(birth.tags())).build();
    }

    /** AWS tells a refusal in the answer, not as an error (API reference, DeleteVpcEndpoints): unread, it would be lost. */
    @Override
    public Optional<VpcEndpoint> delete(VpcEndpoint endpoint) {
        List<UnsuccessfulItem> refused = aws.ec2()
                .deleteVpcEndpoints(request -> request.vpcEndpointIds(endpoint.vpcEndpointId()))
                .unsuccessful();
        if (refused.isEmpty()) {
            return Optional.of(endpoint.toBuilder().state(DELETING).build());
        }
        String code = refused.getFirst().error().code();
        if (code.endsWith(".NotFound")) {
            return Optional.empty();
        }
        throw new ProblemException(Category.IN_USE, "AWS does not delete " + endpoint.vpcEndpointId() + " ("
                + endpoint.serviceName() + "): " + code + ", " + refused.getFirst().error().message());
    }

    private static Set<String> groups(VpcEndpoint endpoint) {
        return endpoint.groups().stream().map(SecurityGroupIdentifier::groupId).collect(toCollection(TreeSet::new));
    }

    private static Set<String> ids(List<ResourceKey> keys, Refs refs) {
        return keys.stream().map(refs::id).collect(toCollection(TreeSet::new));
    }

    private static Set<String> without(Set<String> some, Set<String> others) {
        return some.stream().filter(id -> !others.contains(id)).collect(toSet());
    }
}
