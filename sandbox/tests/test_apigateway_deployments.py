"""Deployments, stages, imports and test invocations."""

from __future__ import annotations

import json

import pytest
from parts import network

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]})
SERVED = 5  # seconds after which a stage serves what was deployed to it


@pytest.fixture
def gateway(aws):
    return aws.client("apigateway")


@pytest.fixture
def api(gateway) -> dict:
    """A private API with one deployable method."""
    api = gateway.create_rest_api(name="a", endpointConfiguration={"types": ["PRIVATE"]}, policy=POLICY)
    add_method(gateway, api, "GET", "http://one.example/")
    return api


def add_method(gateway, api: dict, verb: str, uri: str) -> None:
    on = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": verb}
    gateway.put_method(**on, authorizationType="NONE")
    gateway.put_integration(**on, type="HTTP_PROXY", integrationHttpMethod=verb, uri=uri)


def served(aws, api: dict, stage: str = "live"):
    return aws.sandbox.world.apigateway.deployed("ap-northeast-1", api["id"], stage)


def test_an_api_without_methods_or_integrations_is_not_deployed(gateway, refused):
    """API reference, CreateDeployment; the words are API Gateway's."""
    api = gateway.create_rest_api(name="a")
    assert "doesn't contain any methods" in refused(gateway.create_deployment, restApiId=api["id"])
    gateway.put_method(
        restApiId=api["id"], resourceId=api["rootResourceId"], httpMethod="GET", authorizationType="NONE")
    assert "No integration defined for method" in refused(gateway.create_deployment, restApiId=api["id"])


def test_a_private_api_without_policy_is_not_deployed(gateway, api, refused):
    """https://github.com/hashicorp/terraform-provider-aws/issues/14290"""
    remove = [{"op": "replace", "path": "/policy", "value": ""}]
    gateway.update_rest_api(restApiId=api["id"], patchOperations=remove)
    answer = refused(gateway.create_deployment, restApiId=api["id"])
    assert answer == "BadRequestException: Private REST API doesn't have a resource policy attached to it"


def test_a_deployment_is_a_snapshot(aws, gateway, api):
    """Developer Guide, "Deploy REST APIs": changes are seen only after the next deployment, the policy's too."""
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    aws.advance(SERVED)
    add_method(gateway, api, "POST", "http://two.example/")
    assert served(aws, api).match("GET", "/") and not served(aws, api).match("POST", "/")
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    aws.advance(SERVED)
    assert served(aws, api).match("POST", "/")


def test_a_stage_serves_a_new_deployment_a_moment_later(aws, gateway, api):
    """Changes "take effect" some seconds after the call: the stage keeps serving the last deployment until then."""
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    assert served(aws, api) is None
    aws.advance(SERVED)
    assert served(aws, api).policy_arn == f"arn:aws:execute-api:ap-northeast-1:123456789012:{api['id']}"


def test_a_stage_is_created_once_and_holds_variables_and_tags(gateway, api, refused):
    """API reference, CreateStage."""
    deployment = gateway.create_deployment(restApiId=api["id"], description="first")["id"]
    stage = {"restApiId": api["id"], "stageName": "live", "deploymentId": deployment}
    gateway.create_stage(**stage, variables={"link": "l"}, tags={"one": "1"})
    assert refused(gateway.create_stage, **stage) == "ConflictException: Stage already exists"
    shown = gateway.get_stage(restApiId=api["id"], stageName="live")
    assert (shown["variables"], shown["tags"]) == ({"link": "l"}, {"one": "1"})
    arn = f"arn:aws:apigateway:ap-northeast-1::/restapis/{api['id']}/stages/live"
    gateway.tag_resource(resourceArn=arn, tags={"two": "2"})
    assert gateway.get_tags(resourceArn=arn)["tags"] == {"one": "1", "two": "2"}


def test_a_stage_s_name_has_plain_characters(gateway, api, refused):
    """API reference, CreateStage: alphanumeric characters, hyphens and underscores."""
    answer = refused(gateway.create_deployment, restApiId=api["id"], stageName="li ve")
    assert answer.startswith("BadRequestException: Stage name only allows")
    assert gateway.get_deployments(restApiId=api["id"])["items"] == [], "the refused call deployed nothing"


