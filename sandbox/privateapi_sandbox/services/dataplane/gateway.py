"""API Gateway's part of a request: which API and stage, may the caller, which method, what is sent on.

Sources: API Gateway Developer Guide, "How to invoke a private API", "Controlling access to a REST API with resource
policies", "Gateway response types in API Gateway" (status codes and bodies).
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from ...policies import ALLOW, DENY, Access, decide
from .answer import Answer
from .names import OWN_NAME
from .request import Client, HttpRequest
from .way import Entry

SERVER_ERROR = {"message": "Internal server error"}
TIMED_OUT = {"message": "Endpoint request timed out"}


class Gateway:
    def __init__(self, world, link) -> None:
        self._world = world
        self._link = link

    def answer(self, client: Client, entry: Entry, request: HttpRequest, hops: list[str]) -> Answer:
        api_id = _api_id(request)
        stage, path = _stage_and_path(request.path)
        region = entry.place[1]
        deployed = self._world.apigateway.deployed(region, api_id, stage) if api_id else None
        if deployed is None or not deployed.private:
            what = f"no private API {api_id} with a deployed stage '{stage}' in {region}"
            return Answer.refused("api", what, 403, {"message": "Forbidden"}, "ForbiddenException")
        refused = self._policies(client, entry, request, deployed, path)
        if refused:
            return refused
        hops.append(f"api: {api_id}, stage {stage}, allowed for {client.at.ip} through {entry.endpoint.id}")
        matched = deployed.match(request.method, path)
        if matched is None or matched.method.get("authorizationType", "NONE") == "AWS_IAM":
            return Answer.refused("method", f"no method {request.method} on {path} that takes unsigned requests", 403,
                                  {"message": "Missing Authentication Token"}, "MissingAuthenticationTokenException")
        if matched.method.get("apiKeyRequired"):
            return Answer.refused("method", "the method requires an API key", 403, {"message": "Forbidden"},
                                  "ForbiddenException")
        hops.append(f"method: {request.method} {matched.resource.path}")
        return self._integrate(deployed, matched, request, path, hops)

    def _policies(self, client: Client, entry: Entry, request: HttpRequest, deployed, path: str) -> Answer | None:
        """The endpoint's policy, then the API's; an endpoint of the caller's VPC is what `aws:SourceVpce` names."""
        resource = f"{deployed.policy_arn}/{deployed.stage}/{request.method}{path}"
        endpoint = entry.endpoint
        context = {
            "aws:SourceVpce": endpoint.id,
            "aws:SourceVpc": endpoint.vpc_id,
            "aws:VpcSourceIp": client.at.ip,
            "aws:SecureTransport": "true",
        }
        access = Access("execute-api:Invoke", resource, "*", context)
        for hop, documents in (
            ("endpoint-policy", [json.loads(endpoint.policy)]),
            ("resource-policy", [deployed.policy] if deployed.policy else []),
        ):
            verdict = decide(documents, access)
            if verdict != ALLOW:
                return _denied(hop, resource, explicit=verdict == DENY)
        return None

    def _integrate(self, deployed, matched, request: HttpRequest, path: str, hops: list[str]) -> Answer:
        integration = matched.method["methodIntegration"]
        if integration["type"] == "MOCK":
            return Answer(200, {"Content-Type": "application/json"}, "")
        target = urlsplit(path + (f"?{request.query}" if request.query else ""))
        sent = self._world.apigateway.integration_request(
            matched.method, matched.path_parameters, request.method, target, request.headers, request.body,
            deployed.variables)
        if integration.get("connectionType") != "VPC_LINK":
            return Answer.refused("integration", "the integration has no VPC link and leads to the internet, which the "
                                  "sandbox does not have", 500, SERVER_ERROR, "InternalServerErrorException")
        account = deployed.policy_arn.split(":")[4]
        answer = self._link.send(account, deployed.policy_arn.split(":")[3], {**sent, "stage": deployed.stage}, hops)
        if answer.stopped_at is None:
            return answer
        if answer.timed_out:
            refused = Answer.refused(answer.stopped_at, answer.reason, 504, TIMED_OUT, "InternalServerErrorException")
        else:
            refused = Answer.refused(answer.stopped_at, answer.reason, 500, SERVER_ERROR, "InternalServerErrorException")
        return refused


def _api_id(request: HttpRequest) -> str:
    """From the name, or, where the endpoint's own name is called, from the Host or x-apigw-api-id header."""
    for name in (request.headers.get("host", ""), request.host):
        match = OWN_NAME.fullmatch(name.partition(":")[0].lower())
        if match:
            return match["api"]
    return request.headers.get("x-apigw-api-id", "")


def _stage_and_path(path: str) -> tuple[str, str]:
    stage, _, rest = path.lstrip("/").partition("/")
    return stage, "/" + rest


def _denied(hop: str, resource: str, explicit: bool) -> Answer:
    hidden = re.sub(r":\d{8}(\d{4}):", r":********\1:", resource)
    message = f"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {hidden}"
    message += " with an explicit deny" if explicit else ""
    reason = f"the {hop.replace('-', ' ')} {'denies' if explicit else 'does not allow'} it"
    return Answer.refused(hop, reason, 403, {"Message": message}, "AccessDeniedException")
