"""Patch operations of the Update… calls.

Which operation each path takes is AWS's table:
https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import AwsError


@dataclass(frozen=True)
class Path:
    """How one patch path changes a resource: a scalar, a member of a list, or an entry of a map."""

    kind: str
    ops: frozenset
    convert: Any = str


def scalar(convert: Any = str, ops: str = "replace") -> Path:
    return Path("scalar", frozenset(ops.split()), convert)


# `/binaryMediaTypes/image~1png`: the path names the member
MEMBER = Path("member", frozenset(("add", "remove", "replace")))
# `/endpointConfiguration/vpcEndpointIds` with a value: the value names the member
MEMBER_BY_VALUE = Path("member-by-value", frozenset(("add", "remove")))
ENTRY = Path("entry", frozenset(("add", "remove", "replace")))
FLAG_ENTRY = Path("entry", frozenset(("add", "remove", "replace")), lambda text: text == "true")


def boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise AwsError("BadRequestException", f"Invalid boolean value: {text}", 400)
    return text == "true"


def integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise AwsError("BadRequestException", f"Invalid integer value: {text}", 400) from None


def compression_size(text: str) -> int | None:
    """Nothing switches compression off."""
    if not text:
        return None
    if not text.isdigit() or int(text) > 10485760:
        raise AwsError("BadRequestException", "Invalid minimum compression size, must be between 0 and 10485760", 400)
    return int(text)


def apply(target: dict, operations: list[dict], table: Mapping[str, Path]) -> None:
    """Applies all operations to `target`, or none of them when one is refused."""
    changed = _copy(target)
    for operation in operations:
        _apply_one(changed, operation, table)
    target.clear()
    target.update(changed)


def _apply_one(target: dict, operation: dict, table: Mapping[str, Path]) -> None:
    op, path, value = operation.get("op", ""), operation.get("path", ""), operation.get("value")
    found = next(((template, rule) for template, rule in table.items() if _matches(template, path)), None)
    if found is None or op not in found[1].ops:
        allowed = ", ".join(sorted(t.replace("*", "{name}") for t, rule in table.items() if op in rule.ops))
        raise AwsError(
            "BadRequestException",
            f"Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{allowed}]",
            400,
        )
    keys = [_unescape(part) for part in path.strip("/").split("/")]
    _CHANGES[found[1].kind](target, keys, op, value, found[1])


def _change_scalar(target: dict, keys: list[str], op: str, value: str | None, rule: Path) -> None:
    holder = _holder(target, keys[:-1])
    converted = None if op == "remove" else rule.convert(value or "")
    if converted is None:
        holder.pop(keys[-1], None)
    else:
        holder[keys[-1]] = converted


def _change_member(target: dict, keys: list[str], op: str, value: str | None, rule: Path) -> None:
    members = _holder(target, keys[:-2]).setdefault(keys[-2], [])
    _change_list(members, keys[-1], op, value)


def _change_member_by_value(target: dict, keys: list[str], op: str, value: str | None, rule: Path) -> None:
    _change_list(_holder(target, keys[:-1]).setdefault(keys[-1], []), value, op, value)


def _change_list(members: list, member: str | None, op: str, value: str | None) -> None:
    if op == "replace":
        # types/0 names a position, binaryMediaTypes/image~1png the member itself
        position = int(member) if str(member).isdigit() else members.index(member) if member in members else None
        if position is None or position >= len(members):
            raise AwsError("NotFoundException", "Invalid path specified for patch operation", 404)
        members[position] = value
    elif op == "add" and member not in members:
        members.append(member)
    elif op == "remove" and member in members:
        members.remove(member)


def _change_entry(target: dict, keys: list[str], op: str, value: str | None, rule: Path) -> None:
    entries = _holder(target, keys[:-1])
    if op == "remove":
        entries.pop(keys[-1], None)
    else:
        entries[keys[-1]] = rule.convert(value or "")


_CHANGES = {
    "scalar": _change_scalar,
    "member": _change_member,
    "member-by-value": _change_member_by_value,
    "entry": _change_entry,
}


def _holder(target: dict, keys: list[str]) -> dict:
    for key in keys:
        target = target.setdefault(key, {})
    return target


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(re.escape(template).replace(r"\*", "[^/]+"), path) is not None


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(entry) for key, entry in value.items()}
    return [_copy(entry) for entry in value] if isinstance(value, list) else value
