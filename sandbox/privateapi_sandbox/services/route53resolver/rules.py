"""Resolver rules (forward a domain through an outbound endpoint) and their associations with VPCs."""

from dataclasses import dataclass, field

from ...errors import AwsError
from ...service import instead

RULE_FILTERS = {
    "CreatorRequestId": "CreatorRequestId",
    "DomainName": "DomainName",
    "Name": "Name",
    "ResolverEndpointId": "ResolverEndpointId",
    "Status": "Status",
    "TYPE": "RuleType",
    "Type": "RuleType",
}
ASSOCIATION_FILTERS = {
    "Name": "Name",
    "ResolverRuleId": "ResolverRuleId",
    "Status": "Status",
    "VPCId": "VPCId",
}
# The rule every account has: whatever no other rule matches goes to the internet's resolver.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network.html
INTERNET_RULE_ID = "rslvr-autodefined-rr-internet-resolver"


@dataclass
class Rule:
    wire: dict
    account: str
    region: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str]:
        return self.account, self.region

    @property
    def id(self) -> str:
        return self.wire["Id"]


@dataclass
class Association:
    wire: dict  # without Status
    account: str
    region: str
    complete_at: float
    deleting_until: float | None = None

    @property
    def place(self) -> tuple[str, str]:
        return self.account, self.region

    @property
    def id(self) -> str:
        return self.wire["Id"]

    def shown(self, now: float) -> dict:
        if self.deleting_until is not None:
            status = "DELETING"
        else:
            status = "COMPLETE" if now >= self.complete_at else "CREATING"
        return {**self.wire, "Status": status, "StatusMessage": ""}


