"""Who calls, and whether the caller's policies allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .service import Call
    from .world import World


class IamCheck:
    def __init__(self, world: World, enabled: bool) -> None:
        self.enabled = enabled
        self._world = world

    def identity(self, access_key: str) -> tuple[str, str]:
        """Account and ARN of the caller; a key that IAM and STS do not know is the account's root."""
        account = self._world.settings.account
        return account, f"arn:aws:iam::{account}:root"

    def check(self, call: Call) -> None:
        """Raises AwsError where the caller lacks the right; nothing while the check is off."""
