package dev.privateapi.layers.dns;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.Query;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Refusals;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.route53resolver.model.IpAddressRequest;
import software.amazon.awssdk.services.route53resolver.model.IpAddressResponse;
import software.amazon.awssdk.services.route53resolver.model.IpAddressUpdate;
import software.amazon.awssdk.services.route53resolver.model.ResolverEndpoint;
import software.amazon.awssdk.services.route53resolver.model.ResolverEndpointStatus;

/**
 * Route 53 Resolver endpoints. A create is repeated under the same {@code CreatorRequestId}; Resolver then refuses with
 * {@code ResourceExistsException}, and the endpoint is found by that id (API reference, CreateResolverEndpoint). Their
 * security group cannot be changed, and AWS does not let it be deleted while they live.
 */
final class ResolverEndpoints implements Driver<ResolverEndpoints.Wanted, ResolverEndpoints.Endpoint> {

    private final Aws aws;
    private final ResolverTags tags;

    ResolverEndpoints(Aws aws) {
        this.aws = aws;
        this.tags = new ResolverTags(aws);
    }

    /** @param direction {@code INBOUND} or {@code OUTBOUND} */
    record Wanted(String name, String direction, List<ResourceKey> subnets, ResourceKey securityGroup) {}

    /** @param ips empty while it is being made for a stack that keeps its subnets */
    record Endpoint(ResolverEndpoint sdk, List<IpAddressResponse> ips, Map<String, String> tags) {

        /** Of each address: one subnet may have several. */
        private List<String> subnets() {
            return ips.stream().map(IpAddressResponse::subnetId).sorted().toList();
        }

        /** In a subnet of the stack's the oldest address stays: it is the one that people wrote down for their servers. */
        private Stream<IpAddressResponse> surplus(List<String> subnets) {
            Set<String> served = new HashSet<>();
            return ips.stream()
                    .sorted(Comparator.comparing(IpAddressResponse::creationTime))
                    .filter(ip -> !subnets.contains(ip.subnetId()) || !served.add(ip.subnetId()));
        }
    }

    @Override
    public Kind kind() {
        return Kind.RESOLVER_ENDPOINT;
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<Endpoint> endpoints = sight.read(aws.reads(), new Query<>("route53resolver:ListResolverEndpoints", this::list))
                .stream()
                .filter(it -> ResolverTags.mayBelongTo(sight.owner(), it.creatorRequestId())
                        || sight.claims().knows(kind(), it.id()))
                .flatMap(it -> read(sight, it).stream())
                .toList();
        return sight.pick(kind(), endpoints, it -> it.sdk.id(), Endpoint::tags, this::live);
    }

    private List<ResolverEndpoint> list() {
        return aws.resolver().listResolverEndpointsPaginator(request -> {}).resolverEndpoints().stream().toList();
    }

