"""Between HTTP and calls: which operation a request is, its parameters, and results or refusals in AWS's formats.

Both directions run on botocore's API models, through moto's parsers and serializers.
"""

from __future__ import annotations

import json
import pickle
import re
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

import botocore.parsers
import botocore.serialize
from botocore.awsrequest import HeadersDict
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict

from .errors import AwsError
from .fast_xml import Piece

_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_SERVICES_OF_SCOPE = {"tagging": "resourcegroupstaggingapi", "servicequotas": "service-quotas"}
_SCOPE_OF_VERSION = {"2015-12-01": "elbv2", "2016-11-15": "ec2", "2010-05-08": "iam", "2011-06-15": "sts"}


@dataclass
class Request:
    method: str
    path: str  # as sent, still percent-encoded
    query: str
    headers: HeadersDict
    body: bytes = b""


@dataclass
class Response:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Parsed:
    service: str
    operation: str
    params: dict[str, Any]
    region: str
    access_key: str


@lru_cache(maxsize=None)
def model(service: str) -> ServiceModel:
    return get_service_model(service)


@lru_cache(maxsize=None)
def operation_model(service: str, operation: str) -> OperationModel:
    return model(service).operation_model(operation)


@lru_cache(maxsize=None)
def protocol(service: str) -> str:
    """The protocol that is spoken with a service: of those in its model, the first that moto parses."""
    metadata = model(service).metadata
    return next(kind for kind in metadata.get("protocols", [metadata["protocol"]]) if kind in PROTOCOL_PARSERS)


# ---- requests -------------------------------------------------------------------------------------------------------


def parse(request: Request, default_region: str) -> Parsed:
    """Raises AwsError for a request that is no call of a known AWS operation."""
    access_key, region, scope = _credentials(request, default_region)
    values = MultiDict(parse_qsl(request.query, keep_blank_values=True))
    if request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        values.update(parse_qsl(request.body.decode(), keep_blank_values=True))
    service = _service(scope, request.path, values)
    try:
        operation, params = _call(service, request, values)
    except AwsError as e:
        e.service = service
        raise
    return Parsed(service, operation, params, region, access_key)


def _call(service: str, request: Request, values: MultiDict) -> tuple[str, dict[str, Any]]:
    operation, labels = _operation(service, request, values)
    parser = PROTOCOL_PARSERS[protocol(service)](operation_model(service, operation))
    try:
        params = parser.parse(
            {
                "method": request.method,
                "values": values,
                "headers": request.headers,
                "body": request.body,
                "url_path": request.path,
                "url_params": labels,
            }
        )
    except (ValueError, TypeError, AttributeError) as e:
        raise AwsError("SerializationException", f"Could not parse the request: {e}") from e
    _check_required(service, operation, params)
    return operation, params


# How a service says that a parameter is missing; EC2 has words of its own ("Client error codes", MissingParameter).
_INVALID = {"apigateway": "ValidationException", "route53": "InvalidInput", "elbv2": "ValidationError",
            "iam": "ValidationError", "sts": "ValidationError"}


def _check_required(service: str, operation: str, params: dict[str, Any]) -> None:
    """The SDKs check this before they send; who writes requests by hand is told by AWS."""
    shape = operation_model(service, operation).input_shape
    missing = [name for name in (shape.required_members if shape else ()) if params.get(name) is None]
    if missing and service == "ec2":
        raise AwsError("MissingParameter", f"The request must contain the parameter {missing[0]}")
    if missing:
        where = f"{operation[0].lower()}{operation[1:]}Input.{missing[0]}" if service == "apigateway" else missing[0]
        message = f"1 validation error detected: Value null at '{where}' failed to satisfy constraint: Member must not be null"
        raise AwsError(_INVALID.get(service, "InvalidParameterException"), message)


def _credentials(request: Request, default_region: str) -> tuple[str, str, str]:
    match = _SCOPE.search(request.headers.get("Authorization", "")) or _SCOPE.search(
        "Credential=" + unquote(dict(parse_qsl(request.query)).get("X-Amz-Credential", ""))
    )
    return match.groups() if match else ("", default_region, "")