def test_a_stage_is_patched(gateway, api, refused):
    """Patch operations of UpdateStage: deploymentId, variables, method settings."""
    first = gateway.create_deployment(restApiId=api["id"], stageName="live")["id"]
    second = gateway.create_deployment(restApiId=api["id"])["id"]
    stage = {"restApiId": api["id"], "stageName": "live"}
    updated = gateway.update_stage(**stage, patchOperations=[
        {"op": "replace", "path": "/deploymentId", "value": second},
        {"op": "replace", "path": "/variables/color", "value": "blue"},
        {"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"},
    ])
    assert (updated["deploymentId"], updated["variables"]) == (second, {"color": "blue"})
    assert updated["methodSettings"]["*/*"]["loggingLevel"] == "INFO"
    wrong = [{"op": "replace", "path": "/deploymentId", "value": "nope"}]
    assert refused(gateway.update_stage, **stage, patchOperations=wrong).startswith("NotFoundException")
    gateway.delete_deployment(restApiId=api["id"], deploymentId=first)


def test_a_deployment_goes_after_the_stages_that_serve_it(gateway, api, refused):
    made = gateway.create_deployment(restApiId=api["id"], stageName="live")["id"]
    deployment = {"restApiId": api["id"], "deploymentId": made}
    answer = refused(gateway.delete_deployment, **deployment)
    assert answer == "BadRequestException: Active stages pointing to this deployment must be moved or deleted"
    gateway.delete_stage(restApiId=api["id"], stageName="live")
    gateway.delete_deployment(**deployment)
    assert gateway.get_deployments(restApiId=api["id"])["items"] == []


def test_a_deployment_tells_its_methods_when_asked(gateway, api):
    """API reference, GetDeployment: embed=apisummary."""
    deployment = gateway.create_deployment(restApiId=api["id"], description="d")["id"]
    shown = gateway.get_deployment(restApiId=api["id"], deploymentId=deployment, embed=["apisummary"])
    assert shown["apiSummary"] == {"/": {"GET": {"authorizationType": "NONE", "apiKeyRequired": False}}}
    change = [{"op": "replace", "path": "/description", "value": "e"}]
    assert gateway.update_deployment(
        restApiId=api["id"], deploymentId=deployment, patchOperations=change)["description"] == "e"


@pytest.mark.parametrize(
    ("path", "picked"),
    [("/", "/"), ("/items", "/items"), ("/items/7", "/items/{id}"), ("/items/7/8", "/{proxy+}"), ("/x", "/{proxy+}")],
)
def test_the_most_specific_resource_answers(aws, gateway, api, path, picked):
    """Developer Guide, "Set up a proxy resource": a static path wins over a variable, that over a greedy one."""
    def child(parent: str, part: str) -> str:
        made = gateway.create_resource(restApiId=api["id"], parentId=parent, pathPart=part)["id"]
        on = {"restApiId": api["id"], "resourceId": made, "httpMethod": "ANY"}
        gateway.put_method(**on, authorizationType="NONE")
        gateway.put_integration(**on, type="MOCK")
        return made

    child(child(api["rootResourceId"], "items"), "{id}")
    child(api["rootResourceId"], "{proxy+}")
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    aws.advance(SERVED)
    assert served(aws, api).match("GET", path).resource.path == picked


OPENAPI = {
    "openapi": "3.0.1",
    "info": {"title": "imported", "version": "2"},
    "x-amazon-apigateway-policy": json.loads(POLICY),
    "paths": {
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "ok"}},
                "x-amazon-apigateway-integration": {
                    "type": "http_proxy", "httpMethod": "GET", "uri": "http://pets.example/{id}",
                    "requestParameters": {"integration.request.path.id": "method.request.path.id"},
                    "responses": {"default": {"statusCode": "200"}},
                },
            },
            "x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": {"type": "mock"}},
        },
    },
}


def test_an_openapi_document_becomes_resources_and_methods(gateway, api):
    """Developer Guide, "OpenAPI extensions for API Gateway"; overwrite drops what the document lacks."""
    shown = gateway.put_rest_api(restApiId=api["id"], mode="overwrite", body=json.dumps(OPENAPI).encode())
    assert shown["name"] == "imported"
    resources = {r["path"]: r for r in gateway.get_resources(restApiId=api["id"], embed=["methods"])["items"]}
    assert set(resources) == {"/", "/pets", "/pets/{id}"}
    assert "resourceMethods" not in resources["/"], "the root's old method is overwritten away"
    methods = resources["/pets/{id}"]["resourceMethods"]
    assert set(methods) == {"GET", "ANY"} and set(methods["GET"]["methodResponses"]) == {"200"}
    integration = methods["GET"]["methodIntegration"]
    assert integration["uri"] == "http://pets.example/{id}"
    assert (integration["passthroughBehavior"], integration["timeoutInMillis"]) == ("WHEN_NO_MATCH", 29000)
    assert integration["cacheNamespace"] == resources["/pets/{id}"]["id"]
    parameters = {"method.request.path.id": True, "method.request.querystring.limit": False}
    assert methods["GET"]["requestParameters"] == parameters
    assert methods["ANY"]["requestParameters"] == {"method.request.path.id": True}, "of the path: of all its operations"


