"""How EC2 finds what a Describe asks for: ids that exist, filters, pages; and its words for what does not."""

from __future__ import annotations

import base64
import fnmatch
import itertools
import re
from collections.abc import Callable, Iterable
from typing import Any

from ...errors import AwsError
from ...service import Call

# EC2 API reference, "Client error codes".
NOT_FOUND = {
    "vpc": ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
    "subnet": ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"),
    "rtb": ("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist"),
    "sg": ("InvalidGroup.NotFound", "The security group '{}' does not exist"),
    "eni": ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"),
    "vpce": ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist"),
    "pcx": ("InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{}' does not exist"),
}


def not_found(key: str) -> AwsError:
    code, message = NOT_FOUND[key.partition("-")[0]]
    return AwsError(code, message.format(key))


def matches(call: Call, found: list[dict], filters: dict[str, str]) -> list[dict]:
    """What all of the call's filters let through."""
    wanted = [_matcher(wish, filters) for wish in call.params.get("Filters") or []]
    return [item for item in found if all(fits(item) for fits in wanted)]


def missing(key: str, prefix: str) -> AwsError:
    """An id that names nothing: not found where it has the form of an id, malformed where it has not."""
    if re.fullmatch(prefix + r"-[0-9a-f]{8}([0-9a-f]{9})?", key):
        return not_found(key)
    return AwsError(NOT_FOUND[prefix][0].replace("NotFound", "Malformed"), f'Invalid id: "{key}"')


def _matcher(wish: dict, filters: dict[str, str]) -> Callable[[dict], bool]:
    name, values = wish["Name"], wish.get("Values") or []
    patterns = [re.compile(fnmatch.translate(value.replace("[", "[[]")), re.DOTALL) for value in values]

    def any_of(found: Iterable[str]) -> bool:
        return any(pattern.match(value) for value in found for pattern in patterns)

    if name.startswith("tag:"):
        return lambda item: any_of(t["Value"] for t in _tags(item) if t["Key"] == name[4:])
    if name == "tag-key":
        return lambda item: any_of(t["Key"] for t in _tags(item))
    if name not in filters:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    return lambda item: any_of(_texts(item, filters[name].split(".")))


def _tags(item: dict) -> list[dict]:
    return item.get("Tags") or item.get("TagSet") or []


def _texts(value: Any, path: list[str]) -> Iterable[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts(each, path)
    elif path:
        if isinstance(value, dict) and value.get(path[0]) is not None:
            yield from _texts(value[path[0]], path[1:])
    else:
        yield str(value).lower() if isinstance(value, bool) else str(value)


class Listings:
    """EC2's pages: MaxResults from 5, an opaque token that says where to go on.

    What a Describe finds is found once, and its later pages are of the same moment: a fleet's listing has dozens of them.
    """

    KEPT = 256  # at once; a token is older than that many others only if nobody goes on with it

    def __init__(self) -> None:
        self._rest: dict[str, list] = {}
        self._tokens = itertools.count(1)

    def page(self, call: Call, member: str, find: Callable[[], list], show: Callable[[Any], dict] = lambda item: item) -> dict:
        token, size = call.params.get("NextToken"), call.params.get("MaxResults")
        if token and token not in self._rest:
            raise AwsError("InvalidParameterValue", "Invalid value for parameter NextToken")
        found = self._rest[token] if token else find()
        here, rest = (found[:size], found[size:]) if size else (found, [])
        return {member: [show(item) for item in here], **({"NextToken": self._keep(rest)} if rest else {})}

    def _keep(self, rest: list) -> str:
        token = base64.b64encode(str(next(self._tokens)).encode()).decode()
        self._rest[token] = rest
        while len(self._rest) > self.KEPT:
            del self._rest[next(iter(self._rest))]
        return token
