"""The gateway dies at one exact point of a change that several services make, or a service is out at that point."""

from __future__ import annotations

from typing import Any

from services.gateway.clients.errands import Errands
from services.gateway.clients.upstream import SERVICE_UNAVAILABLE
from services.gateway.joint import change as subject


class Died(Exception):
    """The process is gone: nothing after this line ran, and nobody got an answer."""


class Points:
    """Counts the points that a change passes, and makes one of them the last.

    A point stands before and after every call to a service, and before and after every transaction of the
    gateway's own; what a service or a transaction did until then has happened.
    """

    def __init__(self, patches: Any, die_at: int | None, how: str = "died") -> None:
        self.passed: list[str] = []
        self.die_at = die_at
        self.how = how
        self._around(patches, Errands, "drive", lambda a: a[2].operation_id)
        self._around(patches, subject.Work, "keep", lambda a: f"keep {a[1].steps[-1].value}")
        self._around(patches, subject, "begin_joint_change", lambda _: "begin")
        self._around(patches, subject, "finish_joint_change", lambda _: "finish")

    def _around(self, patches: Any, holder: Any, name: str, told: Any) -> None:
        real = getattr(holder, name)

        async def reaching(*arguments: Any, **more: Any) -> Any:
            self._reach(f"before {told(arguments)}")
            found = await real(*arguments, **more)
            self._reach(f"after {told(arguments)}")
            return found

        patches.setattr(holder, name, reaching)

    def _reach(self, here: str) -> None:
        self.passed.append(here)
        if self.die_at is not None and len(self.passed) == self.die_at + 1:
            if self.how == "out":
                raise SERVICE_UNAVAILABLE(retry_after=1, service="planted")
            raise Died(here)
