package dev.privateapi.layers.dns;

import static java.util.stream.Collectors.toCollection;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.Batch;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Shown;
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
import dev.privateapi.ownership.Owner;
import dev.privateapi.ownership.Ownership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.GetHostedZoneResponse;
import software.amazon.awssdk.services.route53.model.HostedZone;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;
import software.amazon.awssdk.services.route53.model.ResourceTagSet;
import software.amazon.awssdk.services.route53.model.Tag;
import software.amazon.awssdk.services.route53.model.TagResourceType;
import software.amazon.awssdk.services.route53.model.VPC;

/**
 * Private hosted zones. Route 53 takes no tags at creation, so a zone is known by its comment, which holds the owner's uid,
 * until the next call has tagged it. A caller reference that was used before is refused, and the zone of that first call
 * is not returned (API reference, CreateHostedZone, {@code HostedZoneAlreadyExists}): it is found by its comment.
 */
final class HostedZones implements Driver<HostedZones.Wanted, HostedZones.Zone> {

    private static final String PREFIX = "/hostedzone/";
    /** API reference, ListTagsForResources. */
    private static final int ZONES_A_CALL = 10;
    private static final String COMMENT = "PrivateApiStack ";

    private final Aws aws;

    HostedZones(Aws aws) {
        this.aws = aws;
    }

    /** @param associated the VPCs that may look names up, beside the stack's own */
    record Wanted(String region, String comment, List<PeerVpc> associated) {}

    /** @param accountId empty for the stack's own account */
    record PeerVpc(String vpcId, String region, String accountId) {}

    /** A VPC that is associated with a zone. */
    record Vpc(String id, String region) implements Comparable<Vpc> {

        @Override
        public int compareTo(Vpc other) {
            return Comparator.comparing(Vpc::id).thenComparing(Vpc::region).compare(this, other);
        }

        private VPC sdk() {
            return VPC.builder().vpcId(id).vpcRegion(region).build();
        }

        @Override
        public String toString() {
            return id;
        }
    }

    /** @param name without the trailing dot */
    record Zone(String id, String name, String comment, Set<Vpc> vpcs, Map<String, String> tags) {

        private Zone associatedWith(Set<Vpc> vpcs) {
            return new Zone(id, name, comment, vpcs, tags);
        }

        private Zone commented(String comment) {
            return new Zone(id, name, comment, vpcs, tags);
        }

        private Zone tagged(Map<String, String> tags) {
            return new Zone(id, name, comment, vpcs, tags);
        }
    }

