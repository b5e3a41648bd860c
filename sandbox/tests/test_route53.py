"""Hosted zones, their records and the VPCs they answer."""

from __future__ import annotations

import pytest
from parts import network

REGION = "ap-northeast-1"
NAME = "abc123.execute-api.ap-northeast-1.amazonaws.com"
PROPAGATED = 70  # seconds: a change is INSYNC after about a minute


@pytest.fixture
def route53(aws):
    return aws.client("route53")


@pytest.fixture
def vpc(aws) -> str:
    return network(aws).vpc


def private_zone(route53, vpc: str, name: str = NAME, reference: str = "one") -> str:
    made = route53.create_hosted_zone(Name=name, CallerReference=reference, VPC={"VPCRegion": REGION, "VPCId": vpc})
    return made["HostedZone"]["Id"].removeprefix("/hostedzone/")


def batch(action: str, name: str, kind: str = "A", **more) -> dict:
    more = more or {"TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    return {"Changes": [{"Action": action, "ResourceRecordSet": {"Name": name, "Type": kind, **more}}]}


def test_a_private_zone_begins_with_ns_and_soa_and_its_vpc(route53, vpc):
    """Developer Guide, "Considerations when working with a private hosted zone": the name servers' names are fixed."""
    zone = private_zone(route53, vpc)
    shown = route53.get_hosted_zone(Id=zone)
    assert shown["HostedZone"]["Name"] == NAME + "." and shown["HostedZone"]["Config"]["PrivateZone"]
    assert shown["HostedZone"]["ResourceRecordSetCount"] == 2
    assert shown["VPCs"] == [{"VPCRegion": REGION, "VPCId": vpc}]
    records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert [record["Type"] for record in records] == ["NS", "SOA"]
    assert records[0]["ResourceRecords"][0]["Value"] == "ns-0.awsdns-00.com."


def test_a_caller_reference_is_used_once(route53, vpc, refused):
    """API reference, CreateHostedZone: HostedZoneAlreadyExists also for the very same request."""
    private_zone(route53, vpc)
    again = refused(route53.create_hosted_zone, Name="other.example", CallerReference="one",
                    VPC={"VPCRegion": REGION, "VPCId": vpc})
    assert again.startswith("HostedZoneAlreadyExists")


def test_zones_of_one_name_do_not_meet_in_a_vpc(aws, route53, vpc, refused):
    """API reference, AssociateVPCWithHostedZone: ConflictingDomainExists; a parent's name is no conflict."""
    private_zone(route53, vpc)
    where = {"VPC": {"VPCRegion": REGION, "VPCId": vpc}}
    assert refused(route53.create_hosted_zone, Name=NAME, CallerReference="two", **where).startswith(
        "ConflictingDomainExists")
    private_zone(route53, vpc, NAME.partition(".")[2], "parent")
    other = private_zone(route53, network(aws, 2).vpc, NAME, "three")
    assert refused(route53.associate_vpc_with_hosted_zone, HostedZoneId=other, **where).startswith(
        "ConflictingDomainExists")


def test_a_vpc_that_is_not_there_is_refused(route53, refused):
    answer = refused(route53.create_hosted_zone, Name=NAME, CallerReference="x",
                     VPC={"VPCRegion": REGION, "VPCId": "vpc-00000000000000000"})
    assert answer.startswith("InvalidVPCId") and route53.list_hosted_zones()["HostedZones"] == []


def test_the_last_vpc_stays(aws, route53, vpc, refused):
    """API reference, DisassociateVPCFromHostedZone: LastVPCAssociation, VPCAssociationNotFound."""
    zone, other = private_zone(route53, vpc), network(aws, 2).vpc
    first, second = ({"HostedZoneId": zone, "VPC": {"VPCRegion": REGION, "VPCId": v}} for v in (vpc, other))
    assert refused(route53.disassociate_vpc_from_hosted_zone, **second).startswith("VPCAssociationNotFound")
    assert refused(route53.disassociate_vpc_from_hosted_zone, **first).startswith("LastVPCAssociation")
    route53.associate_vpc_with_hosted_zone(**second)
    route53.disassociate_vpc_from_hosted_zone(**first)
    assert [v["VPCId"] for v in route53.get_hosted_zone(Id=zone)["VPCs"]] == [other]


def test_a_public_zone_has_no_vpcs(route53, vpc, refused):
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="p")
    assert len(zone["DelegationSet"]["NameServers"]) == 4
    answer = refused(route53.associate_vpc_with_hosted_zone, HostedZoneId=zone["HostedZone"]["Id"],
                     VPC={"VPCRegion": REGION, "VPCId": vpc})
    assert answer.startswith("PublicZoneVPCAssociation")


