"""Tags of clusters, services, tasks and task definitions, by their ARN."""

from ...service import instead
from . import errors


class Tags:
    """Mixin of the ECS service."""

    @instead("TagResource")
    def tag_resource(self, call) -> dict:
        self._tags_of(call).update(errors.tag_map(call.params["tags"]))
        return {}

    @instead("UntagResource")
    def untag_resource(self, call) -> dict:
        tags = self._tags_of(call)
        for key in call.params["tagKeys"]:
            tags.pop(key, None)
        return {}

    @instead("ListTagsForResource")
    def list_tags(self, call) -> dict:
        return {"tags": errors.pairs(self._tags_of(call))}

    def _tags_of(self, call) -> dict[str, str]:
        arn, store = call.params["resourceArn"], self.store(call)
        kind = arn.split(":")[-1].split("/")[0] if arn.count(":") >= 5 else ""
        if kind == "cluster":
            return self.cluster(call, arn).tags
        if ":task-definition/" in arn and arn in store.task_definitions:
            return store.task_definitions[arn].tags
        if ":service/" in arn:
            if arn in store.services and store.services[arn].status != "INACTIVE":
                return store.services[arn].tags
            raise errors.no_service()
        if ":task/" in arn and arn in store.tasks:
            return store.tasks[arn].tags
        raise errors.invalid("The specified resource is not found. Specify a valid resource ARN and try again.")
