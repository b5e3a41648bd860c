package dev.privateapi.simulation.parity;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.CreateHostedZoneResponse;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;
import software.amazon.awssdk.services.route53.model.VPC;
import software.amazon.awssdk.services.route53resolver.Route53ResolverClient;
import software.amazon.awssdk.services.route53resolver.model.CreateResolverEndpointResponse;
import software.amazon.awssdk.services.route53resolver.model.IpAddressRequest;
import software.amazon.awssdk.services.route53resolver.model.ResolverEndpointDirection;
import software.amazon.awssdk.services.route53resolver.model.RuleTypeOption;
import software.amazon.awssdk.services.route53resolver.model.TargetAddress;

/** What Route 53 and its Resolver are asked. */
final class NameScripts {

    private final Transcript transcript;
    private final Route53Client route53;
    private final Route53ResolverClient resolver;

    NameScripts(Transcript transcript) {
        this.transcript = transcript;
        this.route53 = transcript.aws().route53();
        this.resolver = transcript.aws().resolver();
    }

    static Map<String, Consumer<Transcript>> all() {
        return Map.of(
                "hosted zone", it -> new NameScripts(it).zone(),
                "Resolver endpoint, rule and association", it -> new NameScripts(it).resolver());
    }

    // ---- zones

    private void zone() {
        VPC vpc = in(Ground.made(transcript, "10.50").vpc());
        VPC other = in(Ground.made(transcript, "10.51").vpc());
        String zone = transcript.made("CreateHostedZone", () -> zone("script.internal", "one", vpc)).hostedZone().id();
        transcript.tried("the reference again", () -> zone("script.internal", "one", vpc));
        transcript.tried("the name again for the VPC", () -> zone("script.internal", "two", vpc));
        transcript.tried("a VPC that is none", () -> zone("script.internal", "three", in("vpc-0123456789abcdef9")));
        transcript.tried("AssociateVPCWithHostedZone", () ->
                route53.associateVPCWithHostedZone(it -> it.hostedZoneId(zone).vpc(other)));
        transcript.tried("AssociateVPCWithHostedZone again", () ->
                route53.associateVPCWithHostedZone(it -> it.hostedZoneId(zone).vpc(other)));
        transcript.seen("its VPCs", () -> route53.getHostedZone(it -> it.id(zone)).vpCs().size());
        records(zone);
        transcript.tried("DisassociateVPCFromHostedZone", () ->
                route53.disassociateVPCFromHostedZone(it -> it.hostedZoneId(zone).vpc(other)));
        transcript.tried("DisassociateVPCFromHostedZone again", () ->
                route53.disassociateVPCFromHostedZone(it -> it.hostedZoneId(zone).vpc(other)));
        transcript.tried("the last VPC", () -> route53.disassociateVPCFromHostedZone(it -> it.hostedZoneId(zone).vpc(vpc)));
        transcript.tried("DeleteHostedZone", () -> route53.deleteHostedZone(it -> it.id(zone)));
        transcript.tried("DeleteHostedZone again", () -> route53.deleteHostedZone(it -> it.id(zone)));
        transcript.tried("ListResourceRecordSets", () -> route53.listResourceRecordSets(it -> it.hostedZoneId(zone)));
    }

    private void records(String zone) {
        transcript.tried("a record", () -> change(zone, ChangeAction.UPSERT, "10.0.0.1"));
        transcript.seen("the records", () -> route53.listResourceRecordSets(it -> it.hostedZoneId(zone)).resourceRecordSets()
                .stream().map(it -> it.name() + " " + it.typeAsString()).sorted().toList());
        transcript.tried("DeleteHostedZone with a record", () -> route53.deleteHostedZone(it -> it.id(zone)));
        transcript.tried("a deletion with other values", () -> change(zone, ChangeAction.DELETE, "10.0.0.2"));
        transcript.tried("a deletion", () -> change(zone, ChangeAction.DELETE, "10.0.0.1"));
        transcript.tried("a deletion again", () -> change(zone, ChangeAction.DELETE, "10.0.0.1"));
    }

    private Object change(String zone, ChangeAction action, String address) {
        ResourceRecordSet record = ResourceRecordSet.builder().name("a.script.internal").type(RRType.A).ttl(60L)
                .resourceRecords(ResourceRecord.builder().value(address).build()).build();
        return route53.changeResourceRecordSets(it -> it.hostedZoneId(zone).changeBatch(batch ->
                batch.changes(Change.builder().action(action).resourceRecordSet(record).build())));
    }