def test_zones_are_found_by_their_vpc(route53, vpc):
    """API reference, ListHostedZonesByVPC."""
    zone = private_zone(route53, vpc)
    summaries = route53.list_hosted_zones_by_vpc(VPCId=vpc, VPCRegion=REGION)["HostedZoneSummaries"]
    assert summaries == [{"HostedZoneId": zone, "Name": NAME + ".", "Owner": {"OwningAccount": "123456789012"}}]


def test_a_batch_is_applied_whole_or_not_at_all(route53, vpc, refused):
    """API reference, ChangeResourceRecordSets: "a change batch … either all the changes are made or none"."""
    zone = private_zone(route53, vpc)
    good, bad = batch("CREATE", f"a.{NAME}")["Changes"], batch("DELETE", f"b.{NAME}")["Changes"]
    answer = refused(route53.change_resource_record_sets, HostedZoneId=zone, ChangeBatch={"Changes": good + bad})
    assert answer == (f"InvalidChangeBatch: [Tried to delete resource record set [name='b.{NAME}.', type='A'] "
                      "but it was not found]")
    assert len(route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (batch("CREATE", "elsewhere.example"), "is not permitted in zone"),
        (batch("CREATE", f"a.{NAME}", TTL=1, ResourceRecords=[{"Value": "no address"}]), "ARRDATAIllegalIPv4Address"),
        (batch("CREATE", NAME, "CNAME", TTL=1, ResourceRecords=[{"Value": "b.example"}]), "not permitted at apex"),
        (batch("CREATE", f"a.{NAME}", TTL=1), "Expected exactly one of [AliasTarget"),
        (batch("CREATE", NAME, AliasTarget={"HostedZoneId": "Z2E726K9Y6RL4W", "EvaluateTargetHealth": False,
                                            "DNSName": "vpce-0.execute-api.ap-northeast-1.vpce.amazonaws.com"}),
         "Tried to create an alias that targets"),
    ],
    ids=["outside the zone", "no address", "CNAME at the apex", "no value", "alias of nothing"],
)
def test_an_impossible_record_is_refused(route53, vpc, refused, change, said):
    zone = private_zone(route53, vpc)
    assert said in refused(route53.change_resource_record_sets, HostedZoneId=zone, ChangeBatch=change)


def test_an_alias_leads_to_an_endpoint_by_its_name_and_zone(aws, route53, refused):
    """Developer Guide, "Values specific for simple alias records": name and zone id as in the endpoint's DnsEntries."""
    net = network(aws)
    endpoint = aws.client("ec2").create_vpc_endpoint(
        VpcId=net.vpc, VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{REGION}.execute-api",
        SubnetIds=net.subnets, SecurityGroupIds=[net.group], PrivateDnsEnabled=False)["VpcEndpoint"]
    entry, zone = endpoint["DnsEntries"][0], private_zone(route53, net.vpc)

    def alias(hosted_zone: str) -> dict:
        target = {"HostedZoneId": hosted_zone, "DNSName": entry["DnsName"], "EvaluateTargetHealth": False}
        return {"HostedZoneId": zone, "ChangeBatch": batch("UPSERT", NAME, AliasTarget=target)}

    answer = refused(route53.change_resource_record_sets, **alias("Z00000000000000000000"))
    assert "does not lie within the target zone" in answer
    route53.change_resource_record_sets(**alias(entry["HostedZoneId"]))
    shown = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert shown[0]["AliasTarget"]["DNSName"] == entry["DnsName"] + ".", "Route 53 adds the dot"


