package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** The network to build ({@code cidr}) or to build in ({@code id}: never changed, never deleted). */
@ValidationRule(
        value = "has(self.cidr) != has(self.id)",
        message = "write either cidr, for a VPC to create, or id, for one that exists")
@ValidationRule(
        value = "has(self.cidr) == has(oldSelf.cidr) && (!has(self.cidr) || self.cidr == oldSelf.cidr)",
        messageExpression =
                "'cidr is immutable, a VPC cannot be renumbered: keep ' + (has(oldSelf.cidr) ? 'cidr: ' + oldSelf.cidr : 'it absent') + ', or delete this stack and create another'")
@ValidationRule(
        value = "has(self.id) == has(oldSelf.id) && (!has(self.id) || self.id == oldSelf.id)",
        messageExpression =
                "'id is immutable, a stack cannot move to another VPC: keep ' + (has(oldSelf.id) ? 'id: ' + oldSelf.id : 'it absent') + ', or delete this stack and create another'")
@ValidationRule(
        value = "has(self.id) || self.subnets.all(s, !has(s.id))",
        fieldPath = ".subnets",
        message =
                "a VPC to create has no subnets yet: write cidr and availabilityZone instead of id, or give the existing VPC as vpc.id")
@ValidationRule(
        value =
                """
                !has(self.cidr) || !isCIDR(self.cidr)
                || self.subnets.all(s, !has(s.cidr) || !isCIDR(s.cidr) || cidr(self.cidr).containsCIDR(s.cidr))""",
        fieldPath = ".subnets",
        messageExpression =
                """
                self.subnets.filter(s, has(s.cidr) && isCIDR(s.cidr) && !cidr(self.cidr).containsCIDR(s.cidr))[0].cidr
                + ' lies outside the VPC: write a block inside vpc.cidr ' + self.cidr""")
@ValidationRule(
        value =
                """
                self.subnets.all(s, !has(s.cidr) || !has(s.availabilityZone)
                || oldSelf.subnets.all(o, !has(o.cidr) || o.cidr != s.cidr || !has(o.availabilityZone)
                || o.availabilityZone == s.availabilityZone))""",
        fieldPath = ".subnets",
        message =
                "a subnet cannot move to another Availability Zone: keep the zone of each cidr, or add a subnet with another cidr")
public record VpcSpec(
        @JsonPropertyDescription("Addresses of a VPC to create, /16 to /28, such as 10.1.0.0/16. Immutable. Either cidr or id.")
        @Size(max = 18)
        @ValidationRule(value = Cel.BLOCK, messageExpression = Cel.BLOCK_MESSAGE)
        @ValidationRule(
                value = "!isCIDR(self) || !(self.matches('^(0|127|22[4-9]|2[3-5][0-9])[.]') || self.startsWith('169.254.'))",
                messageExpression =
                        "self + \" is for loopback, link-local or multicast, and cannot be a VPC's: write a block of RFC 1918, such as 10.1.0.0/16\"")
        String cidr,

        @JsonPropertyDescription("An existing VPC to build in; never changed, never deleted. Immutable. Either cidr or id.")
        @Size(max = 32)
        @ValidationRule(value = Cel.VPC_ID, messageExpression = Cel.VPC_ID_MESSAGE)
        String id,

        @JsonPropertyDescription("Private subnets, one per Availability Zone, in at least two zones.")
        @Required
        @Size(max = 6)
        @ValidationRule(
                value =
                        """
                        size(self) >= 2 && (self.exists(s, !has(s.availabilityZone))
                        || self.exists(s, s.availabilityZone != self[0].availabilityZone))""",
                message =
                        "one Availability Zone alone would take the API down with it: write subnets in at least two zones")
        @ValidationRule(
                value =
                        """
                        self.all(a, !has(a.availabilityZone)
                        || self.exists_one(b, has(b.availabilityZone) && b.availabilityZone == a.availabilityZone))""",
                message =
                        "a load balancer and a VPC endpoint take one subnet per Availability Zone: write each zone once")
        @ValidationRule(
                value = "self.all(a, !has(a.id) || self.exists_one(b, has(b.id) && b.id == a.id))",
                message = "the same subnet twice: write each id once")
        @ValidationRule(
                value =
                        """
                        self.all(a, !has(a.cidr) || !isCIDR(a.cidr) || self.exists_one(b, has(b.cidr) && isCIDR(b.cidr)
                        && (cidr(a.cidr).containsCIDR(b.cidr) || cidr(b.cidr).containsCIDR(a.cidr))))""",
                message =
                        "subnets overlap: write blocks that share no address, such as 10.1.1.0/24 and 10.1.2.0/24")
        List<SubnetSpec> subnets) {

    public VpcSpec {
        subnets = subnets == null ? List.of() : List.copyOf(subnets);
    }
}