    /** Empty for an endpoint that is gone since the listing. */
    private Optional<Endpoint> read(Sight sight, ResolverEndpoint endpoint) {
        String id = endpoint.id();
        try {
            return Optional.of(new Endpoint(endpoint, ips(sight, endpoint), tags.read(sight, endpoint.arn())));
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** They come and go only with the state. Of one in the making nobody needs them, unless a subnet has to go. */
    private List<IpAddressResponse> ips(Sight sight, ResolverEndpoint endpoint) {
        if (endpoint.status() == ResolverEndpointStatus.CREATING && keepsItsSubnets(sight)) {
            return List.of();
        }
        String name = "route53resolver:ListResolverEndpointIpAddresses " + endpoint.id() + " " + endpoint.statusAsString();
        return sight.detail(aws.reads(), new Query<>(name, () -> aws.resolver()
                .listResolverEndpointIpAddressesPaginator(request -> request.resolverEndpointId(endpoint.id()))
                .ipAddresses().stream().toList()));
    }

    private static boolean keepsItsSubnets(Sight sight) {
        Set<ResourceKey> wanted = sight.wanted(Kind.SUBNET).map(Node::key).collect(Collectors.toSet());
        return sight.claims().recorded().values().stream()
                .filter(key -> key.kind() == Kind.SUBNET)
                .allMatch(wanted::contains);
    }

    @Override
    public Live live(ResourceKey key, Endpoint endpoint) {
        ResolverEndpoint sdk = endpoint.sdk;
        String ips = endpoint.ips.stream().map(IpAddressResponse::ip).sorted().collect(Collectors.joining(","));
        Set<String> uses = Stream.concat(sdk.securityGroupIds().stream(), endpoint.subnets().stream())
                .collect(Collectors.toSet());
        Live live = Live.of(key, sdk.id(), phase(sdk.status()), endpoint)
                .using(uses)
                .with(Map.of(Attribute.IP_ADDRESSES, ips, Attribute.ARN, sdk.arn(), Attribute.STATE, sdk.statusAsString()));
        return sdk.status() != ResolverEndpointStatus.ACTION_NEEDED ? live : live.troubled(new Problem(
                Category.NOT_CHANGEABLE, "Resolver endpoint " + sdk.id() + " needs action: " + sdk.statusMessage()
                        + " Delete it by hand to have it made anew."));
    }

    private static Phase phase(ResolverEndpointStatus status) {
        return switch (status) {
            case OPERATIONAL, ACTION_NEEDED -> Phase.READY;
            case DELETING -> Phase.DELETING;
            default -> Phase.PENDING;
        };
    }

    @Override
    public List<Change<Endpoint>> compare(Wanted wanted, Endpoint have, Refs refs) {
        List<String> subnets = wanted.subnets().stream().map(refs::id).sorted().toList();
        boolean changeable = have.sdk.status() == ResolverEndpointStatus.OPERATIONAL;
        boolean named = wanted.name().equals(have.sdk.name());
        if (!changeable || named && have.subnets().equals(subnets)) {
            return List.of();
        }
        return List.of(!named
                ? new Change<>("name", have.sdk.name(), wanted.name(), it -> rename(it, wanted.name()))
                : new Change<>("ipAddresses", have.subnets(), subnets, it -> move(it, subnets)));
    }

    private Endpoint rename(Endpoint endpoint, String name) {
        ResolverEndpoint renamed = aws.resolver().updateResolverEndpoint(request -> request
                .resolverEndpointId(endpoint.sdk.id()).name(name)).resolverEndpoint();
        return new Endpoint(renamed, endpoint.ips, endpoint.tags);
    }

    /**
     * One call per address, each of which makes the endpoint busy: the rest follows when it is operational again. A second
     * address in a subnet, as a lost answer may leave it, goes too.
     */
    private Endpoint move(Endpoint endpoint, List<String> subnets) {
        Optional<String> missing = subnets.stream().filter(it -> !endpoint.subnets().contains(it)).findFirst();
        String id = endpoint.sdk.id();
        ResolverEndpoint busy = missing.map(subnet -> aws.resolver()
                        .associateResolverEndpointIpAddress(request -> request.resolverEndpointId(id)
                                .ipAddress(IpAddressUpdate.builder().subnetId(subnet).build()))
                        .resolverEndpoint())
                .or(() -> endpoint.surplus(subnets).findFirst().map(surplus -> aws.resolver()
                        .disassociateResolverEndpointIpAddress(request -> request.resolverEndpointId(id)
                                .ipAddress(IpAddressUpdate.builder().ipId(surplus.ipId()).build()))
                        .resolverEndpoint()))
                .orElse(endpoint.sdk);
        return new Endpoint(busy, endpoint.ips, endpoint.tags);
    }

    @Override
    public Optional<String> misfit(Wanted wanted, Endpoint have, Refs refs) {
        String right = wanted.direction() + " behind [" + refs.id(wanted.securityGroup()) + "]";
        String is = have.sdk.directionAsString() + " behind " + have.sdk.securityGroupIds();
        return is.equals(right) ? Optional.empty() : Optional.of("it is " + is + ", not " + right);
    }

    @Override
    public Optional<Tagging<Endpoint>> tagging() {
        return Optional.of(new Tagging<>(Endpoint::tags, (endpoint, wanted) -> {
            tags.write(endpoint.sdk.arn(), wanted);
            Map<String, String> all = new HashMap<>(endpoint.tags);
            all.putAll(wanted);
            return new Endpoint(endpoint.sdk, endpoint.ips, all);
        }));
    }

    @Override
    public Endpoint create(Wanted wanted, Refs refs, Birth birth) {
        ResolverEndpoint endpoint = Refusals.orTaken(
                () -> aws.resolver().createResolverEndpoint(request -> request.creatorRequestId(ResolverTags.requestId(birth))
                        .name(wanted.name())
                        .direction(wanted.direction())
                        .securityGroupIds(refs.id(wanted.securityGroup()))
                        .ipAddresses(wanted.subnets().stream()
                                .map(subnet -> IpAddressRequest.builder().subnetId(refs.id(subnet)).build()).toList())
                        .tags(ResolverTags.sdk(birth.tags()))).resolverEndpoint(),
                () -> list().stream().filter(it -> ResolverTags.requestId(birth).equals(it.creatorRequestId())).findFirst()
                        .orElseThrow(() -> new ProblemException(Category.TRANSIENT, "Route 53 Resolver says that "
                                + birth.key() + " exists and does not show it yet; it is looked for again.")));
        return new Endpoint(endpoint, List.of(), Ownership.tags(birth.owner(), birth.key()));
    }

    @Override
    public Optional<Endpoint> delete(Endpoint endpoint) {
        try {
            ResolverEndpoint going = aws.resolver()
                    .deleteResolverEndpoint(request -> request.resolverEndpointId(endpoint.sdk.id())).resolverEndpoint();
            return Optional.of(new Endpoint(going, endpoint.ips, endpoint.tags));
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
