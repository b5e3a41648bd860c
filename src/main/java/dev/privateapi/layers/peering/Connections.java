package dev.privateapi.layers.peering;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Ec2;
import dev.privateapi.layers.Keys;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.VpcAttributeName;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionVpcInfo;

/**
 * The peering connections, of which the stack is the requester and, with the identity that administrators gave for the
 * peer's account, the accepter. The states are those of the VPC Peering Guide, "VPC peering connection lifecycle".
 *
 * <p>Public names of instances resolve to private addresses over a connection if both VPCs have DNS hostnames and DNS
 * support on (VPC Peering Guide, "Enable DNS resolution for a VPC peering connection"). The peer's are its owner's business:
 * where one is off, or cannot be read, the option is left as it is, because nothing of the stack needs it.
 */
final class Connections implements Driver<Connections.Desired, Connections.Connection> {

    /** Over; AWS shows them for some hours more. */
    private static final Set<VpcPeeringConnectionStateReasonCode> ENDED = EnumSet.of(
            VpcPeeringConnectionStateReasonCode.DELETED,
            VpcPeeringConnectionStateReasonCode.REJECTED,
            VpcPeeringConnectionStateReasonCode.EXPIRED);

    private final Aws aws;

    Connections(Aws aws) {
        this.aws = aws;
    }

    record Desired(Place peer) {}

    /** @param resolvable whether the peer VPC has what the DNS option needs; not asked if the option is on */
    record Connection(VpcPeeringConnection sdk, boolean resolvable) {

        private String id() {
            return sdk.vpcPeeringConnectionId();
        }

        private Map<String, String> tags() {
            return Ec2.tags(sdk.tags());
        }

        private Connection with(VpcPeeringConnection sdk) {
            return new Connection(sdk, resolvable);
        }

        private Connection tagged(Map<String, String> tags) {
            return with(sdk.toBuilder().tags(Ec2.tags(tags)).build());
        }
    }

    /** Every connection that a stack requested and that AWS still shows, in whatever state: one listing for the fleet. */
    static List<VpcPeeringConnection> ofStacks(Sight sight, Aws aws) {
        return new Ec2.Listing<>(Kind.PEERING_CONNECTION, "DescribeVpcPeeringConnections", "vpc-peering-connection-id",
                VpcPeeringConnection::vpcPeeringConnectionId, it -> Ec2.tags(it.tags()), filter -> describe(aws, filter))
                .readAll(sight, aws);
    }

    private static List<VpcPeeringConnection> describe(Aws aws, Filter... filters) {
        return aws.ec2().describeVpcPeeringConnectionsPaginator(request -> request.filters(filters))
                .vpcPeeringConnections().stream().toList();
    }

    static boolean ended(VpcPeeringConnection connection) {
        return ENDED.contains(connection.status().code());
    }

    static boolean failed(VpcPeeringConnection connection) {
        return connection.status().code() == VpcPeeringConnectionStateReasonCode.FAILED;
    }

