"""What is asked of a view of a partnership, and what its sources are told to say before anything is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.gateway.rules.partnership import Role
from services.gateway.rules.view import Sight, WithheldBecause
from services.gateway.views.source import Answered, ViewMode, ViewSource, require_all, require_settled
from shared.calendar import FinancialYear


@dataclass(frozen=True, slots=True)
class ViewAsked:
    """Which partnership's view, over which years, as at which day, as recorded when (null: now), and for whom.

    `sights` says for each year as whom the caller sees it; `closed` are the operations that are not for the caller.
    """

    partnership_id: UUID
    sights: Mapping[FinancialYear, Sight]
    as_at: date
    as_recorded: datetime | None
    mode: ViewMode
    now: datetime
    closed: Mapping[str, WithheldBecause]

    @property
    def first(self) -> FinancialYear:
        return min(self.sights)

    @property
    def last(self) -> FinancialYear:
        return max(self.sights)

    @property
    def seen_as(self) -> tuple[Role, ...]:
        """The roles that open any of the years."""
        held = {role for sight in self.sights.values() for role in sight.roles}
        return tuple(role for role in Role if role in held)

    @property
    def recorded(self) -> dict[str, str]:
        """The instant as a query of a service has it."""
        return {} if self.as_recorded is None else {"as_recorded": self.as_recorded.isoformat()}


def sources_of(answers: Iterable[Answered[Any]], mode: ViewMode) -> tuple[ViewSource, ...]:
    """The sources of a view, or a refusal: of an instant that can still change, and of a strict view with a gap."""
    told = tuple(answers)
    require_settled(told)
    sources = tuple(each.source for each in told)
    require_all(sources, mode)
    return sources
