"""IAM: roles and policies. moto's, with the refusals, the service-linked roles and the paging that it leaves out."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any
from urllib.parse import quote

from ..errors import AwsError
from ..policies import ALLOW, Access, decide, parsed
from ..service import Call, LiveObject, Service, after, before, done, instead

# Service → (role name, the AWS-managed policy on it).
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles-for-clusters.html and its like
SERVICE_LINKED = {
    "ecs.amazonaws.com": ("AWSServiceRoleForECS", "AmazonECSServiceRolePolicy"),
    "elasticloadbalancing.amazonaws.com": (
        "AWSServiceRoleForElasticLoadBalancing", "AWSElasticLoadBalancingServiceRolePolicy"),
    "ops.apigateway.amazonaws.com": ("AWSServiceRoleForAPIGateway", "APIGatewayServiceRolePolicy"),
}
PRINCIPAL = re.compile(r"^arn:aws[a-z-]*:iam::(\d{12}):(role|user)/(?:.*/)?([^/]+)$")
DETAIL_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
ROLE_CHANGES = ("DeleteRole", "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy",
                "UpdateAssumeRolePolicy", "TagRole", "UntagRole")


def linked_role(account: str, service: str) -> str:
    return f"arn:aws:iam::{account}:role/aws-service-role/{service}/{SERVICE_LINKED[service][0]}"


class Iam(Service):
    name = "iam"
    is_global = True
    tools = Service.tools | {"_shown"}

    def __init__(self, world) -> None:
        super().__init__(world)
        self._known_at: dict[str, float] = {}  # role ARN → when every service has heard of it
        self._shown: dict[str, dict] = {}  # role ARN → its details as AWS shows them, until a call names it

    def restore(self, kept: dict[str, Any]) -> None:
        super().restore(kept)
        self._shown.clear()

    # -- what other services ask -----------------------------------------------------------------------------------

    def principal_exists(self, arn: str) -> bool:
        """Named query: whether an ARN is that of a role or user that exists."""
        return PRINCIPAL.match(arn) is not None and self.world.moto.principal_exists(arn)

    def assumable(self, account: str, arn: str, service: str, source_arn: str = "") -> bool:
        """Named query: whether a service can take a role: it exists, its trust policy says so, and it is known
        everywhere by now (IAM is eventually consistent).
        https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
        The policy may ask on whose behalf, where the service says so ("The confused deputy problem")."""
        if not self.principal_exists(arn) or self._known_at.get(arn, 0.0) > self.world.now():
            return False
        source = {"aws:SourceAccount": account, "aws:SourceArn": source_arn} if source_arn else {}
        access = Access("sts:AssumeRole", "", service, source)
        return decide([parsed(self.world.moto.trust_policy(arn))], access) == ALLOW

    def documents(self, account: str, arn: str) -> list[dict]:
        """Named query: the documents of a role's policies, managed and inline; none when there is no such role."""
        return [parsed(document) for document in self.world.moto.role_policies(arn)] if arn else []

    def link(self, account: str, service: str) -> None:
        """Named action: a service makes its own role when an account first needs it."""
        if not self.principal_exists(linked_role(account, service)):
            self.aws("iam", "CreateServiceLinkedRole", account, "us-east-1", AWSServiceName=service)

    def _ask(self, operation: str, account: str, **params) -> dict:
        return self.moto("iam", operation, account, "us-east-1", **params)

    # -- refusals --------------------------------------------------------------------------------------------------

    @before("CreateRole")
    def check_new_role(self, call: Call) -> None:
        _check_trust_policy(call.params["AssumeRolePolicyDocument"])
        if call.params.get("Path", "/").startswith("/aws-service-role/"):
            message = "Roles in the /aws-service-role/ path are made by AWS services; use CreateServiceLinkedRole."
            raise AwsError("InvalidInput", message, 400)
        existing = len(self.world.moto.role_arns(call.account))
        self.world.quotas.require("roles", existing, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: {}", 409)

    @before("UpdateAssumeRolePolicy")
    def check_trust(self, call: Call) -> None:
        _check_trust_policy(call.params["PolicyDocument"])

    @before(*ROLE_CHANGES)
    def protect_service_linked_roles(self, call: Call) -> None:
        name = call.params["RoleName"]
        if any(name == role_name for role_name, _ in SERVICE_LINKED.values()):
            raise AwsError(
                "UnmodifiableEntity",
                f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS",
                400,
            )

    @before("DeletePolicy")
    def check_unattached(self, call: Call) -> None:
        """https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html"""
        users = self._ask("ListEntitiesForPolicy", call.account, PolicyArn=call.params["PolicyArn"])
        if any(users.get(key) for key in ("PolicyGroups", "PolicyUsers", "PolicyRoles")):
            raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
        if len(self._ask("ListPolicyVersions", call.account, PolicyArn=call.params["PolicyArn"])["Versions"]) > 1:
            raise AwsError(
                "DeleteConflict",
                "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                "versions. The default version is deleted with the policy.",
                409,
            )

    # -- time, paging ----------------------------------------------------------------------------------------------

    @after("CreateRole")
    def propagate(self, call: Call, result: dict) -> None:
        arn = result["Role"]["Arn"]
        self._known_at[arn] = self.world.now() + self.world.duration("role-usable")
        self.born(arn)

    @after("ListRoles")
    def hide_new_roles(self, call: Call, result: dict) -> None:
        result["Roles"] = [role for role in result["Roles"] if self.listed(role["Arn"])]

    @instead("GetAccountAuthorizationDetails")
    def account_authorization_details(self, call: Call) -> dict:
        """moto answers in one piece; AWS in pages of 100 by default, users, groups, roles and policies together."""
        start, limit = int(call.params.get("Marker") or 0), call.params.get("MaxItems") or 100
        wanted = call.params.get("Filter") or ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"]
        others = self._details(call.account, [kind for kind in wanted if kind != "Role"])
        arns = self.world.moto.role_arns(call.account) if "Role" in wanted else []
        others["RoleDetailList"] = [arn for arn in arns if self.listed(arn)]
        entries = [(key, entry) for key in DETAIL_LISTS for entry in others.get(key, [])]
        page = entries[start:start + limit]
        found = {key: [entry for other, entry in page if other == key] for key in DETAIL_LISTS}
        found["RoleDetailList"] = self._roles(call.account, found["RoleDetailList"])
        more = {"Marker": str(start + limit)} if len(entries) > start + limit else {}
        return {**found, "IsTruncated": bool(more), **more}

    def _details(self, account: str, kinds: list[str]) -> dict:
        return self._ask("GetAccountAuthorizationDetails", account, Filter=kinds) if kinds else {}

    def _roles(self, account: str, arns: list[str]) -> list[dict]:
        """The details of roles; moto is asked for what it was not asked before: all of a fleet's would take long."""
        with self.world.moto.only_roles(account, [arn for arn in arns if arn not in self._shown]) as new:
            for role in self._details(account, ["Role"])["RoleDetailList"] if new else ():
                role["AssumeRolePolicyDocument"] = encoded(role["AssumeRolePolicyDocument"])
                self._shown[role["Arn"]] = role
        return [self._shown[arn] for arn in arns]

    @done("*")
    def forget(self, call: Call) -> None:
        """What a call named may have changed; one that names no role may have changed any."""
        if call.operation.startswith(("Get", "List", "Simulate")):
            return
        name = call.params.get("RoleName")
        self._shown = {arn: role for arn, role in self._shown.items() if name and role["RoleName"] != name}

    @instead("GetUser")
    def get_user(self, call: Call) -> dict:
        """Without a name, the caller; moto would make up a user for the account's root."""
        if call.params.get("UserName") or not call.caller.endswith(":root"):
            return call.forward()
        return {"User": {"UserId": call.account, "Arn": call.caller, "CreateDate": self.world.datetime(0)}}

    # -- service-linked roles --------------------------------------------------------------------------------------

    @instead("CreateServiceLinkedRole")
    def create_service_linked_role(self, call: Call) -> dict:
        service = call.params["AWSServiceName"]
        if service not in SERVICE_LINKED:
            message = f"The sandbox knows no service-linked role of {service}; it knows {', '.join(SERVICE_LINKED)}"
            raise AwsError("InvalidInput", message, 400)
        name, policy = SERVICE_LINKED[service]
        if self.principal_exists(linked_role(call.account, service)):
            raise AwsError(
                "InvalidInput",
                f"Service role name {name} has been taken in this account, please try a different suffix.",
                400,
            )
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        created = self._ask(
            "CreateRole", call.account, RoleName=name, Path=f"/aws-service-role/{service}/",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
            **({"Description": call.params["Description"]} if call.params.get("Description") else {}),
        )
        arn = f"arn:aws:iam::aws:policy/aws-service-role/{policy}"
        self._ask("AttachRolePolicy", call.account, RoleName=name, PolicyArn=arn)
        return created

    @instead("DeleteServiceLinkedRole")
    def delete_service_linked_role(self, call: Call) -> dict:
        name = call.params["RoleName"]
        role = self._ask("GetRole", call.account, RoleName=name)["Role"]
        for policy in self._ask("ListAttachedRolePolicies", call.account, RoleName=name)["AttachedPolicies"]:
            self._ask("DetachRolePolicy", call.account, RoleName=name, PolicyArn=policy["PolicyArn"])
        self._ask("DeleteRole", call.account, RoleName=name)
        task = uuid.UUID(int=self.world.random("deletion-task", name, self.world.now()).getrandbits(128))
        return {"DeletionTaskId": f"task{role['Path']}{name}/{task}"}

    # -- state -----------------------------------------------------------------------------------------------------

    def objects(self, account: str, region: str):
        details = self._ask("GetAccountAuthorizationDetails", account, Filter=["Role", "User", "LocalManagedPolicy"])
        for role in details["RoleDetailList"]:
            tags = {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}
            yield LiveObject("iam", "role", role["RoleName"], role["RoleName"], "", tags, "", account,
                             made_by_aws=role["Path"].startswith("/aws-service-role/"))
        for user in details["UserDetailList"]:
            yield LiveObject("iam", "user", user["UserName"], user["UserName"], "", {}, "", account)
        for policy in details["Policies"]:
            yield LiveObject("iam", "policy", policy["Arn"], policy["PolicyName"], "", {}, "", account)


def _check_trust_policy(document: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html, MalformedPolicyDocument"""
    try:
        policy = json.loads(document)
    except ValueError:
        raise _malformed("This policy contains invalid Json") from None
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    if not statements:
        raise _malformed("Could not parse the policy: Statement is empty!")
    for statement in statements if isinstance(statements, list) else [statements]:
        if "Resource" in statement:
            raise _malformed("Has prohibited field Resource")
        if not ("Principal" in statement or "NotPrincipal" in statement):
            raise _malformed("Missing required field Principal")
        if "Action" not in statement:
            raise _malformed("AssumeRole policy must contain an action")


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", message, 400)


def encoded(document: str) -> str:
    """ "The policies returned by this operation are URL-encoded compliant with RFC 3986" (GetAccountAuthorizationDetails)."""
    return quote(document, safe="") if document.startswith("{") else document
