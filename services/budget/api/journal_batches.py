"""Batches of journals: post together, try, reverse together, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.post_journal_batch import post_journal_batch
from services.budget.actions.reverse_journal_batch import Undoing, reverse_journal_batch
from services.budget.actions.try_journal_batch import try_journal_batch
from services.budget.api.journal_bodies import JournalIn, asked_period
from services.budget.rules.journal import Draft
from services.budget.rules.journal_batch import MOST_JOURNALS, BatchAsked, ItemOutcome, Mode
from services.budget.store import journal_batches
from shared.errors import Refusal
from shared.idempotency import Answer, Sent
from shared.money import LARGEST_PENCE
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, post_once
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/journal-batches", tags=["journals"])

_ID = "0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10"


class BatchJournalIn(JournalIn):
    """A journal of a batch, under an id that you choose."""

    id: UUID = Field(examples=[_ID])


class JournalBatchIn(Body):
    """Journals to post together, in this order."""

    id: UUID = Field(examples=[_ID])
    partnership_id: UUID
    mode: Mode = Field(
        examples=["all_or_nothing"],
        description="Whether one journal that is refused stops the others, or they are posted without it.",
    )
    control_total_pence: int | None = Field(
        default=None,
        strict=True,
        ge=0,
        le=MOST_JOURNALS * LARGEST_PENCE,
        examples=[9080000],
        description="What the debits of all journals come to by your own count: thousands sent as pounds show here.",
    )
    journals: list[BatchJournalIn] = Field(max_length=MOST_JOURNALS)

    def to_asked(self) -> BatchAsked:
        return BatchAsked(
            self.id,
            self.partnership_id,
            self.mode,
            self.control_total_pence,
            tuple((each.id, _draft(each)) for each in self.journals),
        )


def _draft(journal: BatchJournalIn) -> Draft | Refusal:
    try:
        return journal.to_draft(journal.id)
    except Refusal as refusal:
        return refusal


class BatchReversalIn(Body):
    """How a batch is reversed: under which new id, and as of which day; without one, each as of its own."""

    id: UUID = Field(examples=[_ID])
    effective_date: Day | None = Field(default=None, examples=["2015-05-01"])
    posting_period: str | None = Field(default=None, examples=["2016-17-M01"])
    narrative: Paragraph = Field(examples=["The feed was sent twice"])


class BatchFaultOut(Out):
    """One thing that is wrong, by its place in the batch."""

    pointer: str = Field(examples=["/entries/0/amount_pence"])
    code: str = Field(examples=["journal_unbalanced"])
    detail: str = Field(examples=["The entries of a journal must add up to zero."])


class BatchProblemOut(Out):
    """Why a journal of a batch was refused. `facts` explain it, units in their names."""

    code: str = Field(examples=["journal_unbalanced"])
    detail: str = Field(examples=["The entries of a journal must add up to zero."])
    errors: list[BatchFaultOut]
    facts: dict[str, Any] = Field(examples=[{"difference_pence": 100}])


class BatchItemOut(Out):
    """What became of one journal. Its position counts from 0, as the pointers do."""

    position: int
    journal_id: UUID
    status: ItemOutcome
    posting_period: str | None
    problem: BatchProblemOut | None


class JournalBatchOut(Out):
    """What became of a batch. The total is the sum of the debits of what was posted, or would be by a dry run."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    mode: Mode
    dry_run: bool
    control_total_pence: int | None
    reverses_batch_id: UUID | None
    posted: int
    refused: int
    total_pence: int
    items: list[BatchItemOut]
    recorded_at: datetime | None


class JournalBatchesOut(Out):
    """A page of batches."""

    items: list[JournalBatchOut]
    next: str | None


@router.post(
    "",
    operation_id="postJournalBatch",
    status_code=201,
    response_model=JournalBatchOut,
    responses={**problems(409, 413, 415), 200: {"model": JournalBatchOut, "description": "A dry run."}},
    summary="Post journals together",
)
async def post(
    body: JournalBatchIn,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, post_once("postJournalBatch")],
    dry_run: Annotated[
        bool, Query(description="Say what would become of each journal, and post none.")
    ] = False,
) -> Response:
    """Posts up to 200 journals in one transaction and says what became of each. Send it again as often as you like:
    it counts once. Where nothing could be posted the whole is refused, and may be sent again under the same key."""
    if dry_run:
        tried = await try_journal_batch(door.db, door.caller, body.to_asked())
        return answer(Answer(200, msgspec.json.encode(tried)))
    kept = await post_journal_batch(door.db, door.caller, sent, body.to_asked())
    return answer(kept, f"/v1/journal-batches/{body.id}")


@router.post(
    "/{id}/reversal",
    operation_id="reverseJournalBatch",
    status_code=201,
    response_model=JournalBatchOut,
    responses=problems(404, 409, 413, 415),
    summary="Reverse a whole batch",
)
async def reverse(
    id: UUID,  # noqa: A002 the name in the address
    body: BatchReversalIn,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, post_once("reverseJournalBatch")],
) -> Response:
    """Posts the reversal of every journal of a batch, or of none where one cannot be reversed. The new batch holds
    the reversals."""
    undoing = Undoing(body.id, body.effective_date, body.narrative, asked_period(body.posting_period))
    kept = await reverse_journal_batch(door.db, door.caller, sent, id, undoing)
    return answer(kept, f"/v1/journal-batches/{body.id}")


@router.get(
    "/{id}",
    operation_id="getJournalBatch",
    response_model=JournalBatchOut,
    responses=problems(404),
    summary="Read a batch",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """A batch of your own, with what became of each journal."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await journal_batches.get(tx, id))


@router.get(
    "",
    operation_id="listJournalBatches",
    response_model=JournalBatchesOut,
    responses=problems(),
    summary="List your batches",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The batches that your organisation sent, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await journal_batches.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
