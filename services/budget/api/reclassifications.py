"""Reclassification of interim entries into the pool."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.budget.actions.reclassify_interim import reclassify_interim
from services.budget.api.journal_bodies import JournalOut
from services.budget.rules.journal import JournalKind
from services.budget.rules.reclassification import Move, Reclassification
from services.budget.store import agreements, reclassifications
from shared.calendar import read_ledger_period
from shared.errors import Refusal
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed
from shared.web.doors import Door, Pages, may, post_once
from shared.web.fields import Body, Day, Out, Paragraph, Pence
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/agreements/{id}/reclassifications", tags=["agreements"])


class MoveIn(Body):
    """Pence out of an interim account into another of the same pool: positive where the interim one is in debit."""

    interim_account_id: UUID
    to_account_id: UUID
    amount_pence: Pence = Field(examples=[41_250_00])


class ReclassificationIn(Body):
    """The journal that moves interim entries, dated from commencement on and within the year of its lines."""

    id: UUID
    kind: JournalKind = Field(examples=["expenditure"])
    effective_date: Day = Field(examples=["2015-04-01"])
    posting_period: str | None = Field(default=None, examples=["2015-16-M02"])
    narrative: Paragraph = Field(examples=["Spent under interim authority in April, before the signature"])
    moves: list[MoveIn] = Field(min_length=1, max_length=200)

    def to_reclassification(self) -> Reclassification:
        try:
            period = None if self.posting_period is None else read_ledger_period(self.posting_period)
        except Refusal as refusal:
            raise refusal.reason("/posting_period", **refusal.facts) from None
        moves = (Move(each.interim_account_id, each.to_account_id, each.amount_pence) for each in self.moves)
        return Reclassification(self.id, self.kind, self.effective_date, period, self.narrative, tuple(moves))


class ReclassifiedOut(Out):
    """How much one journal moved out of one interim account."""

    journal_id: UUID
    interim_account_id: UUID
    agreement_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    amount_pence: int
    recorded_at: datetime


class ReclassifiedListOut(Out):
    """A page of what was reclassified."""

    items: list[ReclassifiedOut]
    next: str | None


@router.post(
    "",
    operation_id="reclassifyInterim",
    status_code=201,
    response_model=JournalOut,
    responses=problems(403, 404, 409, 413, 415),
    summary="Move interim entries into the pool",
)
async def reclassify(
    id: UUID,  # noqa: A002 the name in the address
    body: ReclassificationIn,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, post_once("reclassifyInterim")],
) -> Response:
    """Posts one journal. Each move takes from the interim account what it gives, and no more than it held on the day."""
    kept = await reclassify_interim(door.db, door.caller, sent, id, body.to_reclassification())
    return answer(kept, f"/v1/journals/{body.id}")


@router.get(
    "",
    operation_id="listReclassifications",
    response_model=ReclassifiedListOut,
    responses=problems(404),
    summary="List what was moved out of interim accounts",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """In the order in which it was recorded, with the journal that did it."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller) as tx:
        await agreements.get(tx, id)
        rows = await reclassifications.page(tx, id, pages.limit, after, within)
    return listed(
        request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.interim_account_id))
    )