def test_create_upsert_and_delete_of_a_record(route53, vpc, refused):
    zone = private_zone(route53, vpc)

    def change(made: dict) -> dict:
        return {"HostedZoneId": zone, "ChangeBatch": made}

    route53.change_resource_record_sets(**change(batch("CREATE", f"a.{NAME}")))
    assert "already exists" in refused(route53.change_resource_record_sets, **change(batch("CREATE", f"a.{NAME}")))
    newer = {"TTL": 5, "ResourceRecords": [{"Value": "10.0.0.2"}]}
    route53.change_resource_record_sets(**change(batch("UPSERT", f"A.{NAME}.", **newer)))
    answer = refused(route53.change_resource_record_sets, **change(batch("DELETE", f"a.{NAME}")))
    assert "the values provided do not match the current values" in answer
    route53.change_resource_record_sets(**change(batch("DELETE", f"a.{NAME}", **newer)))


def test_a_zone_goes_when_only_ns_and_soa_are_left(aws, route53, vpc, refused):
    """API reference, DeleteHostedZone: HostedZoneNotEmpty."""
    zone = private_zone(route53, vpc)
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch("CREATE", f"a.{NAME}"))
    assert refused(route53.delete_hosted_zone, Id=zone).startswith("HostedZoneNotEmpty")
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch("DELETE", f"a.{NAME}"))
    route53.delete_hosted_zone(Id=zone)
    assert refused(route53.get_hosted_zone, Id=zone).startswith("NoSuchHostedZone")
    assert not [live for live in aws.left() if live["service"] == "route53"]


def test_a_change_is_pending_until_the_name_servers_have_it(aws, route53, vpc):
    """API reference, GetChange: PENDING, then INSYNC; the Resolver answers with it only then."""
    zone = private_zone(route53, vpc)
    aws.advance(PROPAGATED)
    made = route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch("CREATE", f"a.{NAME}"))
    change = made["ChangeInfo"]
    resolve = aws.sandbox.world.route53.resolve
    assert change["Status"] == "PENDING" and resolve(REGION, vpc, f"a.{NAME}").record is None
    aws.advance(PROPAGATED)
    assert route53.get_change(Id=change["Id"])["ChangeInfo"]["Status"] == "INSYNC"
    assert resolve(REGION, vpc, f"a.{NAME}").record["ResourceRecords"] == [{"Value": "10.0.0.1"}]


def test_the_most_specific_zone_answers_alone(aws, route53, vpc):
    """Developer Guide, "Considerations …", "Namespace overlap": no record in the matching zone is NXDOMAIN."""
    parent = private_zone(route53, vpc, "example.com", "parent")
    private_zone(route53, vpc, "a.example.com", "child")
    route53.change_resource_record_sets(HostedZoneId=parent, ChangeBatch=batch("CREATE", "x.a.example.com"))
    route53.change_resource_record_sets(HostedZoneId=parent, ChangeBatch=batch("CREATE", "*.example.com"))
    aws.advance(PROPAGATED)
    resolve = aws.sandbox.world.route53.resolve
    assert resolve(REGION, vpc, "x.a.example.com").record is None
    assert resolve(REGION, vpc, "anything.example.com").record["Name"] == "\\052.example.com."
    assert resolve(REGION, vpc, "example.org") is None
    assert resolve(REGION, "vpc-other", "x.example.com") is None


def test_tags_come_after_the_zone(route53, vpc):
    """API reference, ChangeTagsForResource: CreateHostedZone takes no tags."""
    zone = private_zone(route53, vpc)
    which = {"ResourceType": "hostedzone", "ResourceId": zone}
    route53.change_tags_for_resource(**which, AddTags=[{"Key": "one", "Value": "1"}, {"Key": "two", "Value": "2"}])
    route53.change_tags_for_resource(**which, RemoveTagKeys=["one"])
    assert route53.list_tags_for_resource(**which)["ResourceTagSet"]["Tags"] == [{"Key": "two", "Value": "2"}]
    many = route53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone])["ResourceTagSets"]
    assert [entry["ResourceId"] for entry in many] == [zone]


