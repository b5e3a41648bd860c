package dev.privateapi.layers.dns;

import dev.privateapi.api.v1alpha1.EndpointService;
import dev.privateapi.api.v1alpha1.ForwardRule;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.ResolverMode;
import dev.privateapi.aws.Aws;
import dev.privateapi.graph.Node;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.Resource;
import dev.privateapi.layers.SecurityGroup;
import dev.privateapi.layers.SecurityGroup.Ingress;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Need;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.route53resolver.model.ResolverEndpointDirection;

/**
 * One private hosted zone per API with an alias to the execute-api endpoint. The alternative, private DNS on the endpoint,
 * would shadow every public API Gateway API for the whole VPC, and a second such endpoint would conflict with it (API
 * Gateway Developer Guide, "How to invoke a private API"). Clients in peer VPCs find the name through an association of
 * the zone, which is free, or, with a Resolver endpoint, through DNS servers that forward to its addresses.
 */
public final class DnsLayer implements LayerDefinition {

    static final ResourceKey ALIAS = ResourceKey.of(Layer.DNS, Kind.RECORD_SET, "alias");
    static final ResourceKey RESOLVER_OUTBOUND = ResourceKey.of(Layer.DNS, Kind.RESOLVER_ENDPOINT, "resolver-outbound");
    private static final ResourceKey GROUP = Keys.securityGroup(Layer.DNS);

    private final Aws aws;
    private final SecurityGroups groups;
    private final HostedZones zones;
    private final AliasRecords records;
    private final ResolverEndpoints endpoints;
    private final ResolverRules rules;
    private final RuleAssociations associations;

    /** @param groups the one driver of security groups, which all layers share */
    public DnsLayer(Aws aws, SecurityGroups groups) {
        this.aws = aws;
        this.groups = groups;
        this.zones = new HostedZones(aws);
        this.records = new AliasRecords(aws);
        this.endpoints = new ResolverEndpoints(aws);
        this.rules = new ResolverRules(aws);
        this.associations = new RuleAssociations(aws);
    }

    @Override
    public List<Node> desired(Owner owner, PrivateApiStackSpec spec) {
        List<Node> nodes = new ArrayList<>(List.of(zone(owner, spec), alias(owner)));
        ResolverMode mode = spec.dns().resolver();
        if (mode != ResolverMode.None) {
            nodes.add(group(owner, spec));
            nodes.add(endpoint(owner, spec, Keys.RESOLVER_INBOUND, ResolverEndpointDirection.INBOUND));
        }
        if (mode == ResolverMode.InboundAndOutbound) {
            nodes.add(endpoint(owner, spec, RESOLVER_OUTBOUND, ResolverEndpointDirection.OUTBOUND));
            spec.dns().forwardRules().forEach(rule -> nodes.addAll(forward(owner, rule)));
        }
        return nodes;
    }

    private Node zone(Owner owner, PrivateApiStackSpec spec) {
        List<HostedZones.PeerVpc> associated = spec.dns().resolver() == ResolverMode.None
                ? spec.peers().stream().map(peer -> new HostedZones.PeerVpc(
                        peer.vpcId(),
                        peer.region() == null ? spec.region() : peer.region(),
                        peer.accountId() == null ? "" : peer.accountId())).toList()
                : List.of();
        return new Resource<>(owner, Keys.HOSTED_ZONE,
                new HostedZones.Wanted(spec.region(), HostedZones.comment(owner), associated),
                List.of(Need.exists(Keys.VPC), Need.exists(Keys.REST_API)), null, zones);
    }

    /** An endpoint's DNS entries are sure to be there when it is available; it is never what a stack waits for last. */
    private Node alias(Owner owner) {
        ResourceKey endpoint = Keys.endpoint(EndpointService.EXECUTE_API);
        return new Resource<>(owner, ALIAS, new AliasRecords.Wanted(Keys.HOSTED_ZONE, endpoint),
                List.of(Need.exists(Keys.HOSTED_ZONE), Need.ready(endpoint)), null, records);
    }

    /** DNS asks over UDP, and over TCP when an answer is long. */
    private Node group(Owner owner, PrivateApiStackSpec spec) {
        List<Ingress> ingress = spec.peers().stream()
                .flatMap(peer -> Stream.of("tcp", "udp").map(protocol -> Ingress.from(protocol, 53, peer.cidr())))
                .toList();
        return new SecurityGroup("DNS queries from the peers of a PrivateApiStack", ingress).as(GROUP, owner, groups);
    }

    private Node endpoint(Owner owner, PrivateApiStackSpec spec, ResourceKey key, ResolverEndpointDirection direction) {
        List<ResourceKey> subnets = Keys.subnets(spec);
        List<Need> needs = Stream.concat(Stream.of(GROUP), subnets.stream()).map(Need::exists).toList();
        return new Resource<>(owner, key,
                new ResolverEndpoints.Wanted(ResolverTags.name(owner, key), direction.toString(), subnets, GROUP),
                needs, null, endpoints);
    }

    private List<Node> forward(Owner owner, ForwardRule rule) {
        ResourceKey ruleKey = ResourceKey.of(Layer.DNS, Kind.RESOLVER_RULE, "resolver-rule/" + rule.domain());
        ResourceKey associationKey = ResourceKey.of(
                Layer.DNS, Kind.RESOLVER_RULE_ASSOCIATION, "resolver-rule-association/" + rule.domain());
        return List.of(
                new Resource<>(owner, ruleKey,
                        new ResolverRules.Wanted(
                                ResolverTags.name(owner, ruleKey), rule.domain(), rule.targetIps(), RESOLVER_OUTBOUND),
                        List.of(Need.ready(RESOLVER_OUTBOUND)), null, rules),
                new Resource<>(owner, associationKey, new RuleAssociations.Wanted(ruleKey),
                        List.of(Need.ready(ruleKey), Need.exists(Keys.VPC)), null, associations));
    }

    /** Without that of security groups, which all layers share. */
    @Override
    public List<Driver<?, ?>> drivers() {
        return List.of(zones, records, endpoints, rules, associations);
    }
}
