"""Which rights each call needs, on which resources.

Source: Service Authorization Reference, the page of each service: actions, resource types, dependent actions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote


if TYPE_CHECKING:
    from .service import Call


@dataclass(frozen=True)
class Requirement:
    """One right a call needs: an action on a resource, with what conditions may ask about it."""

    action: str
    resource: str = "*"
    context: dict[str, list[str]] = field(default_factory=dict)


PREFIX = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag", "service-quotas": "servicequotas"}
TAGGING = {  # the right that tags in a create call need besides
    "ec2": "ec2:CreateTags", "ecs": "ecs:TagResource", "elbv2": "elasticloadbalancing:AddTags",
    "logs": "logs:TagResource", "route53resolver": "route53resolver:TagResource",
}
EC2_TYPES = {
    "vpc": "vpc", "subnet": "subnet", "sg": "security-group", "rtb": "route-table", "vpce": "vpc-endpoint",
    "pcx": "vpc-peering-connection", "eni": "network-interface", "igw": "internet-gateway", "sgr": "security-group-rule",
}
EC2_CREATES = {
    "CreateVpc": "vpc", "CreateSubnet": "subnet", "CreateRouteTable": "route-table", "CreateVpcEndpoint": "vpc-endpoint",
    "CreateSecurityGroup": "security-group", "CreateVpcPeeringConnection": "vpc-peering-connection",
    "CreateNetworkInterface": "network-interface", "CreateInternetGateway": "internet-gateway",
}
DEPENDENT = {
    ("apigateway", "CreateVpcLink"): [
        "ec2:CreateVpcEndpointServiceConfiguration", "ec2:DeleteVpcEndpointServiceConfigurations",
        "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:ModifyVpcEndpointServicePermissions",
        "elasticloadbalancing:DescribeLoadBalancers",
    ],
    ("apigateway", "DeleteVpcLink"): [
        "ec2:DeleteVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointServiceConfigurations",
    ],
    ("route53", "CreateHostedZone"): ["ec2:DescribeVpcs"],
    ("route53", "AssociateVPCWithHostedZone"): ["ec2:DescribeVpcs"],
    ("route53", "DisassociateVPCFromHostedZone"): ["ec2:DescribeVpcs"],
    ("route53resolver", "CreateResolverEndpoint"): [
        "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets", "ec2:DescribeVpcs",
    ],
    ("route53resolver", "DeleteResolverEndpoint"): ["ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"],
    ("route53resolver", "AssociateResolverRule"): ["ec2:DescribeVpcs"],
}
_EC2_ID = re.compile(r"^([a-z]+)-[0-9a-f]{8,17}$")


def requirements(
    call: Call, role_arn: Callable[[str, str], str], joined: Callable[[str, str, str], list[str]]
) -> list[Requirement]:
    """Every right that the call needs; all must be allowed.

    ``role_arn`` knows the ARN of an account's role, ``joined`` what an association of a route table joins.
    """
    tags = dict(_request_tags(call.params))
    context = {f"aws:RequestTag/{key}": [value] for key, value in tags.items()}
    if tags:
        context["aws:TagKeys"] = list(tags)
    context["aws:RequestedRegion"] = [call.region]
    if call.service in ("apigateway", "apigatewayv2"):
        needed = list(_api_gateway(call, context))
    elif call.service == "ec2":
        needed = list(_ec2(call, context, tags, joined))
    else:
        needed = list(_named(call, context, tags, role_arn))
    needed += [Requirement(action) for action in DEPENDENT.get((call.service, call.operation), [])]
    return needed + list(_passed_roles(call))


def _request_tags(params: dict) -> Iterator[tuple[str, str]]:
    lists = [params.get("Tags"), params.get("tags")]
    lists += [specification.get("Tags") for specification in params.get("TagSpecifications") or []]
    for given in lists:
        if isinstance(given, dict):
            yield from given.items()
        for tag in given if isinstance(given, list) else []:
            if isinstance(tag, dict):
                yield tag.get("Key") or tag.get("key") or "", tag.get("Value") or tag.get("value") or ""


def _api_gateway(call: Call, context: dict) -> Iterator[Requirement]:
    """API Gateway's actions are HTTP's verbs, its resources the paths of the request."""
    assert call.request is not None
    path = unquote(call.request.path)
    yield Requirement(f"apigateway:{call.request.method}", f"arn:aws:apigateway:{call.region}::{path}", context)
    operations = [patch.get("path") for patch in call.params.get("patchOperations") or []]
    if call.params.get("policy") or "/policy" in operations:
        target = path if call.params.get("restApiId") else "/restapis/*"
        yield Requirement("apigateway:UpdateRestApiPolicy", f"arn:aws:apigateway:{call.region}::{target}", context)


def _ec2(call: Call, context: dict, tags: dict, joined: Callable) -> Iterator[Requirement]:
    action = f"ec2:{call.operation}"
    if call.operation.startswith(("Describe", "Get", "Search")):
        yield Requirement(action, "*", {"aws:RequestedRegion": context["aws:RequestedRegion"]})
        return
    stem = f"arn:aws:ec2:{call.region}:{call.account}:"
    created = EC2_CREATES.get(call.operation)
    if created:
        yield Requirement(action, f"{stem}{created}/*", context)
        if tags:
            yield Requirement(
                "ec2:CreateTags", f"{stem}{created}/*", {**context, "ec2:CreateAction": [call.operation]}
            )
    rest = {key: value for key, value in context.items() if created is None or not key.startswith("aws:RequestTag/")}
    # DisassociateRouteTable and the like name an association only; their resources are what it joins.
    association = joined(call.account, call.region, call.params.get("AssociationId") or "")
    named = [f"{stem}{EC2_TYPES[kind]}/{key}" for key, kind in _ec2_ids({**call.params, "association": association})]
    for resource in named:
        yield Requirement(action, resource, rest)
    if not created and not named:
        yield Requirement(action, "*", context)


def _ec2_ids(value: Any) -> Iterator[tuple[str, str]]:
    """The ids that the parameters name at their top: what the call acts on, not what a rule inside mentions."""
    for given in value.values():
        for key in given if isinstance(given, list) else [given]:
            match = _EC2_ID.match(key) if isinstance(key, str) else None
            if match and match.group(1) in EC2_TYPES:
                yield key, match.group(1)


def _named(call: Call, context: dict, tags: dict, role_arn: Callable) -> Iterator[Requirement]:
    action = f"{PREFIX.get(call.service, call.service)}:{call.operation}"
    if call.service == "sqs":
        action = action.removesuffix("Batch")  # SQS Developer Guide, "Amazon SQS API permissions": the same right
    if call.service == "iam" and "RoleName" in call.params:
        created = call.operation == "CreateRole"
        path = call.params.get("Path") or "/"
        name = call.params["RoleName"]
        resources = [f"arn:aws:iam::{call.account}:role{path}{name}" if created else role_arn(call.account, name)]
    else:
        resources = _resources(call) or ["*"]
    extra = {}
    if call.params.get("ExternalId"):
        extra["sts:ExternalId"] = [call.params["ExternalId"]]
    if arn := call.params.get("PolicyArn"):
        extra["iam:PolicyARN"] = [arn]
    if name := call.params.get("AWSServiceName"):
        extra["iam:AWSServiceName"] = [name]
    for resource in resources:
        yield Requirement(action, resource, {**context, **extra})
    creates = call.operation.startswith(("Create", "Register", "Run"))
    if tags and creates and call.service == "iam" and call.operation == "CreateRole":
        yield Requirement("iam:TagRole", resources[0], context)
    elif tags and creates and call.service in TAGGING:
        extra_key = {"ecs": "ecs:CreateAction", "elbv2": "elasticloadbalancing:CreateAction"}.get(call.service)
        create_action = {extra_key: [call.operation]} if extra_key else {}
        for resource in resources:
            yield Requirement(TAGGING[call.service], resource, {**context, **create_action})


def _resources(call: Call) -> list[str]:
    """The ARNs of what a call acts on, from its parameters."""
    p, at = call.params, f"{call.region}:{call.account}"
    if call.service == "ecs":
        return _ecs(call, p, f"arn:aws:ecs:{at}:")
    if call.service == "iam":
        if call.operation == "CreateServiceLinkedRole":
            return [f"arn:aws:iam::{call.account}:role/aws-service-role/{p['AWSServiceName']}/*"]
        return [p["PolicyArn"]] if "PolicyArn" in p else []
    if call.service == "logs":
        name = p.get("logGroupName")
        arn = p.get("resourceArn")
        return [f"arn:aws:logs:{at}:log-group:{name}:*"] if name else [arn.removesuffix(":*") + ":*"] if arn else []
    if call.service == "route53":
        key = p.get("HostedZoneId") or (p.get("Id") if "HostedZone" in call.operation else None) or p.get("ResourceId")
        return [f"arn:aws:route53:::hostedzone/{key.rpartition('/')[2]}"] if key else []
    if call.service == "elbv2" and call.operation in ("CreateLoadBalancer", "CreateTargetGroup"):
        kind = "loadbalancer/net" if call.operation == "CreateLoadBalancer" else "targetgroup"
        return [f"arn:aws:elasticloadbalancing:{at}:{kind}/{p['Name']}/*"]
    if call.service == "elbv2" and call.operation.startswith("Describe"):
        return []
    if call.service == "route53resolver":
        for member, kind in (("ResolverEndpointId", "resolver-endpoint"), ("ResolverRuleId", "resolver-rule")):
            if p.get(member):
                return [f"arn:aws:route53resolver:{at}:{kind}/{p[member]}"]
    if call.service == "sqs" and "QueueUrl" in p:
        return [f"arn:aws:sqs:{at}:{p['QueueUrl'].rpartition('/')[2]}"]
    if call.service == "ecr" and "repositoryName" in p:
        return [f"arn:aws:ecr:{at}:repository/{p['repositoryName']}"]
    return [arn for value in p.values() for arn in (value if isinstance(value, list) else [value])
            if isinstance(arn, str) and arn.startswith("arn:")]


def _ecs(call: Call, p: dict, stem: str) -> list[str]:
    def cluster(name: str) -> str:
        return name.rpartition("/")[2]

    where = cluster(p.get("cluster") or "default")
    if call.operation in ("CreateService", "UpdateService", "DeleteService", "DescribeServices"):
        names = [p.get("serviceName") or p.get("service")] if call.operation != "DescribeServices" else p["services"]
        return [name if name.startswith("arn:") else f"{stem}service/{where}/{name}" for name in names]
    if call.operation in ("RegisterTaskDefinition", "ListTaskDefinitions", "DescribeTaskDefinition",
                          "DeregisterTaskDefinition", "ListClusters", "ListServices", "ListTaskDefinitionFamilies"):
        if call.operation == "RegisterTaskDefinition":
            return [f"{stem}task-definition/{p['family']}:*"]
        return []  # these take no resource in a policy
    if call.operation == "DeleteTaskDefinitions":
        return [d if d.startswith("arn:") else f"{stem}task-definition/{d}" for d in p["taskDefinitions"]]
    if call.operation in ("DescribeTasks", "StopTask"):
        tasks = p.get("tasks") or [p.get("task")]
        return [t if t.startswith("arn:") else f"{stem}task/{where}/{t}" for t in tasks]
    if "resourceArn" in p:
        return [p["resourceArn"]]
    names = p.get("clusters") or [p.get("clusterName") or p.get("cluster") or "default"]
    return [name if name.startswith("arn:") else f"{stem}cluster/{name}" for name in names]


def _passed_roles(call: Call) -> Iterator[Requirement]:
    """IAM User Guide, "Grant a user permissions to pass a role to an AWS service"."""
    if (call.service, call.operation) == ("ecs", "RegisterTaskDefinition"):
        for member in ("executionRoleArn", "taskRoleArn"):
            role = call.params.get(member)
            if role:
                arn = role if role.startswith("arn:") else f"arn:aws:iam::{call.account}:role/{role}"
                yield Requirement("iam:PassRole", arn, {"iam:PassedToService": ["ecs-tasks.amazonaws.com"]})
