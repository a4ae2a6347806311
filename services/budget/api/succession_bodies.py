"""Bodies of a succession's part in the books."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.budget.rules.succession import Move, Succession, SuccessionKind
from shared.web.fields import Body, Day, Measure, Out, Title

_OLD, _NEW = "0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10", "1c9b7b63-7f9d-4c6f-8b4a-1e7d2a2d8b21"
_MOVES = [{"predecessor_id": _OLD, "successor_id": _NEW, "share": "1"}]


class SuccessionMoveIn(Body):
    """One predecessor's books to one successor, with the part of all that is divided."""

    predecessor_id: UUID
    successor_id: UUID
    share: Measure = Field(examples=["1"])


class SuccessionIn(Body):
    """A succession as the law makes it."""

    effective_date: Day = Field(examples=["2019-04-01"])
    kind: SuccessionKind = Field(examples=["transfer"])
    instrument: Title = Field(examples=["NHS Act 2006 section 14G, grant of merger application"])
    moves: list[SuccessionMoveIn] = Field(min_length=1, max_length=100, examples=[_MOVES])

    def to_asked(self, succession_id: UUID) -> Succession:
        return Succession(
            succession_id,
            self.effective_date,
            self.kind,
            self.instrument,
            tuple(Move(each.predecessor_id, each.successor_id, each.share) for each in self.moves),
        )


class SuccessionRemarkOut(Out):
    """Something that a person should look at afterwards."""

    thing: str = Field(examples=["virement"])
    thing_id: UUID
    detail: str = Field(
        examples=["It names a predecessor and is not posted. Withdraw it and propose it for the successor."]
    )


class SuccessionReportOut(Out):
    """How many of each thing went over, and what was left."""

    succession_id: UUID | None
    counts: dict[str, int] = Field(examples=[{"agreements": 1, "accounts": 12, "journals": 4}])
    remarks: list[SuccessionRemarkOut]


class LedgerSuccessionOut(Out):
    """Who took over whose books in a partnership, from when and with which share."""

    id: UUID
    partnership_id: UUID
    predecessor_organisation_id: UUID
    owner_organisation_id: UUID = Field(description="Who succeeded.")
    effective_on: Day
    kind: SuccessionKind
    share: Measure
    instrument: str = Field(examples=["NHS Act 2006 section 14G, grant of merger application"])
    recorded_at: datetime


class LedgerSuccessionsOut(Out):
    """A page of successions."""

    items: list[LedgerSuccessionOut]
    next: str | None


class SucceededThingOut(Out):
    """What one thing of a predecessor became."""

    succession_id: UUID
    predecessor_organisation_id: UUID
    owner_organisation_id: UUID
    arrangement: str = Field(examples=["pooled"])
    thing: str = Field(examples=["account"])
    from_id: UUID
    to_id: UUID
    share: Measure
    amount_pence: int | None = Field(description="What was carried over, or falls to the successor.")


class SucceededThingsOut(Out):
    """A page of things that were succeeded."""

    items: list[SucceededThingOut]
    next: str | None
