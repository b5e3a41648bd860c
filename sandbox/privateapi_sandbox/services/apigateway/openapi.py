"""OpenAPI 3 and Swagger 2 documents with `x-amazon-apigateway-…` extensions, as PutRestApi and ImportRestApi read them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from ...errors import AwsError, not_simulated

VERBS = {"get", "put", "post", "delete", "options", "head", "patch"}
EXTENSION = "x-amazon-apigateway-"
ANY = f"{EXTENSION}any-method"
# What of the extensions is read; any other one is refused, since a document must not be half imported.
OF_DOCUMENT = {"policy", "endpoint-configuration", "binary-media-types", "minimum-compression-size", "api-key-source"}
OF_OPERATION = {"integration", "auth"}
# OpenAPI's `in`, and what method request parameters call it
PLACES = {"path": "path", "query": "querystring", "header": "header"}


@dataclass
class Operation:
    path: str
    verb: str
    method: dict  # PutMethod's parameters
    integration: dict | None  # PutIntegration's
    responses: dict


@dataclass
class Imported:
    literals: dict[str, Any]  # properties of the API that the document sets, in the names of the wire
    policy: str | None
    endpoint: dict[str, Any]
    operations: list[Operation] = field(default_factory=list)


def parse(body: bytes | str) -> Imported:
    document = _loaded(body)
    _refuse_unknown(document, OF_DOCUMENT)
    policy = document.get(f"{EXTENSION}policy")
    imported = Imported(_literals(document), json.dumps(policy) if policy is not None else None, _endpoint(document))
    for path, item in (document.get("paths") or {}).items():
        for name, operation in item.items():
            if name in VERBS or name == ANY:
                imported.operations.append(_operation(document, path, item, name, operation or {}))
    return imported


def _loaded(body: bytes | str) -> dict:
    try:
        document = yaml.safe_load(body)
    except yaml.YAMLError:
        document = None
    if not isinstance(document, dict) or not ("openapi" in document or "swagger" in document):
        raise AwsError("BadRequestException", "Invalid OpenAPI input.", 400)
    return document


def _refuse_unknown(part: dict, known: set[str]) -> None:
    for name in part:
        if str(name).startswith(EXTENSION) and name.removeprefix(EXTENSION) not in known:
            raise not_simulated("apigateway", f"PutRestApi with {name}")


def _literals(document: dict) -> dict[str, Any]:
    info, endpoint = document.get("info") or {}, _endpoint(document)
    found = {
        "name": info.get("title"),
        "description": info.get("description"),
        "version": str(info["version"]) if "version" in info else None,
        "binaryMediaTypes": document.get(f"{EXTENSION}binary-media-types"),
        "minimumCompressionSize": document.get(f"{EXTENSION}minimum-compression-size"),
        "apiKeySource": document.get(f"{EXTENSION}api-key-source"),
        "disableExecuteApiEndpoint": endpoint.get("disableExecuteApiEndpoint"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _endpoint(document: dict) -> dict:
    """`x-amazon-apigateway-endpoint-configuration`: of the document in Swagger 2, of a server in OpenAPI 3."""
    parts = [document, *(document.get("servers") or [])]
    found = (part.get(f"{EXTENSION}endpoint-configuration") for part in parts)
    return next((configuration for configuration in found if configuration), {})


def _operation(document: dict, path: str, item: dict, name: str, operation: dict) -> Operation:
    _refuse_unknown(operation, OF_OPERATION)
    verb = "ANY" if name == ANY else name.upper()
    given = operation.get(f"{EXTENSION}integration")
    responses = {str(status): _response(str(status), response or {}) for status, response
                 in (operation.get("responses") or {}).items() if status != "default"}
    method = {
        "httpMethod": verb,
        **_authorization(document, operation),
        "requestParameters": dict(_parameters(document, [*item.get("parameters", ()), *operation.get("parameters", ())])),
        **({"operationName": operation["operationId"]} if operation.get("operationId") else {}),
    }
    return Operation(path, verb, method, _integration(given) if given else None, responses)


def _authorization(document: dict, operation: dict) -> dict:
    """`security` names schemes of the document: an API key, or signature version 4; none means that anybody may call."""
    auth = (operation.get(f"{EXTENSION}auth") or {}).get("type", "NONE").upper()
    schemes = (document.get("components") or {}).get("securitySchemes") or document.get("securityDefinitions") or {}
    found = {"authorizationType": auth, "apiKeyRequired": False}
    for requirement in operation.get("security", document.get("security") or []):
        for name in requirement:
            scheme = schemes.get(name) or {}
            if scheme.get(f"{EXTENSION}authtype") == "awsSigv4":
                found["authorizationType"] = "AWS_IAM"
            elif scheme.get("type") == "apiKey" and scheme.get("name", "").lower() == "x-api-key":
                found["apiKeyRequired"] = True
            else:
                raise not_simulated("apigateway", f"PutRestApi with the security scheme {name}")
    return found


def _parameters(document: dict, given: list[dict]) -> Iterator[tuple[str, bool]]:
    """`{name: id, in: path, required: true}` is `method.request.path.id: true`. A path's parameters hold for all of its
    operations.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html"""
    for parameter in given:
        while "$ref" in parameter:
            parameter = _referred(document, parameter["$ref"])
        if parameter.get("in") in PLACES:
            place = PLACES[parameter["in"]]
            yield f"method.request.{place}.{parameter['name']}", bool(parameter.get("required"))


def _referred(document: dict, reference: str) -> dict:
    found: Any = document
    for key in reference.removeprefix("#/").split("/"):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        raise AwsError("BadRequestException", f"Invalid OpenAPI input: {reference} does not exist", 400)
    return found


def _response(status: str, response: dict) -> dict:
    headers = {f"method.response.header.{name}": False for name in response.get("headers") or {}}
    return {"statusCode": status, **({"responseParameters": headers} if headers else {})}


def _integration(given: dict) -> dict:
    integration = {key: value for key, value in given.items() if key not in ("httpMethod", "responses")}
    integration["type"] = given["type"].upper()
    integration["integrationHttpMethod"] = given.get("httpMethod", "").upper()
    if "passthroughBehavior" in given:
        integration["passthroughBehavior"] = given["passthroughBehavior"].upper()
    if given.get("responses"):
        integration["responses"] = {
            str(response["statusCode"]): {
                **{key: response[key] for key in ("responseParameters", "responseTemplates", "contentHandling")
                   if key in response},
                "statusCode": str(response["statusCode"]),
                **({} if pattern == "default" else {"selectionPattern": pattern}),
            }
            for pattern, response in given["responses"].items()
        }
    return integration
