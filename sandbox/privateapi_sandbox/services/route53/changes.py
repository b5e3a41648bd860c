"""ChangeResourceRecordSets: a batch is applied whole or refused whole.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
"""

import ipaddress
from collections.abc import Callable

from ...errors import AwsError
from .zones import Key, Zone, normal

KEPT = ("SetIdentifier", "Weight", "Region", "GeoLocation", "Failover", "MultiValueAnswer", "TTL", "ResourceRecords",
        "HealthCheckId", "CidrRoutingConfig", "GeoProximityLocation")


def apply(zone: Zone, changes: list[dict], alias_problem: Callable[[str, str, str], str | None]) -> None:
    """Applies the batch to the zone; `alias_problem(zone id, name, type)` says what is wrong with an alias' target."""
    records, problems = dict(zone.records), []
    for change in changes:
        record = _normalised(change["ResourceRecordSet"])
        key = (record["Name"], record["Type"], record.get("SetIdentifier", ""))
        _check_shape(change["Action"], record)
        problem = _problem(zone, records, change["Action"], key, record, alias_problem)
        if problem:
            problems.append(problem)
        elif change["Action"] == "DELETE":
            del records[key]
        else:
            records[key] = record
    if problems:
        raise AwsError("InvalidChangeBatch", f"[{', '.join(problems)}]", 400)
    zone.records = records


def _normalised(given: dict) -> dict:
    record = {"Name": normal(given["Name"]), "Type": given["Type"]}
    record |= {name: given[name] for name in KEPT if given.get(name) not in (None, [])}
    if given.get("AliasTarget"):
        alias = given["AliasTarget"]
        record["AliasTarget"] = {
            "HostedZoneId": alias["HostedZoneId"],
            "DNSName": normal(alias["DNSName"]),
            "EvaluateTargetHealth": alias["EvaluateTargetHealth"],
        }
    return record


def _check_shape(action: str, record: dict) -> None:
    values = "ResourceRecords" in record and "TTL" in record
    if ("AliasTarget" in record) == values:
        kinds = "more than one" if values else "none"
        raise AwsError(
            "InvalidInput",
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
            f"TrafficPolicyInstanceId], but found {kinds} in Change with [Action={action}, Name={record['Name']}, "
            f"Type={record['Type']}, SetIdentifier={record.get('SetIdentifier', 'null')}]",
            400,
        )


def _problem(zone: Zone, records: dict[Key, dict], action: str, key: Key, record: dict,
             alias_problem: Callable[[str, str, str], str | None]) -> str | None:
    name, kind, _ = key
    label = f"[name='{name}', type='{kind}']"
    if name != zone.name and not name.endswith("." + zone.name):
        return f"RRSet with DNS name {name} is not permitted in zone {zone.name}"
    if action == "DELETE":
        return _delete_problem(zone, records, key, record, label)
    if action == "CREATE" and key in records:
        return f"Tried to create resource record set {label} but it already exists"
    if kind == "CNAME" and name == zone.name:
        return f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone.name}"
    if any(other[0] == name and other[1] != kind and "CNAME" in (kind, other[1]) for other in records):
        return (f"RRSet of type {kind} with DNS name {name} is not permitted because a conflicting RRSet of type "
                f"{'CNAME' if kind != 'CNAME' else 'A'} with the same DNS name already exists in zone {zone.name}")
    return _value_problem(record, kind) or _target_problem(record, kind, alias_problem)


def _delete_problem(zone: Zone, records: dict[Key, dict], key: Key, record: dict, label: str) -> str | None:
    if key not in records:
        return f"Tried to delete resource record set {label} but it was not found"
    if zone.required(key):
        amount = "at least one NS" if key[1] == "NS" else "exactly one SOA"
        return f"A HostedZone must contain {amount} record for the zone itself."
    if _comparable(records[key]) != _comparable(record):
        return f"Tried to delete resource record set {label} but the values provided do not match the current values"
    return None


def _comparable(record: dict) -> dict:
    values = sorted(entry["Value"] for entry in record.get("ResourceRecords", []))
    return {**record, "ResourceRecords": values}


def _value_problem(record: dict, kind: str) -> str | None:
    for entry in record.get("ResourceRecords", []) if kind == "A" else []:
        try:
            ipaddress.IPv4Address(entry["Value"])
        except ValueError:
            return ("Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 "
                    f"address) encountered with '{entry['Value']}''")
    return None


def _target_problem(record: dict, kind: str, alias_problem: Callable[[str, str, str], str | None]) -> str | None:
    alias = record.get("AliasTarget")
    problem = alias and alias_problem(alias["HostedZoneId"], alias["DNSName"], kind)
    if not problem:
        return None
    return (f"Tried to create an alias that targets {alias['DNSName']}, type {kind} in zone {alias['HostedZoneId']}, "
            f"but {problem}")
