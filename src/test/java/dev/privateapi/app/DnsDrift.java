package dev.privateapi.app;

import static dev.privateapi.app.DriftCase.ADDITIONS;
import static dev.privateapi.app.DriftCase.EXISTS;
import static dev.privateapi.app.DriftCase.fixed;
import static dev.privateapi.app.DriftCase.repaired;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;
import software.amazon.awssdk.services.route53resolver.model.IpAddressUpdate;
import software.amazon.awssdk.services.route53resolver.model.ResolverRuleConfig;
import software.amazon.awssdk.services.route53resolver.model.TargetAddress;

/** Hosted zone, alias, Resolver endpoints and a forward rule. */
final class DnsDrift {

    private static final String ZONE = "dns/hosted-zone";
    private static final String ALIAS = "dns/alias";
    private static final String RULE = "dns/resolver-rule/corp.example";
    private static final String ASSOCIATION = "dns/resolver-rule-association/corp.example";
    private static final String PEER = SandboxStack.PEER_VPC;

    private DnsDrift() {}

    static Stream<DriftCase> cases() {
        return Stream.of(zone(), alias(), endpoint("inbound"), endpoint("outbound"), rule(), association())
                .flatMap(cases -> cases);
    }

    private static Stream<DriftCase> zone() {
        return Stream.of(
                fixed(ZONE, "region", "it is a part of the zone's name, which AWS changes of no zone"),
                fixed(ZONE, "associated", "AWS takes the last VPC from no private zone (API reference,"
                        + " DisassociateVPCFromHostedZone); with peers in it: SpecFieldsIT"),
                repaired(ZONE, "comment", (stack, id) ->
                        stack.person.route53().updateHostedZoneComment(it -> it.id(id).comment("mine"))),
                repaired(ZONE, ADDITIONS, (stack, id) -> stack.person.route53().associateVPCWithHostedZone(it ->
                        it.hostedZoneId(id).vpc(vpc -> vpc.vpcId(PEER).vpcRegion(stack.person.region())))),
                repaired(ZONE, EXISTS, (stack, id) -> {
                    change(stack, ChangeAction.DELETE, record(stack));
                    stack.person.route53().deleteHostedZone(it -> it.id(id));
                }).in(3));
    }

    private static Stream<DriftCase> alias() {
        return Stream.of(
                fixed(ALIAS, "zone", "a record is in one zone"),
                repaired(ALIAS, "endpoint", (stack, id) -> change(stack, ChangeAction.UPSERT, record(stack).toBuilder()
                        .aliasTarget((software.amazon.awssdk.services.route53.model.AliasTarget) null).ttl(60L)
                        .resourceRecords(ResourceRecord.builder().value("192.0.2.1").build()).build())),
                repaired(ALIAS, "evaluateTargetHealth", (stack, id) -> {
                    ResourceRecordSet record = record(stack);
                    change(stack, ChangeAction.UPSERT, record.toBuilder()
                            .aliasTarget(record.aliasTarget().toBuilder().evaluateTargetHealth(true).build()).build());
                }),
                new DriftCase.LeftAlone(ALIAS, ADDITIONS,
                        (stack, id) -> change(stack, ChangeAction.CREATE, text(stack)),
                        (stack, id) -> change(stack, ChangeAction.DELETE, text(stack)),
                        "a record under another name or type answers nobody who asks for the API"),
                repaired(ALIAS, EXISTS, (stack, id) -> change(stack, ChangeAction.DELETE, record(stack))).in(4));
    }

    private static ResourceRecordSet text(SandboxStack stack) {
        return ResourceRecordSet.builder().name("mine." + record(stack).name()).type(RRType.TXT).ttl(60L)
                .resourceRecords(ResourceRecord.builder().value("\"mine\"").build()).build();
    }

    private static ResourceRecordSet record(SandboxStack stack) {
        return stack.person.route53().listResourceRecordSets(it -> it.hostedZoneId(stack.id(ZONE))).resourceRecordSets().stream()
                .filter(it -> it.type() == RRType.A).findFirst().orElseThrow();
    }

