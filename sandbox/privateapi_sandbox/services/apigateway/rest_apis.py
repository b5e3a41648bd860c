"""REST APIs: create, read, update, import, delete, tags."""

import copy

from ...errors import AwsError, not_simulated
from ...service import instead
from . import openapi, patch, policy
from .model import Resource, RestApi, found, new_id, page

UPDATES = {
    "/name": patch.scalar(),
    "/description": patch.scalar(),
    "/version": patch.scalar(),
    "/policy": patch.scalar(),
    "/apiKeySource": patch.scalar(),
    "/disableExecuteApiEndpoint": patch.scalar(patch.boolean),
    "/minimumCompressionSize": patch.scalar(patch.compression_size),
    "/binaryMediaTypes/*": patch.MEMBER,
    "/endpointConfiguration/types/*": patch.MEMBER,
    "/endpointConfiguration/ipAddressType": patch.scalar(),
    "/endpointConfiguration/vpcEndpointIds": patch.MEMBER_BY_VALUE,
}
ENDPOINT_TYPES = ("EDGE", "REGIONAL", "PRIVATE")


class RestApis:
    """Mixin of the API Gateway service."""

    def api(self, call) -> RestApi:
        api_id = call.params["restApiId"]
        message = f"Invalid API identifier specified {call.account}:{api_id}"
        return found(self.store(call).apis, api_id, message)

    @instead("CreateRestApi")
    def create_rest_api(self, call) -> dict:
        if not call.params.get("name"):
            raise AwsError("BadRequestException", "API name cannot be blank", 400)
        if call.params.get("cloneFrom"):
            raise AwsError("BadRequestException", "cloneFrom is not supported by this sandbox", 400)
        api = self._new_api(call)
        self._set_policy(call, api, call.params.get("policy"))
        self._check_endpoints(call, api)
        self._check_quota(call, api)
        self.store(call).apis[api.id] = api
        self.born(api.id)
        return self._shown(api)

    def _new_api(self, call) -> RestApi:
        params = call.params
        api_id, root_id = new_id(self.chance, 10), new_id(self.chance, 10)
        kept = ("name", "description", "version", "binaryMediaTypes", "minimumCompressionSize", "securityPolicy")
        wire = {
            "id": api_id,
            **{name: params[name] for name in kept if name in params},
            "createdDate": self.world.datetime(),
            "apiKeySource": params.get("apiKeySource", "HEADER"),
            "endpointConfiguration": self._endpoint_configuration(params.get("endpointConfiguration") or {}),
            "tags": self.checked_tags(params.get("tags")),
            "disableExecuteApiEndpoint": params.get("disableExecuteApiEndpoint", False),
            "rootResourceId": root_id,
            "apiStatus": "AVAILABLE",
        }
        arn = f"arn:aws:execute-api:{call.region}:{call.account}:{api_id}"
        return RestApi(wire, arn, root_id, resources={root_id: Resource(root_id, "/")})

    def _endpoint_configuration(self, given: dict) -> dict:
        types = given.get("types") or ["EDGE"]
        # Private APIs are dualstack only.
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-ip-address-type.html
        ip_type = given.get("ipAddressType") or ("dualstack" if types == ["PRIVATE"] else "ipv4")
        endpoints = list(given.get("vpcEndpointIds") or [])
        return {"types": types, "ipAddressType": ip_type, **({"vpcEndpointIds": endpoints} if endpoints else {})}

    @instead("GetRestApi")
    def get_rest_api(self, call) -> dict:
        return self._shown(self.api(call))

    @instead("GetRestApis")
    def get_rest_apis(self, call) -> dict:
        apis = [self._shown(api) for api in self.store(call).apis.values() if self.listed(api.id)]
        return page(apis, call.params)

    @instead("UpdateRestApi")
    def update_rest_api(self, call) -> dict:
        api = self.api(call)
        changed = RestApi(dict(api.wire), api.arn, api.root_id, api.policy)
        patch.apply(changed.wire, call.params.get("patchOperations") or [], UPDATES)
        if "policy" in changed.wire:
            self._set_policy(call, changed, changed.wire.pop("policy"))
        self._check_endpoints(call, changed)
        api.wire, api.policy = changed.wire, changed.policy
        return self._shown(api)

    @instead("PutRestApi")
    def put_rest_api(self, call) -> dict:
        """Merging adds and replaces; overwriting besides drops every resource, method and property of the API that the
        document does not set: its policy and its VPC endpoints too. A path that stays keeps its id.

        Sources: API reference, PutRestApi; "Import a REST API into API Gateway" (Developer Guide); the note on overwriting
        in Terraform's aws_api_gateway_rest_api, and LocalStack's recordings of AWS.
        """
        _check_import(call)
        imported = openapi.parse(call.params["body"])
        api = copy.deepcopy(self.api(call))  # a document that is refused changes nothing
        ids = {resource.path: resource.id for resource in api.resources.values()}
        if call.params.get("mode", "merge") == "overwrite":
            _strip(api)
        self._set_literals(call, api, imported)
        for operation in imported.operations:
            self.import_operation(call, api, operation, ids)
        self.store(call).apis[api.id] = api
        return self._shown(api)

    def _set_literals(self, call, api: RestApi, imported: openapi.Imported) -> None:
        types = imported.literals.get("binaryMediaTypes")
        if types:
            types = list(dict.fromkeys([*api.wire.get("binaryMediaTypes", ()), *types]))
        api.wire |= {**imported.literals, **({"binaryMediaTypes": types} if types else {})}
        if imported.policy is not None:
            self._set_policy(call, api, imported.policy)
        if imported.endpoint.get("vpcEndpointIds"):
            api.wire["endpointConfiguration"]["vpcEndpointIds"] = list(imported.endpoint["vpcEndpointIds"])
        self._check_endpoints(call, api)

    @instead("ImportRestApi")
    def import_rest_api(self, call) -> dict:
        _check_import(call)
        imported = openapi.parse(call.params["body"])
        types = (call.params.get("parameters") or {}).get("endpointConfigurationTypes", "EDGE")
        call.params["name"] = imported.literals.get("name")
        call.params["endpointConfiguration"] = {
            "types": [types], "vpcEndpointIds": list(imported.endpoint.get("vpcEndpointIds") or [])}
        call.params["restApiId"] = self.create_rest_api(call)["id"]
        try:
            return self.put_rest_api(call)
        except AwsError:
            del self.store(call).apis[call.params["restApiId"]]
            raise

    @instead("DeleteRestApi")
    def delete_rest_api(self, call) -> dict:
        del self.store(call).apis[self.api(call).id]
        return {}

    @instead("GetTags")
    def get_tags(self, call) -> dict:
        return {"tags": dict(self._tags(call))}

    @instead("TagResource")
    def tag_resource(self, call) -> dict:
        tags = self._tags(call)
        tags.update(self.checked_tags(call.params["tags"], tags))
        return {}

    @instead("UntagResource")
    def untag_resource(self, call) -> dict:
        for key in call.params["tagKeys"]:
            self._tags(call).pop(key, None)
        return {}

    def _tags(self, call) -> dict:
        arn = call.params["resourceArn"]
        path = arn.rpartition("::/")[2].split("/")
        store = self.store(call)
        match path:
            case ["restapis", api_id] if api_id in store.apis:
                return store.apis[api_id].wire["tags"]
            case ["restapis", api_id, "stages", name] if name in getattr(store.apis.get(api_id), "stages", {}):
                return store.apis[api_id].stages[name].wire.setdefault("tags", {})
            case ["vpclinks", link_id] if link_id in store.links:
                return store.links[link_id].wire["tags"]
        raise AwsError("NotFoundException", "Invalid resource identifier specified", 404)

    def _shown(self, api: RestApi) -> dict:
        return {**api.wire, **({"policy": policy.printed(api.policy)} if api.policy else {})}

    def _set_policy(self, call, api: RestApi, text: str | None) -> None:
        exists = self.world.iam.principal_exists
        api.policy = policy.accepted(text, api.arn, exists) if text else None

    def _check_endpoints(self, call, api: RestApi) -> None:
        configuration = api.wire["endpointConfiguration"]
        if len(configuration["types"]) != 1:
            raise AwsError("BadRequestException", "Cannot create an api with multiple Endpoint Types.", 400)
        if configuration["types"][0] not in ENDPOINT_TYPES:
            message = "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"
            raise AwsError("BadRequestException", message, 400)
        endpoints = configuration.get("vpcEndpointIds") or []
        if api.private and configuration["ipAddressType"] != "dualstack":
            raise AwsError("BadRequestException", "Only dualstack ipAddressType is supported for Private APIs.", 400)
        if endpoints and not api.private:
            raise AwsError("BadRequestException", "VPCEndpoints can only be specified with PRIVATE apis.", 400)
        for endpoint_id in endpoints:
            if self.world.ec2.endpoint(call.account, call.region, endpoint_id) is None:
                raise AwsError("BadRequestException", f"VPC endpoint {endpoint_id} does not exist", 400)

    def _check_quota(self, call, api: RestApi) -> None:
        alike = [other for other in self.store(call).apis.values() if other.private == api.private]
        name = "private-rest-apis" if api.private else "rest-apis"
        message = "Maximum number of Rest APIs for this account has been reached. Max {}"
        self.world.quotas.require(name, len(alike), "LimitExceededException", message, 429)


def _check_import(call) -> None:
    base_path = (call.params.get("parameters") or {}).get("basepath", "ignore")
    if base_path != "ignore":
        raise not_simulated("apigateway", f"{call.operation} with basepath={base_path}")


def _strip(api: RestApi) -> None:
    """Back to what an API has that nobody set anything of; its type and its tags stay."""
    api.resources, api.policy = {api.root_id: Resource(api.root_id, "/")}, None
    for name in ("description", "version", "binaryMediaTypes", "minimumCompressionSize"):
        api.wire.pop(name, None)
    api.wire["endpointConfiguration"].pop("vpcEndpointIds", None)
    api.wire |= {"apiKeySource": "HEADER", "disableExecuteApiEndpoint": False}
