"""What a stage serves: the deployed snapshot as the data plane needs it."""

from dataclasses import dataclass

from .model import Resource


@dataclass(frozen=True)
class Match:
    resource: Resource
    method: dict  # as GetMethod shows it, with `methodIntegration`
    path_parameters: dict[str, str]


@dataclass(frozen=True)
class Deployed:
    api_id: str
    stage: str
    private: bool
    endpoint_ids: tuple[str, ...]  # the VPC endpoints associated with the API
    policy: dict | None  # parsed, resources expanded
    policy_arn: str  # `arn:aws:execute-api:region:account:api-id`
    variables: dict[str, str]
    resources: tuple[Resource, ...]
    waits_for: tuple[str, ...]  # PENDING VPC links: the deployment takes effect once they are AVAILABLE

    def match(self, verb: str, path: str) -> Match | None:
        return match(self.resources, verb, path)


def match(resources: tuple[Resource, ...], verb: str, path: str) -> Match | None:
    """The method that API Gateway picks: literal segments win over `{param}`, that over `{proxy+}`; a verb over ANY.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html"""
    parts = [part for part in path.split("/") if part]
    candidates = []
    for resource in resources:
        bound = _bind([part for part in resource.path.split("/") if part], parts)
        method = resource.methods.get(verb) or resource.methods.get("ANY")
        if bound is not None and method:
            candidates.append((bound[0], Match(resource, method, bound[1])))
    return min(candidates, key=lambda candidate: candidate[0], default=(None, None))[1]


def _bind(template: list[str], parts: list[str]) -> tuple[tuple[int, ...], dict[str, str]] | None:
    """(how unspecific each segment is, path parameters), or nothing when the path does not fit."""
    ranks, bound = [], {}
    for position, segment in enumerate(template):
        if position >= len(parts):
            return None
        if segment.endswith("+}"):
            bound[segment[1:-2]] = "/".join(parts[position:])
            return (*ranks, 2), bound
        if segment.startswith("{"):
            bound[segment[1:-1]] = parts[position]
            ranks.append(1)
        elif segment == parts[position]:
            ranks.append(0)
        else:
            return None
    return (tuple(ranks), bound) if len(parts) == len(template) else None
