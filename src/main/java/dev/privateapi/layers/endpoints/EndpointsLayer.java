package dev.privateapi.layers.endpoints;

import dev.privateapi.api.v1alpha1.EndpointService;
import dev.privateapi.api.v1alpha1.PeerSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.VpcEndpointReference;
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

/**
 * How a closed VPC reaches AWS: interface endpoints for ECR, logs and the API's own clients, the gateway endpoint for S3,
 * in which ECR keeps its layers, and the security groups before them. The endpoint of execute-api takes no private DNS: that
 * would shadow every public API for the whole VPC; the dns layer gives this one API its name instead. It has a security
 * group of its own, because the peers come in there and nowhere else.
 */
public final class EndpointsLayer implements LayerDefinition {

    static final ResourceKey SECURITY_GROUP = Keys.securityGroup(Layer.ENDPOINTS);
    static final ResourceKey EXECUTE_API_SECURITY_GROUP =
            ResourceKey.of(Layer.ENDPOINTS, Kind.SECURITY_GROUP, "execute-api-security-group");

    private static final int HTTPS = 443;
    private static final List<EndpointService> PRIVATE_NAMES =
            List.of(EndpointService.ECR_API, EndpointService.ECR_DKR, EndpointService.LOGS);

    private final VpcEndpoints endpoints;
    private final SecurityGroups securityGroups;

    /** @param securityGroups the one driver of security groups, which all layers share */
    public EndpointsLayer(Aws aws, SecurityGroups securityGroups) {
        this.endpoints = new VpcEndpoints(aws);
        this.securityGroups = securityGroups;
    }

    @Override
    public List<Node> desired(Owner owner, PrivateApiStackSpec spec) {
        List<Node> nodes = new ArrayList<>();
        if (PRIVATE_NAMES.stream().anyMatch(service -> reference(spec, service) == null)) {
            nodes.add(new SecurityGroup("HTTPS from the subnets to the endpoints of AWS services", fromSubnets(spec))
                    .as(SECURITY_GROUP, owner, securityGroups));
        }
        PRIVATE_NAMES.forEach(service -> nodes.add(interfaceEndpoint(owner, spec, service, SECURITY_GROUP, true)));
        if (reference(spec, EndpointService.EXECUTE_API) == null) {
            nodes.add(new SecurityGroup("HTTPS from the subnets and the peers to the private API",
                            Stream.concat(fromSubnets(spec).stream(), fromPeers(spec)).toList())
                    .as(EXECUTE_API_SECURITY_GROUP, owner, securityGroups));
        }
        nodes.add(interfaceEndpoint(owner, spec, EndpointService.EXECUTE_API, EXECUTE_API_SECURITY_GROUP, false));
        nodes.add(gatewayEndpoint(owner, spec));
        return nodes;
    }

    private static String reference(PrivateApiStackSpec spec, EndpointService service) {
        return spec.vpcEndpoints().stream()
                .filter(existing -> existing.service() == service)
                .map(VpcEndpointReference::id)
                .findFirst()
                .orElse(null);
    }

    private static List<Ingress> fromSubnets(PrivateApiStackSpec spec) {
        return spec.vpc().subnets().stream()
                .map(subnet -> subnet.id() == null
                        ? Ingress.from("tcp", HTTPS, subnet.cidr())
                        : Ingress.from("tcp", HTTPS, Keys.subnet(subnet)))
                .toList();
    }

    private static Stream<Ingress> fromPeers(PrivateApiStackSpec spec) {
        return spec.peers().stream().map(PeerSpec::cidr).map(cidr -> Ingress.from("tcp", HTTPS, cidr));
    }

    private Node interfaceEndpoint(
            Owner owner, PrivateApiStackSpec spec, EndpointService service, ResourceKey group, boolean privateDns) {
        List<ResourceKey> subnets = Keys.subnets(spec);
        List<Need> needs = Stream.concat(
                        Stream.of(Need.ready(Keys.VPC), Need.exists(group)), subnets.stream().map(Need::exists))
                .toList();
        return node(owner, spec, service,
                new DesiredEndpoint.Interface(service.serviceName(), subnets, List.of(group), privateDns), needs);
    }

    private Node gatewayEndpoint(Owner owner, PrivateApiStackSpec spec) {
        List<ResourceKey> tables = Keys.routeTables(spec);
        List<Need> needs = Stream.concat(Stream.of(Keys.VPC), tables.stream()).map(Need::exists).toList();
        return node(owner, spec, EndpointService.S3,
                new DesiredEndpoint.Gateway(EndpointService.S3.serviceName(), tables), needs);
    }

    /** A referenced one needs nothing of the stack: it is there, or the spec is wrong. */
    private Node node(
            Owner owner, PrivateApiStackSpec spec, EndpointService service, DesiredEndpoint desired, List<Need> needs) {
        String reference = reference(spec, service);
        return new Resource<>(
                owner, Keys.endpoint(service), desired, reference == null ? needs : List.of(), reference, endpoints);
    }

    @Override
    public List<Driver<?, ?>> drivers() {
        return List.of(endpoints);
    }
}