def _service(scope: str, path: str, values: MultiDict) -> str:
    if scope == "apigateway":
        return "apigatewayv2" if path.startswith("/v2/") else "apigateway"
    if scope in ("elasticloadbalancing", ""):
        service = _SCOPE_OF_VERSION.get(values.get("Version", ""))
        if not service:
            raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
        return service
    service = _SERVICES_OF_SCOPE.get(scope, scope)
    try:
        protocol(service)
        return service
    except Exception:  # noqa: BLE001 - botocore's errors for a service it does not know
        pass
    raise AwsError("NotImplemented", f"The sandbox does not simulate the service {scope}", 501)


def _operation(service: str, request: Request, values: MultiDict) -> tuple[str, dict[str, str]]:
    kind = protocol(service)
    if kind in ("query", "ec2"):
        name = values.get("Action", "")
    elif kind == "json":
        name = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    else:
        return _route(service, request, values)
    if name not in model(service).operation_names:
        raise AwsError("InvalidAction", f"The action {name} is not valid for this web service.", 400)
    return name, {}


def _route(service: str, request: Request, values: MultiDict) -> tuple[str, dict[str, str]]:
    for pattern, literals, name in _routes(service).get(request.method, ()):
        match = pattern.match(request.path)
        if match and all(key in values and value in ("", values[key]) for key, value in literals):
            return name, {_label(key): unquote(value) for key, value in match.groupdict().items()}
    raise AwsError("MissingAuthenticationToken", "Missing Authentication Token", 403)


@lru_cache(maxsize=None)
def _routes(service: str) -> dict[str, list[tuple[re.Pattern, list[tuple[str, str]], str]]]:
    """The REST routes of a service by method, the most specific first."""
    routes: dict[str, list] = {}
    for name in model(service).operation_names:
        http = operation_model(service, name).http
        path, _, query = http["requestUri"].partition("?")
        steps = []
        for step in re.split(r"(\{[^}]+\})", path.rstrip("/")):
            if step.startswith("{"):
                greedy = step.endswith("+}") or step == "{resourceArn}" or step == "{resource-arn}"
                steps.append(f"(?P<{_group(step.strip('{}+'))}>{'.+' if greedy else '[^/]+'})")
            else:
                steps.append(re.escape(step))
        literals = parse_qsl(query, keep_blank_values=True)
        rank = (-len(literals), path.count("{"), -len(path))
        routes.setdefault(http["method"], []).append((rank, re.compile("".join(steps) + "/?$"), literals, name))
    return {method: [entry[1:] for entry in sorted(found, key=lambda e: e[0])] for method, found in routes.items()}


def _group(label: str) -> str:
    return label.replace("-", "__")  # group names take no hyphen


def _label(group: str) -> str:
    return group.replace("__", "-")


def request_of(service: str, operation: str, params: dict) -> tuple[str, str, str, dict, bytes]:
    """The request a client would send: method, path, query, headers, body."""
    op = operation_model(service, operation)
    sent = botocore.serialize.create_serializer(protocol(service), False).serialize_to_request(params, op)
    body, headers = sent["body"], dict(sent["headers"])
    if isinstance(body, dict):
        body = _form(body)
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    if isinstance(body, str):
        body = body.encode()
    return sent["method"], sent["url_path"], _form(sent["query_string"]).decode(), headers, body or b""


def _form(values: Any) -> bytes:
    from urllib.parse import urlencode

    return (values if isinstance(values, str) else urlencode(values, doseq=True)).encode()


def warm(service: str) -> None:
    """Loads the model of a service, and its routes if it has any."""
    for operation in model(service).operation_names:
        operation_model(service, operation)
    if protocol(service).startswith("rest"):
        _routes(service)


# ---- responses ------------------------------------------------------------------------------------------------------


def result_of(service: str, operation: str, response: Response) -> dict:
    """The result in a response as boto3 would show it; raises AwsError where the response is a refusal."""
    if response.status >= 300:
        raise error_of(service, response)
    op = operation_model(service, operation)
    parser = _parser(protocol(service))
    if op.output_shape is None:
        return {}
    parsed = parser.parse(
        {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body},
        op.output_shape,
    )
    parsed.pop("ResponseMetadata", None)
    return parsed


@lru_cache(maxsize=None)
def _parser(kind: str) -> botocore.parsers.ResponseParser:
    return botocore.parsers.create_parser(kind)


_CODE = re.compile(r"<Code>([^<]+)</Code>")
_MESSAGE = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)


