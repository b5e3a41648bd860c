"""Resources: the tree of paths of a REST API."""

import re

from ...errors import AwsError
from ...service import instead
from . import patch
from .model import Resource, RestApi, new_id, page

PATH_PART = re.compile(r"[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\}")
UPDATES = {"/pathPart": patch.scalar(), "/parentId": patch.scalar()}


class Resources:
    """Mixin of the API Gateway service."""

    @instead("CreateResource")
    def create_resource(self, call) -> dict:
        api = self.api(call)
        return self._shown_resource(self.add_resource(api, call.params["parentId"], call.params["pathPart"]), True)

    def add_resource(self, api: RestApi, parent_id: str, path_part: str, ids: dict[str, str] | None = None) -> Resource:
        """`ids` by path are those of resources that were there before."""
        parent = api.resource(parent_id)
        _check_path_part(api, parent, path_part, None)
        path = _joined(parent, path_part)
        resource = Resource((ids or {}).get(path) or new_id(self.chance, 6), path, parent_id, path_part)
        api.resources[resource.id] = resource
        return resource

    @instead("GetResource")
    def get_resource(self, call) -> dict:
        resource = self.api(call).resource(call.params["resourceId"])
        return self._shown_resource(resource, "methods" in (call.params.get("embed") or []))

    @instead("GetResources")
    def get_resources(self, call) -> dict:
        embed = "methods" in (call.params.get("embed") or [])
        return page([self._shown_resource(r, embed) for r in self.api(call).resources.values()], call.params)

    @instead("UpdateResource")
    def update_resource(self, call) -> dict:
        api = self.api(call)
        resource = api.resource(call.params["resourceId"])
        if resource.id == api.root_id:
            raise AwsError("BadRequestException", "Cannot update the root resource", 400)
        wire = {"pathPart": resource.path_part, "parentId": resource.parent_id}
        patch.apply(wire, call.params.get("patchOperations") or [], UPDATES)
        _check_path_part(api, api.resource(wire["parentId"]), wire["pathPart"], resource)
        resource.path_part, resource.parent_id = wire["pathPart"], wire["parentId"]
        _replace_paths(api, resource)
        return self._shown_resource(resource, True)

    @instead("DeleteResource")
    def delete_resource(self, call) -> dict:
        api = self.api(call)
        resource = api.resource(call.params["resourceId"])
        if resource.id == api.root_id:
            raise AwsError("BadRequestException", "Root resource cannot be deleted", 400)
        _delete_tree(api, resource)
        return {}

    def _shown_resource(self, resource: Resource, embed: bool) -> dict:
        shown = {"id": resource.id, "path": resource.path}
        if resource.parent_id:
            shown |= {"parentId": resource.parent_id, "pathPart": resource.path_part}
        if resource.methods:
            shown["resourceMethods"] = resource.methods if embed else {verb: {} for verb in resource.methods}
        return shown


def _joined(parent: Resource, path_part: str) -> str:
    return f"{parent.path.rstrip('/')}/{path_part}"


def _delete_tree(api: RestApi, resource: Resource) -> None:
    for child in api.children(resource.id):
        _delete_tree(api, child)
    del api.resources[resource.id]


def _replace_paths(api: RestApi, resource: Resource) -> None:
    resource.path = _joined(api.resources[resource.parent_id], resource.path_part)
    for child in api.children(resource.id):
        _replace_paths(api, child)


def _check_path_part(api: RestApi, parent: Resource, path_part: str, moved: Resource | None) -> None:
    if not PATH_PART.fullmatch(path_part):
        raise AwsError(
            "BadRequestException",
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the "
            "beginning and the end.",
            400,
        )
    if parent.path.endswith("+}"):
        raise AwsError(
            "BadRequestException",
            f"Cannot create a child of a resource with a greedy path variable: {parent.path_part}",
            400,
        )
    for sibling in api.children(parent.id):
        if sibling is moved:
            continue
        if sibling.path_part == path_part:
            message = f"Another resource with the same parent already has this name: {path_part}"
            raise AwsError("ConflictException", message, 409)
        if sibling.path_part.startswith("{") and path_part.startswith("{"):
            raise AwsError(
                "BadRequestException",
                f"A sibling ({sibling.path_part}) of this resource already has a variable path part -- only one is "
                "allowed",
                400,
            )
