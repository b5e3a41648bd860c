"""Services that the sandbox simulates by itself, with nothing of moto behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import AwsError, not_simulated
from ..service import Call, Service, before

if TYPE_CHECKING:
    from ..world import World


# What tags may be, the same for nearly every service.
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
MAX_TAGS = 50
TAG_TEXT = re.compile(r"[\w\s_.:/=+\-@]*")


class OwnService(Service):
    tag_refusal = "BadRequestException"  # the code with which the service refuses a tag

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._places = {(world.settings.account, "" if self.is_global else world.settings.region)}

    @cached_property
    def _operations(self) -> set[str]:
        return {operation for operation, _ in self.hooks("instead")}

    def places(self) -> set[tuple[str, str]]:
        return self._places

    @before("*")
    def enter(self, call: Call) -> None:
        """Refuses what is not ours: moto would answer it from a state of its own, in which nothing of ours exists."""
        self._places.add((call.account, "" if self.is_global else call.region))
        if call.operation not in self._operations:
            raise not_simulated(call.service, call.operation)

    def checked_tags(self, given: dict[str, str] | None, present: dict[str, str] | None = None) -> dict[str, str]:
        """The tags of an object after `given` were added to those `present`; refuses what AWS refuses."""
        tags = {**(present or {}), **(given or {})}
        for key, value in (given or {}).items():
            fits = 0 < len(key) <= 128 and len(value) <= 256 and TAG_TEXT.fullmatch(key + value)
            if not fits or key.lower().startswith("aws:"):
                raise AwsError(self.tag_refusal, f"Invalid tag: key '{key}', value '{value}'", 400)
        if len(tags) > MAX_TAGS:
            raise AwsError(self.tag_refusal, f"An object can have {MAX_TAGS} tags at most", 400)
        return tags

    def due(self, duration: str) -> float:
        """The moment at which something that begins now is done."""
        return self.world.now() + self.world.duration(duration)

    def at(self, moment: float, action: Callable[..., None], *given: Any) -> None:
        self.world.after(moment - self.world.now(), action, *given)
