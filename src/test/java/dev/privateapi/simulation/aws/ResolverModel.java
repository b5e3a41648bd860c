package dev.privateapi.simulation.aws;

import dev.privateapi.simulation.aws.Errors.Code;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.route53resolver.Route53ResolverClient;
import software.amazon.awssdk.services.route53resolver.model.*;

/** Route 53 Resolver: endpoints, rules and their associations with VPCs. */
final class ResolverModel extends ServiceModel implements Route53ResolverClient {

    private static final int FEWEST_ADDRESSES = 2;

    private final Network network;

    ResolverModel(World world, Place place, Caller caller) {
        super(world, place, caller, "route53resolver", new Errors(Route53ResolverException::builder,
                new Code("ThrottlingException", 400), new Code("AccessDeniedException", 400)));
        network = new Network(world, place);
    }

    record Endpoint(ResolverEndpoint sdk, List<IpAddressResponse> ips) {

        private Endpoint in(ResolverEndpointStatus status) {
            return new Endpoint(sdk.toBuilder().status(status).build(), ips);
        }
    }

    private static Map<String, String> tags(Collection<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    // ---- endpoints

    @Override
    public CreateResolverEndpointResponse createResolverEndpoint(CreateResolverEndpointRequest request) {
        return call("CreateResolverEndpoint", () -> {
            if (all(Endpoint.class).anyMatch(it -> it.state().sdk.creatorRequestId().equals(request.creatorRequestId()))) {
                throw refuse("ResourceExistsException", 400, "[RSLVR-00501] Resolver endpoint with creator request ID '"
                        + request.creatorRequestId() + "' already exists.");
            }
            request.ipAddresses().forEach(it -> network.subnet(it.subnetId()));
            request.securityGroupIds().forEach(network::group);
            String id = (request.direction() == ResolverEndpointDirection.INBOUND ? "rslvr-in-" : "rslvr-out-") + world.hex();
            ResolverEndpoint sdk = ResolverEndpoint.builder().id(id).creatorRequestId(request.creatorRequestId())
                    .arn(place.arn("route53resolver", "resolver-endpoint/" + id)).name(request.name())
                    .securityGroupIds(request.securityGroupIds()).direction(request.direction())
                    .status(ResolverEndpointStatus.CREATING).build();
            Thing<Endpoint> made = add(id, "", new Endpoint(sdk, List.of()), tags(request.tags()));
            request.ipAddresses().forEach(it -> attach(made, it.subnetId()));
            ready(made);
            return CreateResolverEndpointResponse.builder().resolverEndpoint(sdk).build();
        });
    }

    private void attach(Thing<Endpoint> endpoint, String subnetId) {
        String id = "rni-" + world.hex();
        NetworkInterface attached = network.attach(subnetId, endpoint.state().sdk.securityGroupIds(),
                "Route 53 Resolver: " + endpoint.id() + ":" + id, "amazon-route53-resolver", endpoint.id()).state();
        List<IpAddressResponse> ips = new ArrayList<>(endpoint.state().ips);
        ips.add(IpAddressResponse.builder().ipId(id).subnetId(subnetId).ip(attached.privateIpAddress())
                .status(IpAddressStatus.ATTACHED).creationTime(world.now().toString()).build());
        endpoint.change(it -> new Endpoint(it.sdk, ips));
    }

    private void ready(Thing<Endpoint> endpoint) {
        world.after(world.takes(Takes.RESOLVER_ENDPOINT), () -> {
            if (!endpoint.gone() && endpoint.state().sdk.status() != ResolverEndpointStatus.DELETING) {
                endpoint.change(it -> it.in(ResolverEndpointStatus.OPERATIONAL));
            }
        });
    }

    private Thing<Endpoint> endpoint(String id) {
        return find(Endpoint.class, id).orElseThrow(() -> refuse("ResourceNotFoundException", 400,
                "[RSLVR-00703] Resolver endpoint with ID '" + id + "' does not exist."));
    }

    @Override
    public ListResolverEndpointsResponse listResolverEndpoints(ListResolverEndpointsRequest request) {
        return call("ListResolverEndpoints", () -> ListResolverEndpointsResponse.builder()
                .resolverEndpoints(listed(Endpoint.class).map(it -> it.state())
                        .map(it -> it.sdk.toBuilder().ipAddressCount(it.ips.size()).build()).toList()).build());
    }

    @Override
    public ListResolverEndpointIpAddressesResponse listResolverEndpointIpAddresses(
            ListResolverEndpointIpAddressesRequest request) {
        return call("ListResolverEndpointIpAddresses", () -> ListResolverEndpointIpAddressesResponse.builder()
                .ipAddresses(endpoint(request.resolverEndpointId()).listed().state().ips).build());
    }

    @Override
    public AssociateResolverEndpointIpAddressResponse associateResolverEndpointIpAddress(
            AssociateResolverEndpointIpAddressRequest request) {
        return call("AssociateResolverEndpointIpAddress", () -> {
            Thing<Endpoint> endpoint = endpoint(request.resolverEndpointId());
            attach(endpoint, request.ipAddress().subnetId());
            endpoint.change(it -> it.in(ResolverEndpointStatus.UPDATING));
            ready(endpoint);
            return AssociateResolverEndpointIpAddressResponse.builder().resolverEndpoint(endpoint.state().sdk).build();
        });
    }

    @Override
    public DisassociateResolverEndpointIpAddressResponse disassociateResolverEndpointIpAddress(
            DisassociateResolverEndpointIpAddressRequest request) {
        return call("DisassociateResolverEndpointIpAddress", () -> {
            Thing<Endpoint> endpoint = endpoint(request.resolverEndpointId());
            IpAddressResponse spare = endpoint.state().ips.stream()
                    .filter(it -> it.ipId().equals(request.ipAddress().ipId())).findFirst().orElseThrow(() ->
                            refuse("ResourceNotFoundException", 400, "[RSLVR-00706] The IP address does not exist."));
            if (endpoint.state().ips.size() <= FEWEST_ADDRESSES) {
                throw refuse("InvalidRequestException", 400,
                        "[RSLVR-00411] Resolver endpoint must have at least 2 IP addresses.");
            }
            network.release(network.interfaces().filter(it -> it.parent().equals(endpoint.id())
                            && it.state().description().endsWith(spare.ipId())).toList(),
                    world.takes(Takes.RESOLVER_ENDPOINT_DELETION));
            List<IpAddressResponse> rest = endpoint.state().ips.stream().filter(it -> !it.equals(spare)).toList();
            endpoint.change(it -> new Endpoint(it.sdk, rest).in(ResolverEndpointStatus.UPDATING));
            ready(endpoint);
            return DisassociateResolverEndpointIpAddressResponse.builder().resolverEndpoint(endpoint.state().sdk).build();
        });
    }

    @Override
    public DeleteResolverEndpointResponse deleteResolverEndpoint(DeleteResolverEndpointRequest request) {
        return call("DeleteResolverEndpoint", () -> {
            Thing<Endpoint> endpoint = endpoint(request.resolverEndpointId());
            if (all(ResolverRule.class).anyMatch(it -> endpoint.id().equals(it.state().resolverEndpointId()))) {
                throw refuse("InvalidRequestException", 400, "[RSLVR-00904] Cannot delete Resolver endpoint '" + endpoint.id()
                        + "' because it is used by resolver rules");
            }
            if (endpoint.state().sdk.status() != ResolverEndpointStatus.DELETING) {
                endpoint.change(it -> it.in(ResolverEndpointStatus.DELETING));
                world.after(world.takes(Takes.RESOLVER_ENDPOINT_DELETION), () -> {
                    network.release(endpoint.id(), Duration.ZERO);
                    world.remove(endpoint);
                });
            }
            return DeleteResolverEndpointResponse.builder().resolverEndpoint(endpoint.state().sdk).build();
        });
    }

    // ---- rules

    @Override
    public CreateResolverRuleResponse createResolverRule(CreateResolverRuleRequest request) {
        return call("CreateResolverRule", () -> {
            if (all(ResolverRule.class).anyMatch(it -> it.state().creatorRequestId().equals(request.creatorRequestId()))) {
                throw refuse("ResourceExistsException", 400, "[RSLVR-00501] Resolver rule with creator request ID '"
                        + request.creatorRequestId() + "' already exists.");
            }
            checkOutbound(request.resolverEndpointId());
            String id = "rslvr-rr-" + world.hex();
            ResolverRule rule = ResolverRule.builder().id(id).creatorRequestId(request.creatorRequestId())
                    .arn(place.arn("route53resolver", "resolver-rule/" + id)).name(request.name())
                    .domainName(request.domainName() + ".").ruleType(request.ruleType())
                    .resolverEndpointId(request.resolverEndpointId()).targetIps(request.targetIps())
                    .status(ResolverRuleStatus.COMPLETE).build();
            add(id, "", rule, tags(request.tags()));
            return CreateResolverRuleResponse.builder().resolverRule(rule).build();
        });
    }

    private void checkOutbound(String id) {
        Endpoint endpoint = endpoint(id).state();
        if (endpoint.sdk.direction() != ResolverEndpointDirection.OUTBOUND) {
            throw refuse("InvalidRequestException", 400, "[RSLVR-00412] The endpoint '" + id + "' is not outbound.");
        } else if (endpoint.sdk.status() == ResolverEndpointStatus.DELETING) {
            throw refuse("ResourceUnavailableException", 400, "Resolver endpoint '" + id + "' is being deleted.");
        }
    }

    private Thing<ResolverRule> rule(String id) {
        return find(ResolverRule.class, id).orElseThrow(() -> refuse("ResourceNotFoundException", 400,
                "[RSLVR-00703] Resolver rule with ID '" + id + "' does not exist."));
    }

    @Override
    public ListResolverRulesResponse listResolverRules(ListResolverRulesRequest request) {
        ResolverRule everybodys = ResolverRule.builder().id("rslvr-autodefined-rr-internet-resolver")
                .name("Internet Resolver").domainName(".").ruleType(RuleTypeOption.RECURSIVE).build();
        return call("ListResolverRules", () -> ListResolverRulesResponse.builder().resolverRules(Stream.concat(
                Stream.of(everybodys), listed(ResolverRule.class).map(Seen::state)).toList()).build());
    }

    @Override
    public UpdateResolverRuleResponse updateResolverRule(UpdateResolverRuleRequest request) {
        return call("UpdateResolverRule", () -> {
            Thing<ResolverRule> rule = rule(request.resolverRuleId());
            checkOutbound(request.config().resolverEndpointId());
            rule.change(it -> it.toBuilder().resolverEndpointId(request.config().resolverEndpointId())
                    .targetIps(request.config().targetIps()).build());
            return UpdateResolverRuleResponse.builder().resolverRule(rule.state()).build();
        });
    }

    @Override
    public DeleteResolverRuleResponse deleteResolverRule(DeleteResolverRuleRequest request) {
        return call("DeleteResolverRule", () -> {
            Thing<ResolverRule> rule = rule(request.resolverRuleId());
            if (all(ResolverRuleAssociation.class).anyMatch(it -> it.parent().equals(rule.id()))) {
                throw refuse("ResourceInUseException", 400,
                        "[RSLVR-00604] Please disassociate this resolver rule from VPC first before deleting");
            }
            world.remove(rule);
            return DeleteResolverRuleResponse.builder().build();
        });
    }

    // ---- associations

    @Override
    public AssociateResolverRuleResponse associateResolverRule(AssociateResolverRuleRequest request) {
        return call("AssociateResolverRule", () -> {
            Thing<ResolverRule> rule = rule(request.resolverRuleId());
            if (world.find(Network.Vpc.class, request.vpcId()).isEmpty()) {
                throw refuse("ResourceNotFoundException", 400, "[RSLVR-00705] VPC '" + request.vpcId() + "' does not exist.");
            }
            all(ResolverRuleAssociation.class).map(Thing::state).filter(it -> it.vpcId().equals(request.vpcId()))
                    .forEach(it -> checkConflict(rule, it));
            String id = "rslvr-rrassoc-" + world.hex();
            ResolverRuleAssociation association = ResolverRuleAssociation.builder().id(id).resolverRuleId(rule.id())
                    .name(request.name()).vpcId(request.vpcId()).status(ResolverRuleAssociationStatus.CREATING).build();
            Thing<ResolverRuleAssociation> made = add(id, rule.id(), association, Map.of());
            world.after(world.takes(Takes.RESOLVER_RULE_ASSOCIATION), () -> {
                if (made.state().status() == ResolverRuleAssociationStatus.CREATING) {
                    made.change(it -> it.toBuilder().status(ResolverRuleAssociationStatus.COMPLETE).build());
                }
            });
            return AssociateResolverRuleResponse.builder().resolverRuleAssociation(association).build();
        });
    }

    private void checkConflict(Thing<ResolverRule> rule, ResolverRuleAssociation other) {
        if (other.resolverRuleId().equals(rule.id())) {
            throw refuse("ResourceExistsException", 400, "[RSLVR-00802] Resolver rule '" + rule.id()
                    + "' is already associated with VPC '" + other.vpcId() + "'.");
        } else if (rule(other.resolverRuleId()).state().domainName().equals(rule.state().domainName())) {
            throw refuse("InvalidRequestException", 400,
                    "[RSLVR-00803] Cannot associate rules with same domain name with same VPC.");
        }
    }

    @Override
    public ListResolverRuleAssociationsResponse listResolverRuleAssociations(ListResolverRuleAssociationsRequest request) {
        return call("ListResolverRuleAssociations", () -> ListResolverRuleAssociationsResponse.builder()
                .resolverRuleAssociations(listed(ResolverRuleAssociation.class).map(Seen::state).toList()).build());
    }

    @Override
    public DisassociateResolverRuleResponse disassociateResolverRule(DisassociateResolverRuleRequest request) {
        return call("DisassociateResolverRule", () -> {
            Thing<ResolverRuleAssociation> association = all(ResolverRuleAssociation.class)
                    .filter(it -> it.parent().equals(request.resolverRuleId())
                            && it.state().vpcId().equals(request.vpcId())).findFirst().orElseThrow(() ->
                            refuse("ResourceNotFoundException", 400, "[RSLVR-00703] Resolver rule '"
                                    + request.resolverRuleId() + "' is not associated with VPC '" + request.vpcId() + "'."));
            if (association.state().status() != ResolverRuleAssociationStatus.DELETING) {
                association.change(it -> it.toBuilder().status(ResolverRuleAssociationStatus.DELETING).build());
                world.after(world.takes(Takes.RESOLVER_RULE_ASSOCIATION), () -> world.remove(association));
            }
            return DisassociateResolverRuleResponse.builder().resolverRuleAssociation(association.state()).build();
        });
    }

    // ---- tags

    @Override
    public ListTagsForResourceResponse listTagsForResource(ListTagsForResourceRequest request) {
        return call("ListTagsForResource", () -> ListTagsForResourceResponse.builder().tags(
                tagged(request.resourceArn()).listed().tags().entrySet().stream()
                        .map(it -> Tag.builder().key(it.getKey()).value(it.getValue()).build()).toList()).build());
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        return call("TagResource", () -> {
            tagged(request.resourceArn()).tag(tags(request.tags()));
            return TagResourceResponse.builder().build();
        });
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        return call("UntagResource", () -> {
            tagged(request.resourceArn()).untag(request.tagKeys());
            return UntagResourceResponse.builder().build();
        });
    }

    private Thing<?> tagged(String arn) {
        return world.find(arn.substring(arn.lastIndexOf('/') + 1)).orElseThrow(() ->
                refuse("ResourceNotFoundException", 400, "[RSLVR-00703] Resource '" + arn + "' does not exist."));
    }
}
