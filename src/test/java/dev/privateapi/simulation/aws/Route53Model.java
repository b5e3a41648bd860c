package dev.privateapi.simulation.aws;

import dev.privateapi.simulation.aws.Errors.Code;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.VpcEndpoint;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.*;

/** Route 53's private hosted zones. */
final class Route53Model extends ServiceModel implements Route53Client {

    Route53Model(World world, Place place, Caller caller) {
        super(world, place.everywhere(), caller, "route53", new Errors(Route53Exception::builder,
                new Code("Throttling", 400), new Code("AccessDenied", 403)));
    }

    /**
     * @param records by name and type
     * @param authorized VPCs that other accounts may associate
     */
    record Zone(HostedZone sdk, List<VPC> vpcs, Map<String, ResourceRecordSet> records, List<VPC> authorized) {

        private Zone with(List<VPC> vpcs) {
            return new Zone(sdk, vpcs, records, authorized);
        }

        private Zone with(Map<String, ResourceRecordSet> records) {
            return new Zone(sdk, vpcs, records, authorized);
        }

        private Zone authorizing(List<VPC> authorized) {
            return new Zone(sdk, vpcs, records, authorized);
        }
    }

    private static String dotted(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower : lower + ".";
    }

    private static String bare(String id) {
        return id.startsWith("/hostedzone/") ? id.substring("/hostedzone/".length()) : id;
    }

    private Thing<Zone> zone(String id) {
        return find(Zone.class, bare(id)).orElseThrow(() ->
                refuse("NoSuchHostedZone", 404, "No hosted zone found with ID: " + bare(id)));
    }

    // ---- zones

    @Override
    public CreateHostedZoneResponse createHostedZone(CreateHostedZoneRequest request) {
        return call("CreateHostedZone", () -> {
            String name = dotted(request.name());
            if (all(Zone.class).anyMatch(it -> it.state().sdk.callerReference().equals(request.callerReference()))) {
                throw refuse("HostedZoneAlreadyExists", 409,
                        "A hosted zone has already been created with the specified caller reference.");
            }
            check(request.vpc(), name);
            String id = "Z" + world.hex(20).toUpperCase(Locale.ROOT);
            HostedZone zone = HostedZone.builder().id("/hostedzone/" + id).name(name)
                    .callerReference(request.callerReference()).config(request.hostedZoneConfig()).build();
            add(id, "", new Zone(zone, List.of(request.vpc()), standard(name), List.of()), Map.of());
            return CreateHostedZoneResponse.builder().hostedZone(zone).build();
        });
    }

    private static Map<String, ResourceRecordSet> standard(String name) {
        Map<String, ResourceRecordSet> records = new LinkedHashMap<>();
        for (RRType type : List.of(RRType.NS, RRType.SOA)) {
            records.put(name + " " + type, ResourceRecordSet.builder().name(name).type(type).ttl(900L)
                    .resourceRecords(ResourceRecord.builder().value("ns-0.awsdns-00.com.").build()).build());
        }
        return records;
    }

    /** One zone of a name for a VPC (API reference, AssociateVPCWithHostedZone, ConflictingDomainExists). */
    private void check(VPC vpc, String name) {
        if (world.find(Network.Vpc.class, vpc.vpcId()).filter(it -> it.place().account().equals(place.account())).isEmpty()) {
            throw refuse("InvalidVPCId", 400, "The VPC: " + vpc.vpcId() + " that you provided does not exist.");
        }
        world.all(Zone.class).filter(it -> it.state().sdk.name().equals(name) && it.state().vpcs.contains(vpc)).findFirst()
                .ifPresent(it -> {
                    throw refuse("ConflictingDomainExists", 400, "The VPC " + vpc.vpcId()
                            + " has already been associated with the hosted zone " + it.id() + " with the same domain name.");
                });
    }

    @Override
    public ListHostedZonesResponse listHostedZones(ListHostedZonesRequest request) {
        return call("ListHostedZones", () -> ListHostedZonesResponse.builder().isTruncated(false)
                .hostedZones(listed(Zone.class).map(it -> it.state().sdk).toList()).build());
    }

