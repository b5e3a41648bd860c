"""Tags of EC2 objects."""

from __future__ import annotations

from ...errors import AwsError
from ...service import Call, instead
from .base import Base
from .describing import not_found

MOST_TAGS = 50  # "Tag your Amazon EC2 resources", tag restrictions
_MOTO_KIND = {"vpc": "vpc", "subnet": "subnet", "sg": "security-group"}


class Tags(Base):
    @instead("CreateTags")
    def create_tags(self, call: Call) -> dict:
        if not self._known(call):
            return call.forward()
        wanted = {tag["Key"]: tag.get("Value", "") for tag in call.params.get("Tags") or []}
        if any(key.startswith("aws:") for key in wanted):
            raise AwsError("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
        tags = self.tags_of(call.account, call.region)
        for key in call.params["Resources"]:
            if len({**tags[key], **wanted}) > MOST_TAGS:
                raise AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
        for key in call.params["Resources"]:
            tags[key].update(wanted)
        return {}

    @instead("DeleteTags")
    def delete_tags(self, call: Call) -> dict:
        """Without tags, all of them go; a tag with a value goes only where it has that value (API reference)."""
        if not self._known(call):
            return call.forward()
        tags = self.tags_of(call.account, call.region)
        for key in call.params["Resources"]:
            for tag in call.params.get("Tags") or [{"Key": name} for name in tags[key]]:
                if "Value" not in tag or tags[key].get(tag["Key"]) == tag["Value"]:
                    tags[key].pop(tag["Key"], None)
        return {}

    def _known(self, call: Call) -> bool:
        """Whether all are of the kinds we look after. Raises AwsError for one that does not exist or is not seen yet."""
        known = [self._exists(call, key) for key in call.params.get("Resources") or []]
        for key, exists in zip(call.params.get("Resources") or [], known):
            if exists is False or not self.listed(key):
                raise not_found(key)
        return None not in known

    def _exists(self, call: Call, key: str) -> bool | None:
        """None: a kind we do not look after."""
        prefix = key.partition("-")[0]
        store = self.store(call.account, call.region)
        own = {"eni": store.interfaces, "vpce": store.endpoints, "rtb": store.tables, "pcx": self.peerings}
        if prefix in own:
            return key in own[prefix]
        if prefix in _MOTO_KIND:
            return key in self.held.of((call.account, call.region), _MOTO_KIND[prefix])
        return None