    @Override
    public Kind kind() {
        return Kind.PEERING_CONNECTION;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.VPC);
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<VpcPeeringConnection> shown = ofStacks(sight, aws).stream().filter(it -> !ended(it)).toList();
        List<Live> lives = sight.pick(kind(), shown, VpcPeeringConnection::vpcPeeringConnectionId,
                it -> Ec2.tags(it.tags()), (key, it) -> live(key, new Connection(it, resolvable(it, sight))));
        return lives.stream()
                .filter(live -> !failed(((Connection) live.object()).sdk) || stands(live, lives, sight))
                .toList();
    }

    /** Whether a failed request is the answer to what is wanted now, and not to a spec that has been corrected since. */
    private boolean stands(Live failed, List<Live> lives, Sight sight) {
        VpcPeeringConnection connection = ((Connection) failed.object()).sdk;
        boolean another = lives.stream()
                .anyMatch(it -> it.key().equals(failed.key()) && it.phase() != Phase.FOREIGN);
        boolean fromHere = sight.seen(Kind.VPC).stream()
                .anyMatch(vpc -> vpc.id().equals(connection.requesterVpcInfo().vpcId()));
        return !another && fromHere && sight.wanted(kind()).anyMatch(node ->
                node.key().equals(failed.key())
                        && node.desired() instanceof Desired wanted
                        && wanted.peer.leadsTo(connection));
    }

    /** Two reads, and only of a connection whose option is off. */
    private boolean resolvable(VpcPeeringConnection connection, Sight sight) {
        boolean asked = connection.status().code() == VpcPeeringConnectionStateReasonCode.ACTIVE
                && (off(connection.requesterVpcInfo()) || off(connection.accepterVpcInfo()));
        if (!asked) {
            return false;
        }
        Place peer = Place.accepter(connection);
        try {
            Aws there = peer.from(aws);
            return Stream.of(VpcAttributeName.ENABLE_DNS_SUPPORT, VpcAttributeName.ENABLE_DNS_HOSTNAMES)
                    .allMatch(name -> Ec2.has(name, peer.vpcId(), sight, there));
        } catch (RuntimeException _) {
            return false; // not worth holding up a peering for
        }
    }

    /** Of the other account's side AWS may show no options; what is not shown is left alone. */
    private static boolean off(VpcPeeringConnectionVpcInfo side) {
        return side.peeringOptions() != null
                && Boolean.FALSE.equals(side.peeringOptions().allowDnsResolutionFromRemoteVpc());
    }

    /** A failed request can neither be changed nor deleted (API reference, DeleteVpcPeeringConnection): it only stands there. */
    @Override
    public Live live(ResourceKey key, Connection connection) {
        VpcPeeringConnection sdk = connection.sdk;
        Phase phase = switch (sdk.status().code()) {
            case ACTIVE -> Phase.READY;
            case DELETING -> Phase.DELETING;
            case FAILED -> Phase.FOREIGN;
            case null, default -> Phase.PENDING;
        };
        Live live = Live.of(key, connection.id(), phase, connection)
                .using(Set.of(sdk.requesterVpcInfo().vpcId()))
                .with(Map.of(Attribute.STATE, sdk.status().codeAsString()));
        return failed(sdk) ? live.troubled(failure(sdk)) : live;
    }

    private static Problem failure(VpcPeeringConnection connection) {
        return new Problem(Category.INVALID, "AWS does not peer " + connection.requesterVpcInfo().vpcId() + " with "
                + Place.accepter(connection) + " (" + connection.vpcPeeringConnectionId() + "): "
                + connection.status().message() + ". Correct vpcId, region or accountId of the peer, or remove it; the"
                + " addresses of peered VPCs must not overlap. The same request is tried again when AWS no longer shows"
                + " this one, after two hours.");
    }

    @Override
    public List<Change<Connection>> compare(Desired wanted, Connection have, Refs refs) {
        VpcPeeringConnectionStateReasonCode state = have.sdk.status().code();
        if (state == VpcPeeringConnectionStateReasonCode.PENDING_ACCEPTANCE) {
            return List.of(new Change<>("status", have.sdk.status().codeAsString(), "active", this::accept));
        }
        boolean resolves = have.resolvable && refs.live(Keys.VPC).phase() == Phase.READY;
        boolean ours = resolves && off(have.sdk.requesterVpcInfo());
        boolean theirs = resolves && off(have.sdk.accepterVpcInfo());
        if (ours && theirs && besides(have.sdk)) {
            return List.of(new Change<>("allowDnsResolutionFromRemoteVpc", false, true, this::resolveBoth));
        }
        List<Change<Connection>> changes = new ArrayList<>();
        if (ours) {
            changes.add(new Change<>("requester allowDnsResolutionFromRemoteVpc", false, true, this::resolveOurs));
        }
        if (theirs) {
            changes.add(new Change<>("accepter allowDnsResolutionFromRemoteVpc", false, true, this::resolveTheirs));
        }
        return changes;
    }

    /** Whether one call can set both sides (API reference, ModifyVpcPeeringConnectionOptions: same account and Region). */
    private static boolean besides(VpcPeeringConnection connection) {
        VpcPeeringConnectionVpcInfo ours = connection.requesterVpcInfo();
        VpcPeeringConnectionVpcInfo theirs = connection.accepterVpcInfo();
        return Objects.equals(ours.ownerId(), theirs.ownerId()) && Objects.equals(ours.region(), theirs.region());
    }

    private Connection resolveBoth(Connection connection) {
        aws.ec2().modifyVpcPeeringConnectionOptions(request -> request.vpcPeeringConnectionId(connection.id())
                .requesterPeeringConnectionOptions(options -> options.allowDnsResolutionFromRemoteVpc(true))
                .accepterPeeringConnectionOptions(options -> options.allowDnsResolutionFromRemoteVpc(true)));
        return connection.with(connection.sdk.toBuilder()
                .requesterVpcInfo(resolving(connection.sdk.requesterVpcInfo()))
                .accepterVpcInfo(resolving(connection.sdk.accepterVpcInfo())).build());
    }

    private Connection accept(Connection connection) {
        VpcPeeringConnection accepted = Place.accepter(connection.sdk).from(aws).ec2()
                .acceptVpcPeeringConnection(request -> request.vpcPeeringConnectionId(connection.id()))
                .vpcPeeringConnection();
        return connection.with(connection.sdk.toBuilder().status(accepted.status()).build());
    }

    private Connection resolveOurs(Connection connection) {
        aws.ec2().modifyVpcPeeringConnectionOptions(request -> request.vpcPeeringConnectionId(connection.id())
                .requesterPeeringConnectionOptions(options -> options.allowDnsResolutionFromRemoteVpc(true)));
        return connection.with(connection.sdk.toBuilder()
                .requesterVpcInfo(resolving(connection.sdk.requesterVpcInfo())).build());
    }

    private Connection resolveTheirs(Connection connection) {
        Place.accepter(connection.sdk).from(aws).ec2().modifyVpcPeeringConnectionOptions(request -> request
                .vpcPeeringConnectionId(connection.id())
                .accepterPeeringConnectionOptions(options -> options.allowDnsResolutionFromRemoteVpc(true)));
        return connection.with(connection.sdk.toBuilder()
                .accepterVpcInfo(resolving(connection.sdk.accepterVpcInfo())).build());
    }

    private static VpcPeeringConnectionVpcInfo resolving(VpcPeeringConnectionVpcInfo side) {
        return side.toBuilder().peeringOptions(options -> options.allowDnsResolutionFromRemoteVpc(true)).build();
    }

    @Override
    public Optional<String> misfit(Desired wanted, Connection have, Refs refs) {
        String from = have.sdk.requesterVpcInfo().vpcId();
        boolean fits = from.equals(refs.id(Keys.VPC)) && wanted.peer.leadsTo(have.sdk);
        return fits ? Optional.empty() : Optional.of("it leads from " + from + " to " + Place.accepter(have.sdk)
                + ", not from " + refs.id(Keys.VPC) + " to " + wanted.peer);
    }

    @Override
    public Optional<Tagging<Connection>> tagging() {
        return Optional.of(Ec2.tagging(aws, Connection::id, Connection::tags, Connection::tagged));
    }

    /**
     * Looks first, because AWS answers a repeated request with the connection that is there, whoever made it, and takes one
     * in the opposite direction that it then lets nobody accept (as seen in public issues; the API reference is silent).
     */
    @Override
    public Connection create(Desired wanted, Refs refs, Birth birth) {
        wanted.peer.from(aws); // who could not accept it does not ask
        String vpcId = refs.id(Keys.VPC);
        VpcPeeringConnection connection = between(vpcId, wanted.peer.vpcId())
                .map(there -> owned(there, birth))
                .orElseGet(() -> request(vpcId, wanted.peer, birth));
        return new Connection(connection, false);
    }

    private Optional<VpcPeeringConnection> between(String one, String other) {
        List<String> both = List.of(one, other);
        return describe(aws, Ec2.filter("requester-vpc-info.vpc-id", both), Ec2.filter("accepter-vpc-info.vpc-id", both))
                .stream()
                .filter(it -> !ended(it) && !failed(it))
                .filter(it -> it.status().code() != VpcPeeringConnectionStateReasonCode.DELETING)
                .findFirst();
    }

    private VpcPeeringConnection owned(VpcPeeringConnection connection, Birth birth) {
        return Ownership.key(birth.owner(), kind(), Ec2.tags(connection.tags()))
                .filter(birth.key()::equals)
                .map(key -> connection)
                .orElseThrow(() -> new ProblemException(Category.EXISTS, connection.vpcPeeringConnectionId() + " peers "
                        + connection.requesterVpcInfo().vpcId() + " with " + connection.accepterVpcInfo().vpcId()
                        + " already (" + connection.status().codeAsString() + ") and was not made by this stack, which"
                        + " neither uses nor changes it: delete it, or remove the peer; the stack then goes on by itself."));
    }

    private VpcPeeringConnection request(String vpcId, Place peer, Birth birth) {
        try {
            VpcPeeringConnection requested = aws.ec2().createVpcPeeringConnection(request -> request.vpcId(vpcId)
                            .peerVpcId(peer.vpcId()).peerOwnerId(peer.accountId()).peerRegion(peer.region())
                            .tagSpecifications(Ec2.tagged(ResourceType.VPC_PEERING_CONNECTION, birth.tags())))
                    .vpcPeeringConnection();
            return requested.tags().isEmpty()
                    ? requested.toBuilder().tags(Ec2.tags(birth.tags())).build()
                    : owned(requested, birth);
        } catch (RuntimeException e) {
            Problem problem = AwsErrors.problem(e);
            boolean noPeer = problem.category() == Category.NOT_FOUND && problem.message().contains(peer.vpcId());
            throw noPeer ? new ProblemException(Category.INVALID, "There is no VPC " + peer + " to peer with: correct vpcId,"
                    + " region or accountId of the peer, or remove it.") : e;
        }
    }

    /** Either side's owner may end it (API reference, DeleteVpcPeeringConnection); the requester is the stack. */
    @Override
    public Optional<Connection> delete(Connection connection) {
        Refusals.unlessGone(() -> aws.ec2().deleteVpcPeeringConnection(
                request -> request.vpcPeeringConnectionId(connection.id())));
        return Optional.of(connection.with(connection.sdk.toBuilder()
                .status(status -> status.code(VpcPeeringConnectionStateReasonCode.DELETING)).build()));
    }
}