    @Override
    public GetHostedZoneResponse getHostedZone(GetHostedZoneRequest request) {
        return call("GetHostedZone", () -> {
            Seen<Zone> zone = zone(request.id()).listed();
            return GetHostedZoneResponse.builder().hostedZone(zone.state().sdk).vpCs(zone.state().vpcs).build();
        });
    }

    @Override
    public DeleteHostedZoneResponse deleteHostedZone(DeleteHostedZoneRequest request) {
        return call("DeleteHostedZone", () -> {
            Thing<Zone> zone = zone(request.id());
            if (zone.state().records.size() > 2) {
                throw refuse("HostedZoneNotEmpty", 400, "The specified hosted zone contains non-required resource record"
                        + " sets and so cannot be deleted.");
            }
            world.remove(zone);
            return DeleteHostedZoneResponse.builder().build();
        });
    }

    // ---- VPCs

    @Override
    public AssociateVpcWithHostedZoneResponse associateVPCWithHostedZone(AssociateVpcWithHostedZoneRequest request) {
        return call("AssociateVPCWithHostedZone", () -> {
            Thing<Zone> zone = authorizing(request.hostedZoneId(), request.vpc());
            check(request.vpc(), zone.state().sdk.name());
            List<VPC> vpcs = new ArrayList<>(zone.state().vpcs);
            vpcs.add(request.vpc());
            zone.change(it -> it.with(vpcs));
            return AssociateVpcWithHostedZoneResponse.builder().build();
        });
    }

    /** One's own zone, or another account's that lets one in. */
    private Thing<Zone> authorizing(String id, VPC vpc) {
        return world.find(Zone.class, bare(id))
                .filter(it -> it.place().equals(place) || it.state().authorized.contains(vpc))
                .orElseThrow(() -> refuse("NotAuthorizedException", 401, "The VPC is not authorized for the hosted zone"));
    }

    @Override
    public CreateVpcAssociationAuthorizationResponse createVPCAssociationAuthorization(
            CreateVpcAssociationAuthorizationRequest request) {
        return call("CreateVPCAssociationAuthorization", () -> {
            Thing<Zone> zone = zone(request.hostedZoneId());
            List<VPC> authorized = new ArrayList<>(zone.state().authorized);
            authorized.remove(request.vpc());
            authorized.add(request.vpc());
            zone.change(it -> it.authorizing(authorized));
            return CreateVpcAssociationAuthorizationResponse.builder().build();
        });
    }

    @Override
    public DeleteVpcAssociationAuthorizationResponse deleteVPCAssociationAuthorization(
            DeleteVpcAssociationAuthorizationRequest request) {
        return call("DeleteVPCAssociationAuthorization", () -> {
            Thing<Zone> zone = zone(request.hostedZoneId());
            List<VPC> authorized = new ArrayList<>(zone.state().authorized);
            if (!authorized.remove(request.vpc())) {
                throw refuse("VPCAssociationAuthorizationNotFound", 404, "The VPC " + request.vpc().vpcId()
                        + " is not authorized to be associated with the hosted zone");
            }
            zone.change(it -> it.authorizing(authorized));
            return DeleteVpcAssociationAuthorizationResponse.builder().build();
        });
    }

    @Override
    public DisassociateVpcFromHostedZoneResponse disassociateVPCFromHostedZone(DisassociateVpcFromHostedZoneRequest request) {
        return call("DisassociateVPCFromHostedZone", () -> {
            Thing<Zone> zone = zone(request.hostedZoneId());
            List<VPC> vpcs = new ArrayList<>(zone.state().vpcs);
            if (!vpcs.remove(request.vpc())) {
                throw refuse("VPCAssociationNotFound", 404,
                        "The VPC: " + request.vpc().vpcId() + " is not associated with the hosted zone " + zone.id());
            } else if (vpcs.isEmpty()) {
                throw refuse("LastVPCAssociation", 400, "The VPC that you're trying to disassociate from the private hosted"
                        + " zone is the last VPC that is associated with the hosted zone.");
            }
            zone.change(it -> it.with(vpcs));
            return DisassociateVpcFromHostedZoneResponse.builder().build();
        });
    }