    @Override
    public Kind kind() {
        return Kind.HOSTED_ZONE;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.REST_API);
    }

    @Override
    public List<Live> observe(Sight sight) {
        Optional<String> name = sight.seen(Kind.REST_API).stream()
                .filter(Live::owned).map(api -> zoneName(api.id(), aws.region())).findFirst();
        Shown<HostedZone> listing = sight.settled(aws.globalReads(), new Query<>("route53:ListHostedZones", this::list));
        return sight.among(listing, kind(), comment(sight.owner()), name.orElse("")).stream()
                .filter(zone -> comment(sight.owner()).equals(zone.config().comment())
                        || name.filter(bare(zone.name())::equals).isPresent()
                        || sight.claims().knows(kind(), bareId(zone.id())))
                .map(zone -> read(sight, bareId(zone.id()), listing))
                .flatMap(Optional::stream)
                .flatMap(zone -> judge(sight, zone, name).stream())
                .toList();
    }

    private Shown<HostedZone> list() {
        List<HostedZone> zones = aws.route53().listHostedZonesPaginator(request -> {}).hostedZones().stream()
                .filter(zone -> zone.config().privateZone()).toList();
        return new Shown<>(zones, zone -> Stream.of(bareId(zone.id()), bare(zone.name()), zone.config().comment()));
    }

    /** Without tags, which another call tells. */
    private Zone zone(String id) {
        GetHostedZoneResponse zone = aws.route53().getHostedZone(request -> request.id(id));
        return new Zone(id, bare(zone.hostedZone().name()), zone.hostedZone().config().comment(),
                zone.vpCs().stream().map(vpc -> new Vpc(vpc.vpcId(), vpc.vpcRegionAsString()))
                        .collect(toCollection(TreeSet::new)), Map.of());
    }

    /** Empty for a zone that is gone since the listing. */
    private Optional<Zone> read(Sight sight, String id, Shown<HostedZone> listing) {
        try {
            Zone zone = sight.read(aws.globalReads(), new Query<>("route53:GetHostedZone " + id, () -> zone(id)));
            Map<String, String> tags = sight.detail(aws.globalReads(), new Batch<>(
                    "route53:ListTagsForResources", ZONES_A_CALL, this::tags, () -> stacks(listing)), id).orElse(Map.of());
            return Optional.of(new Zone(id, zone.name, zone.comment, zone.vpcs, tags));
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The ids of those that look like stacks', whose tags other stacks will want to know. */
    private static Stream<String> stacks(Shown<HostedZone> listing) {
        return listing.all().stream().filter(zone -> zone.config().comment() != null)
                .filter(zone -> zone.config().comment().startsWith(COMMENT)).map(zone -> bareId(zone.id()));
    }

    private Map<String, Map<String, String>> tags(List<String> ids) {
        return aws.route53().listTagsForResources(request -> request.resourceType(TagResourceType.HOSTEDZONE).resourceIds(ids))
                .resourceTagSets().stream().collect(Collectors.toMap(ResourceTagSet::resourceId,
                        zone -> zone.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value))));
    }

    private Optional<Live> judge(Sight sight, Zone zone, Optional<String> wantedName) {
        boolean untagged = !zone.tags.containsKey(Ownership.OWNER_UID);
        Optional<Live> known = sight.judge(kind(), zone.id, zone.tags, key -> live(key, zone))
                .or(() -> Optional.of(live(Keys.HOSTED_ZONE, zone))
                        .filter(live -> untagged && comment(sight.owner()).equals(zone.comment)));
        boolean named = wantedName.filter(zone.name::equals).isPresent();
        if (known.isEmpty()) {
            return named ? Optional.of(Live.of(Keys.HOSTED_ZONE, zone.id, Phase.FOREIGN, zone)) : Optional.empty();
        }
        return known.map(live -> named || wantedName.isEmpty() || !live.owned() ? live : outdated(live));
    }

    private static Live outdated(Live live) {
        return live.in(Phase.FAILED).troubled(new Problem(Category.FAILED, "Hosted zone " + live.id()
                + " is named after an API that is gone; it is replaced by one for the new API."));
    }

    @Override
    public Live live(ResourceKey key, Zone zone) {
        return Live.of(key, zone.id, Phase.READY, zone).with(Map.of(Attribute.DNS_NAME, zone.name));
    }

    @Override
    public List<Change<Zone>> compare(Wanted wanted, Zone have, Refs refs) {
        Set<Vpc> vpcs = new TreeSet<>();
        vpcs.add(new Vpc(refs.id(Keys.VPC), wanted.region()));
        wanted.associated().forEach(peer -> vpcs.add(new Vpc(peer.vpcId(), peer.region())));
        List<Change<Zone>> changes = new ArrayList<>();
        if (!vpcs.equals(have.vpcs)) {
            changes.add(new Change<>("VPCs", have.vpcs, vpcs, zone -> {
                Refusals.ofEach(Stream.concat(
                        vpcs.stream().filter(vpc -> !zone.vpcs.contains(vpc)).map(vpc -> () -> associate(wanted, zone, vpc)),
                        zone.vpcs.stream().filter(vpc -> !vpcs.contains(vpc)).map(vpc -> () -> disassociate(zone, vpc))));
                return zone.associatedWith(vpcs);
            }));
        }
        if (!wanted.comment().equals(have.comment)) {
            changes.add(new Change<>("comment", have.comment, wanted.comment(), zone -> {
                aws.route53().updateHostedZoneComment(request -> request.id(zone.id).comment(wanted.comment()));
                return zone.commented(wanted.comment());
            }));
        }
        return changes;
    }

    /**
     * A VPC of another account is associated by that account, once this one has authorised it. Not ahead of that: with each try in
     * an account that throttles or does not answer the authorisation would use up Route 53's five calls a second here, where others
     * need them. An association that lacks it is refused with {@code NotAuthorizedException} (API reference,
     * AssociateVPCWithHostedZone); people have seen {@code AccessDenied} too.
     */
    private void associate(Wanted wanted, Zone zone, Vpc vpc) {
        String account = wanted.associated().stream().filter(peer -> peer.vpcId().equals(vpc.id))
                .map(PeerVpc::accountId).findFirst().orElse("");
        Aws theirs = account.isEmpty() ? aws : aws.in(account, vpc.region);
        try {
            associate(theirs, zone, vpc);
        } catch (RuntimeException e) {
            if (account.isEmpty() || !AwsErrors.is(e, Category.NOT_FOUND) && !AwsErrors.is(e, Category.DENIED)) {
                throw e;
            }
            aws.route53().createVPCAssociationAuthorization(request -> request.hostedZoneId(zone.id).vpc(vpc.sdk()));
            associate(theirs, zone, vpc);
        }
    }

    private static void associate(Aws theirs, Zone zone, Vpc vpc) {
        Refusals.unlessThere(() ->
                theirs.route53().associateVPCWithHostedZone(request -> request.hostedZoneId(zone.id).vpc(vpc.sdk())));
    }

    /**
     * Another account's leave to associate its VPC stays until it is taken back, also when the association has gone (API
     * reference, DeleteVPCAssociationAuthorization). It goes first: the association is what the next look would see.
     */
    private void disassociate(Zone zone, Vpc vpc) {
        Refusals.unlessGone(() -> aws.route53().deleteVPCAssociationAuthorization(
                request -> request.hostedZoneId(zone.id).vpc(vpc.sdk())));
        Refusals.unlessGone(() ->
                aws.route53().disassociateVPCFromHostedZone(request -> request.hostedZoneId(zone.id).vpc(vpc.sdk())));
    }

    @Override
    public Optional<String> misfit(Wanted wanted, Zone have, Refs refs) {
        String right = zoneName(refs.id(Keys.REST_API), wanted.region());
        return have.name.equals(right) ? Optional.empty() : Optional.of("its name is " + have.name + ", not " + right);
    }

    @Override
    public Optional<Tagging<Zone>> tagging() {
        return Optional.of(new Tagging<>(Zone::tags, (zone, wanted) -> {
            tag(zone.id, wanted);
            Map<String, String> all = new HashMap<>(zone.tags);
            all.putAll(wanted);
            return zone.tagged(all);
        }));
    }

    private void tag(String id, Map<String, String> tags) {
        aws.route53().changeTagsForResource(request -> request.resourceType(TagResourceType.HOSTEDZONE).resourceId(id)
                .addTags(tags.entrySet().stream().sorted(Map.Entry.comparingByKey())
                        .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build()).toList()));
    }

    /** The tags follow as the first change of the zone: if the process dies in between, the comment tells whose it is. */
    @Override
    public Zone create(Wanted wanted, Refs refs, Birth birth) {
        String name = zoneName(refs.id(Keys.REST_API), wanted.region());
        Vpc vpc = new Vpc(refs.id(Keys.VPC), wanted.region());
        HostedZone zone = aws.route53().createHostedZone(request -> request.name(name)
                        .callerReference(birth.token()).vpc(vpc.sdk())
                        .hostedZoneConfig(config -> config.privateZone(true).comment(wanted.comment())))
                .hostedZone();
        return new Zone(bareId(zone.id()), name, wanted.comment(), Set.of(vpc), Map.of());
    }

    /**
     * A zone can be deleted when it has no records but its own NS and SOA (API reference, DeleteHostedZone). The alias goes
     * with it; a record that somebody else made is theirs to remove.
     */
    @Override
    public Optional<Zone> delete(Zone zone) {
        List<ResourceRecordSet> records = new ArrayList<>();
        Refusals.unlessGone(() -> records.addAll(
                aws.route53().listResourceRecordSetsPaginator(request -> request.hostedZoneId(zone.id)).resourceRecordSets()
                        .stream().filter(record -> !Set.of(RRType.NS, RRType.SOA).contains(record.type())).toList()));
        records.stream().filter(record -> !ours(record, zone)).findFirst().ifPresent(foreign -> {
            throw new ProblemException(Category.HELD, "Hosted zone " + zone.id + " still holds " + foreign.typeAsString()
                    + " " + bare(foreign.name()) + ", which is not part of this stack: delete that record,"
                    + " then the deletion goes on by itself.");
        });
        records.forEach(record -> Refusals.unlessGone(() -> AliasRecords.change(aws, zone.id, ChangeAction.DELETE, record)));
        Refusals.unlessGone(() -> aws.route53().deleteHostedZone(request -> request.id(zone.id)));
        return Optional.empty();
    }

    private static boolean ours(ResourceRecordSet record, Zone zone) {
        return record.type() == RRType.A && record.aliasTarget() != null && bare(record.name()).equals(zone.name);
    }

    static String zoneName(String apiId, String region) {
        return apiId + ".execute-api." + region + ".amazonaws.com";
    }

    static String comment(Owner owner) {
        return COMMENT + owner.uid();
    }

    private static String bareId(String id) {
        return id.startsWith(PREFIX) ? id.substring(PREFIX.length()) : id;
    }

    static String bare(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
