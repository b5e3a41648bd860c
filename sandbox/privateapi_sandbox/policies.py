"""IAM's policy language: what a set of policies says about one request.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators". Keys and actions
compare without case, values as their operator says; a key that the request lacks fails a positive operator, passes a
negated one, and passes everything that ends in IfExists.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

ALLOW, DENY = "Allow", "Deny"


@dataclass(frozen=True)
class Access:
    """One request: `context` holds the condition keys (`aws:SourceVpce` …) that AWS knows of it.

    `lookup` is asked, with the key as the policy writes it, for what is not worth knowing before a policy asks.
    """

    action: str
    resource: str
    principal: str = "*"  # an ARN, a service (`ecs-tasks.amazonaws.com`), or * for an anonymous caller
    context: dict[str, Any] = field(default_factory=dict)
    lookup: Callable[[str], Any] = lambda key: None

    def value(self, key: str) -> Any:
        """Of a condition key, whose name compares without case; None where the request has no such key."""
        known = next((value for name, value in self.context.items() if name.lower() == key.lower()), None)
        return self.lookup(key) if known is None else known


@lru_cache(maxsize=1024)
def parsed(document: str) -> dict:
    """A policy as IAM keeps it: JSON, percent-encoded where its API prints it (SDKs hide that)."""
    return json.loads(document if document.lstrip().startswith("{") else unquote(document))


def decide(documents: Iterable[dict], access: Access) -> str | None:
    """Deny, if any statement denies; else Allow, if any allows; else nothing, which is a denial too (implicit)."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _list(document.get("Statement", []))
        if applies(statement, access)
    }
    return DENY if DENY in effects else ALLOW if ALLOW in effects else None


def applies(statement: dict, access: Access) -> bool:
    return (
        _fits(statement, "Action", lambda pattern: like(pattern.lower(), access.action.lower()))
        and _fits(statement, "Resource", lambda pattern: like(pattern, access.resource))
        and _principal_fits(statement, access.principal)
        and conditions_hold(statement.get("Condition") or {}, access)
    )


def _fits(statement: dict, element: str, matches: Callable[[str], bool]) -> bool:
    if f"Not{element}" in statement:
        return not any(matches(pattern) for pattern in _list(statement[f"Not{element}"]))
    # identity policies always name a resource; trust policies have none
    return element not in statement or any(matches(pattern) for pattern in _list(statement[element]))


def _principal_fits(statement: dict, principal: str) -> bool:
    if "NotPrincipal" in statement:
        return not _named(statement["NotPrincipal"], principal)
    return "Principal" not in statement or _named(statement["Principal"], principal)


def _named(element: str | dict, principal: str) -> bool:
    if element == "*":
        return True
    names = [name for values in element.values() for name in _list(values)] if isinstance(element, dict) else []
    account = principal.split(":")[4] if principal.startswith("arn:") else ""
    return any(name in ("*", principal) or (account and name in (account, f"arn:aws:iam::{account}:root"))
               for name in names)


def conditions_hold(conditions: dict, access: Access) -> bool:
    """Every operator, and every key under it, must hold."""
    return all(
        _holds(operator, access.value(key), [_text(value) for value in _list(wanted)])
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, actual: Any, wanted: list[str]) -> bool:
    scope, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    if name == "Null":
        return (actual is None) == (wanted[0].lower() == "true")
    negated = "Not" in name
    if actual is None:
        return negated or rest.endswith("IfExists") or scope == "ForAllValues"
    test = _OPERATORS.get(name.replace("Not", ""))
    if test is None:
        return False

    def one(value: Any) -> bool:
        return any(test(str(value), pattern) for pattern in wanted) != negated

    values = _list(actual)
    return any(map(one, values)) if scope == "ForAnyValue" else all(map(one, values))


def like(pattern: str, value: str) -> bool:
    """`*` and `?` as IAM reads them: across slashes and colons, nothing else is special."""
    return _pattern(pattern).match(value) is not None


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern:
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))


def _in_network(value: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _compare(test: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda value, wanted: test(float(value), float(wanted))


# By name without "Not": StringNotEquals is StringEquals, negated.
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": lambda value, wanted: like(wanted, value),
    "ArnEquals": lambda value, wanted: like(wanted, value),
    "ArnLike": lambda value, wanted: like(wanted, value),
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
    "IpAddress": _in_network,
    "NumericEquals": _compare(lambda a, b: a == b),
    "NumericLessThan": _compare(lambda a, b: a < b),
    "NumericLessThanEquals": _compare(lambda a, b: a <= b),
    "NumericGreaterThan": _compare(lambda a, b: a > b),
    "NumericGreaterThanEquals": _compare(lambda a, b: a >= b),
}


def _list(value: Any) -> list:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