def test_records_come_in_the_order_of_reversed_labels_and_in_pages(route53, vpc):
    """API reference, ListResourceRecordSets: "sorts results by DNS name with the labels reversed"."""
    zone = private_zone(route53, vpc, "example.com")
    for name in ("b.example.com", "a.b.example.com", "a.example.com"):
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch("CREATE", name))
    pages = route53.get_paginator("list_resource_record_sets").paginate(
        HostedZoneId=zone, PaginationConfig={"PageSize": 2})
    names = [record["Name"] for page in pages for record in page["ResourceRecordSets"]]
    assert names == ["example.com.", "example.com.", "a.example.com.", "b.example.com.", "a.b.example.com."]


def test_zones_are_listed_by_name_from_a_name_on(route53, vpc):
    """API reference, ListHostedZonesByName."""
    for name in ("a.example", "b.example"):
        private_zone(route53, vpc, name, name)
    found = route53.list_hosted_zones_by_name(DNSName="b.example")["HostedZones"]
    assert [zone["Name"] for zone in found] == ["b.example."]
    assert len(route53.list_hosted_zones(MaxItems="1")["HostedZones"]) == 1


def test_one_zone_takes_one_change_at_a_time(start, refused):
    """API reference, ChangeResourceRecordSets, PriorRequestNotComplete: who waits for the answer never meets it."""
    aws = start(rates=True)
    net, client = network(aws), aws.client("route53")
    vpc = {"VPCRegion": "ap-northeast-1", "VPCId": net.vpc}
    first, second = (
        client.create_hosted_zone(Name=name, CallerReference=name, VPC=vpc)["HostedZone"]["Id"]
        for name in ("one.example", "two.example")
    )

    def change(zone: str, name: str) -> dict:
        record = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.1.0.1"}]}
        changes = [{"Action": "UPSERT", "ResourceRecordSet": record}]
        return {"HostedZoneId": zone, "ChangeBatch": {"Changes": changes}}

    client.change_resource_record_sets(**change(first, "a.one.example"))
    in_flight = refused(client.change_resource_record_sets, **change(first, "b.one.example"))
    assert in_flight.startswith("PriorRequestNotComplete"), "at the same moment, as the clock stands still"
    client.change_resource_record_sets(**change(second, "a.two.example"))
    aws.advance(1)
    client.change_resource_record_sets(**change(first, "b.one.example"))


def test_another_account_needs_leave_to_associate_its_vpc(aws, route53, vpc, refused):
    """Developer Guide, "Associating an Amazon VPC and a private hosted zone that you created with different AWS accounts"."""
    theirs = aws.client("ec2", key="222222222222").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    zone = {"HostedZoneId": private_zone(route53, vpc)}
    association = {**zone, "VPC": {"VPCRegion": REGION, "VPCId": theirs}}
    their_route53 = aws.client("route53", key="222222222222")
    assert refused(their_route53.associate_vpc_with_hosted_zone, **association).startswith("NotAuthorizedException")

    route53.create_vpc_association_authorization(**association)
    assert [v["VPCId"] for v in route53.list_vpc_association_authorizations(**zone)["VPCs"]] == [theirs]
    their_route53.associate_vpc_with_hosted_zone(**association)
    assert {v["VPCId"] for v in route53.get_hosted_zone(Id=zone["HostedZoneId"])["VPCs"]} == {vpc, theirs}

    # Associated or not: the leave stays until it is taken back, and then the association stays.
    route53.delete_vpc_association_authorization(**association)
    assert refused(route53.delete_vpc_association_authorization, **association).startswith("VPCAssociationAuthorizationNotFound")
    route53.disassociate_vpc_from_hosted_zone(**association)
    assert refused(their_route53.associate_vpc_with_hosted_zone, **association).startswith("NotAuthorizedException")
