"""Elastic Load Balancing's own way of naming, paging and refusing, shared by its modules."""

import re

from ...errors import AwsError


def not_found(kind, plural):
    return AwsError(f"{kind}NotFound", f"One or more {plural} not found")


def duplicate(kind, noun, name):
    return AwsError(f"Duplicate{kind}Name", f"A {noun} with the same name '{name}' exists, but with different settings")


def bad_name(noun, name):
    """Names have at most 32 letters, digits and inner hyphens (API reference, CreateLoadBalancer and CreateTargetGroup)."""
    noun = noun.capitalize() if noun == "target group" else f"The {noun}"
    if len(name) > 32:
        raise AwsError("ValidationError", f"{noun} name '{name}' cannot be longer than '32' characters")
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        raise AwsError(
            "ValidationError",
            f"{noun} name '{name}' can only contain characters that are alphanumeric characters and hyphens(-)",
        )
    if name.startswith("-") or name.endswith("-"):
        raise AwsError("ValidationError", f"{noun} name '{name}' cannot begin or end with a hyphen(-)")
    if "load" in noun and name.startswith("internal-"):
        raise AwsError("ValidationError", f"{noun} name '{name}' cannot begin with 'internal-'")


def page(items, params, largest):
    """One page of `items` and the NextMarker entry of the answer, if any."""
    start = int(params.get("Marker") or 0)
    end = start + int(params.get("PageSize") or largest)
    return items[start:end], ({"NextMarker": str(end)} if end < len(items) else {})


def pairs(attributes):
    return [{"Key": key, "Value": str(value)} for key, value in attributes.items()]


def update(attributes, changes, noun):
    """Applies attribute changes, all or none; an unknown key is refused as AWS does."""
    for change in changes:
        if change["Key"] not in attributes:
            raise AwsError("ValidationError", f"{noun.capitalize()} attribute key '{change['Key']}' is not recognized")
    attributes.update({change["Key"]: change["Value"] for change in changes})
