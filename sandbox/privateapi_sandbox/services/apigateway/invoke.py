"""TestInvokeMethod: runs a method of the API as it stands (no deployment, DNS or policy) and keeps its log.

https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-test-method.html
"""

import uuid
from dataclasses import dataclass, field
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit

from ...service import instead
from .model import with_variables
from .routing import match

SERVER_ERROR = '{"message": "Internal server error"}'
TIMED_OUT = '{"message": "Endpoint request timed out"}'


@dataclass
class Log:
    when: str
    request_id: str
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        self.lines.append(f"{self.when} : {line}")

    def text(self) -> str:
        return "\n".join([f"Execution log for request {self.request_id}", *self.lines, ""])


class Invocations:
    """Mixin of the API Gateway service."""

    @instead("TestInvokeMethod")
    def test_invoke_method(self, call) -> dict:
        api = self.api(call)
        resource = api.resource(call.params["resourceId"])
        method = api.method(resource.id, call.params["httpMethod"])
        integration = api.integration(resource.id, call.params["httpMethod"])
        target = urlsplit(call.params.get("pathWithQueryString") or resource.path)
        log = self._started(call, resource, target)
        verb = call.params["httpMethod"]
        if integration["type"] == "MOCK":
            return self._completed(log, 200, {}, "", 0)
        matched = match((resource,), verb, target.path)
        request = self.integration_request(
            method, matched.path_parameters if matched else {}, "GET" if verb == "ANY" else verb, target,
            call.params.get("headers") or {}, call.params.get("body") or "", call.params.get("stageVariables") or {},
        )
        return self._forwarded(call, log, integration, request)

    def integration_request(self, method, path_parameters, verb, target, headers, body, variables) -> dict:
        """What API Gateway sends to the integration: also used by the data plane for deployed methods."""
        integration = method["methodIntegration"]
        url = with_variables(integration["uri"], variables)
        for name, value in _path_values(integration, method, path_parameters).items():
            url = url.replace("{" + name + "}", value)
        if integration["type"] == "HTTP_PROXY" and target.query:
            url = f"{url}{'&' if '?' in url else '?'}{target.query}"
        return {
            "method": verb if integration["httpMethod"] == "ANY" else integration["httpMethod"],
            "url": url,
            "headers": dict(headers) if integration["type"] == "HTTP_PROXY" else {},
            "body": body,
            "connectionId": with_variables(integration.get("connectionId", ""), variables),
            "integrationTarget": with_variables(integration.get("integrationTarget", ""), variables),
        }

    def _started(self, call, resource, target) -> Log:
        when = format_datetime(self.world.datetime(), usegmt=False).replace("+0000", "UTC")
        log = Log(when, str(uuid.UUID(int=self.chance.getrandbits(128))))
        log.add(f"Starting execution for request: {log.request_id}")
        log.add(f"HTTP Method: {call.params['httpMethod']}, Resource Path: {target.path}")
        log.add("Method request path: {}")
        log.add(f"Method request query string: {_braces(dict(parse_qsl(target.query)))}")
        log.add(f"Method request headers: {_braces(call.params.get('headers') or {})}")
        log.add(f"Method request body before transformations: {call.params.get('body') or ''}")
        return log

    def _forwarded(self, call, log: Log, integration: dict, request: dict) -> dict:
        log.add(f"Endpoint request URI: {request['url']}")
        log.add(f"Endpoint request headers: {_braces(request['headers'])}")
        log.add(f"Endpoint request body after transformations: {request['body']}")
        if integration.get("connectionType") != "VPC_LINK":
            log.add("Execution failed due to configuration error: Invalid endpoint address")
            return self._completed(log, 500, {}, SERVER_ERROR, 0)
        log.add(f"Sending request to {request['url']}")
        answer = self.world.dataplane.through_link(call.account, call.region, request)
        if answer.stopped_at is None:
            log.add(f"Received response. Status: {answer.status}, Integration latency: {answer.latency_ms} ms")
            log.add(f"Endpoint response headers: {_braces(answer.headers)}")
            log.add(f"Endpoint response body before transformations: {answer.body}")
            return self._completed(log, answer.status, answer.headers, answer.body, answer.latency_ms)
        if answer.timed_out:
            log.add("Execution failed due to a timeout error")
            return self._completed(log, 504, {}, TIMED_OUT, integration["timeoutInMillis"])
        log.add("Execution failed due to configuration error: There was an internal error while executing your request")
        return self._completed(log, 500, {}, SERVER_ERROR, answer.latency_ms)

    def _completed(self, log: Log, status: int, headers: dict, body: str, latency_ms: int) -> dict:
        headers = {**headers, "X-Amzn-Trace-Id": f"Root=1-{log.request_id.replace('-', '')[:32]}"}
        log.add(f"Method response body after transformations: {body}")
        log.add(f"Method response headers: {_braces(headers)}")
        log.add("Successfully completed execution" if status < 500 else "Execution failed")
        log.add(f"Method completed with status: {status}")
        return {
            "status": status,
            "body": body,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "log": log.text(),
            "latency": latency_ms,
        }


def _path_values(integration: dict, method: dict, path_parameters: dict[str, str]) -> dict[str, str]:
    """`integration.request.path.proxy: method.request.path.proxy` fills `{proxy}` of the URI."""
    prefix, source = "integration.request.path.", "method.request.path."
    return {
        key.removeprefix(prefix): path_parameters.get(value.removeprefix(source), "")
        for key, value in (integration.get("requestParameters") or {}).items()
        if key.startswith(prefix) and value.startswith(source)
    }


def _braces(entries: dict) -> str:
    return "{" + ", ".join(f"{key}={value}" for key, value in entries.items()) + "}"
