"""OpenAPI 3 and Swagger 2 documents with `x-amazon-apigateway-…` extensions, as PutRestApi imports them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

import json
from dataclasses import dataclass, field

import yaml

from ...errors import AwsError

VERBS = {"get", "put", "post", "delete", "options", "head", "patch"}
ANY = "x-amazon-apigateway-any-method"


@dataclass
class Operation:
    path: str
    verb: str
    authorization: str
    integration: dict | None
    responses: dict


@dataclass
class Imported:
    name: str
    description: str | None
    version: str | None
    policy: str | None
    endpoint_ids: list[str]
    operations: list[Operation] = field(default_factory=list)


def parse(body: bytes | str) -> Imported:
    document = _loaded(body)
    info = document.get("info") or {}
    policy = document.get("x-amazon-apigateway-policy")
    imported = Imported(
        name=info.get("title") or "",
        description=info.get("description"),
        version=str(info["version"]) if "version" in info else None,
        policy=json.dumps(policy) if policy is not None else None,
        endpoint_ids=_endpoint_ids(document),
    )
    for path, item in (document.get("paths") or {}).items():
        for name, operation in item.items():
            if name in VERBS or name == ANY:
                imported.operations.append(_operation(path, name, operation or {}))
    return imported


def _loaded(body: bytes | str) -> dict:
    try:
        document = yaml.safe_load(body)
    except yaml.YAMLError:
        document = None
    if not isinstance(document, dict) or not ("openapi" in document or "swagger" in document):
        raise AwsError("BadRequestException", "Invalid OpenAPI input.", 400)
    return document


def _endpoint_ids(document: dict) -> list[str]:
    servers = [document, *(document.get("servers") or [])]
    configurations = [server.get("x-amazon-apigateway-endpoint-configuration") or {} for server in servers]
    return next((list(c["vpcEndpointIds"]) for c in configurations if c.get("vpcEndpointIds")), [])


def _operation(path: str, name: str, operation: dict) -> Operation:
    given = operation.get("x-amazon-apigateway-integration")
    auth = (operation.get("x-amazon-apigateway-auth") or {}).get("type", "NONE")
    responses = {
        str(status): {"statusCode": str(status)} for status in operation.get("responses") or {} if status != "default"
    }
    verb = "ANY" if name == ANY else name.upper()
    return Operation(path, verb, auth.upper(), _integration(given) if given else None, responses)


def _integration(given: dict) -> dict:
    integration = {key: value for key, value in given.items() if key not in ("httpMethod", "responses")}
    integration["type"] = given["type"].upper()
    integration["integrationHttpMethod"] = given.get("httpMethod", "")
    if "passthroughBehavior" in given:
        integration["passthroughBehavior"] = given["passthroughBehavior"].upper()
    if given.get("responses"):
        integration["responses"] = {
            response["statusCode"]: {
                **{key: response[key] for key in ("statusCode", "responseParameters", "responseTemplates")
                   if key in response},
                **({} if pattern == "default" else {"selectionPattern": pattern}),
            }
            for pattern, response in given["responses"].items()
        }
    return integration
