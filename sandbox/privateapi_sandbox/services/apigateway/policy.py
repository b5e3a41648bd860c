"""Resource policies of REST APIs: checked, expanded and printed the way API Gateway does.

API Gateway keeps `execute-api:/…` resources expanded to the API's full ARN and prints the policy as a JSON
string whose quotes and slashes are escaped once more, so that what is read never equals what was written.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html
"""

import json
import re
from collections.abc import Callable

from ...errors import AwsError

# Quota "Resource policy size": 8192 bytes for REST APIs.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
MAX_CHARACTERS = 8192

STATEMENT_ORDER = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)
EXECUTE_API_ARN = re.compile(r"^arn:aws[a-z-]*:execute-api:[^:]+:[^:]+:.+")
IAM_PRINCIPAL = re.compile(r"^arn:aws[a-z-]*:iam::(\d{12}):(role|user)/(.+)$")


def accepted(text: str, api_arn: str, principal_exists: Callable[[str], bool]) -> dict:
    """The policy as API Gateway stores it; refuses what it refuses."""
    if len(text) > MAX_CHARACTERS:
        raise AwsError("BadRequestException", f"Policy size exceeds the limit of {MAX_CHARACTERS} characters", 400)
    try:
        policy = json.loads(text)
        statements = policy["Statement"]
        statements = statements if isinstance(statements, list) else [statements]
        return {
            "Version": policy.get("Version", "2008-10-17"),
            **({"Id": policy["Id"]} if "Id" in policy else {}),
            "Statement": [_statement(statement, api_arn, principal_exists) for statement in statements],
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _invalid() from None


def printed(policy: dict) -> str:
    """The policy as GetRestApi shows it: compact JSON, escaped as the inside of a JSON string, slashes too."""
    compact = json.dumps(policy, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(compact, ensure_ascii=False)[1:-1].replace("/", "\\/")


def _statement(statement: dict, api_arn: str, principal_exists: Callable[[str], bool]) -> dict:
    if statement["Effect"] not in ("Allow", "Deny"):
        raise _invalid()
    principal = statement["Principal"] if "Principal" in statement else statement["NotPrincipal"]
    _check_principal(principal, principal_exists)
    actions = _strings(statement["Action"] if "Action" in statement else statement["NotAction"])
    if not all(action == "*" or action.startswith("execute-api:") for action in actions):
        raise _invalid()
    key = "Resource" if "Resource" in statement else "NotResource"
    expanded = {**statement, key: _expanded(statement[key], api_arn)}
    return {name: expanded[name] for name in STATEMENT_ORDER if name in expanded}


def _expanded(resource: str | list, api_arn: str) -> str | list:
    if isinstance(resource, list):
        return [_expanded(entry, api_arn) for entry in resource]
    if resource.startswith("execute-api:/"):
        return f"{api_arn}/{resource.removeprefix('execute-api:/')}"
    if resource != "*" and not EXECUTE_API_ARN.match(resource):
        raise _invalid()
    return resource


def _check_principal(principal: str | dict, principal_exists: Callable[[str], bool]) -> None:
    if principal == "*":
        return
    for kind, names in principal.items():
        if kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
            raise _invalid()
        for name in _strings(names):
            if IAM_PRINCIPAL.match(name) and not principal_exists(name):
                raise _invalid()


def _strings(value: str | list) -> list:
    return [value] if isinstance(value, str) else list(value)


def _invalid() -> AwsError:
    return AwsError(
        "BadRequestException",
        "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.",
        400,
    )