def imported(gateway, api_id: str, mode: str, document: dict | None = None, **changes) -> dict:
    body = json.dumps({**(document or OPENAPI), **changes}).encode()
    return gateway.put_rest_api(restApiId=api_id, mode=mode, body=body)


def test_overwriting_drops_the_properties_that_the_document_lacks(aws, gateway):
    """Terraform's aws_api_gateway_rest_api: "Overwrite mode will delete existing literal properties if they are not
    explicitly set in the OpenAPI definition": description, policy, VPC endpoints, binary media types and more."""
    endpoint = aws.client("ec2").create_vpc_endpoint(
        VpcId=network(aws).vpc, ServiceName="com.amazonaws.ap-northeast-1.execute-api", VpcEndpointType="Interface",
    )["VpcEndpoint"]["VpcEndpointId"]
    api = gateway.create_rest_api(
        name="a", description="d", binaryMediaTypes=["image/png"], minimumCompressionSize=10, policy=POLICY,
        endpointConfiguration={"types": ["PRIVATE"], "vpcEndpointIds": [endpoint]}, tags={"owner": "me"})
    bare = {key: value for key, value in OPENAPI.items() if key != "x-amazon-apigateway-policy"}
    merged = imported(gateway, api["id"], "merge", bare)
    assert merged["description"] == "d" and "policy" in merged
    assert merged["endpointConfiguration"]["vpcEndpointIds"] == [endpoint]
    shown = imported(gateway, api["id"], "overwrite", bare)
    assert not {"description", "policy", "binaryMediaTypes", "minimumCompressionSize"} & set(shown)
    assert shown["endpointConfiguration"] == {"types": ["PRIVATE"], "ipAddressType": "dualstack"}
    assert shown["tags"] == {"owner": "me"}
    server = {"url": "/", "x-amazon-apigateway-endpoint-configuration": {"vpcEndpointIds": [endpoint]}}
    shown = imported(gateway, api["id"], "overwrite", servers=[server])
    assert shown["endpointConfiguration"]["vpcEndpointIds"] == [endpoint] and "policy" in shown


def test_media_types_are_merged_or_overwritten(gateway):
    """LocalStack's recording of AWS, test_put_rest_api_mode_binary_media_types."""
    api = gateway.create_rest_api(name="a", binaryMediaTypes=["image/heif"])
    types = {"x-amazon-apigateway-binary-media-types": ["image/png", "image/jpg"]}
    assert imported(gateway, api["id"], "merge", **types)["binaryMediaTypes"] == ["image/heif", "image/png", "image/jpg"]
    assert imported(gateway, api["id"], "overwrite", **types)["binaryMediaTypes"] == ["image/png", "image/jpg"]


def test_a_path_that_stays_keeps_its_id(gateway, api):
    """LocalStack's recording of AWS, test_import_rest_api_with_base_path_oas30: so even when overwriting."""
    def ids() -> dict:
        return {r["path"]: r["id"] for r in gateway.get_resources(restApiId=api["id"])["items"]}

    imported(gateway, api["id"], "overwrite")
    first = ids()
    imported(gateway, api["id"], "overwrite", paths={**OPENAPI["paths"], "/more": OPENAPI["paths"]["/pets/{id}"]})
    assert {path: key for path, key in ids().items() if path != "/more"} == first


def test_an_import_does_not_touch_what_is_deployed(aws, gateway, api):
    """Developer Guide, "Deploy REST APIs": a deployment is a snapshot of resources, methods, integrations and policy."""
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    aws.advance(SERVED)
    imported(gateway, api["id"], "overwrite")
    assert served(aws, api).match("GET", "/pets/7") is None and served(aws, api).match("GET", "/") is not None
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    aws.advance(SERVED)
    assert served(aws, api).match("GET", "/pets/7").path_parameters == {"id": "7"}


