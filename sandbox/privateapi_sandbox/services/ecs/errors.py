"""ECS's refusals in its own words (API reference, "Errors" of each operation; messages as seen in public logs)."""

import uuid

from ...errors import AwsError


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)


def client(message: str) -> AwsError:
    return AwsError("ClientException", message)


def no_cluster() -> AwsError:
    return AwsError("ClusterNotFoundException", "Cluster not found.")


def no_service() -> AwsError:
    return AwsError("ServiceNotFoundException", "Service not found.")


def page(items: list, params: dict, key: str, default: int = 100) -> dict:
    """One page of a List operation."""
    start = int(params.get("nextToken") or 0)
    end = start + int(params.get("maxResults") or default)
    return {key: items[start:end], **({"nextToken": str(end)} if end < len(items) else {})}


def with_tags(shown: dict, tags: dict[str, str], params: dict) -> dict:
    """Tags are shown only to who asks for them: `include: [TAGS]`."""
    return {**shown, "tags": pairs(tags)} if "TAGS" in (params.get("include") or []) else shown


def pairs(tags: dict[str, str]) -> list[dict]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def tag_map(tags: list[dict] | None) -> dict[str, str]:
    keys = [tag["key"] for tag in tags or []]
    if len(set(keys)) < len(keys):
        raise invalid("Duplicate tag keys are not allowed.")
    if len(keys) > 50:
        raise invalid("Tags can not be more than 50.")
    return {tag["key"]: tag.get("value", "") for tag in tags or []}


def event_id(chance) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
