package dev.privateapi.validation;

import static dev.privateapi.validation.SpecValidation.problem;
import static dev.privateapi.validation.SpecValidation.when;

import dev.privateapi.api.v1alpha1.DnsSpec;
import dev.privateapi.api.v1alpha1.ForwardRule;
import dev.privateapi.api.v1alpha1.ResolverMode;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Forward rules that Route 53 Resolver takes. */
final class DnsChecks {

    private static final Pattern DOMAIN = Pattern.compile(
            "([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /** Target addresses of one rule (Route 53 Developer Guide, "Quotas on Route 53 Resolver"). */
    private static final int MOST_TARGETS = 6;

    static Stream<SpecProblem> of(DnsSpec dns) {
        var rules = dns.forwardRules();
        return Stream.of(
                        when(
                                !rules.isEmpty() && dns.resolver() != ResolverMode.InboundAndOutbound,
                                "spec.dns.forwardRules",
                                rules.size() + " rules",
                                "need the outbound endpoint: write resolver: InboundAndOutbound, or remove them"),
                        rules.stream().flatMap(DnsChecks::rule),
                        Pair.of(rules)
                                .filter(pair -> pair.one().domain().equals(pair.other().domain()))
                                .map(pair -> problem(
                                        "spec.dns.forwardRules",
                                        pair.one().domain(),
                                        "is there twice: write one rule with all its servers")))
                .flatMap(problems -> problems);
    }

    private static Stream<SpecProblem> rule(ForwardRule rule) {
        var field = "spec.dns.forwardRules[" + rule.domain() + "]";
        var targets = rule.targetIps();
        return Stream.of(
                        when(
                                !DOMAIN.matcher(rule.domain()).matches(),
                                field,
                                rule.domain(),
                                "is not a domain: write lower-case labels joined by dots, none at the end, such as "
                                        + "corp.example"),
                        when(
                                targets.isEmpty() || targets.size() > MOST_TARGETS,
                                field + ".targetIps",
                                targets,
                                "is not a list of one to six servers: write their IPv4 addresses"),
                        targets.stream()
                                .filter(target -> Ipv4Block.parse(target + "/32").isEmpty())
                                .map(target -> problem(
                                        field + ".targetIps",
                                        target,
                                        "is not an IPv4 address: write that of a DNS server, such as 10.4.0.10")))
                .flatMap(problems -> problems);
    }

    private DnsChecks() {}
}