def test_greedy_paths_and_links_by_stage_variable(gateway, api):
    """Developer Guide, "Set up API Gateway private integrations": `connectionId: ${stageVariables.vpcLinkId}`."""
    integration = {
        "type": "http_proxy", "httpMethod": "ANY", "connectionType": "VPC_LINK", "uri": "http://nlb.example/{proxy}",
        "connectionId": "${stageVariables.link}", "passthroughBehavior": "when_no_match",
        "requestParameters": {"integration.request.path.proxy": "method.request.path.proxy"},
    }
    parameter = {"name": "proxy", "in": "path", "required": True, "schema": {"type": "string"}}
    operation = {"parameters": [parameter], "x-amazon-apigateway-integration": integration}
    imported(gateway, api["id"], "overwrite", paths={"/{proxy+}": {"x-amazon-apigateway-any-method": operation}})
    items = gateway.get_resources(restApiId=api["id"], embed=["methods"])["items"]
    method = next(r for r in items if r["path"] == "/{proxy+}")["resourceMethods"]["ANY"]
    assert method["methodIntegration"]["connectionId"] == "${stageVariables.link}"
    assert method["requestParameters"] == {"method.request.path.proxy": True}


def test_a_mapping_must_start_from_what_the_method_declares(gateway, api, refused):
    """PutIntegration, requestParameters; message as in https://github.com/aws/aws-cdk/issues/17318"""
    on = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "POST"}
    gateway.put_method(**on, authorizationType="NONE", requestParameters={"method.request.header.x": False})
    proxy = {**on, "type": "HTTP_PROXY", "integrationHttpMethod": "POST", "uri": "http://a.example/"}
    wrong = {"integration.request.path.p": "method.request.path.p"}
    assert "Invalid mapping expression parameter specified: method.request.path.p" in refused(
        gateway.put_integration, **proxy, requestParameters=wrong)
    gateway.put_integration(**proxy, requestParameters={
        "integration.request.header.y": "method.request.header.x", "integration.request.header.z": "'static'"})
    document = {"/{p}": {"get": {"x-amazon-apigateway-integration": {
        "type": "http_proxy", "httpMethod": "GET", "uri": "http://a.example/{p}", "requestParameters": wrong}}}}
    with pytest.raises(gateway.exceptions.BadRequestException, match="Errors found during import"):
        imported(gateway, api["id"], "overwrite", paths=document)


def test_an_extension_that_is_not_simulated_is_named(gateway, api, refused):
    """Half an import would be worse than a refusal."""
    body = json.dumps({**OPENAPI, "x-amazon-apigateway-gateway-responses": {}}).encode()
    assert "x-amazon-apigateway-gateway-responses" in refused(gateway.put_rest_api, restApiId=api["id"], body=body)


def test_merging_keeps_what_the_document_does_not_mention(gateway, api):
    """API reference, PutRestApi: mode=merge."""
    gateway.put_rest_api(restApiId=api["id"], mode="merge", body=json.dumps(OPENAPI).encode())
    paths = {r["path"]: r for r in gateway.get_resources(restApiId=api["id"])["items"]}
    assert "GET" in paths["/"]["resourceMethods"] and "/pets/{id}" in paths


def test_a_document_that_is_refused_changes_nothing(gateway, api, refused):
    broken = json.loads(json.dumps(OPENAPI))
    broken["paths"]["/pets/{id}"]["get"]["x-amazon-apigateway-integration"]["uri"] = "nowhere"
    answer = refused(gateway.put_rest_api, restApiId=api["id"], mode="overwrite", body=json.dumps(broken).encode())
    assert answer.startswith("BadRequestException")
    assert refused(gateway.put_rest_api, restApiId=api["id"], body=b"nonsense").startswith("BadRequestException")
    assert [r["path"] for r in gateway.get_resources(restApiId=api["id"])["items"]] == ["/"]


def test_a_mock_answers_a_test_invocation_with_a_log(gateway, api):
    """Developer Guide, "Use the API Gateway console to test a REST API method": the log's lines."""
    on = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "POST"}
    gateway.put_method(**on, authorizationType="NONE")
    gateway.put_integration(**on, type="MOCK")
    answer = gateway.test_invoke_method(**on, pathWithQueryString="/?a=1")
    assert answer["status"] == 200
    assert "Starting execution for request" in answer["log"]
    assert "Method request query string: {a=1}" in answer["log"]
    assert "Method completed with status: 200" in answer["log"]


def test_lists_lag_behind_writes_when_told_to(start):
    """With lag a new API is there by id at once, in lists only later."""
    aws = start(lag=10)
    gateway = aws.client("apigateway")
    api = gateway.create_rest_api(name="a")["id"]
    assert gateway.get_rest_apis()["items"] == [] and gateway.get_rest_api(restApiId=api)["id"] == api
    aws.advance(10)
    assert [shown["id"] for shown in gateway.get_rest_apis()["items"]] == [api]