def error_of(service: str, response: Response) -> AwsError:
    """moto words some refusals in the wrong format (XML from a JSON service): read whichever it is."""
    text = response.body.decode("utf-8", "replace")
    code, message = "", ""
    if text.lstrip().startswith("<"):
        found = _CODE.search(text)
        code = found.group(1) if found else ""
        found = _MESSAGE.search(text)
        message = unescape(found.group(1)) if found else ""
    else:
        try:
            body = json.loads(text)
        except ValueError:
            body = {}
        if isinstance(body, dict):
            code = body.get("__type") or body.get("code") or ""
            message = body.get("message") or body.get("Message") or ""
    code = code or HeadersDict(response.headers).get("x-amzn-ErrorType", "")
    code = code.rpartition("#")[2].split(":")[0] or {404: "NotFoundException"}.get(response.status, "InternalFailure")
    return AwsError(code, message or text[:200], response.status)


def unescape(text: str) -> str:
    from html import unescape as html_unescape

    return html_unescape(text)


@lru_cache(maxsize=None)
def _serializer(service: str) -> type:
    found = get_serializer_class(service, protocol(service))
    return type(f"Fast{found.__name__}", (_Fast, found), {})


class _Fast:
    """What makes moto's serializers fast enough for a listing of all that a thousand stacks have."""

    path: list[str]  # operation, its output, a list in it: then its items
    operation_name: str

    def get_value(self, value: Any, key: str, _: Any) -> Any:
        """moto finds members in objects of any make; ours are dicts with AWS's own names."""
        return value.get(key)

    def _serialize(self, serialized: dict, value: Any, shape: Any, key: str) -> None:
        """What is listed is mostly what was listed before: an item that is equal to one before is not written again."""
        if len(self.path) != 3 or shape.type_name != "structure":
            super()._serialize(serialized, value, shape, key)  # type: ignore[misc]
            return
        item = (self.operation_name, key, pickle.dumps(value))
        if item not in _written:
            if len(_written) >= MOST_WRITTEN:
                _written.clear()
            made: dict[str, Any] = {}
            super()._serialize(made, value, shape, key)  # type: ignore[misc]
            _written[item] = {name: Piece(content) for name, content in made.items()}
        serialized.update(_written[item])


MOST_WRITTEN = 200_000
_written: dict[tuple[str, str, bytes], dict[str, Piece]] = {}


def response_for(service: str, operation: str, result: dict) -> Response:
    op = operation_model(service, operation)
    serializer = _serializer(service)(op, SerializationContext(str(uuid.uuid4())))
    sent = serializer.serialize(result)
    body = sent["body"]
    if isinstance(body, str):
        body = body.encode()
    headers = {key: str(value) for key, value in sent["headers"].items()}
    if protocol(service) == "json":
        headers["Content-Type"] = f"application/x-amz-json-{model(service).metadata.get('jsonVersion', '1.1')}"
    return Response(sent["status_code"], headers, body)


def refusal(service: str, error: AwsError) -> Response:
    """Sources: the protocol pages of the Smithy specification (aws.protocols#…, "error serialization")."""
    kind = protocol(service) if service else "query"
    request_id = str(uuid.uuid4())
    headers = {"x-amzn-RequestId": request_id}
    if kind in ("json", "rest-json"):
        headers["x-amzn-ErrorType"] = error.code
        headers["Content-Type"] = "application/json"
        body: dict[str, Any] = {"message": error.message, **error.fields}
        if kind == "json":
            headers["Content-Type"] = f"application/x-amz-json-{model(service).metadata.get('jsonVersion', '1.1')}"
            body["__type"] = error.code
        return Response(error.status, headers, json.dumps(body, default=str).encode())
    headers["Content-Type"] = "text/xml;charset=UTF-8"
    code, message = escape(error.code), escape(error.message)
    if kind == "ec2":
        text = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    else:
        namespace = model(service).metadata.get("xmlNamespace", "") if service else ""
        fault = "Sender" if error.status < 500 else "Receiver"
        extra = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in error.fields.items())
        text = (
            f'<ErrorResponse xmlns="{namespace}"><Error><Type>{fault}</Type><Code>{code}</Code>'
            f"<Message>{message}</Message>{extra}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    return Response(error.status, headers, b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode())
