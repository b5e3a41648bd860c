"""Who calls, and whether the caller's policies allow it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .errors import access_denied
from .iam_actions import Requirement, requirements
from .policies import ALLOW, DENY, Access, decide, parsed
from .services.iam import linked_role

if TYPE_CHECKING:
    from .service import Call
    from .world import World

FREE = {("sts", "GetCallerIdentity")}  # "No permissions are required to perform this operation" (STS API reference)
# The first such call in an account makes a service-linked role, for which its caller must have the right.
# IAM User Guide, "Service-linked role permissions"
LINKING = {
    ("ecs", "CreateCluster"): "ecs.amazonaws.com",
    ("elbv2", "CreateLoadBalancer"): "elasticloadbalancing.amazonaws.com",
    ("apigatewayv2", "CreateVpcLink"): "ops.apigateway.amazonaws.com",
}
SERVICE_OF_ARN = {"elasticloadbalancing": "elbv2"}


class IamCheck:
    """Switchable. The account's root (any key that IAM and STS do not know) may do everything.

    A key of twelve digits is the root of the account of that number: how a second account gets its first role.
    """

    def __init__(self, world: World, enabled: bool) -> None:
        self.enabled = enabled
        self._world = world

    def identity(self, access_key: str) -> tuple[str, str]:
        """Account and ARN of the caller."""
        principal = self._world.moto.principal(access_key)
        if principal is None:
            account = access_key if re.fullmatch(r"\d{12}", access_key) else self._world.settings.account
            return account, f"arn:aws:iam::{account}:root"
        return principal.account, principal.arn

    def rights(self, call: Call) -> list[Requirement]:
        """Every right that a call needs."""
        if (call.service, call.operation) in FREE:
            return []
        return [*requirements(call, self._world.moto.role_arn, self._world.ec2.joined), *self._linking(call)]

    def _linking(self, call: Call) -> list[Requirement]:
        service = LINKING.get((call.service, call.operation))
        role = linked_role(call.account, service) if service else ""
        if not service or self._world.iam.principal_exists(role):
            return []
        return [Requirement("iam:CreateServiceLinkedRole", role, {"iam:AWSServiceName": [service]})]

    def check(self, call: Call) -> None:
        """Raises AwsError where the caller lacks a right."""
        if not self.enabled:
            return
        if call.operation == "AssumeRole":
            self._check_trust(call)
        principal = self._world.moto.principal(call.access_key)
        for wanted in self.rights(call) if principal else ():
            access = self._access(call, wanted)
            verdict = decide(map(parsed, principal.policies), access)
            for limit in (principal.boundary, principal.session_policy):
                verdict = decide([parsed(limit)], access) if verdict == ALLOW and limit else verdict
            if verdict != ALLOW:
                raise access_denied(call.service, principal.arn, wanted.action, wanted.resource, verdict == DENY)

    def _access(self, call: Call, wanted: Requirement) -> Access:
        known = {"aws:PrincipalArn": [call.caller], "aws:PrincipalAccount": [call.account], **wanted.context}

        def resource_tag(key: str) -> Any:
            """`aws:ResourceTag/NAME`, or the same with the service's own prefix."""
            kind, _, name = key.partition("/")
            wanted_tag = name and kind.lower().endswith(":resourcetag")
            return self._tags(call, wanted.resource).get(name) if wanted_tag else None

        return Access(wanted.action, wanted.resource, call.caller, known, resource_tag)

    def _check_trust(self, call: Call) -> None:
        """IAM User Guide, "Using roles": the role's trust policy must name the caller or its account."""
        arn = call.params["RoleArn"]
        external = {"sts:ExternalId": [call.params["ExternalId"]]} if call.params.get("ExternalId") else {}
        trust = parsed(self._world.moto.trust_policy(arn))
        names = (call.caller, _role_of_session(call.caller))
        verdicts = {decide([trust], Access("sts:AssumeRole", arn, name, external)) for name in names}
        if DENY in verdicts or ALLOW not in verdicts:
            raise access_denied("sts", call.caller, "sts:AssumeRole", arn)

    def _tags(self, call: Call, resource: str) -> dict[str, str]:
        """The tags of a live object, by its ARN."""
        place = (call.account, call.region)
        found: dict[str, str] = {}
        for room in self._rooms(resource):
            found |= room.tags_at(*(place if not room.is_global else (call.account, "")), resource)
        return found

    def _rooms(self, resource: str) -> Iterable[Any]:
        service = resource.split(":")[2] if resource.startswith("arn:") else ""
        service = SERVICE_OF_ARN.get(service, service)
        return [room for room in self._world.services.values() if room.name in (service, f"{service}v2")]


def _role_of_session(arn: str) -> str:
    """``arn:aws:sts::1:assumed-role/NAME/SESSION`` acts as ``arn:aws:iam::1:role/NAME``."""
    parts = arn.split(":")
    if len(parts) < 6 or not parts[5].startswith("assumed-role/"):
        return arn
    return f"arn:aws:iam::{parts[4]}:role/{parts[5].split('/')[1]}"
