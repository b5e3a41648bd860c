package dev.privateapi.layers.peering;

import dev.privateapi.aws.Aws;
import java.util.Objects;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionVpcInfo;

/**
 * Where a VPC is.
 *
 * @param accountId null for the stack's own
 * @param region null for the stack's own
 */
record Place(String vpcId, String accountId, String region) {

    static Place home(String vpcId) {
        return new Place(vpcId, null, null);
    }

    /** The other end of a connection that the stack requested. */
    static Place accepter(VpcPeeringConnection connection) {
        VpcPeeringConnectionVpcInfo ours = connection.requesterVpcInfo();
        VpcPeeringConnectionVpcInfo theirs = connection.accepterVpcInfo();
        return new Place(theirs.vpcId(), unless(ours.ownerId(), theirs.ownerId()), unless(ours.region(), theirs.region()));
    }

    private static String unless(String own, String other) {
        return Objects.equals(own, other) ? null : other;
    }

    /** Whether a connection was requested to this VPC, as far as AWS tells where that is. */
    boolean leadsTo(VpcPeeringConnection connection) {
        VpcPeeringConnectionVpcInfo ours = connection.requesterVpcInfo();
        VpcPeeringConnectionVpcInfo theirs = connection.accepterVpcInfo();
        return vpcId.equals(theirs.vpcId())
                && same(accountId == null ? ours.ownerId() : accountId, theirs.ownerId())
                && same(region == null ? ours.region() : region, theirs.region());
    }

    private static boolean same(String wanted, String told) {
        return wanted == null || told == null || wanted.equals(told);
    }

    /**
     * Who may act there.
     *
     * @throws dev.privateapi.model.ProblemException if administrators gave no identity for that account
     */
    Aws from(Aws home) {
        return accountId == null && region == null
                ? home
                : home.in(accountId == null ? home.accountId() : accountId, region == null ? home.region() : region);
    }

    @Override
    public String toString() {
        return vpcId + (accountId == null ? "" : " of account " + accountId) + (region == null ? "" : " in " + region);
    }
}
