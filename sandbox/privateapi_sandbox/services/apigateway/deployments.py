"""Deployments (snapshots of an API) and the stages that serve them."""

import re

from ...errors import AwsError
from ...service import instead
from . import patch
from .model import Deployment, RestApi, Stage, new_id, page, with_variables

# "Stage names can only contain alphanumeric characters, hyphens, and underscores. Maximum length is 128 characters."
# https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
STAGE_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
METHOD_SETTINGS = {
    "metrics/enabled": ("metricsEnabled", patch.boolean),
    "logging/loglevel": ("loggingLevel", str),
    "logging/dataTrace": ("dataTraceEnabled", patch.boolean),
    "throttling/burstLimit": ("throttlingBurstLimit", patch.integer),
    "throttling/rateLimit": ("throttlingRateLimit", float),
    "caching/enabled": ("cachingEnabled", patch.boolean),
    "caching/ttlInSeconds": ("cacheTtlInSeconds", patch.integer),
    "caching/dataEncrypted": ("cacheDataEncrypted", patch.boolean),
    "caching/requireAuthorizationForCacheControl": ("requireAuthorizationForCacheControl", patch.boolean),
    "caching/unauthorizedCacheControlHeaderStrategy": ("unauthorizedCacheControlHeaderStrategy", str),
}
# https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
METHOD_DEFAULTS = {
    "metricsEnabled": False,
    "dataTraceEnabled": False,
    "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0,
    "cachingEnabled": False,
    "cacheTtlInSeconds": 300,
    "cacheDataEncrypted": False,
    "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}
STAGE_UPDATES = {
    "/deploymentId": patch.scalar(),
    "/description": patch.scalar(),
    "/documentationVersion": patch.scalar(),
    "/clientCertificateId": patch.scalar(),
    "/cacheClusterEnabled": patch.scalar(patch.boolean),
    "/cacheClusterSize": patch.scalar(),
    "/tracingEnabled": patch.scalar(patch.boolean),
    "/accessLogSettings/format": patch.scalar(),
    "/accessLogSettings/destinationArn": patch.scalar(),
    "/accessLogSettings": patch.scalar(ops="remove"),
    "/variables/*": patch.ENTRY,
}


class Deployments:
    """Mixin of the API Gateway service."""

    @instead("CreateDeployment")
    def create_deployment(self, call) -> dict:
        api = self.api(call)
        _check_deployable(api)
        about = {"description": call.params["description"]} if call.params.get("description") else {}
        deployment = Deployment(new_id(self.chance, 6), self.world.datetime(), api.snapshot(), api.policy, about)
        variables = call.params.get("variables") or {}
        self._check_links(call, deployment, variables)
        if call.params.get("stageName"):
            self._deploy_to(call, api, deployment)
        api.deployments[deployment.id] = deployment
        return _shown(deployment)

    def _check_links(self, call, deployment: Deployment, variables: dict) -> None:
        """"Deploying an API will wait if the status is PENDING and will fail if the status is DELETING."
        https://docs.aws.amazon.com/apigateway/latest/api/API_GetVpcLink.html"""
        for _, _, integration in deployment.integrations():
            link_id = with_variables(integration.get("connectionId") or "", variables)
            if self.link_status(call.account, call.region, link_id) == "DELETING":
                message = f"Vpc link '{link_id}' is in DELETING status and can not be deployed"
                raise AwsError("BadRequestException", message, 400)

    def _deploy_to(self, call, api: RestApi, deployment: Deployment) -> None:
        params, name = call.params, call.params["stageName"]
        if name not in api.stages:
            created = {**params, "deploymentId": deployment.id, "description": params.get("stageDescription")}
            api.stages[name] = self._new_stage(created)
            return
        stage = api.stages[name]
        stage.wire |= {"deploymentId": deployment.id, "lastUpdatedDate": self.world.datetime()}
        stage.wire.setdefault("variables", {}).update(params.get("variables") or {})
        self._serve(stage)

    @instead("GetDeployment")
    def get_deployment(self, call) -> dict:
        deployment = self.api(call).deployment(call.params["deploymentId"])
        summary = {"apiSummary": _summary(deployment)} if "apisummary" in (call.params.get("embed") or []) else {}
        return {**_shown(deployment), **summary}

    @instead("GetDeployments")
    def get_deployments(self, call) -> dict:
        return page([_shown(deployment) for deployment in self.api(call).deployments.values()], call.params)

    @instead("UpdateDeployment")
    def update_deployment(self, call) -> dict:
        deployment = self.api(call).deployment(call.params["deploymentId"])
        patch.apply(deployment.about, call.params.get("patchOperations") or [], {"/description": patch.scalar()})
        return _shown(deployment)

    @instead("DeleteDeployment")
    def delete_deployment(self, call) -> dict:
        api = self.api(call)
        deployment = api.deployment(call.params["deploymentId"])
        if any(stage.wire["deploymentId"] == deployment.id for stage in api.stages.values()):
            message = "Active stages pointing to this deployment must be moved or deleted"
            raise AwsError("BadRequestException", message, 400)
        del api.deployments[deployment.id]
        return {}

    @instead("CreateStage")
    def create_stage(self, call) -> dict:
        api = self.api(call)
        if call.params["stageName"] in api.stages:
            raise AwsError("ConflictException", "Stage already exists", 409)
        api.deployment(call.params["deploymentId"])
        stage = api.stages[call.params["stageName"]] = self._new_stage(call.params)
        return _shown_stage(stage.wire)

    def _new_stage(self, params: dict) -> Stage:
        if not STAGE_NAME.fullmatch(params["stageName"]):
            raise AwsError("BadRequestException", "Stage name only allows a-zA-Z0-9_-", 400)
        kept = ("description", "documentationVersion", "cacheClusterSize")
        now = self.world.datetime()
        stage = Stage({
            "deploymentId": params["deploymentId"],
            "stageName": params["stageName"],
            **{name: params[name] for name in kept if params.get(name)},
            "cacheClusterEnabled": params.get("cacheClusterEnabled", False),
            "cacheClusterStatus": "NOT_AVAILABLE",
            "methodSettings": {},
            "variables": dict(params.get("variables") or {}),
            "tracingEnabled": params.get("tracingEnabled", False),
            "tags": self.checked_tags(params.get("tags")),
            "createdDate": now,
            "lastUpdatedDate": now,
        })
        self._serve(stage)
        return stage

    def _serve(self, stage: Stage) -> None:
        stage.served.append((self.due("deployment"), stage.wire["deploymentId"]))

    @instead("GetStage")
    def get_stage(self, call) -> dict:
        return _shown_stage(self.api(call).stage(call.params["stageName"]).wire)

    @instead("GetStages")
    def get_stages(self, call) -> dict:
        wanted = call.params.get("deploymentId")
        stages = [stage.wire for stage in self.api(call).stages.values()]
        return {"item": [_shown_stage(wire) for wire in stages if wanted in (None, wire["deploymentId"])]}

    @instead("UpdateStage")
    def update_stage(self, call) -> dict:
        api = self.api(call)
        stage = api.stage(call.params["stageName"])
        before = stage.wire["deploymentId"]
        changed = dict(stage.wire)
        for operation in call.params.get("patchOperations") or []:
            if not _method_setting(changed, operation):
                patch.apply(changed, [operation], STAGE_UPDATES)
        deployment = api.deployment(changed["deploymentId"])
        if deployment.id != before:
            self._check_links(call, deployment, changed["variables"])
        stage.wire = {**changed, "lastUpdatedDate": self.world.datetime()}
        if deployment.id != before:
            self._serve(stage)
        return _shown_stage(stage.wire)

    @instead("DeleteStage")
    def delete_stage(self, call) -> dict:
        api = self.api(call)
        api.stage(call.params["stageName"])
        del api.stages[call.params["stageName"]]
        return {}


def _check_deployable(api: RestApi) -> None:
    methods = [method for resource in api.resources.values() for method in resource.methods.values()]
    if not methods:
        raise AwsError("BadRequestException", "The REST API doesn't contain any methods", 400)
    if not all("methodIntegration" in method for method in methods):
        raise AwsError("BadRequestException", "No integration defined for method", 400)
    if api.private and not api.policy:
        raise AwsError("BadRequestException", "Private REST API doesn't have a resource policy attached to it", 400)


def _shown(deployment: Deployment) -> dict:
    return {"id": deployment.id, **deployment.about, "createdDate": deployment.created}


def _shown_stage(wire: dict) -> dict:
    """Variables and tags are left out where there are none (LocalStack's recording of AWS, test_stage_access_log_settings)."""
    return {name: value for name, value in wire.items() if value or name not in ("variables", "tags")}


def _summary(deployment: Deployment) -> dict:
    shown = ("authorizationType", "apiKeyRequired")
    return {
        resource.path: {verb: {name: method[name] for name in shown} for verb, method in resource.methods.items()}
        for resource in deployment.resources if resource.methods
    }


def _method_setting(wire: dict, operation: dict) -> bool:
    """`/*/*/throttling/rateLimit` or `/~1path/GET/…`: settings of the methods of a stage."""
    parts = operation.get("path", "").lstrip("/").split("/")
    if len(parts) == 2 and operation.get("op") == "remove" and parts[0] not in ("variables", "accessLogSettings"):
        wire["methodSettings"] = {k: v for k, v in wire["methodSettings"].items() if k != _settings_key(parts)}
        return True
    if len(parts) != 4 or "/".join(parts[2:]) not in METHOD_SETTINGS or operation.get("op") != "replace":
        return False
    name, convert = METHOD_SETTINGS["/".join(parts[2:])]
    key = _settings_key(parts)
    settings = {**METHOD_DEFAULTS, **wire["methodSettings"].get(key, {}), name: convert(operation["value"])}
    wire["methodSettings"] = {**wire["methodSettings"], key: settings}
    return True


def _settings_key(parts: list[str]) -> str:
    return f"{parts[0].replace('~1', '/').lstrip('/')}/{parts[1]}"
