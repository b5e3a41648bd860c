"""Who calls, and whether the caller's policies allow it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import access_denied
from .iam_actions import requirements
from .iam_policy import Requirement, applies, decision, statements

if TYPE_CHECKING:
    from .service import Call
    from .world import World

FREE = {("sts", "GetCallerIdentity")}  # "No permissions are required to perform this operation" (STS API reference)


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

    def check(self, call: Call) -> None:
        """Raises AwsError where the caller lacks a right."""
        if not self.enabled or (call.service, call.operation) in FREE:
            return
        principal = self._world.moto.principal(call.access_key)
        if call.operation == "AssumeRole":
            self._check_trust(call)
        if principal is None:
            return
        for wanted in requirements(call, self._world.moto.role_arn):
            def lookup(key: str, wanted: Requirement = wanted) -> list[str] | None:
                return self._value(call, wanted, key)

            allowed = decision(principal.policies, wanted, lookup)
            if allowed == "allowed" and principal.boundary:
                allowed = decision([principal.boundary], wanted, lookup)
            if allowed == "allowed" and principal.session_policy:
                allowed = decision([principal.session_policy], wanted, lookup)
            if allowed != "allowed":
                raise access_denied(
                    call.service, principal.arn, wanted.action, wanted.resource, explicit=allowed == "denied"
                )

    def _check_trust(self, call: Call) -> None:
        """IAM User Guide, "Using roles": the role's trust policy must name the caller or its account."""
        arn = call.params["RoleArn"]
        names = {"*", call.caller, call.account, f"arn:aws:iam::{call.account}:root", _role_of_session(call.caller)}
        external = {"sts:externalid": [call.params["ExternalId"]]} if call.params.get("ExternalId") else {}
        for statement in statements(self._world.moto.trust_policy(arn)):
            trusted = (statement.get("Principal") or {})
            trusted = trusted.get("AWS", []) if isinstance(trusted, dict) else trusted
            trusted = {trusted} if isinstance(trusted, str) else set(trusted)
            wanted = Requirement("sts:AssumeRole", arn)
            if trusted & names and applies({**statement, "Resource": "*"}, wanted, lambda key: external.get(key.lower())):
                return
        raise access_denied("sts", call.caller, "sts:AssumeRole", arn)

    def _value(self, call: Call, wanted: Requirement, key: str) -> list[str] | None:
        name, _, tag = key.partition("/")
        if name in ("aws:ResourceTag", "ec2:ResourceTag", "ecs:ResourceTag", "elasticloadbalancing:ResourceTag",
                    "iam:ResourceTag"):
            value = self._tags(wanted.resource).get(tag)
            return None if value is None else [value]
        known = {key.lower(): value for key, value in wanted.context.items()}
        known["aws:principalarn"] = [call.caller]
        known["aws:principalaccount"] = [call.account]
        return known.get(f"{name.lower()}/{tag}" if tag else name.lower())

    def _tags(self, resource: str) -> dict[str, str]:
        """The tags of a live object, by its ARN. What lies below a REST API inherits the API's tags for access control
        ("Tag inheritance in the Amazon API Gateway V1 API", API Gateway Developer Guide); a stage's own win."""
        found: dict[str, str] = {}
        service = resource.split(":")[2] if resource.startswith("arn:") else ""
        service = {"elasticloadbalancing": "elbv2"}.get(service, service)
        for room in self._world.services.values():
            if room.name != service and room.name != f"{service}v2":
                continue
            for account, region in room.places():
                for live in room.objects(account, region):
                    inherits = live.type == "rest-api" and f"/restapis/{live.id}/" in resource
                    own = resource == live.id or resource.endswith((f"/{live.id}", f":{live.id}", f":{live.id}:*"))
                    if inherits or own:
                        found.update(live.tags)
        return found


def _role_of_session(arn: str) -> str:
    """``arn:aws:sts::1:assumed-role/NAME/SESSION`` acts as ``arn:aws:iam::1:role/NAME``."""
    parts = arn.split(":")
    if len(parts) < 6 or not parts[5].startswith("assumed-role/"):
        return arn
    return f"arn:aws:iam::{parts[4]}:role/{parts[5].split('/')[1]}"
