"""Methods, integrations and their responses."""

from typing import Any

from ...errors import AwsError
from ...service import instead
from . import patch
from .model import RestApi, found

VERBS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
AUTHORIZATION_TYPES = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")
INTEGRATION_TYPES = ("HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS")
# https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html
DEFAULT_TIMEOUT_MILLIS = 29_000
TIMEOUT_MILLIS = range(50, 300_001)

METHOD_UPDATES = {
    "/authorizationType": patch.scalar(),
    "/authorizerId": patch.scalar(),
    "/authorizationScopes": patch.MEMBER_BY_VALUE,
    "/apiKeyRequired": patch.scalar(patch.boolean),
    "/operationName": patch.scalar(),
    "/requestValidatorId": patch.scalar(),
    "/requestModels/*": patch.ENTRY,
    "/requestParameters/*": patch.FLAG_ENTRY,
}
INTEGRATION_UPDATES = {
    "/type": patch.scalar(),
    "/httpMethod": patch.scalar(),
    "/uri": patch.scalar(),
    "/connectionType": patch.scalar(),
    "/connectionId": patch.scalar(),
    "/integrationTarget": patch.scalar(),
    "/credentials": patch.scalar(),
    "/passthroughBehavior": patch.scalar(),
    "/contentHandling": patch.scalar(),
    "/responseTransferMode": patch.scalar(),
    "/timeoutInMillis": patch.scalar(patch.integer),
    "/cacheNamespace": patch.scalar(),
    "/cacheKeyParameters/*": patch.MEMBER,
    "/requestParameters/*": patch.ENTRY,
    "/requestTemplates/*": patch.ENTRY,
    "/tlsConfig/insecureSkipVerification": patch.scalar(patch.boolean),
}
METHOD_RESPONSE_UPDATES = {"/responseModels/*": patch.ENTRY, "/responseParameters/*": patch.FLAG_ENTRY}
INTEGRATION_RESPONSE_UPDATES = {
    "/selectionPattern": patch.scalar(),
    "/contentHandling": patch.scalar(),
    "/responseParameters/*": patch.ENTRY,
    "/responseTemplates/*": patch.ENTRY,
}


