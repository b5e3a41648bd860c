package dev.privateapi.layers.dns;

import static java.util.stream.Collectors.toCollection;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.route53resolver.model.ResolverRule;
import software.amazon.awssdk.services.route53resolver.model.ResolverRuleStatus;
import software.amazon.awssdk.services.route53resolver.model.RuleTypeOption;
import software.amazon.awssdk.services.route53resolver.model.TargetAddress;

/** Forward rules: which names the outbound endpoint asks from which servers. */
final class ResolverRules implements Driver<ResolverRules.Wanted, ResolverRules.Rule> {

    private static final int DNS_PORT = 53;

    private final Aws aws;
    private final ResolverTags tags;

    ResolverRules(Aws aws) {
        this.aws = aws;
        this.tags = new ResolverTags(aws);
    }

    record Wanted(String name, String domain, List<String> targetIps, ResourceKey endpoint) {}

    record Rule(ResolverRule sdk, Map<String, String> tags) {

        private Set<String> targetIps() {
            return sdk.targetIps().stream().map(TargetAddress::ip).collect(toCollection(TreeSet::new));
        }
    }

    @Override
    public Kind kind() {
        return Kind.RESOLVER_RULE;
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<Rule> rules = new ArrayList<>();
        Query<List<ResolverRule>> all = new Query<>("route53resolver:ListResolverRules", this::list);
        boolean any = sight.wanted(kind()).findAny().isPresent();
        (any ? sight.read(aws.reads(), all) : sight.settled(aws.reads(), all)).stream()
                .filter(rule -> ResolverTags.mayBelongTo(sight.owner(), rule.creatorRequestId())
                        || sight.claims().knows(kind(), rule.id()))
                .forEach(rule -> {
                    try {
                        rules.add(new Rule(rule, tags.read(sight, rule.arn())));
                    } catch (RuntimeException e) {
                        if (!AwsErrors.is(e, Category.NOT_FOUND)) { // else gone since the listing
                            throw e;
                        }
                    }
                });
        return sight.pick(kind(), rules, rule -> rule.sdk.id(), Rule::tags, this::live);
    }

    private List<ResolverRule> list() {
        return aws.resolver().listResolverRulesPaginator(request -> {}).resolverRules().stream()
                .filter(rule -> rule.ruleType() == RuleTypeOption.FORWARD) // those that AWS defines itself have no tags to list
                .toList();
    }

    @Override
    public Live live(ResourceKey key, Rule rule) {
        ResolverRuleStatus status = rule.sdk.status();
        Phase phase = status == ResolverRuleStatus.DELETING ? Phase.DELETING
                : status == ResolverRuleStatus.FAILED ? Phase.FAILED
                : status == ResolverRuleStatus.UPDATING ? Phase.PENDING : Phase.READY;
        Set<String> uses = rule.sdk.resolverEndpointId() == null ? Set.of() : Set.of(rule.sdk.resolverEndpointId());
        return Live.of(key, rule.sdk.id(), phase, rule).using(uses)
                .with(Map.of(Attribute.ARN, rule.sdk.arn(), Attribute.STATE, rule.sdk.statusAsString()));
    }

    @Override
    public List<Change<Rule>> compare(Wanted wanted, Rule have, Refs refs) {
        Set<String> ips = new TreeSet<>(wanted.targetIps());
        String endpoint = refs.id(wanted.endpoint());
        String right = words(wanted.name(), ips, endpoint);
        String is = words(have.sdk.name(), have.targetIps(), have.sdk.resolverEndpointId());
        return right.equals(is) ? List.of() : List.of(new Change<>("config", is, right, rule -> update(rule, wanted, endpoint)));
    }

    private static String words(String name, Set<String> ips, String endpoint) {
        return name + " to " + ips + " through " + endpoint;
    }

    private Rule update(Rule rule, Wanted wanted, String endpoint) {
        ResolverRule updated = aws.resolver().updateResolverRule(request -> request.resolverRuleId(rule.sdk.id())
                .config(config -> config.name(wanted.name()).resolverEndpointId(endpoint)
                        .targetIps(targets(new TreeSet<>(wanted.targetIps()))))).resolverRule();
        return new Rule(updated, rule.tags);
    }

    private static List<TargetAddress> targets(Set<String> ips) {
        return ips.stream().map(ip -> TargetAddress.builder().ip(ip).port(DNS_PORT).build()).toList();
    }

    @Override
    public Optional<String> misfit(Wanted wanted, Rule have, Refs refs) {
        String right = RuleTypeOption.FORWARD + " " + wanted.domain();
        String is = have.sdk.ruleTypeAsString() + " " + HostedZones.bare(have.sdk.domainName());
        return is.equals(right) ? Optional.empty() : Optional.of("it is " + is + ", not " + right);
    }

    @Override
    public Optional<Tagging<Rule>> tagging() {
        return Optional.of(new Tagging<>(Rule::tags, (rule, wanted) -> {
            tags.write(rule.sdk.arn(), wanted);
            Map<String, String> all = new HashMap<>(rule.tags);
            all.putAll(wanted);
            return new Rule(rule.sdk, all);
        }));
    }

    @Override
    public Rule create(Wanted wanted, Refs refs, Birth birth) {
        ResolverRule rule = Refusals.orTaken(
                () -> aws.resolver().createResolverRule(request -> request.creatorRequestId(ResolverTags.requestId(birth))
                        .name(wanted.name())
                        .ruleType(RuleTypeOption.FORWARD)
                        .domainName(wanted.domain())
                        .targetIps(targets(new TreeSet<>(wanted.targetIps())))
                        .resolverEndpointId(refs.id(wanted.endpoint()))
                        .tags(ResolverTags.sdk(birth.tags()))).resolverRule(),
                () -> list().stream().filter(it -> ResolverTags.requestId(birth).equals(it.creatorRequestId())).findFirst()
                        .orElseThrow(() -> new ProblemException(Category.EXISTS, "Route 53 Resolver refuses the rule for "
                                + wanted.domain() + " because there is one already: remove it from dns.forwardRules,"
                                + " or delete the other rule.")));
        return new Rule(rule, birth.tags());
    }

    @Override
    public Optional<Rule> delete(Rule rule) {
        Refusals.unlessGone(() -> aws.resolver().deleteResolverRule(request -> request.resolverRuleId(rule.sdk.id())));
        return Optional.empty();
    }
}