    private static void change(SandboxStack stack, ChangeAction action, ResourceRecordSet record) {
        stack.person.route53().changeResourceRecordSets(it -> it.hostedZoneId(stack.id(ZONE)).changeBatch(batch ->
                batch.changes(Change.builder().action(action).resourceRecordSet(record).build())));
    }

    private static Stream<DriftCase> endpoint(String direction) {
        String node = "dns/resolver-" + direction;
        return Stream.of(
                fixed(node, "direction", "AWS turns no Resolver endpoint around"),
                fixed(node, "securityGroup", "AWS changes the groups of no Resolver endpoint (API reference,"
                        + " UpdateResolverEndpoint)"),
                repaired(node, "subnets", (stack, id) -> {
                    add(stack, id);
                    remove(stack, id, stack.id("network/subnet/10.1.2.0/24"));
                }),
                repaired(node, "name", (stack, id) ->
                        stack.person.resolver().updateResolverEndpoint(it -> it.resolverEndpointId(id).name("mine"))),
                repaired(node, ADDITIONS, DnsDrift::add),
                repaired(node, EXISTS, (stack, id) -> {
                    if (direction.equals("outbound")) {
                        disassociate(stack);
                        stack.person.resolver().deleteResolverRule(it -> it.resolverRuleId(stack.id(RULE)));
                    }
                    stack.person.resolver().deleteResolverEndpoint(it -> it.resolverEndpointId(id));
                }).in(5));
    }

    private static void add(SandboxStack stack, String endpoint) {
        stack.person.resolver().associateResolverEndpointIpAddress(it -> it.resolverEndpointId(endpoint)
                .ipAddress(IpAddressUpdate.builder().subnetId(stack.id("network/subnet/10.1.1.0/24")).build()));
        stack.advance(Duration.ofMinutes(3));
    }

    private static void remove(SandboxStack stack, String endpoint, String subnet) {
        stack.person.resolver().listResolverEndpointIpAddresses(it -> it.resolverEndpointId(endpoint)).ipAddresses().stream()
                .filter(it -> it.subnetId().equals(subnet)).forEach(ip -> stack.person.resolver()
                        .disassociateResolverEndpointIpAddress(it -> it.resolverEndpointId(endpoint)
                                .ipAddress(IpAddressUpdate.builder().ipId(ip.ipId()).build())));
    }

    private static Stream<DriftCase> rule() {
        return Stream.of(
                fixed(RULE, "domain", "AWS changes the domain of no rule (API reference, UpdateResolverRule)"),
                fixed(RULE, "endpoint", "there is one outbound endpoint; a rule that leads to another: EXISTS of that endpoint"),
                update("targetIps", it -> it.targetIps(target("192.0.2.53"))),
                update(ADDITIONS, it -> it.targetIps(target("10.4.0.10"), target("192.0.2.53"))),
                update("name", it -> it.name("mine")),
                repaired(RULE, EXISTS, (stack, id) -> {
                    disassociate(stack);
                    stack.person.resolver().deleteResolverRule(it -> it.resolverRuleId(id));
                }).in(6));
    }

    private static DriftCase update(String property, UnaryOperator<ResolverRuleConfig.Builder> change) {
        return repaired(RULE, property, (stack, id) -> stack.person.resolver().updateResolverRule(it -> it.resolverRuleId(id)
                .config(change.apply(ResolverRuleConfig.builder()).build())));
    }

    private static TargetAddress target(String ip) {
        return TargetAddress.builder().ip(ip).port(53).build();
    }

    private static Stream<DriftCase> association() {
        return Stream.of(
                fixed(ASSOCIATION, "rule", "an association has no properties to change"),
                repaired(ASSOCIATION, ADDITIONS, (stack, id) -> stack.person.resolver().associateResolverRule(it ->
                        it.resolverRuleId(stack.id(RULE)).vpcId(PEER).name("mine"))),
                repaired(ASSOCIATION, EXISTS, (stack, id) -> disassociate(stack)).in(4));
    }

    private static void disassociate(SandboxStack stack) {
        stack.person.resolver().disassociateResolverRule(it ->
                it.resolverRuleId(stack.id(RULE)).vpcId(stack.id("network/vpc")));
        stack.advance(Duration.ofMinutes(3));
    }
}