class Rules:
    """Mixin of the Route 53 Resolver service."""

    @instead("CreateResolverRule")
    def create_resolver_rule(self, call) -> dict:
        params = call.params
        if any(rule.wire["CreatorRequestId"] == params["CreatorRequestId"] for rule in self.rules_of(call)):
            message = (f"[RSLVR-00501] Resolver rule with creator request ID '{params['CreatorRequestId']}' already "
                       "exists.")
            raise AwsError("ResourceExistsException", message, 400)
        self._check_rule(call, params)
        message = "[RSLVR-00305] Resolver rule limit exceeded: {}"
        self.world.quotas.require("resolver-rules", len(self.rules_of(call)), "LimitExceededException", message)
        rule_id, now = f"rslvr-rr-{self.ident()}", self.stamp()
        optional = {key: params[key] for key in ("Name", "ResolverEndpointId") if params.get(key)}
        wire = {
            "Id": rule_id,
            "CreatorRequestId": params["CreatorRequestId"],
            "Arn": f"arn:aws:route53resolver:{call.region}:{call.account}:resolver-rule/{rule_id}",
            "DomainName": params["DomainName"].rstrip(".").lower() + ".",
            "RuleType": params["RuleType"],
            **optional,
            **({"TargetIps": _targets(params["TargetIps"])} if params.get("TargetIps") else {}),
            "Status": "COMPLETE",
            "StatusMessage": "[Trace id: 1-0] Successfully created Resolver Rule",
            "OwnerId": call.account,
            "ShareStatus": "NOT_SHARED",
            "CreationTime": now,
            "ModificationTime": now,
        }
        tags = self.tags_of(params.get("Tags"))
        self.born(rule_id)
        self.rules[rule_id] = Rule(wire, call.account, call.region, tags)
        return {"ResolverRule": wire}

    def _check_rule(self, call, params: dict) -> None:
        if params["RuleType"] not in ("FORWARD", "SYSTEM"):
            raise _invalid("RSLVR-00401", f"Rule type {params['RuleType']} is not simulated")
        if params["RuleType"] == "SYSTEM":
            return
        if not params.get("TargetIps"):
            raise _invalid("RSLVR-00413", "TargetIps must be specified for rule type FORWARD.")
        self._check_outbound(call, params.get("ResolverEndpointId"))

    def _check_outbound(self, call, endpoint_id: str | None) -> None:
        endpoint = next((e for e in self.endpoints_of(call) if e.id == endpoint_id), None)
        if endpoint is None:
            message = f"[RSLVR-00703] Resolver endpoint with ID '{endpoint_id}' does not exist."
            raise AwsError("ResourceNotFoundException", message, 400)
        if endpoint.wire["Direction"] != "OUTBOUND":
            raise _invalid("RSLVR-00700", "Resolver rules can only be associated to OUTBOUND resolver endpoints.")
        if endpoint.deleting_until is not None:
            raise AwsError("ResourceUnavailableException", f"Resolver endpoint '{endpoint_id}' is being deleted.", 400)

    @instead("GetResolverRule")
    def get_resolver_rule(self, call) -> dict:
        if call.params["ResolverRuleId"] == INTERNET_RULE_ID:
            return {"ResolverRule": _internet_rule(call)}
        return {"ResolverRule": self._rule(call).wire}

    def _rule(self, call) -> Rule:
        rule_id = call.params["ResolverRuleId"]
        rule = next((rule for rule in self.rules_of(call) if rule.id == rule_id), None)
        if rule is None:
            message = f"[RSLVR-00703] Resolver rule with ID '{rule_id}' does not exist."
            raise AwsError("ResourceNotFoundException", message, 400)
        return rule

    @instead("ListResolverRules")
    def list_resolver_rules(self, call) -> dict:
        shown = [_internet_rule(call), *(rule.wire for rule in self.rules_of(call) if self.listed(rule.id))]
        return self.listing(call, "ResolverRules", shown, RULE_FILTERS)

    @instead("UpdateResolverRule")
    def update_resolver_rule(self, call) -> dict:
        rule, config = self._rule(call), call.params["Config"]
        if config.get("ResolverEndpointId"):
            self._check_outbound(call, config["ResolverEndpointId"])
        changes = {key: config[key] for key in ("Name", "ResolverEndpointId") if config.get(key)}
        if config.get("TargetIps"):
            changes["TargetIps"] = _targets(config["TargetIps"])
        rule.wire |= {**changes, "ModificationTime": self.stamp()}
        return {"ResolverRule": rule.wire}

    @instead("DeleteResolverRule")
    def delete_resolver_rule(self, call) -> dict:
        rule = self._rule(call)
        # "Before you can delete a Resolver rule, you must disassociate it from all the VPCs"
        # https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_DeleteResolverRule.html
        users = sorted(a.wire["VPCId"] for a in self.associations_of(call) if a.wire["ResolverRuleId"] == rule.id)
        if users:
            raise AwsError(
                "ResourceInUseException",
                "[RSLVR-00604] Please disassociate this resolver rule from VPC first before deleting: "
                + ", ".join(users),
                400,
            )
        del self.rules[rule.id]
        return {"ResolverRule": {**rule.wire, "Status": "DELETING"}}

    @instead("AssociateResolverRule")
    def associate_resolver_rule(self, call) -> dict:
        params, rule = call.params, self._rule(call)
        if self.world.ec2.vpc(call.account, call.region, params["VPCId"]) is None:
            raise AwsError("ResourceNotFoundException", f"[RSLVR-00705] VPC '{params['VPCId']}' does not exist.", 400)
        self._check_conflict(call, rule, params["VPCId"])
        association_id = f"rslvr-rrassoc-{self.ident()}"
        wire = {
            "Id": association_id,
            "ResolverRuleId": rule.id,
            **({"Name": params["Name"]} if params.get("Name") else {}),
            "VPCId": params["VPCId"],
        }
        association = Association(wire, call.account, call.region, self.due("resolver-rule-association"))
        self.associations[association_id] = association
        return {"ResolverRuleAssociation": association.shown(self.world.now())}

    def _check_conflict(self, call, rule: Rule, vpc_id: str) -> None:
        for other in self.associations_of(call):
            if other.wire["VPCId"] != vpc_id:
                continue
            if other.wire["ResolverRuleId"] == rule.id:
                message = f"[RSLVR-00802] Resolver rule '{rule.id}' is already associated with VPC '{vpc_id}'."
                raise AwsError("ResourceExistsException", message, 400)
            if self.rules[other.wire["ResolverRuleId"]].wire["DomainName"] == rule.wire["DomainName"]:
                raise _invalid(
                    "RSLVR-00803",
                    f"Cannot associate rules with same domain name with same VPC. Conflict with resolver rule "
                    f"'{other.wire['ResolverRuleId']}'",
                )

    @instead("GetResolverRuleAssociation")
    def get_association(self, call) -> dict:
        wanted = call.params["ResolverRuleAssociationId"]
        association = next((a for a in self.associations_of(call) if a.id == wanted), None)
        if association is None:
            message = f"[RSLVR-00703] ResolverRuleAssociation '{wanted}' does not Exist"
            raise AwsError("ResourceNotFoundException", message, 400)
        return {"ResolverRuleAssociation": association.shown(self.world.now())}

    @instead("ListResolverRuleAssociations")
    def list_associations(self, call) -> dict:
        shown = [association.shown(self.world.now()) for association in self.associations_of(call)]
        return self.listing(call, "ResolverRuleAssociations", shown, ASSOCIATION_FILTERS)

    @instead("DisassociateResolverRule")
    def disassociate_resolver_rule(self, call) -> dict:
        params = call.params
        association = next((a for a in self.associations_of(call) if a.wire["VPCId"] == params["VPCId"]
                            and a.wire["ResolverRuleId"] == params["ResolverRuleId"]), None)
        if association is None:
            message = (f"[RSLVR-00703] Resolver rule '{params['ResolverRuleId']}' is not associated with VPC "
                       f"'{params['VPCId']}'.")
            raise AwsError("ResourceNotFoundException", message, 400)
        if association.deleting_until is None:
            association.deleting_until = self.due("resolver-rule-association")
            self.at(association.deleting_until, self.associations.pop, association.id)
        return {"ResolverRuleAssociation": association.shown(self.world.now())}

    def rules_of(self, call) -> list[Rule]:
        return [r for r in self.rules.values() if r.place == (call.account, call.region)]

    def associations_of(self, call) -> list[Association]:
        return [a for a in self.associations.values() if a.place == (call.account, call.region)]

    def forwarding(self, region: str, vpc_id: str, name: str) -> list[str]:
        """Named query: the target addresses a name is forwarded to from a VPC, by the most specific rule."""
        wanted, now = name.rstrip(".").lower() + ".", self.world.now()
        rules = [self.rules[a.wire["ResolverRuleId"]].wire for a in self.associations.values()
                 if a.region == region and a.wire["VPCId"] == vpc_id and a.shown(now)["Status"] == "COMPLETE"]
        fitting = [r for r in rules if ("." + wanted).endswith("." + r["DomainName"].lstrip("."))]
        best = max(fitting, key=lambda r: len(r["DomainName"]), default={})
        return [target["Ip"] for target in best.get("TargetIps", [])]


def _targets(given: list[dict]) -> list[dict]:
    return [{"Port": 53, "Protocol": "Do53", **target} for target in given]


def _internet_rule(call) -> dict:
    return {
        "Id": INTERNET_RULE_ID,
        "Arn": f"arn:aws:route53resolver:{call.region}::autodefined-rule/{INTERNET_RULE_ID}",
        "CreatorRequestId": "",
        "DomainName": ".",
        "Name": "Internet Resolver",
        "RuleType": "RECURSIVE",
        "Status": "COMPLETE",
        "OwnerId": "Route 53 Resolver",
        "ShareStatus": "NOT_SHARED",
    }


def _invalid(number: str, message: str) -> AwsError:
    return AwsError("InvalidRequestException", f"[{number}] {message}", 400)
