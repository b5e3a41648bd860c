"""The account's settings of API Gateway: the role with which it writes logs.

https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html
"""

from ...errors import AwsError
from ...service import instead
from . import patch

UPDATES = {"/cloudwatchRoleArn": patch.scalar(ops="add remove replace")}
THROTTLE = {"burstLimit": 5000, "rateLimit": 10000.0}


class Account:
    """Mixin of the API Gateway service."""

    @instead("GetAccount")
    def get_account(self, call) -> dict:
        role = self.store(call).log_role
        shown = {"throttleSettings": THROTTLE, "features": ["UsagePlans"], "apiKeyVersion": "4"}
        return {**shown, **({"cloudwatchRoleArn": role} if role else {})}

    @instead("UpdateAccount")
    def update_account(self, call) -> dict:
        store = self.store(call)
        wanted = {"cloudwatchRoleArn": store.log_role}
        patch.apply(wanted, call.params.get("patchOperations") or [], UPDATES)
        role = wanted.get("cloudwatchRoleArn") or ""
        if role and not self.world.iam.assumable(call.account, role, "apigateway.amazonaws.com"):
            message = "The role ARN does not have required permissions configured. Please grant trust permission for API " \
                      "Gateway and add the required role policy."
            raise AwsError("BadRequestException", message, 400)
        store.log_role = role
        return self.get_account(call)