class Methods:
    """Mixin of the API Gateway service."""

    @instead("PutMethod")
    def put_method(self, call) -> dict:
        resource = self.api(call).resource(call.params["resourceId"])
        verb = call.params["httpMethod"]
        if verb in resource.methods:
            raise AwsError("ConflictException", "Method already exists for this resource", 409)
        resource.methods[verb] = _method(call.params)
        return resource.methods[verb]

    @instead("GetMethod")
    def get_method(self, call) -> dict:
        return self._method(call)

    @instead("UpdateMethod")
    def update_method(self, call) -> dict:
        patch.apply(self._method(call), call.params.get("patchOperations") or [], METHOD_UPDATES)
        return self._method(call)

    @instead("DeleteMethod")
    def delete_method(self, call) -> dict:
        self._method(call)
        del self.api(call).resource(call.params["resourceId"]).methods[call.params["httpMethod"]]
        return {}

    @instead("PutIntegration")
    def put_integration(self, call) -> dict:
        method = self._method(call)
        method["methodIntegration"] = self._integration(call, call.params, method)
        return method["methodIntegration"]

    @instead("GetIntegration")
    def get_integration(self, call) -> dict:
        return self.api(call).integration(call.params["resourceId"], call.params["httpMethod"])

    @instead("UpdateIntegration")
    def update_integration(self, call) -> dict:
        integration = self.get_integration(call)
        changed = dict(integration)
        patch.apply(changed, call.params.get("patchOperations") or [], INTEGRATION_UPDATES)
        self._check_integration(call, changed)
        _check_mappings(changed, self._method(call))
        self._method(call)["methodIntegration"] = changed
        return changed

    @instead("DeleteIntegration")
    def delete_integration(self, call) -> dict:
        self.get_integration(call)
        del self._method(call)["methodIntegration"]
        return {}

    @instead("PutMethodResponse")
    def put_method_response(self, call) -> dict:
        responses = self._method(call).setdefault("methodResponses", {})
        if call.params["statusCode"] in responses:
            raise AwsError("ConflictException", "Response already exists for this resource", 409)
        return _put(responses, call.params, ("responseParameters", "responseModels"))

    @instead("GetMethodResponse")
    def get_method_response(self, call) -> dict:
        return self._response(call, self._method(call), "methodResponses")

    @instead("UpdateMethodResponse")
    def update_method_response(self, call) -> dict:
        response = self.get_method_response(call)
        patch.apply(response, call.params.get("patchOperations") or [], METHOD_RESPONSE_UPDATES)
        return response

    @instead("DeleteMethodResponse")
    def delete_method_response(self, call) -> dict:
        self.get_method_response(call)
        del self._method(call)["methodResponses"][call.params["statusCode"]]
        return {}

    @instead("PutIntegrationResponse")
    def put_integration_response(self, call) -> dict:
        if call.params["statusCode"] not in self._method(call).get("methodResponses", {}):
            raise AwsError("NotFoundException", "Invalid Response status code specified", 404)
        responses = self.get_integration(call).setdefault("integrationResponses", {})
        kept = ("selectionPattern", "responseParameters", "responseTemplates", "contentHandling")
        return _put(responses, call.params, kept)

    @instead("GetIntegrationResponse")
    def get_integration_response(self, call) -> dict:
        return self._response(call, self.get_integration(call), "integrationResponses")

    @instead("UpdateIntegrationResponse")
    def update_integration_response(self, call) -> dict:
        response = self.get_integration_response(call)
        patch.apply(response, call.params.get("patchOperations") or [], INTEGRATION_RESPONSE_UPDATES)
        return response

    @instead("DeleteIntegrationResponse")
    def delete_integration_response(self, call) -> dict:
        self.get_integration_response(call)
        del self.get_integration(call)["integrationResponses"][call.params["statusCode"]]
        return {}

    def import_operation(self, call, api: RestApi, operation: Any, ids: dict[str, str]) -> None:
        """One path and verb of an OpenAPI document; parents that are missing are made."""
        try:
            self._import_operation(call, api, operation, ids)
        except AwsError as e:
            if e.status == 501:
                raise
            what = f"Unable to put integration on '{operation.verb}' for resource at path '{operation.path}': {e.message}"
            raise _bad(f"Errors found during import:\n\t{what}") from e

    def _import_operation(self, call, api: RestApi, operation: Any, ids: dict[str, str]) -> None:
        resource = api.resources[api.root_id]
        for part in (part for part in operation.path.split("/") if part):
            existing = next((child for child in api.children(resource.id) if child.path_part == part), None)
            resource = existing or self.add_resource(api, resource.id, part, ids)
        method = _method(operation.method)
        method |= {"methodResponses": operation.responses} if operation.responses else {}
        if operation.integration:
            given = {**operation.integration, "resourceId": resource.id}
            responses = given.pop("responses", None)
            method["methodIntegration"] = self._integration(call, given, method)
            if responses:
                method["methodIntegration"]["integrationResponses"] = responses
        resource.methods[operation.verb] = method

    def _method(self, call) -> dict:
        return self.api(call).method(call.params["resourceId"], call.params["httpMethod"])

    def _response(self, call, holder: dict, key: str) -> dict:
        return found(holder.get(key, {}), call.params["statusCode"], "Invalid Response status code specified")

    def _integration(self, call, params: dict, method: dict) -> dict:
        kept = ("uri", "connectionId", "credentials", "requestParameters", "requestTemplates", "contentHandling",
                "tlsConfig", "integrationTarget")
        integration = {
            "type": params["type"],
            **{name: params[name] for name in kept if params.get(name) is not None},
            "passthroughBehavior": params.get("passthroughBehavior") or "WHEN_NO_MATCH",
            "timeoutInMillis": params.get("timeoutInMillis") or DEFAULT_TIMEOUT_MILLIS,
            "cacheNamespace": params.get("cacheNamespace") or params["resourceId"],
            "cacheKeyParameters": list(params.get("cacheKeyParameters") or []),
            "responseTransferMode": params.get("responseTransferMode") or "BUFFERED",
        }
        if params["type"] != "MOCK":
            integration["httpMethod"] = params.get("integrationHttpMethod") or ""
        if params["type"] in ("HTTP", "HTTP_PROXY"):
            integration["connectionType"] = params.get("connectionType") or "INTERNET"
        self._check_integration(call, integration)
        _check_mappings(integration, method)
        return integration

    def _check_integration(self, call, integration: dict) -> None:
        kind = integration["type"]
        if kind not in INTEGRATION_TYPES:
            known = ", ".join(INTEGRATION_TYPES)
            message = (f"1 validation error detected: Value '{kind}' at 'putIntegrationInput.type' failed to satisfy "
                       f"constraint: Member must satisfy enum value set: [{known}]")
            raise AwsError("ValidationException", message, 400)
        if integration["timeoutInMillis"] not in TIMEOUT_MILLIS:
            raise _bad("Timeout should be between 50 ms and 29000 ms")
        if kind == "MOCK":
            return
        if integration["httpMethod"] not in VERBS:
            raise _bad("Enumeration value for HttpMethod must be non-empty")
        if kind in ("HTTP", "HTTP_PROXY") and not integration.get("uri", "").startswith(("http://", "https://", "${")):
            raise _bad("Invalid HTTP endpoint specified for URI")
        if integration.get("connectionType") == "VPC_LINK":
            self._check_link(call, integration)

    def _check_link(self, call, integration: dict) -> None:
        link_id = integration.get("connectionId")
        if not link_id:
            raise _bad("ConnectionId must be specified for a VPC_LINK connection type")
        if link_id.startswith("${stageVariables."):
            return
        # One integrationTarget per integration, and only with a V2 link.
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-links-v2.html
        if self.world.apigatewayv2.link(call.account, call.region, link_id):
            if not integration.get("integrationTarget"):
                raise _bad("Integration target must be specified for VPC link V2 integrations")
        elif link_id not in self.store(call).links:
            raise AwsError("NotFoundException", "Invalid Vpc Link identifier specified", 404)


