"""EC2: what is common to all its kinds."""

from __future__ import annotations

from ..errors import AwsError
from ..service import Call, Service, before


class Ec2(Service):
    name = "ec2"

    @before("*")
    def dry_run(self, call: Call) -> None:
        """EC2 API reference, "DryRun": a call that would succeed is answered with the error DryRunOperation."""
        if call.params.get("DryRun"):
            message = "Request would have succeeded, but DryRun flag is set."
            raise AwsError("DryRunOperation", message, 412)
