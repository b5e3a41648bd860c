"""STS: who calls, and taking a role. moto's, except that moto lets anybody take a role that does not exist."""

from ..errors import AwsError
from ..service import Service, before, instead


class Sts(Service):
    name = "sts"
    is_global = True

    @before("AssumeRole")
    def check_role(self, call) -> None:
        arn = call.params["RoleArn"]
        if not self.world.iam.principal_exists(arn):
            # AWS does not tell "no such role" from "not allowed".
            # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
            message = f"User: {call.caller} is not authorized to perform: sts:AssumeRole on resource: {arn}"
            raise AwsError("AccessDenied", message, 403)

    @instead("GetCallerIdentity")
    def get_caller_identity(self, call) -> dict:
        root = call.caller.endswith(":root")
        user_id = call.account if root else call.forward()["UserId"]
        return {"UserId": user_id, "Account": call.account, "Arn": call.caller}
