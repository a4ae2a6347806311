"""Journals: post, reverse, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.post_journal import post_journal
from services.budget.actions.reverse_journal import reverse_journal
from services.budget.rules.journal import MOST_ENTRIES, Book, Draft, Entry, JournalKind
from services.budget.store import journals
from shared.calendar import LedgerPeriod, read_ledger_period
from shared.errors import Refusal
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, post_once, put_once
from shared.web.fields import Body, Code, Day, Out, Paragraph, Pence
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/journals", tags=["journals"])


class EntryIn(Body):
    """One side of a journal: a debit is positive, a credit negative, in pence."""

    account_id: UUID
    amount_pence: Pence = Field(examples=[9080000])


class JournalIn(Body):
    """A journal to post. Its entries must add up to zero."""

    book: Book = Book.ACTUAL
    kind: JournalKind
    effective_date: Day = Field(examples=["2015-04-01"])
    posting_period: str | None = Field(default=None, examples=["2015-16-M01"])
    narrative: Paragraph = Field(examples=["First quarter's contribution of the council"])
    client_reference: Code | None = Field(default=None, examples=["GL-2015-000123"])
    entries: list[EntryIn] = Field(max_length=MOST_ENTRIES)

    def to_draft(self, journal_id: UUID) -> Draft:
        return Draft(
            id=journal_id,
            book=self.book,
            kind=self.kind,
            effective_date=self.effective_date,
            posting_period=_period(self.posting_period),
            narrative=self.narrative,
            client_reference=self.client_reference,
            entries=tuple(Entry(each.account_id, each.amount_pence) for each in self.entries),
        )


class ReversalIn(Body):
    """How a journal is reversed: under which new id, as of which day of its financial year, and why.

    Where that year's periods are over, name a later one to post it to.
    """

    id: UUID = Field(examples=["0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10"])
    effective_date: Day = Field(examples=["2015-05-01"])
    posting_period: str | None = Field(default=None, examples=["2016-17-M01"])
    narrative: Paragraph = Field(examples=["Sent twice by mistake"])


def _period(text: str | None) -> LedgerPeriod | None:
    try:
        return None if text is None else read_ledger_period(text)
    except Refusal as refusal:
        raise refusal.reason("/posting_period", **refusal.facts) from None


class EntryOut(Out):
    """One side of a journal."""

    account_id: UUID
    amount_pence: int


class JournalOut(Out):
    """A journal as it stands in the ledger."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    posted_by_organisation_id: UUID
    arrangement: str
    book: Book
    kind: JournalKind
    effective_date: Day
    financial_year: str
    posting_period: str
    narrative: str
    client_reference: str | None
    reverses_journal_id: UUID | None
    entries: list[EntryOut]
    recorded_at: datetime


class JournalsOut(Out):
    """A page of journals."""

    items: list[JournalOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="postJournal",
    status_code=201,
    response_model=JournalOut,
    responses=problems(409, 413, 415),
    summary="Post a journal",
)
async def post(
    id: UUID,  # noqa: A002 the name in the address
    body: JournalIn,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, put_once("postJournal")],
) -> Response:
    """Posts a journal under an id that you choose. Send it again as often as you like: it counts once."""
    return answer(await post_journal(door.db, door.caller, sent, body.to_draft(id)), f"/v1/journals/{id}")


@router.post(
    "/{id}/reversal",
    operation_id="reverseJournal",
    status_code=201,
    response_model=JournalOut,
    responses=problems(404, 409, 413, 415),
    summary="Reverse a journal",
)
async def reverse(
    id: UUID,  # noqa: A002 the name in the address
    body: ReversalIn,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, post_once("reverseJournal")],
) -> Response:
    """Posts a new journal with the opposite amounts. The old one stays as it was."""
    period = _period(body.posting_period)
    kept = await reverse_journal(
        door.db, door.caller, sent, id, body.id, body.effective_date, body.narrative, period
    )
    return answer(kept, f"/v1/journals/{body.id}")


@router.get(
    "/{id}",
    operation_id="getJournal",
    response_model=JournalOut,
    responses=problems(404),
    summary="Read a journal",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One journal with its entries."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await journals.get(tx, id))


@router.get(
    "",
    operation_id="listJournals",
    response_model=JournalsOut,
    responses=problems(),
    summary="List the journals of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The journals that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await journals.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
