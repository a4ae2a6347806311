"""Periods of the books: put on record, soft-close, close, reopen, read, and the seals of their closures."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.close_period import close_period
from services.budget.actions.open_period import open_period
from services.budget.actions.reopen_period import reopen_period
from services.budget.actions.soft_close_period import soft_close_period
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.period import Books, Period, PeriodState
from services.budget.store import periods, seals
from shared.calendar import read_ledger_period
from shared.caller import Caller
from shared.errors import Refusal
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/periods", tags=["periods"])


class PeriodIn(Body):
    """A period to put on record. One that is not on record is open."""

    partnership_id: UUID = Field(examples=["0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10"])
    books: Books = Field(
        description="`pooled`: pooled and shadow money of the pools you host; `aligned`: your own.",
        examples=["pooled"],
    )
    period: str = Field(
        description="A month of a financial year, 1 (April) to 12; 13 and 14 are for its year-end.",
        examples=["2015-16-M01"],
    )
    owner_organisation_id: UUID | None = Field(
        default=None, description="Whose books; your own, or those of an organisation that yours succeeded."
    )

    def to_period(self, period_id: UUID, caller: Caller) -> Period:
        try:
            ledger_period = read_ledger_period(self.period)
        except Refusal as refusal:
            raise refusal.reason("/period", **refusal.facts) from None
        return Period(
            id=period_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=self.owner_organisation_id or caller.organisation_id,
            books=self.books,
            period=ledger_period.label,
            financial_year=ledger_period.year.label,
            moved_by_client_id=caller.client_id,
        )


class ReopeningIn(Body):
    """Why a period is reopened."""

    reason: Paragraph = Field(examples=["The acute trust's March invoice was posted to the wrong line."])


class PeriodOut(Out):
    """A period of one owner's books, and who moved it last."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    books: Books
    period: str
    financial_year: str
    moved_by_client_id: UUID
    state: PeriodState
    reopened_because: str | None
    version: int


class PeriodsOut(Out):
    """A page of periods."""

    items: list[PeriodOut]
    next: str | None


class BranchOut(Out):
    """The digest of all leaves of one arrangement and owner."""

    arrangement: str = Field(examples=["pooled"])
    owner_organisation_id: UUID
    digest: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])


class LeafOut(Out):
    """The digest of what one line (`line/<id>`), or an account on no line (`account/<id>`), holds."""

    arrangement: str = Field(examples=["pooled"])
    owner_organisation_id: UUID
    key: str = Field(examples=["journal"])
    entries: int
    digest: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])


class SealOut(Out):
    """What was sealed at one closure, with the leaves that you may see and what no longer agrees with it."""

    id: UUID
    period_id: UUID
    number: int
    period_version: int
    partnership_id: UUID
    owner_organisation_id: UUID
    books: Books
    period: str = Field(examples=["2015-16-M01"])
    financial_year: str
    sealed_until: datetime
    scheme: int = Field(description="What of an entry is hashed: 1 leaves its VAT out, 2 takes it in.")
    root: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    branches: list[BranchOut]
    leaves: list[LeafOut]
    differing: list[str] = Field(examples=[["pooled"]])


class SealsOut(Out):
    """The seals of a period, the first closure's first."""

    items: list[SealOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="openPeriod",
    status_code=201,
    response_model=PeriodOut,
    responses=problems(409, 413, 415),
    summary="Put a period on record",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: PeriodIn,
    door: Annotated[Door, may("budget:close")],
    sent: Annotated[Sent, put_once("openPeriod")],
) -> Response:
    """Keeps a period, open, under an id that you choose, so that it can be closed."""
    period = body.to_period(id, door.caller)
    return answer(await open_period(door.db, door.caller, sent, period), f"/v1/periods/{id}")


@router.post(
    "/{id}/soft-closure",
    operation_id="softClosePeriod",
    response_model=PeriodOut,
    responses=problems(404, 409, 412, 415, 428),
    summary="Soft-close a period",
)
async def soft_close(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("budget:close")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("softClosePeriod")],
) -> Response:
    """From now on only the host, as pool manager, posts into the period."""
    return answer(await soft_close_period(door.db, door.caller, sent, id, expected))


@router.post(
    "/{id}/closure",
    operation_id="closePeriod",
    response_model=PeriodOut,
    responses=problems(404, 409, 412, 415, 428),
    summary="Close a period",
)
async def close(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("budget:close")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("closePeriod")],
) -> Response:
    """Nobody posts into the period any more. What it holds is sealed."""
    return answer(await close_period(door.db, door.caller, sent, id, expected))


@router.post(
    "/{id}/reopening",
    operation_id="reopenPeriod",
    response_model=PeriodOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Reopen a period",
)
async def reopen(
    id: UUID,  # noqa: A002 the name in the address
    body: ReopeningIn,
    door: Annotated[Door, may("budget:close")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("reopenPeriod")],
) -> Response:
    """Needs another client of your organisation than the one that closed it. Its seals stay."""
    return answer(await reopen_period(door.db, door.caller, sent, id, expected, body.reason))


@router.get(
    "/{id}",
    operation_id="getPeriod",
    response_model=PeriodOut,
    responses=problems(404),
    summary="Read a period",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One period and where it stands."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await periods.get(tx, id))


@router.get(
    "/{id}/seals",
    operation_id="listSeals",
    response_model=SealsOut,
    responses=problems(404),
    summary="Read the seals of a period",
)
async def sealed(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """Each closure's seal: its root, its branches, and the leaves that you may see, computed from the books anew."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        found = await seals.of_period(tx, await periods.get(tx, id))
    return listed(request, Page(tuple(found), None))


@router.get(
    "",
    operation_id="listPeriods",
    response_model=PeriodsOut,
    responses=problems(),
    summary="List the periods of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
    books: Annotated[Books | None, Query(description="Only these books.")] = None,
    state: Annotated[PeriodState | None, Query(description="Only periods that stand so.")] = None,
) -> Response:
    """The periods that you may see and that are on record, in their order. Any other is open."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await periods.page(tx, partnership_id, year, books, state, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.period, each.id)))
