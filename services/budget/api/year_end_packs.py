"""Year-end packs: made once from closed books, frozen, and read again byte by byte."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.make_year_end_pack import make_year_end_pack
from services.budget.api import year_end_pack_rows
from services.budget.api.year_ends import ShareOut
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.year_end import YearEndState
from services.budget.store import year_end_packs
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, frozen, listed
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, Pages, may, post_once
from shared.web.fields import Body, Day, FinancialYearField, Out, TotalOut
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/year-end-packs", tags=["reports"])


class YearEndPackIn(Body):
    """Of which pooled fund and year. All fourteen periods of the year are closed first."""

    id: UUID
    pool_id: UUID
    financial_year: FinancialYearField


class KeptPackOut(Out):
    """A pack as it is listed: the digest is of the bytes that reading it gives."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    financial_year: str = Field(examples=["2015/16"])
    document_bytes: int
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    version: int


class KeptPacksOut(Out):
    """A page of packs."""

    items: list[KeptPackOut]
    next: str | None


class PartnerFundingOut(Out):
    """What one partner paid into the fund in the year."""

    organisation_id: UUID
    received_pence: int


class LineSpendOut(Out):
    """What was spent and earned on one line."""

    line_id: UUID
    name: str = Field(examples=["Residential care"])
    owner_organisation_id: UUID
    expenditure_pence: int
    income_pence: int


class MemorandumOut(Out):
    """The fund's own account. Closing is opening with the net, and with what passed to or from other pools."""

    opening_pence: int
    funding: list[PartnerFundingOut]
    funding_pence: int
    income_pence: int
    spending: list[LineSpendOut]
    expenditure_pence: int
    net_pence: int
    other_pools_pence: int
    closing_pence: int


class DisclosureNoteOut(Out):
    """What one partner shows of the fund in its own accounts."""

    organisation_id: UUID
    received_pence: int
    other_partners_pence: int
    expenditure_pence: int
    own_lines_pence: int
    net_pence: int
    share_pence: int | None
    text: str = Field(examples=["Funding from this body £250, from other partners £0."])


class CarriedForwardOut(Out):
    """What becomes of the balance, as the year-end on record has it."""

    year_end_id: UUID
    state: YearEndState
    balance_pence: int
    shares: list[ShareOut]
    journal_id: UUID | None


class CounterpartyBalanceOut(Out):
    """What the fund and one partner owe each other. Positive net: the partner owes the fund."""

    organisation_id: UUID
    due: TotalOut
    received_pence: int
    owed_to_fund_pence: int | None
    held_for_partner_pence: int | None
    net_pence: int | None


class YearEndPackOut(Out):
    """A frozen pack. `complete` is false while a contribution is unknown, or a balance has no year-end on record."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    pool_name: str = Field(examples=["Wellness"])
    financial_year: str = Field(examples=["2015/16"])
    made_on: Day
    complete: bool
    missing_contributors: list[UUID]
    withheld_contributors: list[UUID]
    memorandum: MemorandumOut
    notes: list[DisclosureNoteOut]
    carry_forward: list[CarriedForwardOut]
    balances: list[CounterpartyBalanceOut]


@router.post(
    "",
    operation_id="makeYearEndPack",
    status_code=201,
    response_model=KeptPackOut,
    responses=problems(409, 413, 415),
    summary="Make a year-end pack",
)
async def make(
    body: YearEndPackIn,
    door: Annotated[Door, may("budget:close")],
    sent: Annotated[Sent, post_once("makeYearEndPack")],
) -> Response:
    """The host freezes the fund's accounts of a closed year. A pack made later stands beside this one."""
    year = body.financial_year.label
    kept = await make_year_end_pack(door.db, door.caller, sent, body.id, body.pool_id, year)
    return answer(kept, f"/v1/year-end-packs/{body.id}")


@router.get(
    "/{id}",
    operation_id="getYearEndPack",
    response_model=YearEndPackOut,
    responses={**problems(404), 200: AS_CSV},
    summary="Read a year-end pack",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """The very bytes that were frozen. With `Accept: text/csv` the same as a table in pounds."""
    async with door.db.begin(door.caller, single=True) as tx:
        document, digest = await year_end_packs.document(tx, id)
    if wants_csv(request):
        return shown_as_csv(
            request, year_end_pack_rows.rows(year_end_packs.read(document)), f"year-end-pack-{id}"
        )
    return frozen(request, document, digest, {"Vary": "Accept"})


@router.get(
    "",
    operation_id="listYearEndPacks",
    response_model=KeptPacksOut,
    responses=problems(),
    summary="List the year-end packs of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
    pool_id: Annotated[UUID | None, Query(description="Only of this pool.")] = None,
) -> Response:
    """The packs that you may see, by year, with their digests."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await year_end_packs.page(tx, partnership_id, year, pool_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))
