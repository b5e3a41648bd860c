package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * What the stack should be. The operator never writes it; absent fields read as the schema's defaults, so that an object
 * stored before a field existed means what a new one means.
 */
@ValidationRule(
        value =
                """
                self.vpc.subnets.all(s, !has(s.availabilityZone)
                || (s.availabilityZone.startsWith(self.region) && s.availabilityZone.substring(size(self.region)).matches('^[a-z]$')))""",
        fieldPath = ".vpc.subnets",
        messageExpression =
                """
                'an Availability Zone of ' + self.region + ' is that name and one letter: write zones such as '
                + self.region + 'a and ' + self.region + 'c'""")
@ValidationRule(
        value =
                """
                !self.service.image.matches('^[0-9]{12}[.]dkr[.]ecr[.][a-z0-9-]+[.]amazonaws[.]com')
                || self.service.image.split('.', 5)[3] == self.region""",
        fieldPath = ".service.image",
        messageExpression =
                """
                'the image is in ' + self.service.image.split('.', 5)[3] + ', and the endpoints of a closed VPC lead only to ECR of their own Region: replicate the repository to '
                + self.region + ' and write that one'""")
@ValidationRule(
        value =
                """
                !has(self.peers) || !has(self.vpc.cidr) || !isCIDR(self.vpc.cidr)
                || self.peers.all(p, !isCIDR(p.cidr) || !(cidr(self.vpc.cidr).containsCIDR(p.cidr) || cidr(p.cidr).containsCIDR(self.vpc.cidr)))""",
        fieldPath = ".peers",
        messageExpression =
                """
                "a peer overlaps vpc.cidr " + self.vpc.cidr
                + ", and AWS peers no VPCs whose addresses overlap: write the peer's own block, or another vpc.cidr\"""")
@ValidationRule(
        value = "!has(self.peers) || !has(self.vpc.id) || self.peers.all(p, p.vpcId != self.vpc.id)",
        fieldPath = ".peers",
        message = "a VPC is no peer of itself: remove the peer that is vpc.id; clients in that VPC reach the API without peering")
@ValidationRule(
        value = "!has(self.vpcEndpoints) || has(self.vpc.id) || self.vpcEndpoints.all(e, e.service == 'execute-api')",
        fieldPath = ".vpcEndpoints",
        message =
                "a VPC to create has no endpoints yet: remove the entry, and the stack makes its own, or give the existing VPC as vpc.id")
public record PrivateApiStackSpec(
        @JsonPropertyDescription("AWS Region of the stack, such as ap-northeast-1. Immutable.")
        @Required
        @Size(max = 25)
        @ValidationRule(value = Cel.REGION, messageExpression = Cel.REGION_MESSAGE)
        @ValidationRule(
                value = "self == oldSelf",
                messageExpression =
                        "'region is immutable: keep ' + oldSelf + ', or delete this stack and create another in ' + self")
        String region,

        @JsonPropertyDescription("The network: a VPC to create (cidr) or one that exists (id), and its private subnets.")
        @Required
        VpcSpec vpc,

        @JsonPropertyDescription("The container behind the API: image, number, size, port, environment and log.")
        @Required
        ServiceSpec service,

        @JsonPropertyDescription("The private REST API: its stage and routes.")
        @Default("{}")
        ApiSpec api,

        @JsonPropertyDescription("How clients find the API's name, and which names the VPC asks elsewhere.")
        @Default("{}")
        DnsSpec dns,

        @JsonPropertyDescription("VPCs whose clients may call the API: peered, routed both ways, and let in. Default: none.")
        @Size(max = 50)
        @ListKey("vpcId")
        @ValidationRule(
                value =
                        """
                        self.all(a, !isCIDR(a.cidr) || self.exists_one(b, isCIDR(b.cidr)
                        && (cidr(a.cidr).containsCIDR(b.cidr) || cidr(b.cidr).containsCIDR(a.cidr))))""",
                message =
                        "the blocks of two peers overlap, and a route leads to one of them only: write blocks that share no address")
        List<PeerSpec> peers,

        @JsonPropertyDescription(
                "VPC endpoints that exist already and serve instead of the stack's own; never changed, never deleted. Default: none.")
        @Size(max = 5)
        @ListKey("service")
        List<VpcEndpointReference> vpcEndpoints,

        @JsonPropertyDescription(
                "What becomes of the AWS objects when this object is deleted: Delete removes them, Retain leaves them with their tags.")
        @Default("Delete")
        DeletionPolicy deletionPolicy,

        @JsonPropertyDescription("True: nothing is changed on AWS, and status still tells what differs.")
        @Default("false")
        Boolean suspend) {

    public PrivateApiStackSpec {
        api = api == null ? ApiSpec.DEFAULT : api;
        dns = dns == null ? DnsSpec.DEFAULT : dns;
        peers = peers == null ? List.of() : List.copyOf(peers);
        vpcEndpoints = vpcEndpoints == null ? List.of() : List.copyOf(vpcEndpoints);
        deletionPolicy = deletionPolicy == null ? DeletionPolicy.Delete : deletionPolicy;
        suspend = suspend != null && suspend;
    }
}