    // ---- records

    @Override
    public ListResourceRecordSetsResponse listResourceRecordSets(ListResourceRecordSetsRequest request) {
        return call("ListResourceRecordSets", () -> ListResourceRecordSetsResponse.builder().isTruncated(false)
                .resourceRecordSets(zone(request.hostedZoneId()).listed().state().records.values()).build());
    }

    @Override
    public ChangeResourceRecordSetsResponse changeResourceRecordSets(ChangeResourceRecordSetsRequest request) {
        return call("ChangeResourceRecordSets", () -> {
            Thing<Zone> zone = zone(request.hostedZoneId());
            Map<String, ResourceRecordSet> records = new LinkedHashMap<>(zone.state().records);
            request.changeBatch().changes().forEach(it -> apply(records, it));
            zone.change(it -> it.with(records));
            return ChangeResourceRecordSetsResponse.builder().build();
        });
    }

    private void apply(Map<String, ResourceRecordSet> records, Change change) {
        ResourceRecordSet record = normal(change.resourceRecordSet());
        String key = record.name() + " " + record.type();
        String label = "[name='" + record.name() + "', type='" + record.type() + "']";
        switch (change.action()) {
            case DELETE -> {
                if (!records.containsKey(key)) {
                    throw refuse("InvalidChangeBatch", 400,
                            "[Tried to delete resource record set " + label + " but it was not found]");
                } else if (!records.get(key).equals(record)) {
                    throw refuse("InvalidChangeBatch", 400, "[Tried to delete resource record set " + label
                            + " but the values provided do not match the current values]");
                }
                records.remove(key);
            }
            default -> {
                checkTarget(record, label);
                records.put(key, record);
            }
        }
    }

    private static ResourceRecordSet normal(ResourceRecordSet record) {
        ResourceRecordSet.Builder normal = record.toBuilder().name(dotted(record.name()));
        if (record.aliasTarget() != null) {
            normal.aliasTarget(record.aliasTarget().toBuilder().dnsName(dotted(record.aliasTarget().dnsName())).build());
        }
        return normal.build();
    }

    private void checkTarget(ResourceRecordSet record, String label) {
        if (record.aliasTarget() == null || !record.aliasTarget().dnsName().endsWith(".vpce.amazonaws.com.")) {
            return;
        }
        boolean there = world.all(VpcEndpoint.class).flatMap(it -> it.state().dnsEntries().stream())
                .anyMatch(it -> dotted(it.dnsName()).equals(record.aliasTarget().dnsName()));
        if (!there) {
            throw refuse("InvalidChangeBatch", 400, "[Tried to create an alias that targets "
                    + record.aliasTarget().dnsName() + " " + label + ", but that target was not found]");
        }
    }

    // ---- tags

    @Override
    public ChangeTagsForResourceResponse changeTagsForResource(ChangeTagsForResourceRequest request) {
        return call("ChangeTagsForResource", () -> {
            Thing<Zone> zone = zone(request.resourceId());
            zone.tag(request.addTags().stream().collect(Collectors.toMap(Tag::key, Tag::value)));
            if (request.hasRemoveTagKeys()) {
                zone.untag(request.removeTagKeys());
            }
            return ChangeTagsForResourceResponse.builder().build();
        });
    }

    @Override
    public ListTagsForResourcesResponse listTagsForResources(ListTagsForResourcesRequest request) {
        return call("ListTagsForResources", () -> ListTagsForResourcesResponse.builder().resourceTagSets(
                request.resourceIds().stream().map(id -> ResourceTagSet.builder().resourceId(id)
                        .tags(zone(id).listed().tags().entrySet().stream()
                                .map(it -> Tag.builder().key(it.getKey()).value(it.getValue()).build()).toList()).build())
                        .toList()).build());
    }
}
