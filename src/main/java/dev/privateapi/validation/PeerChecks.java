package dev.privateapi.validation;

import static dev.privateapi.validation.SpecValidation.problem;

import dev.privateapi.api.v1alpha1.PeerSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import java.util.List;
import java.util.stream.Stream;

/** Peers that AWS peers with, and whose addresses lead to one place each. */
final class PeerChecks {

    static Stream<SpecProblem> of(PrivateApiStackSpec spec) {
        var vpc = spec.vpc();
        return Stream.of(
                        spec.peers().stream().flatMap(peer -> VpcChecks.block(at(peer) + ".cidr", peer.cidr())),
                        spec.peers().stream()
                                .filter(peer -> peer.vpcId().equals(vpc.id()))
                                .map(peer -> problem(
                                        at(peer),
                                        peer.vpcId(),
                                        "is the stack's own VPC, whose clients need no peering: remove the peer")),
                        spec.peers().stream()
                                .filter(peer -> VpcChecks.overlap(peer.cidr(), vpc.cidr()))
                                .map(peer -> problem(
                                        at(peer) + ".cidr",
                                        peer.cidr(),
                                        "overlaps vpc.cidr " + vpc.cidr() + ", and AWS peers no such VPCs: write the "
                                                + "peer's own block, or another vpc.cidr")),
                        apart(spec.peers()))
                .flatMap(problems -> problems);
    }

    private static Stream<SpecProblem> apart(List<PeerSpec> peers) {
        return Pair.of(peers)
                .filter(pair -> pair.one().vpcId().equals(pair.other().vpcId())
                        || VpcChecks.overlap(pair.one().cidr(), pair.other().cidr()))
                .map(pair -> problem(
                        at(pair.other()),
                        pair.other().cidr(),
                        "overlaps " + pair.one().cidr() + " of " + pair.one().vpcId() + ", and a route leads to one of "
                                + "them only: write peers that share no address"));
    }

    private static String at(PeerSpec peer) {
        return "spec.peers[" + peer.vpcId() + "]";
    }

    private PeerChecks() {}
}
