"""Journals: post, reverse, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.budget.actions.post_journal import post_journal
from services.budget.actions.reverse_journal import reverse_journal
from services.budget.api.journal_bodies import (
    JournalIn,
    JournalOut,
    JournalsOut,
    ReversalIn,
    asked_period,
)
from services.budget.rules.journal import Book, JournalKind
from services.budget.store import journals
from services.budget.store.journal_filters import Wanted
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, post_once, put_once
from shared.web.fields import Code, Day
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/journals", tags=["journals"])


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
    period = asked_period(body.posting_period)
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


async def _wanted(
    account_id: Annotated[UUID | None, Query(description="Has an entry on this account.")] = None,
    kind: Annotated[JournalKind | None, Query()] = None,
    book: Annotated[Book | None, Query()] = None,
    posting_period: Annotated[str | None, Query(description="As 2015-16-M01.", max_length=20)] = None,
    client_reference: Annotated[Code | None, Query()] = None,
    effective_from: Annotated[Day | None, Query(description="Effective on this day or later.")] = None,
    effective_to: Annotated[Day | None, Query(description="Effective on this day or earlier.")] = None,
    contract_id: Annotated[UUID | None, Query(description="Has an entry for this contract.")] = None,
    provider_organisation_id: Annotated[UUID | None, Query(description="Has an entry for it.")] = None,
    service_code: Annotated[Code | None, Query(description="Has an entry for this service.")] = None,
    locality_code: Annotated[Code | None, Query(description="Has an entry for this locality.")] = None,
) -> Wanted:
    period = asked_period(posting_period, "?posting_period")
    return Wanted(
        account_id,
        kind,
        book,
        None if period is None else period.label,
        client_reference,
        effective_from,
        effective_to,
        contract_id,
        provider_organisation_id,
        service_code,
        locality_code,
    )


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
    wanted: Annotated[Wanted, Depends(_wanted)],
) -> Response:
    """The journals that you may see, in the order in which they were recorded. Each filter narrows the list."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await journals.page(tx, partnership_id, pages.limit, after, within, wanted)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