def _method(params: dict) -> dict:
    if params["httpMethod"] not in VERBS:
        raise _bad("Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY")
    if params["authorizationType"] not in AUTHORIZATION_TYPES:
        raise _bad("Invalid authorization type specified. Valid options are NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS")
    kept = ("authorizerId", "operationName", "requestParameters", "requestModels", "requestValidatorId",
            "authorizationScopes")
    return {
        "httpMethod": params["httpMethod"],
        "authorizationType": params["authorizationType"],
        "apiKeyRequired": params.get("apiKeyRequired", False),
        **{name: params[name] for name in kept if params.get(name)},
    }


def _check_mappings(integration: dict, method: dict) -> None:
    """What an integration takes from the method request, the method has to declare (PutIntegration, requestParameters:
    "…must be a method request parameter value"); static values stand in single quotes."""
    for value in (integration.get("requestParameters") or {}).values():
        source = str(value)
        declared = source in (method.get("requestParameters") or {}) or source.startswith("method.request.body")
        known = source.startswith(("'", "context.", "stageVariables.")) or (source.startswith("method.request.") and declared)
        if not known:
            kind = "parameter " if source.startswith("method.request.") else ""
            raise _bad("Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping "
                       f"expression {kind}specified: {source}]")


def _put(responses: dict, params: dict, kept: tuple[str, ...]) -> dict:
    status = params["statusCode"]
    responses[status] = {"statusCode": status, **{name: params[name] for name in kept if name in params}}
    return responses[status]


def _bad(message: str) -> AwsError:
    return AwsError("BadRequestException", message, 400)