    private static VPC in(String vpc) {
        return VPC.builder().vpcId(vpc).vpcRegion("ap-northeast-1").build();
    }

    private CreateHostedZoneResponse zone(String name, String reference, VPC vpc) {
        return route53.createHostedZone(it -> it.name(name).callerReference(reference).vpc(vpc)
                .hostedZoneConfig(config -> config.privateZone(true).comment("script")));
    }

    // ---- Resolver

    private void resolver() {
        Ground ground = Ground.made(transcript, "10.52");
        String endpoint = transcript.made("CreateResolverEndpoint", () -> endpoint("one", ground)).resolverEndpoint().id();
        transcript.tried("the same id again", () -> endpoint("one", ground));
        endpoints(endpoint);
        transcript.passes(45);
        endpoints(endpoint);
        transcript.tried("DeleteSubnet in use", () ->
                transcript.aws().ec2().deleteSubnet(it -> it.subnetId(ground.subnets().getFirst())));
        transcript.passes(90);
        endpoints(endpoint);
        transcript.seen("addresses", () -> resolver.listResolverEndpointIpAddresses(it -> it.resolverEndpointId(endpoint))
                .ipAddresses().stream().map(it -> it.statusAsString() + (it.creationTime() != null)).toList());
        String rule = transcript.made("CreateResolverRule", () -> resolver.createResolverRule(it -> it
                .creatorRequestId("rule").name("script").ruleType(RuleTypeOption.FORWARD).domainName("corp.example")
                .resolverEndpointId(endpoint).targetIps(TargetAddress.builder().ip("10.4.0.10").port(53).build())))
                .resolverRule().id();
        associations(ground, rule);
        transcript.tried("DeleteResolverRule", () -> resolver.deleteResolverRule(it -> it.resolverRuleId(rule)));
        transcript.tried("DeleteResolverRule again", () -> resolver.deleteResolverRule(it -> it.resolverRuleId(rule)));
        transcript.tried("DeleteResolverEndpoint", () ->
                resolver.deleteResolverEndpoint(it -> it.resolverEndpointId(endpoint)));
        endpoints(endpoint);
        transcript.passes(150);
        endpoints(endpoint);
        transcript.tried("DeleteResolverEndpoint again", () ->
                resolver.deleteResolverEndpoint(it -> it.resolverEndpointId(endpoint)));
        transcript.tried("its addresses", () ->
                resolver.listResolverEndpointIpAddresses(it -> it.resolverEndpointId(endpoint)));
    }

    private void associations(Ground ground, String rule) {
        transcript.tried("AssociateResolverRule", () ->
                resolver.associateResolverRule(it -> it.resolverRuleId(rule).vpcId(ground.vpc())));
        transcript.tried("AssociateResolverRule again", () ->
                resolver.associateResolverRule(it -> it.resolverRuleId(rule).vpcId(ground.vpc())));
        transcript.passes(30);
        transcript.seen("associations", () -> resolver.listResolverRuleAssociations(it -> {}).resolverRuleAssociations()
                .stream().filter(it -> it.resolverRuleId().equals(rule)).map(it -> it.statusAsString()).toList());
        transcript.tried("DeleteResolverRule in use", () -> resolver.deleteResolverRule(it -> it.resolverRuleId(rule)));
        transcript.tried("DisassociateResolverRule", () ->
                resolver.disassociateResolverRule(it -> it.resolverRuleId(rule).vpcId(ground.vpc())));
        transcript.passes(60);
        transcript.tried("DisassociateResolverRule again", () ->
                resolver.disassociateResolverRule(it -> it.resolverRuleId(rule).vpcId(ground.vpc())));
    }

    private CreateResolverEndpointResponse endpoint(String id, Ground ground) {
        List<IpAddressRequest> where = ground.subnets().stream()
                .map(subnet -> IpAddressRequest.builder().subnetId(subnet).build()).toList();
        return resolver.createResolverEndpoint(it -> it.creatorRequestId(id).name("script")
                .direction(ResolverEndpointDirection.OUTBOUND).securityGroupIds(ground.group()).ipAddresses(where));
    }

    private void endpoints(String id) {
        transcript.seen("the endpoint", () -> resolver.listResolverEndpoints(it -> {}).resolverEndpoints().stream()
                .filter(it -> it.id().equals(id)).map(it -> it.statusAsString() + it.ipAddressCount()).toList());
    }
}
