package dev.privateapi.layers.dns;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.route53.model.AliasTarget;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * The alias A record of a zone, which answers with the addresses of the execute-api endpoint. It cannot carry tags: it is
 * the stack's because the zone is. Other records in the zone are left alone.
 */
final class AliasRecords implements Driver<AliasRecords.Wanted, AliasRecords.Alias> {

    private final Aws aws;

    AliasRecords(Aws aws) {
        this.aws = aws;
    }

    record Wanted(ResourceKey zone, ResourceKey endpoint) {}

    /** @param targetZoneId and {@code target} are empty if the record is no alias */
    record Alias(String zoneId, String name, String target, String targetZoneId, boolean evaluateTargetHealth) {

        private static Alias of(String zoneId, ResourceRecordSet record) {
            Optional<AliasTarget> target = Optional.ofNullable(record.aliasTarget());
            return new Alias(zoneId, HostedZones.bare(record.name()),
                    target.map(it -> normal(it.dnsName())).orElse(""), target.map(AliasTarget::hostedZoneId).orElse(""),
                    target.map(AliasTarget::evaluateTargetHealth).orElse(false));
        }

        private String words() {
            return evaluateTargetHealth ? target + " if healthy" : target;
        }

        private ResourceRecordSet record() {
            return ResourceRecordSet.builder().name(name).type(RRType.A)
                    .aliasTarget(alias -> alias.dnsName(target).hostedZoneId(targetZoneId)
                            .evaluateTargetHealth(evaluateTargetHealth))
                    .build();
        }
    }

    /** Route 53 answers in lower case with a trailing dot, and its console puts {@code dualstack.} before names. */
    private static String normal(String dnsName) {
        String bare = HostedZones.bare(dnsName).toLowerCase(Locale.ROOT);
        return bare.startsWith("dualstack.") ? bare.substring("dualstack.".length()) : bare;
    }

    @Override
    public Kind kind() {
        return Kind.RECORD_SET;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.HOSTED_ZONE);
    }

    @Override
    public List<Live> observe(Sight sight) {
        return sight.seen(Kind.HOSTED_ZONE).stream()
                .filter(zone -> zone.owned() && zone.phase() == Phase.READY)
                .flatMap(zone -> records(sight, zone.id()).stream()
                        .filter(record -> record.type() == RRType.A)
                        .map(record -> Alias.of(zone.id(), record))
                        .filter(alias -> alias.name.equals(zone.attribute(Attribute.DNS_NAME).orElse(""))))
                .map(alias -> live(DnsLayer.ALIAS, alias))
                .toList();
    }

    private List<ResourceRecordSet> records(Sight sight, String zoneId) {
        return sight.read(aws.globalReads(), new Query<>("route53:ListResourceRecordSets " + zoneId, () -> aws.route53()
                .listResourceRecordSetsPaginator(request -> request.hostedZoneId(zoneId)).resourceRecordSets().stream()
                .toList()));
    }

    @Override
    public Live live(ResourceKey key, Alias alias) {
        return Live.of(key, alias.zoneId + "/" + alias.name + "/A", Phase.READY, alias).partOf(alias.zoneId);
    }

    @Override
    public List<Change<Alias>> compare(Wanted wanted, Alias have, Refs refs) {
        Alias right = right(wanted, refs);
        return right.equals(have) ? List.of()
                : List.of(new Change<>("aliasTarget", have.words(), right.words(), it -> upsert(right)));
    }

    /** An upsert, because a record of that name that is there already is to be replaced; repeating it changes nothing. */
    @Override
    public Alias create(Wanted wanted, Refs refs, Birth birth) {
        return upsert(right(wanted, refs));
    }

    private Alias upsert(Alias alias) {
        change(aws, alias.zoneId, ChangeAction.UPSERT, alias.record());
        return alias;
    }

    private static Alias right(Wanted wanted, Refs refs) {
        return new Alias(refs.id(wanted.zone()), refs.attribute(wanted.zone(), Attribute.DNS_NAME),
                normal(refs.attribute(wanted.endpoint(), Attribute.DNS_NAME)),
                refs.attribute(wanted.endpoint(), Attribute.DNS_NAME_ZONE_ID), false);
    }

    @Override
    public Optional<Alias> delete(Alias alias) {
        Refusals.unlessGone(() -> change(aws, alias.zoneId, ChangeAction.DELETE, alias.record()));
        return Optional.empty();
    }

    static void change(Aws aws, String zoneId, ChangeAction action, ResourceRecordSet record) {
        aws.route53().changeResourceRecordSets(request -> request.hostedZoneId(zoneId).changeBatch(batch ->
                batch.changes(software.amazon.awssdk.services.route53.model.Change.builder()
                        .action(action).resourceRecordSet(record).build())));
    }
}
