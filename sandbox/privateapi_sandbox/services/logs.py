"""CloudWatch Logs: log groups, retention, tags. moto's, with the checks and fields that it leaves out."""

import re

from ..errors import AwsError
from ..service import LiveObject, Service, after, before

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
                  3653)
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
NAME_PATTERN = r"[\.\-_/#A-Za-z0-9]+"


class Logs(Service):
    name = "logs"

    @after("CreateLogGroup")
    def created(self, call, result: dict) -> None:
        self.born(_arn(call.account, call.region, call.params["logGroupName"]))

    @before("CreateLogGroup")
    def check_name(self, call) -> None:
        name = call.params["logGroupName"]
        if not re.fullmatch(NAME_PATTERN, name) or len(name) > 512:
            raise AwsError(
                "InvalidParameterException",
                f"1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member "
                f"must satisfy regular expression pattern: {NAME_PATTERN}",
            )

    @before("PutRetentionPolicy")
    def check_retention(self, call) -> None:
        days = call.params["retentionInDays"]
        if days not in RETENTION_DAYS:
            allowed = ", ".join(map(str, RETENTION_DAYS))
            raise AwsError(
                "InvalidParameterException",
                f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
                f"Member must satisfy enum value set: [{allowed}]",
            )

    @before("TagResource", "UntagResource", "ListTagsForResource")
    def check_arn(self, call) -> None:
        """The tag calls take a log group's ARN without the `:*` that DescribeLogGroups prints in `arn`.
        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html"""
        arn = call.params["resourceArn"]
        if arn.endswith(":*"):
            raise AwsError("InvalidParameterException", f"Invalid resource ARN: {arn}")
        if not self.has_group(call.account, call.region, arn.partition(":log-group:")[2]):
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")

    @before("DeleteLogGroup")
    def forget_tags(self, call) -> None:
        """moto would give them to the next group of that name."""
        arn = _arn(call.account, call.region, call.params["logGroupName"])
        tags = self.moto("logs", "ListTagsForResource", call.account, call.region, resourceArn=arn)["tags"]
        if tags:
            self.moto("logs", "UntagResource", call.account, call.region, resourceArn=arn, tagKeys=list(tags))

    @after("DescribeLogGroups")
    def complete(self, call, result: dict) -> None:
        """Asked for by its whole name, a new group is there at once: every version of Terraform's aws_cloudwatch_log_group
        reads it so right after its creation, once, and takes an absence for an error."""
        named = call.params.get("logGroupNamePrefix")
        result["logGroups"] = [group for group in result["logGroups"] if group["logGroupName"] == named
                               or self.listed(group["arn"].removesuffix(":*"))]
        for group in result["logGroups"]:
            group.setdefault("logGroupClass", "STANDARD")

    def objects(self, account: str, region: str):
        for group in self.moto("logs", "DescribeLogGroups", account, region)["logGroups"]:
            arn = group["arn"].removesuffix(":*")
            tags = self.moto("logs", "ListTagsForResource", account, region, resourceArn=arn)["tags"]
            name = group["logGroupName"]
            yield LiveObject("logs", "log-group", name, name, "", tags, region, account)

    def has_group(self, account: str, region: str, name: str) -> bool:
        """Named query: whether a log group of exactly this name exists."""
        groups = self.moto("logs", "DescribeLogGroups", account, region, logGroupNamePrefix=name)["logGroups"]
        return any(group["logGroupName"] == name for group in groups)


def _arn(account: str, region: str, name: str) -> str:
    return f"arn:aws:logs:{region}:{account}:log-group:{name}"
