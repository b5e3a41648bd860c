"""The one place that touches moto's internals: a request goes in, moto's response comes out, in process."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unittest import mock

# Before moto is imported: it reads its settings at import.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
os.environ.setdefault("AWS_ACCESS_KEY_ID", "sandbox")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "sandbox")

from botocore.awsrequest import HeadersDict  # noqa: E402
from moto import backends  # noqa: E402
from moto.core.base_backend import BackendDict  # noqa: E402
from moto.core.exceptions import HTTPException  # noqa: E402
from moto.core.request import Request as MotoRequest  # noqa: E402
from moto.moto_api._internal import mock_random  # noqa: E402

import moto.core.responses as responses  # noqa: E402
import moto.core.serialize as serialize  # noqa: E402
import moto.ec2.models.tags as ec2_tags  # noqa: E402
import moto.iam.models as iam_models  # noqa: E402

from . import fast_xml, wire  # noqa: E402
from .errors import not_simulated  # noqa: E402
from .wire import Request, Response  # noqa: E402

# Of AWS's 1,500 managed policies those that a stack like this may attach: all of them cost each start a second.
_MANAGED = re.compile(
    "ECS|ContainerRegistry|ElasticLoadBalancing|A[Pp][Ii]Gateway|Route53|CloudWatchLogs|AmazonVPC|AmazonEC2FullAccess"
    "|^(AdministratorAccess|ReadOnlyAccess|PowerUserAccess|IAMFullAccess|ViewOnlyAccess)$"
)
iam_models.aws_managed_policies_data = json.dumps(
    {name: data for name, data in json.loads(iam_models.aws_managed_policies_data).items() if _MANAGED.search(name)}
)
serialize.xmltodict = fast_xml
# moto looks through a class for its methods at every call.
responses.method_names_from_class = lru_cache(maxsize=None)(responses.method_names_from_class)
# moto goes through the tags of all objects for those of one: the time of a listing would grow with the square of the fleet.
_describe_tags = ec2_tags.TagBackend.describe_tags


def _tags_of_one(self, filters=None):
    ids = (filters or {}).get("resource-id", ())
    if len(filters or {}) != 1 or len(ids) != 1 or not re.fullmatch(r"[\w-]+", ids[0]):
        return _describe_tags(self, filters)
    kind = ec2_tags.EC2_PREFIX_TO_RESOURCE.get(ec2_tags.get_prefix(ids[0]), "")
    return [{"resource_id": ids[0], "key": key, "value": value, "resource_type": kind}
            for key, value in self.tags.get(ids[0], {}).items()]


ec2_tags.TagBackend.describe_tags = _tags_of_one
_MOTO_NAME = {"apigatewayv2": "apigateway", "service-quotas": "servicequotas"}
_ENDPOINT = {"resourcegroupstaggingapi": "tagging", "apigatewayv2": "apigateway", "elbv2": "elasticloadbalancing",
             "ecr": "api.ecr", "service-quotas": "servicequotas"}
_GLOBAL = {"iam", "route53", "sts"}
# The services of moto's that hold anything here.
_USED = {"ec2", "ecr", "iam", "sts", "logs", "sqs", "events", "ssm", "kms", "secretsmanager"}


@dataclass(frozen=True)
class Principal:
    """A user, or a session of a role, with the policies that say what it may do."""

    account: str
    arn: str
    policies: list[str]
    boundary: str = ""
    session_policy: str = ""


class Moto:
    def __init__(self, account: str, seed: int) -> None:
        """Forgets whatever moto held in this process: a sandbox starts empty."""
        self.account = account
        BackendDict.reset()
        _handlers.cache_clear()
        mock_random.seed(seed)

    def dispatch(self, service: str, operation: str, region: str, request: Request, account: str = "") -> Response:
        """moto's answer to a request, whatever its status; what moto lacks is refused as not simulated."""
        host = f"{_ENDPOINT.get(service, service)}{'' if service in _GLOBAL else '.' + region}.amazonaws.com"
        url = f"https://{host}{request.path}"
        handler = self._handler(_MOTO_NAME.get(service, service), url)
        if handler is None:
            raise not_simulated(service, operation)
        headers = HeadersDict(request.headers)
        headers["host"] = host
        if account:
            headers["x-moto-account-id"] = account
        full = f"{url}?{request.query}" if request.query else url
        prepared = MotoRequest.from_primitives(request.method, full, headers, request.body)
        prepared.environ["RAW_URI"] = request.path  # labels may hold encoded slashes (ARNs do)
        try:
            status, sent, body = handler(prepared, prepared.raw_url, prepared.headers)
        except HTTPException as e:
            status, sent, body = e.code, dict(e.get_headers()), e.get_body()
        except NotImplementedError as e:
            raise not_simulated(service, operation) from e
        if isinstance(body, str):
            body = body.encode()
        sent = {key: str(value) for key, value in dict(sent).items() if key.lower() not in _DROPPED}
        return Response(int(status), sent, body or b"")

    def call(self, service: str, operation: str, params: dict[str, Any], account: str, region: str) -> dict:
        """One of moto's operations, called by the sandbox itself. Raises AwsError."""
        method, path, query, headers, body = wire.request_of(service, operation, params)
        request = Request(method, path, query, HeadersDict(headers), body)
        scope = wire.model(service).signing_name
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential=sandbox/20250101/{region}/{scope}/aws4_request"
        return wire.result_of(service, operation, self.dispatch(service, operation, region, request, account))

    def backend(self, service: str, account: str, region: str = "") -> Any:
        """moto's own state of a service: for the few things its API cannot say or do."""
        return backends.get_backend(_MOTO_NAME.get(service, service))[account][region or "aws"]

    def kept(self) -> dict[str, Any]:
        """All that moto holds, for a snapshot: its backends by service, account and Region, and its chance."""
        held = {
            service: {(account, region): backend for account, regions in found.items() for region, backend in regions.items()}
            for service, found in ((service, backends.get_backend(service)) for service in sorted(_USED))
        }
        return {"backends": held, "chance": mock_random.getstate()}

    def restore(self, kept: dict[str, Any]) -> None:
        BackendDict.reset()
        for service, held in kept["backends"].items():
            for (account, region), backend in held.items():
                dict.__setitem__(backends.get_backend(service)[account], region, backend)
        mock_random.setstate(kept["chance"])

    def create_vpc(self, account: str, region: str, vpc_id: str, cidr: str) -> None:
        """A VPC under an id of our choice."""
        with mock.patch("moto.ec2.models.vpcs.random_vpc_id", return_value=vpc_id):
            self.call("ec2", "CreateVpc", {"CidrBlock": cidr}, account, region)

    def principal(self, access_key: str) -> Principal | None:
        """Whose access key it is; None for one that neither IAM nor STS gave out."""
        for account, partitions in list(backends.get_backend("iam").items()):
            iam = partitions["aws"]
            session = backends.get_backend("sts")[account]["aws"].get_assumed_role_from_access_key(access_key)
            if session is not None:
                role = next((role for role in iam.roles.values() if role.arn == session.role_arn), None)
                held = _documents(role) if role else []
                return Principal(account, session.arn, held, _boundary(iam, role), session.policy or "")
            for user in iam.users.values():
                if any(key.access_key_id == access_key for key in user.access_keys):
                    groups = [group for group in iam.groups.values() if user in group.users]
                    held = [document for holder in (user, *groups) for document in _documents(holder)]
                    return Principal(account, user.arn, held, _boundary(iam, user))
        return None

    def role_arn(self, account: str, name: str) -> str:
        """A role's ARN with its path; without one where there is no such role."""
        roles = backends.get_backend("iam")[account]["aws"].roles.values()
        return next((role.arn for role in roles if role.name == name), f"arn:aws:iam::{account}:role/{name}")

    def principal_exists(self, arn: str) -> bool:
        """Whether an ARN is that of a role or user."""
        iam = backends.get_backend("iam")[arn.split(":")[4]]["aws"]
        return any(holder.arn == arn for holder in (*iam.roles.values(), *iam.users.values()))

    def role_policies(self, role_arn: str) -> list[str]:
        """The documents of a role, managed and inline; none where there is no such role."""
        roles = backends.get_backend("iam")[role_arn.split(":")[4]]["aws"].roles.values()
        return next((_documents(role) for role in roles if role.arn == role_arn), [])

    def role_arns(self, account: str) -> list[str]:
        """In the order in which the roles were made."""
        return [role.arn for role in backends.get_backend("iam")[account]["aws"].roles.values()]

    @contextmanager
    def only_roles(self, account: str, arns: Iterable[str]) -> Iterator[bool]:
        """Within, an account has no other roles: moto shows all at once, which takes long where there are many.
        Tells whether it has any then."""
        iam, wanted = backends.get_backend("iam")[account]["aws"], set(arns)
        every = iam.roles
        iam.roles = {key: role for key, role in every.items() if role.arn in wanted}
        try:
            yield bool(iam.roles)
        finally:
            iam.roles = every

    @contextmanager
    def only_groups_of(self, account: str, region: str, vpc_id: str) -> Iterator[None]:
        """Within, no other VPC has security groups: moto looks at every group of every VPC."""
        ec2 = self.backend("ec2", account, region)
        every = ec2.groups
        ec2.groups = {vpc_id: every[vpc_id]} if vpc_id in every else {}
        try:
            yield
        finally:
            ec2.groups = every

    def trust_policy(self, role_arn: str) -> str:
        """Who may take a role; a policy without statements where there is none."""
        roles = backends.get_backend("iam")[role_arn.split(":")[4]]["aws"].roles.values()
        return next((role.assume_role_policy_document for role in roles if role.arn == role_arn), '{"Statement": []}')

    def places(self, service: str, is_global: bool) -> list[tuple[str, str]]:
        """The accounts and Regions in which anybody ever used a service; a global one has Region ""."""
        try:
            found = backends.get_backend(_MOTO_NAME.get(service, service))
        except (ImportError, KeyError):
            return [(self.account, "")]
        if is_global:
            return [(account, "") for account in found] or [(self.account, "")]
        return [(account, region) for account, regions in list(found.items()) for region in list(regions)]

    def _handler(self, service: str, url: str) -> Any:
        for pattern, handler in _handlers(service, self.account):
            if pattern.match(url):
                return handler
        return None


def _documents(holder: Any) -> list[str]:
    """The policies of a user, group or role: the default version of attached ones, and inline ones."""
    attached = [policy.versions for policy in holder.managed_policies.values()]
    documents = [version.document for versions in attached for version in versions if version.is_default]
    return [*documents, *holder.policies.values()]


def _boundary(iam: Any, holder: Any) -> str:
    policy = iam.managed_policies.get(getattr(holder, "permissions_boundary_arn", None) or "")
    return next((version.document for version in policy.versions if version.is_default), "") if policy else ""


_DROPPED = {"content-length", "connection", "server", "date", "status", "transfer-encoding"}


@lru_cache(maxsize=None)
def _handlers(service: str, account: str) -> list[tuple[re.Pattern, Any]]:
    found = backends.get_backend(service)[account]
    region = "us-east-1" if "us-east-1" in found.regions else "aws"
    used = region in list(found)
    urls = dict(found[region].urls)
    if not used:
        del found[region]  # looking up the routes must not leave a Region behind that nobody used
    return [(re.compile(pattern), handler) for pattern, handler in urls.items()]
