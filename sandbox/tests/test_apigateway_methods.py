"""Resources, methods and integrations."""

from __future__ import annotations

import pytest


@pytest.fixture
def api(aws):
    return Api(aws.client("apigateway"))


class Api:
    def __init__(self, gateway) -> None:
        self.gateway = gateway
        created = gateway.create_rest_api(name="a")
        self.id, self.root = created["id"], created["rootResourceId"]

    def child(self, part: str, parent: str | None = None) -> str:
        return self.gateway.create_resource(restApiId=self.id, parentId=parent or self.root, pathPart=part)["id"]

    def on(self, resource: str | None = None, verb: str = "GET") -> dict:
        return {"restApiId": self.id, "resourceId": resource or self.root, "httpMethod": verb}

    def paths(self) -> set[str]:
        return {resource["path"] for resource in self.gateway.get_resources(restApiId=self.id)["items"]}


def test_deleting_a_resource_takes_its_children_along(api):
    """API reference, DeleteResource."""
    outer = api.child("a")
    api.child("c", api.child("b", outer))
    assert api.paths() == {"/", "/a", "/a/b", "/a/b/c"}
    api.gateway.delete_resource(restApiId=api.id, resourceId=outer)
    assert api.paths() == {"/"}


@pytest.mark.parametrize("part", ["with/slash", "sp ace", "{open", "{a}{b}"])
def test_a_path_part_has_one_segment_of_plain_characters(api, refused, part):
    answer = refused(api.gateway.create_resource, restApiId=api.id, parentId=api.root, pathPart=part)
    assert answer.startswith("BadRequestException: Resource's path part only allow a-zA-Z0-9._-:")


def test_siblings_have_different_names_and_one_variable(api, refused):
    api.child("a")
    api.child("{id}")
    create = {"restApiId": api.id, "parentId": api.root}
    assert refused(api.gateway.create_resource, pathPart="a", **create).startswith("ConflictException")
    assert "only one is allowed" in refused(api.gateway.create_resource, pathPart="{proxy+}", **create)


def test_nothing_lies_below_a_greedy_variable(api, refused):
    """Developer Guide, "Set up a proxy resource": a greedy path variable must be the last segment."""
    greedy = api.child("{proxy+}")
    answer = refused(api.gateway.create_resource, restApiId=api.id, parentId=greedy, pathPart="a")
    assert "greedy path variable" in answer


def test_moving_a_resource_moves_its_children(api):
    outer, other = api.child("a"), api.child("other")
    api.child("b", outer)
    move = [{"op": "replace", "path": "/parentId", "value": other}]
    api.gateway.update_resource(restApiId=api.id, resourceId=outer, patchOperations=move)
    assert api.paths() == {"/", "/other", "/other/a", "/other/a/b"}


def test_resources_show_their_methods_only_when_asked(api):
    """API reference, GetResources: embed=methods."""
    api.gateway.put_method(**api.on(), authorizationType="NONE")
    plain = api.gateway.get_resources(restApiId=api.id)["items"][0]
    full = api.gateway.get_resources(restApiId=api.id, embed=["methods"])["items"][0]
    assert plain["resourceMethods"] == {"GET": {}}
    assert full["resourceMethods"]["GET"]["authorizationType"] == "NONE"


def test_a_method_exists_once(api, refused):
    api.gateway.put_method(**api.on(), authorizationType="NONE")
    answer = refused(api.gateway.put_method, **api.on(), authorizationType="NONE")
    assert answer == "ConflictException: Method already exists for this resource"


def test_an_integration_shows_what_aws_fills_in(api):
    """API reference, Integration: defaults of timeoutInMillis, passthroughBehavior, connectionType, cacheNamespace."""
    api.gateway.put_method(**api.on(), authorizationType="NONE")
    api.gateway.put_integration(**api.on(), type="HTTP_PROXY", integrationHttpMethod="GET", uri="http://a.example/")
    shown = api.gateway.get_method(**api.on())["methodIntegration"]
    assert shown["timeoutInMillis"] == 29000
    assert shown["passthroughBehavior"] == "WHEN_NO_MATCH"
    assert shown["connectionType"] == "INTERNET"
    assert shown["cacheNamespace"] == api.root and shown["cacheKeyParameters"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"type": "HTTP_PROXY", "uri": "http://a.example/"}, "Enumeration value for HttpMethod must be non-empty"),
        ({"type": "HTTP", "integrationHttpMethod": "GET", "uri": "nowhere"}, "Invalid HTTP endpoint"),
        ({"type": "HTTP", "integrationHttpMethod": "GET", "uri": "http://a.example/", "connectionType": "VPC_LINK"},
         "ConnectionId must be specified"),
        ({"type": "HTTP", "integrationHttpMethod": "GET", "uri": "http://a.example/", "timeoutInMillis": 1},
         "Timeout should be between"),
    ],
)
def test_an_incomplete_integration_is_refused(api, refused, given, said):
    """API reference, PutIntegration."""
    api.gateway.put_method(**api.on(), authorizationType="NONE")
    assert said in refused(api.gateway.put_integration, **api.on(), **given)


