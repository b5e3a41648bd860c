"""Policy evaluation: statements, wildcards, conditions.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators". Conditions on
addresses and dates are not evaluated (they match nothing), as the sandbox's callers have neither.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Requirement:
    """One right a call needs: an action on a resource, with what conditions may ask about it."""

    action: str
    resource: str = "*"
    context: dict[str, list[str]] = field(default_factory=dict)


Lookup = Callable[[str], "list[str] | None"]  # a condition key's values; None: the request has no such key


def decision(documents: Iterable[str], wanted: Requirement, lookup: Lookup) -> str:
    """``allowed``, ``denied`` (an explicit Deny) or ``none`` (nothing allows it)."""
    found = "none"
    for document in documents:
        for statement in statements(document):
            if applies(statement, wanted, lookup):
                if statement.get("Effect") == "Deny":
                    return "denied"
                found = "allowed"
    return found


@lru_cache(maxsize=1024)
def statements(document: str) -> tuple[dict, ...]:
    text = document if document.lstrip().startswith("{") else unquote(document)
    found = json.loads(text).get("Statement", [])
    return tuple(found if isinstance(found, list) else [found])


def applies(statement: dict, wanted: Requirement, lookup: Lookup) -> bool:
    return (
        _names(statement, "Action", wanted.action, ignore_case=True)
        and _names(statement, "Resource", wanted.resource, ignore_case=False)
        and all(
            _condition(operator, key, _list(values), lookup(key))
            for operator, keys in (statement.get("Condition") or {}).items()
            for key, values in keys.items()
        )
    )


def _names(statement: dict, element: str, value: str, ignore_case: bool) -> bool:
    if f"Not{element}" in statement:
        return not any(like(pattern, value, ignore_case) for pattern in _list(statement[f"Not{element}"]))
    return any(like(pattern, value, ignore_case) for pattern in _list(statement.get(element, [])))


def _condition(operator: str, key: str, wanted: list[str], given: list[str] | None) -> bool:
    quantifier, _, operator = operator.rpartition(":")
    optional = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    if operator == "Null":
        return (given is None) == (wanted[0].lower() == "true")
    if given is None:
        negative = "Not" in operator
        return optional or negative or quantifier == "ForAllValues"
    test = _OPERATORS.get(operator)
    if test is None:
        return False
    hits = [any(test(pattern, value) for pattern in wanted) for value in given]
    if "Not" in operator:
        hits = [not hit for hit in hits]
    return all(hits) if quantifier == "ForAllValues" or "Not" in operator else any(hits)


def like(pattern: str, value: str, ignore_case: bool = False) -> bool:
    return bool(_compiled(pattern, ignore_case).fullmatch(value))


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern:
    text = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile(text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


# The negative operators are these, turned round by the caller.
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda pattern, value: pattern == value,
    "StringNotEquals": lambda pattern, value: pattern == value,
    "StringEqualsIgnoreCase": lambda pattern, value: pattern.lower() == value.lower(),
    "StringLike": like,
    "StringNotLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "ArnNotLike": like,
    "ArnNotEquals": like,
    "Bool": lambda pattern, value: pattern.lower() == value.lower(),
    "NumericEquals": lambda pattern, value: float(pattern) == float(value),
    "NumericLessThanEquals": lambda pattern, value: float(value) <= float(pattern),
}


def _list(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [_text(value)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
