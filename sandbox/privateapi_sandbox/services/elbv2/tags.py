"""Tags of load balancers, listeners and target groups (API reference: AddTags, RemoveTags, DescribeTags)."""

from ...errors import AwsError
from ...service import instead
from . import errors

MAX_TAGS = 50


class Tags:
    """Mixin of the Elastic Load Balancing service."""

    @instead("AddTags")
    def add_tags(self, call) -> dict:
        added = self.checked_tags(call.params["Tags"])
        for arn in self._tagged(call):
            if len({**self.tags[arn], **added}) > MAX_TAGS:
                raise AwsError("TooManyTags", f"The number of tags for '{arn}' exceeds {MAX_TAGS}")
        for arn in call.params["ResourceArns"]:
            self.tags[arn].update(added)
        return {}

    @instead("RemoveTags")
    def remove_tags(self, call) -> dict:
        for arn in self._tagged(call):
            for key in call.params["TagKeys"]:
                self.tags[arn].pop(key, None)
        return {}

    @instead("DescribeTags")
    def describe_tags(self, call) -> dict:
        return {
            "TagDescriptions": [
                {"ResourceArn": arn, "Tags": errors.pairs(self.tags[arn])} for arn in self._tagged(call)
            ]
        }

    def _tagged(self, call) -> list[str]:
        arns = call.params["ResourceArns"]
        if len(arns) > 20:
            raise AwsError("ValidationError", "Cannot have more than 20 resources specified")
        for arn in arns:
            if arn not in self.tags:
                raise errors.not_found(*_kind(arn))
        return arns

    @staticmethod
    def checked_tags(tags: list[dict] | None) -> dict[str, str]:
        keys = [tag["Key"] for tag in tags or []]
        repeated = sorted({key for key in keys if keys.count(key) > 1})
        if repeated:
            raise AwsError("DuplicateTagKeys", f"Tag key was specified more than once: {', '.join(repeated)}")
        return {tag["Key"]: tag.get("Value", "") for tag in tags or []}


def _kind(arn: str) -> tuple[str, str]:
    if ":targetgroup/" in arn:
        return "TargetGroup", "target groups"
    return ("Listener", "listeners") if ":listener/" in arn else ("LoadBalancer", "load balancers")
