"""The Transparency Code's register: each local authority's own contracts over £5,000, for everybody; whole for its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.api.contract_answers import WithheldFieldOut
from services.contracts.api.release_answers import ocid
from services.contracts.renderings.transparency_register import HEADINGS, WHOLE_HEADINGS, cells
from services.contracts.rules.publication import redacted, withheld_on
from services.contracts.rules.publisher import Publisher
from services.contracts.rules.register_entry import (
    RegisterEntry,
    entry_of,
    is_listed,
    quarter_of,
    read_quarter,
)
from services.contracts.rules.register_supplier import whole
from services.contracts.rules.register_word import REGIMES
from services.contracts.store import publishers, registers
from services.contracts.store.registers import Listed
from shared.page import Page, cursor_of, read_cursor
from shared.web.answers import listed
from shared.web.csv_out import AS_CSV, Cells, streamed_as_csv, wants_csv
from shared.web.doors import Door, Pages, anyone, may
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1", tags=["publication"])


class RegisterEntryOut(Out):
    """A contract as the Code's register lists it, with the fields of the Code's scheme."""

    organisation_label: str | None
    organisation_uri: str | None
    contract_reference: str = Field(examples=["NEW-0123"])
    open_contracting_id: str = Field(examples=["ocds-213czf-3e9d7b5a-8c6f-4e2d-b1a0-7f5c3e1d9b46"])
    contract_title: str | None
    contract_type: str | None
    organisational_unit: str | None
    service_category_label: str | None
    service_category_uri: str | None
    description: str | None
    procurement_category: str | None
    cpv_label: str | None
    cpv_code: str | None
    proclass_label: str | None
    proclass_code: str | None
    start_date: Day | None
    end_date: Day | None
    review_date: Day | None
    last_extension_date: Day | None
    contract_value_pence: int | None
    fixed_cost: bool | None
    irrecoverable_vat_pence: int | None
    supplier_name: str | None
    companies_house_registration_number: str | None
    charity_commission_number: str | None
    other_supplier_id: str | None
    sme_supplier: bool | None
    vcse_supplier: bool | None
    vcse_supplier_type: str | None
    contact_name: str | None
    contact_email: str | None
    contact_url: str | None
    process_type: str | None
    tender_document_url: str | None
    contract_document_url: str | None
    performance_information_url: str | None
    area_served_label: str | None
    area_served_uri: str | None
    contract_value_status: str | None
    contract_value_basis: str | None = Field(
        description="`annual`: the value is due for each year of the term.", examples=["total"]
    )
    end_date_status: str | None
    withheld: list[WithheldFieldOut]
    contract_id: UUID


class RegisterOut(Out):
    """A page of the register."""

    items: list[RegisterEntryOut]
    next: str | None


@router.get(
    "/register",
    operation_id="listRegister",
    response_model=RegisterOut,
    responses={**problems(), 200: AS_CSV},
    summary="Read the published register of a local authority",
)
async def published(
    request: Request,
    door: Annotated[Door, anyone()],
    pages: Pages,
    owner_organisation_id: Annotated[UUID, Query(description="The local authority.")],
    quarter: Annotated[
        str | None,
        Query(max_length=10, description="Like 2026-27-Q2: as known at its end. Left out: now."),
    ] = None,
) -> Response:
    """Contracts over £5,000 that had not ended before the quarter; JSON in pages, or all with `Accept: text/csv`.

    A page can hold fewer than `limit` and still go on. An NHS body has no such register, so its list is empty.
    """
    day = today_in_england()
    asked = quarter_of(day) if quarter is None else read_quarter(quarter)
    before = None if quarter is None else asked.ends_before

    def entries(rows: Iterable[Listed], publisher: Publisher | None) -> list[RegisterEntry]:
        return [
            _entry(request, each, publisher, withhold=True)
            for each in rows
            if is_listed(each.content, withheld_on(each.withheld, day), asked.first_day)
        ]

    async def batches() -> AsyncIterator[Iterable[Cells]]:
        yield [HEADINGS]
        async with door.db.begin(door.caller, snapshot=True) as tx:
            publisher = (await publishers.get_all(tx, [owner_organisation_id])).get(owner_organisation_id)
            async for rows in registers.all_published(tx, owner_organisation_id, before):
                yield map(cells, entries(rows, publisher))

    if wants_csv(request):
        return streamed_as_csv(batches(), "contracts-register")
    after = read_cursor(pages.cursor, UUID)
    async with door.db.begin(door.caller) as tx:
        rows = await registers.published(
            tx, owner_organisation_id, before, pages.limit, None if after is None else after[0]
        )
        publisher = (await publishers.get_all(tx, [owner_organisation_id])).get(owner_organisation_id)
    more = cursor_of(rows[pages.limit - 1].contract_id) if len(rows) > pages.limit else None
    return listed(request, Page(tuple(entries(rows[: pages.limit], publisher)), more))


@router.get(
    "/register-export",
    operation_id="exportRegister",
    responses={**problems(), 200: {**AS_CSV, "description": "The whole register."}},
    summary="Export your whole register",
)
async def export(request: Request, door: Annotated[Door, may("contract:read")]) -> Response:
    """Every contract that your organisation leads, as a table that loads back by a register import."""
    owner = door.caller.organisation_id

    async def batches() -> AsyncIterator[Iterable[Cells]]:
        yield [WHOLE_HEADINGS]
        async with door.db.begin(door.caller, snapshot=True) as tx:
            publisher = (await publishers.get_all(tx, [owner])).get(owner)
            async for batch in registers.whole(tx, owner):
                yield [_own(request, each, publisher) for each in batch]

    return streamed_as_csv(batches(), "register-export")


def _own(request: Request, each: Listed, publisher: Publisher | None) -> Cells:
    entry, suppliers = whole(_entry(request, each, publisher, withhold=False), each.suppliers)
    regime, tender = each.content.get("award_regime"), each.content.get("tender_type")
    return [*cells(entry), suppliers, regime if regime in REGIMES else None, tender]


def _entry(request: Request, each: Listed, publisher: Publisher | None, *, withhold: bool) -> RegisterEntry:
    withheld = withheld_on(each.withheld, today_in_england()) if withhold else ()
    content = redacted(each.content, withheld) if withhold else each.content
    own = ocid(request.app.state.settings.ocid_prefix, each.contract_id)
    return entry_of(each.contract_id, content, withheld, publisher, own)
