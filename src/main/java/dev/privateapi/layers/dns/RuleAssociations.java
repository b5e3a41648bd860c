package dev.privateapi.layers.dns;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.route53resolver.model.ResolverRuleAssociation;
import software.amazon.awssdk.services.route53resolver.model.ResolverRuleAssociationStatus;

/**
 * Which VPCs follow a forward rule. An association cannot carry tags: it is the stack's because the rule is. All of them
 * have to go before the rule (API reference, DeleteResolverRule).
 */
final class RuleAssociations implements Driver<RuleAssociations.Wanted, ResolverRuleAssociation> {

    private final Aws aws;

    RuleAssociations(Aws aws) {
        this.aws = aws;
    }

    record Wanted(ResourceKey rule) {}

    @Override
    public Kind kind() {
        return Kind.RESOLVER_RULE_ASSOCIATION;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.VPC, Kind.RESOLVER_RULE);
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<Live> rules = sight.seen(Kind.RESOLVER_RULE).stream().filter(Live::owned).toList();
        if (rules.isEmpty()) {
            return List.of();
        }
        List<ResolverRuleAssociation> all = sight.read(aws.reads(), new Query<>(
                "route53resolver:ListResolverRuleAssociations", () -> aws.resolver()
                        .listResolverRuleAssociationsPaginator(request -> {}).resolverRuleAssociations().stream().toList()));
        Set<String> vpcs = sight.seen(Kind.VPC).stream().map(Live::id).collect(Collectors.toSet());
        return rules.stream()
                .flatMap(rule -> all.stream().filter(it -> it.resolverRuleId().equals(rule.id()))
                        .map(it -> live(key(rule.key(), it.vpcId(), vpcs), it)))
                .toList();
    }

    /**
     * One of another VPC, which somebody added, is surplus under a name of its own; while the stack's VPC is not seen nobody
     * knows which is which.
     */
    private static ResourceKey key(ResourceKey rule, String vpcId, Set<String> vpcs) {
        String domain = rule.name().substring(rule.name().lastIndexOf('/') + 1);
        return ResourceKey.of(Layer.DNS, Kind.RESOLVER_RULE_ASSOCIATION,
                "resolver-rule-association/" + domain + (vpcs.isEmpty() || vpcs.contains(vpcId) ? "" : "@" + vpcId));
    }

    @Override
    public Live live(ResourceKey key, ResolverRuleAssociation association) {
        ResolverRuleAssociationStatus status = association.status();
        Phase phase = status == ResolverRuleAssociationStatus.COMPLETE ? Phase.READY
                : status == ResolverRuleAssociationStatus.DELETING ? Phase.DELETING
                : status == ResolverRuleAssociationStatus.FAILED ? Phase.FAILED : Phase.PENDING;
        return Live.of(key, association.id(), phase, association)
                .using(Set.of(association.resolverRuleId(), association.vpcId()))
                .with(Map.of(Attribute.STATE, association.statusAsString()));
    }

    @Override
    public List<Change<ResolverRuleAssociation>> compare(Wanted wanted, ResolverRuleAssociation have, Refs refs) {
        return List.of();
    }

    @Override
    public ResolverRuleAssociation create(Wanted wanted, Refs refs, Birth birth) {
        return aws.resolver().associateResolverRule(request -> request.resolverRuleId(refs.id(wanted.rule()))
                .vpcId(refs.id(Keys.VPC)).name(birth.name().within(ResolverTags.NAME_LIMIT))).resolverRuleAssociation();
    }

    @Override
    public Optional<ResolverRuleAssociation> delete(ResolverRuleAssociation association) {
        try {
            return Optional.of(aws.resolver().disassociateResolverRule(request -> request
                    .resolverRuleId(association.resolverRuleId()).vpcId(association.vpcId())).resolverRuleAssociation());
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
