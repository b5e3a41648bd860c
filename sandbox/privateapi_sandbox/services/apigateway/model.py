"""What API Gateway keeps of one account and Region: plain state, in the field names of its wire format."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...errors import AwsError

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.([A-Za-z0-9_]+)\}")


@dataclass
class Resource:
    id: str
    path: str
    parent_id: str | None = None
    path_part: str | None = None
    methods: dict[str, dict] = field(default_factory=dict)  # verb → method as GetMethod shows it


@dataclass(frozen=True)
class Deployment:
    """A snapshot: what is changed afterwards in the API is not seen by stages that point here."""

    id: str
    created: Any
    resources: tuple[Resource, ...]
    policy: dict | None
    about: dict  # the changeable part: description

    def integrations(self) -> Iterator[tuple[Resource, str, dict]]:
        for resource in self.resources:
            for verb, method in resource.methods.items():
                if "methodIntegration" in method:
                    yield resource, verb, method["methodIntegration"]

    def references(self, link_id: str) -> list[tuple[str, str]]:
        """(verb, resource id) of the integrations that name the link literally; stage variables do not count."""
        return [(verb, resource.id) for resource, verb, integration in self.integrations()
                if integration.get("connectionId") == link_id]


@dataclass
class Stage:
    wire: dict
    # (from when, which deployment): a deployment takes effect a moment after the call that names it
    served: list[tuple[float, str]] = field(default_factory=list)


@dataclass
class RestApi:
    wire: dict
    arn: str  # execute-api ARN, the base of resources in its policy
    root_id: str
    policy: dict | None = None
    resources: dict[str, Resource] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.wire["id"]

    @property
    def private(self) -> bool:
        return self.wire["endpointConfiguration"]["types"] == ["PRIVATE"]

    def resource(self, resource_id: str) -> Resource:
        return found(self.resources, resource_id, "Invalid Resource identifier specified")

    def method(self, resource_id: str, verb: str) -> dict:
        return found(self.resource(resource_id).methods, verb, "Invalid Method identifier specified")

    def integration(self, resource_id: str, verb: str) -> dict:
        return found(self.method(resource_id, verb), "methodIntegration", "Invalid Integration identifier specified")

    def deployment(self, deployment_id: str) -> Deployment:
        return found(self.deployments, deployment_id, "Invalid Deployment identifier specified")

    def stage(self, name: str) -> Stage:
        return found(self.stages, name, "Invalid stage identifier specified")

    def children(self, resource_id: str) -> list[Resource]:
        return [resource for resource in self.resources.values() if resource.parent_id == resource_id]

    def snapshot(self) -> tuple[Resource, ...]:
        return tuple(copy.deepcopy(resource) for resource in self.resources.values())


def found(holder: dict, key: str, message: str) -> Any:
    if key not in holder:
        raise AwsError("NotFoundException", message, 404)
    return holder[key]


def new_id(random: Any, length: int) -> str:
    return "".join(random.choices(ALPHABET, k=length))


def page(items: list[dict], params: dict, key: str = "id") -> dict:
    """One page as API Gateway cuts it: 25 items by default, 500 at most."""
    items = sorted(items, key=lambda item: item[key])
    start = int(params.get("position") or 0)
    end = start + min(params.get("limit") or 25, 500)
    return {"items": items[start:end], **({"position": str(end)} if end < len(items) else {})}


def with_variables(text: str, variables: dict[str, str]) -> str:
    """`${stageVariables.name}` replaced; an unknown name becomes empty, as on AWS."""
    return STAGE_VARIABLE.sub(lambda match: variables.get(match.group(1), ""), text)
