"""Partner journals: what a partner's own finance system loads for a period, once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.draw_up_partner_journal import draw_up_partner_journal
from services.budget.api import partner_journal_rows
from services.budget.store import partner_journals
from shared.calendar import LedgerPeriod, read_ledger_period
from shared.errors import Refusal
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, frozen, listed
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, Pages, may, post_once
from shared.web.fields import Body, Code, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/partner-journals", tags=["reports"])


class PartnerJournalIn(Body):
    """Which period. Where one is drawn up already, that one is the answer, whatever else is asked."""

    id: UUID
    partnership_id: UUID
    period: str = Field(max_length=20, examples=["2015-16-M03"])
    suspense_code: Code | None = Field(
        default=None, description="Takes what has no ledger code yet.", examples=["9999-SUSPENSE"]
    )

    def to_period(self) -> LedgerPeriod:
        try:
            return read_ledger_period(self.period)
        except Refusal as refusal:
            raise refusal.reason("/period", **refusal.facts) from None


class KeptJournalOut(Out):
    """A journal as it is listed: its number, and the digest of the bytes that reading it gives."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    number: int
    period: str = Field(examples=["2015-16-M03"])
    financial_year: str = Field(examples=["2015/16"])
    document_bytes: int
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    version: int


class KeptJournalsOut(Out):
    """A page of journals."""

    items: list[KeptJournalOut]
    next: str | None


class JournalRowOut(Out):
    """One row to load; a debit is positive. `mapped` is false where the suspense code takes it."""

    code: str = Field(examples=["4410-22017"])
    mapped: bool
    line_id: UUID | None
    pool_id: UUID | None
    name: str = Field(examples=["Residential care"])
    kind: str = Field(examples=["expenditure"])
    amount_pence: int
    entries: int
    late_entries: int


class PartnerJournalOut(Out):
    """A journal: its rows add up to nothing. `complete` is false while anything stands under the suspense code."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    number: int
    period: str = Field(examples=["2015-16-M03"])
    financial_year: str = Field(examples=["2015/16"])
    taken_until: datetime = Field(description="What was recorded later is in a later journal.")
    complete: bool
    missing_contributors: list[UUID]
    withheld_contributors: list[UUID]
    rows: list[JournalRowOut]
    debits_pence: int
    credits_pence: int
    entries: int
    late_entries: int = Field(description="Posted to earlier periods, after their journals.")
    unmapped: list[str] = Field(examples=[["Residential care"]])


@router.post(
    "",
    operation_id="drawUpPartnerJournal",
    status_code=201,
    response_model=KeptJournalOut,
    responses={**problems(409, 413, 415), 200: {"model": KeptJournalOut, "description": "Drawn up before."}},
    summary="Draw up the journal of a period",
)
async def draw_up(
    body: PartnerJournalIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, post_once("drawUpPartnerJournal")],
) -> Response:
    """What the pooled funds did on your lines up to the period, and what you paid in, that no journal took before.

    Once per period: asked again, it is the same journal with the same number. What is posted late goes in the next one.
    """
    kept = await draw_up_partner_journal(
        door.db, door.caller, sent, body.id, body.partnership_id, body.to_period(), body.suspense_code
    )
    return answer(kept, f"/v1/partner-journals/{body.id}")


@router.get(
    "/{id}",
    operation_id="getPartnerJournal",
    response_model=PartnerJournalOut,
    responses={**problems(404), 200: AS_CSV},
    summary="Read a partner journal",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """The very bytes that were drawn up. With `Accept: text/csv` the same as a table in pounds, to be loaded."""
    async with door.db.begin(door.caller, single=True) as tx:
        document, digest = await partner_journals.document(tx, id)
    if wants_csv(request):
        journal = partner_journals.read(document)
        name = f"partner-journal-{journal.number}-{journal.period}"
        return shown_as_csv(request, partner_journal_rows.rows(journal), name)
    return frozen(request, document, digest, {"Vary": "Accept"})


@router.get(
    "",
    operation_id="listPartnerJournals",
    response_model=KeptJournalsOut,
    responses=problems(),
    summary="List your partner journals",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """Your own journals by number."""
    after = read_cursor(pages.cursor, int, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await partner_journals.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.number, each.id)))
