"""Bodies of a succession's part in the register."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from shared.succession import Succession, SuccessionMove
from shared.web.fields import Body, Day, Measure, Out, Title

_OLD, _NEW = "0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10", "1c9b7b63-7f9d-4c6f-8b4a-1e7d2a2d8b21"
_MOVES = [{"predecessor_id": _OLD, "successor_id": _NEW, "share": "1"}]


class ContractSuccessionKind(StrEnum):
    """Several become one, one becomes several, or one takes another's place."""

    MERGER = "merger"
    DIVISION = "division"
    TRANSFER = "transfer"


class ContractSuccessionMoveIn(Body):
    """One predecessor's place to one successor, with the part of all that is divided."""

    predecessor_id: UUID
    successor_id: UUID
    share: Measure = Field(examples=["1"])


class ContractSuccessionIn(Body):
    """A succession as the directory has it."""

    effective_date: Day = Field(examples=["2019-04-01"])
    kind: ContractSuccessionKind = Field(examples=["transfer"])
    instrument: Title = Field(examples=["NHS Act 2006 section 14G, grant of merger application"])
    moves: list[ContractSuccessionMoveIn] = Field(min_length=1, max_length=100, examples=[_MOVES])

    def to_asked(self, succession_id: UUID) -> Succession:
        moves = (SuccessionMove(each.predecessor_id, each.successor_id, each.share) for each in self.moves)
        return Succession(succession_id, self.effective_date, self.instrument, tuple(moves))


class ContractSuccessionRemarkOut(Out):
    """A contract that did not change, and why."""

    thing: str = Field(examples=["contract"])
    thing_id: UUID
    detail: str = Field(
        examples=["Another commissioner leads it: a transfer by that lead puts the successor in."]
    )


class ContractSuccessionReportOut(Out):
    """How many contracts changed, in how many two roles became one body's, and how many were left."""

    succession_id: UUID | None
    counts: dict[str, int] = Field(examples=[{"contracts": 14, "merged": 2, "left": 1}])
    remarks: list[ContractSuccessionRemarkOut]