def test_an_integration_cannot_name_a_link_that_is_not_there(api, refused):
    api.gateway.put_method(**api.on(), authorizationType="NONE")
    answer = refused(
        api.gateway.put_integration, **api.on(), type="HTTP_PROXY", integrationHttpMethod="GET",
        uri="http://a.example/", connectionType="VPC_LINK", connectionId="nolink",
    )
    assert answer.startswith("NotFoundException")


def test_a_link_may_come_from_a_stage_variable(api):
    """Developer Guide, "Set up a REST API with private integrations": connectionId "${stageVariables.vpcLinkId}"."""
    api.gateway.put_method(**api.on(), authorizationType="NONE")
    shown = api.gateway.put_integration(
        **api.on(), type="HTTP_PROXY", integrationHttpMethod="GET", uri="http://a.example/",
        connectionType="VPC_LINK", connectionId="${stageVariables.link}",
    )
    assert shown["connectionId"] == "${stageVariables.link}"


def test_an_integration_is_patched_whole_or_not_at_all(api, refused):
    """Patch operations of UpdateIntegration; a moto gap: it failed on every path but one."""
    api.gateway.put_method(
        **api.on(), authorizationType="NONE", requestParameters={"method.request.path.proxy": True})
    api.gateway.put_integration(**api.on(), type="HTTP_PROXY", integrationHttpMethod="GET", uri="http://a.example/")
    good = {"op": "replace", "path": "/uri", "value": "http://b.example/"}
    inside, outside = "integration.request.path.proxy", "method.request.path.proxy"
    add = {"op": "add", "path": f"/requestParameters/{inside}", "value": outside}
    shown = api.gateway.update_integration(**api.on(), patchOperations=[good, add])
    assert shown["uri"] == "http://b.example/"
    assert shown["requestParameters"] == {inside: outside}
    bad = [{"op": "replace", "path": "/uri", "value": "http://c.example/"},
           {"op": "replace", "path": "/timeoutInMillis", "value": "5"}]
    assert "Timeout" in refused(api.gateway.update_integration, **api.on(), patchOperations=bad)
    assert api.gateway.get_integration(**api.on())["uri"] == "http://b.example/"


def test_responses_of_methods_and_integrations(api, refused):
    """API reference, PutMethodResponse and PutIntegrationResponse: the latter needs the former."""
    api.gateway.put_method(**api.on(), authorizationType="NONE")
    api.gateway.put_integration(**api.on(), type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    response = {**api.on(), "statusCode": "200"}
    assert refused(api.gateway.put_integration_response, **response).startswith("NotFoundException")
    api.gateway.put_method_response(**response, responseModels={"application/json": "Empty"})
    assert refused(api.gateway.put_method_response, **response).startswith("ConflictException")
    api.gateway.put_integration_response(**response, selectionPattern="")
    method = api.gateway.get_method(**api.on())
    assert method["methodResponses"]["200"]["responseModels"] == {"application/json": "Empty"}
    assert "200" in method["methodIntegration"]["integrationResponses"]


def test_what_is_not_there_is_not_found(api, refused):
    assert refused(api.gateway.get_resource, restApiId=api.id, resourceId="nope").startswith("NotFoundException")
    assert refused(api.gateway.get_method, **api.on()).startswith("NotFoundException: Invalid Method identifier")
    api.gateway.put_method(**api.on(), authorizationType="NONE")
    assert refused(api.gateway.get_integration, **api.on()).startswith("NotFoundException")
    api.gateway.delete_method(**api.on())
    assert refused(api.gateway.delete_method, **api.on()).startswith("NotFoundException")
