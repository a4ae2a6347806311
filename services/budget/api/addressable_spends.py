"""Addressable spend: figures of a source with the scope for which it counted them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.record_addressable_spend import record_addressable_spend
from services.budget.rules.spend_record import PrintedFigure, SpendRecord
from services.budget.store.assessments import addressable_spends
from shared.idempotency import Sent
from shared.money import Scale
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, MoneyOut, Out, Paragraph, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/addressable-spends", tags=["addressable spend"])


class PrintedFigureIn(Body):
    """One figure as its source prints it."""

    name: Title = Field(examples=["Plymouth City Council"])
    printed: str = Field(
        max_length=40, description="In the record's scale; blank is not stated.", examples=["2,803,219"]
    )


class AddressableSpendIn(Body):
    """The figures of one source for one scope. Their scale is said, never guessed."""

    partnership_id: UUID
    scope: Title = Field(examples=["commissioning"])
    source: Title = Field(examples=["Summary of projects delivering savings in 2014/15"])
    scale: Scale
    figures: list[PrintedFigureIn] = Field(min_length=1, max_length=200)
    printed_total: str | None = Field(default=None, max_length=40, examples=["5,871,241"])
    note: Paragraph | None = Field(default=None, description="Why the printed total differs, where it does.")


class PrintedFigureOut(Out):
    """One figure as it is printed, and what it is in pence."""

    name: str
    printed: str
    amount: MoneyOut


class SpendTotalOut(Out):
    """What the figures come to, and which of them are not known."""

    known_pence: int | None
    complete: bool
    missing_contributors: list[str] = Field(examples=[["Independent fostering"]])


class AddressableSpendOut(Out):
    """The figures of one scope with their total."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    scope: str
    source: str
    scale: Scale
    figures: list[PrintedFigureOut]
    printed_total: str | None
    note: str | None
    total: SpendTotalOut
    differs_by_pence: int | None
    version: int


class AddressableSpendsOut(Out):
    """A page of addressable spend."""

    items: list[AddressableSpendOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="recordAddressableSpend",
    status_code=201,
    response_model=AddressableSpendOut,
    responses=problems(409, 413, 415),
    summary="Record the addressable spend of one scope",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: AddressableSpendIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("recordAddressableSpend")],
) -> Response:
    """Keeps the figures with their total. Figures of another scope are another record, and are never added."""
    asked = SpendRecord(
        id,
        body.partnership_id,
        door.caller.organisation_id,
        body.scope,
        body.source,
        body.scale,
        tuple(PrintedFigure(each.name, each.printed) for each in body.figures),
        body.printed_total,
        body.note,
    )
    kept = await record_addressable_spend(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/addressable-spends/{id}")


@router.get(
    "/{id}",
    operation_id="getAddressableSpend",
    response_model=AddressableSpendOut,
    responses=problems(404),
    summary="Read the addressable spend of one scope",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One source's figures for one scope."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await addressable_spends.get(tx, id))


@router.get(
    "",
    operation_id="listAddressableSpends",
    response_model=AddressableSpendsOut,
    responses=problems(),
    summary="List the addressable spend of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The records by scope. They are not added up: each was counted for its own scope."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await addressable_spends.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.scope, each.id)))
