"""AWS's refusals as exceptions; the wire module gives each its form in the protocol of the service."""

from __future__ import annotations

from typing import Any

# How each service words "too fast" and "not allowed": (code, HTTP status).
# Sources: "Common errors" page of each service's API reference; EC2 "Error codes for the Amazon EC2 API";
# API Gateway API reference, "TooManyRequestsException".
_THROTTLED = {
    "ec2": ("RequestLimitExceeded", 503),
    "apigateway": ("TooManyRequestsException", 429),
    "apigatewayv2": ("TooManyRequestsException", 429),
    "elbv2": ("Throttling", 400),
    "iam": ("Throttling", 400),
    "sts": ("Throttling", 400),
    "route53": ("Throttling", 400),
}
_DENIED = {
    "ec2": ("UnauthorizedOperation", 403),
    "apigateway": ("AccessDeniedException", 403),
    "apigatewayv2": ("AccessDeniedException", 403),
    "elbv2": ("AccessDenied", 403),
    "iam": ("AccessDenied", 403),
    "sts": ("AccessDenied", 403),
    "route53": ("AccessDenied", 403),
}


class AwsError(Exception):
    """A refusal in AWS's words. ``fields`` are further members of the error's shape in the API model.

    ``service`` is set where no call is known yet whose service would say in which format the refusal is sent.
    """

    service = ""

    def __init__(self, code: str, message: str = "", status: int = 400, **fields: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields


def throttled(service: str) -> AwsError:
    code, status = _THROTTLED.get(service, ("ThrottlingException", 400))
    message = "Request limit exceeded." if service == "ec2" else "Rate exceeded"
    return AwsError(code, message, status)


def access_denied(service: str, caller_arn: str, action: str, resource: str, explicit: bool = False) -> AwsError:
    """Wording: IAM User Guide, "Troubleshoot access denied error messages"."""
    code, status = _DENIED.get(service, ("AccessDeniedException", 400))
    message = f"User: {caller_arn} is not authorized to perform: {action} on resource: {resource}"
    if service == "ec2":
        message = f"You are not authorized to perform this operation. {message}"
    why = "because no identity-based policy allows"
    if explicit:
        message, why = f"{message} with an explicit deny in an identity-based policy", ""
    return AwsError(code, f"{message} {why} the {action} action" if why else message, status)


def not_simulated(service: str, operation: str) -> AwsError:
    """What the sandbox does not do, it says: 501 is not retried by the SDKs and cannot be mistaken for AWS."""
    return AwsError("NotImplemented", f"The sandbox does not simulate {service}:{operation}", 501)
