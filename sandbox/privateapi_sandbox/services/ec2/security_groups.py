"""Security groups: moto's, with AWS's refusals and what other services ask of them."""

from __future__ import annotations

import ipaddress

from ...errors import AwsError
from ...service import Call, after, before, instead
from .base import Base
from .describing import not_found

FILTERS = {
    "group-id": "GroupId", "group-name": "GroupName", "vpc-id": "VpcId", "description": "Description", "owner-id": "OwnerId",
    **{
        f"{prefix}ip-permission.{name}": f"{member}.{path}"
        for prefix, member in (("", "IpPermissions"), ("egress.", "IpPermissionsEgress"))
        for name, path in (
            ("cidr", "IpRanges.CidrIp"), ("ipv6-cidr", "Ipv6Ranges.CidrIpv6"), ("from-port", "FromPort"),
            ("to-port", "ToPort"), ("protocol", "IpProtocol"), ("group-id", "UserIdGroupPairs.GroupId"),
            ("group-name", "UserIdGroupPairs.GroupName"), ("prefix-list-id", "PrefixListIds.PrefixListId"),
        )
    },
}


class SecurityGroups(Base):
    # ---- for the other services

    def default_group(self, account: str, region: str, vpc_id: str) -> str:
        return next(
            group["GroupId"] for group in self.security_groups(account, region, vpc_id) if group["GroupName"] == "default"
        )

    def open_default_group(self, account: str, region: str, vpc_id: str) -> None:
        """A default group lets its own members in ("Default security groups for your VPCs"); moto's lets nobody."""
        group = self.default_group(account, region, vpc_id)
        members = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group, "UserId": account}]}
        self.moto("ec2", "AuthorizeSecurityGroupIngress", account, region, GroupId=group, IpPermissions=[members])
        self.held.changed((account, region), [group])

    def admits(
        self, account: str, region: str, groups: list[str], ip: str, port: int,
        protocol: str = "tcp", from_groups: list[str] | None = None, egress: bool = False,
    ) -> bool:
        """Whether one of the groups lets a packet in (or out): to or from that address, or a member of those groups."""
        member = "IpPermissionsEgress" if egress else "IpPermissions"
        for group_id in groups:
            group = self.security_group(account, region, group_id) or {}
            if any(_fits(rule, ip, port, protocol, from_groups or []) for rule in group.get(member, [])):
                return True
        return False

    # ---- refusals

    @before("CreateSecurityGroup")
    def check_new_group(self, call: Call) -> None:
        p = call.params
        if vpc_id := p.get("VpcId"):
            if self.vpc(call.account, call.region, vpc_id) is None:
                raise not_found(vpc_id)
            for group in self.security_groups(call.account, call.region, vpc_id):
                if group["GroupName"] == p.get("GroupName"):
                    message = f"The security group '{p['GroupName']}' already exists for VPC '{vpc_id}'"
                    raise AwsError("InvalidGroup.Duplicate", message)

    @before("DeleteSecurityGroup")
    def check_deleted_group(self, call: Call) -> None:
        """ "If you attempt to delete a security group that is associated with an instance or network interface, is
        referenced by another security group in the same VPC, or has a VPC association, the operation fails with
        DependencyViolation" (API reference, DeleteSecurityGroup)."""
        key = call.params.get("GroupId")
        group = self.security_group(call.account, call.region, key) if key else None
        if group is None:
            return
        if group["GroupName"] == "default":
            message = f'the specified group: "{key}" name: "default" cannot be deleted by a user'
            raise AwsError("CannotDelete", message)
        used = any(key in one.groups for one in self.interfaces(call.account, call.region, group["VpcId"]))
        if used or self._referenced(call, group):
            raise AwsError("DependencyViolation", f"resource {key} has a dependent object")

    @before("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
    def check_rule(self, call: Call) -> None:
        for permission in call.params.get("IpPermissions") or []:
            for pair in permission.get("UserIdGroupPairs") or []:
                if pair.get("GroupId") and self.security_group(call.account, call.region, pair["GroupId"]) is None:
                    raise not_found(pair["GroupId"])

    def _referenced(self, call: Call, group: dict) -> bool:
        others = self.security_groups(call.account, call.region, group["VpcId"])
        return any(
            pair.get("GroupId") == group["GroupId"]
            for other in others if other["GroupId"] != group["GroupId"]
            for member in ("IpPermissions", "IpPermissionsEgress") for rule in other.get(member, [])
            for pair in rule.get("UserIdGroupPairs", [])
        )

    @instead("DescribeSecurityGroups")
    def describe_security_groups(self, call: Call) -> dict:
        held = self.held.of((call.account, call.region), "security-group")
        if names := call.params.get("GroupNames"):
            held = self._in_default_vpc(call, names)
        return self.selected(call, held, lambda group: {**group, "SecurityGroupArn": self._arn(call, group["GroupId"])},
                             "GroupIds", FILTERS, "SecurityGroups")

    def _in_default_vpc(self, call: Call, names: list[str]) -> dict[str, dict]:
        """Names are those of groups of the default VPC (API reference, DescribeSecurityGroups)."""
        place = (call.account, call.region)
        default = {vpc["VpcId"] for vpc in self.held.of(place, "vpc").values() if vpc["IsDefault"]}
        found = {key: group for key, group in self.held.of(place, "security-group").items()
                 if group["VpcId"] in default and group["GroupName"] in names}
        if unknown := set(names) - {group["GroupName"] for group in found.values()}:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{min(unknown)}' does not exist")
        return found

    @after("CreateSecurityGroup")
    def group_created(self, call: Call, result: dict) -> None:
        self.created(call, result["GroupId"])
        self.held.changed((call.account, call.region), [result["GroupId"]])
        result.setdefault("SecurityGroupArn", self._arn(call, result["GroupId"]))

    @after("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "DescribeSecurityGroupRules")
    def show_rules(self, call: Call, result: dict) -> None:
        for rule in result.get("SecurityGroupRules", []):
            key = rule["SecurityGroupRuleId"]
            rule.setdefault("GroupOwnerId", call.account)
            rule["SecurityGroupRuleArn"] = f"arn:aws:ec2:{call.region}:{call.account}:security-group-rule/{key}"
            if "ReferencedGroupInfo" in rule:
                rule |= self._description(call, rule)

    def _description(self, call: Call, rule: dict) -> dict:
        """moto shows the description of a rule that names a group only with its group."""
        group = self.security_group(call.account, call.region, rule["GroupId"]) or {}
        same = ("IpProtocol", "FromPort", "ToPort")
        for permission in group.get("IpPermissionsEgress" if rule["IsEgress"] else "IpPermissions", []):
            for pair in permission["UserIdGroupPairs"]:
                alike = all(permission.get(name, -1) == rule.get(name, -1) for name in same)
                if alike and pair["GroupId"] == rule["ReferencedGroupInfo"]["GroupId"] and pair.get("Description"):
                    return {"Description": pair["Description"]}
        return {}

    def _arn(self, call: Call, key: str) -> str:
        return f"arn:aws:ec2:{call.region}:{call.account}:security-group/{key}"


def _fits(rule: dict, ip: str, port: int, protocol: str, from_groups: list[str]) -> bool:
    if rule["IpProtocol"] not in ("-1", protocol):
        return False
    low, high = rule.get("FromPort", -1), rule.get("ToPort", -1)
    if rule["IpProtocol"] != "-1" and not (low <= port <= high or low == -1):
        return False
    if any(pair.get("GroupId") in from_groups for pair in rule.get("UserIdGroupPairs", [])):
        return True
    return any(ipaddress.ip_address(ip) in ipaddress.ip_network(r["CidrIp"]) for r in rule.get("IpRanges", []))
