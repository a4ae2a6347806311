"""Ledger imports: ledger lines and published spend come in as CSV, and a report on every row goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.import_ledger import import_ledger
from services.budget.actions.try_ledger_import import try_ledger_import
from services.budget.api.import_answers import ImportFindingsOut, LedgerImportOut, LedgerImportsOut
from services.budget.api.ledger_files import LedgerFile, RowReader
from services.budget.rules import ledger_import as rules
from services.budget.rules.import_column import (
    AMOUNTS,
    LINE_COLUMNS,
    LINE_NEEDED,
    SPEND_COLUMNS,
    SPEND_NEEDED,
)
from services.budget.rules.import_line import LineReader
from services.budget.rules.import_spend import SpendAccounts, SpendReader, read_map
from services.budget.rules.ledger_import import Layout, Take
from services.budget.store import ledger_imports
from shared.csv_in import CsvReader, Header, Limits
from shared.idempotency import Answer
from shared.money import LARGEST_PENCE
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.csv_files import CSV_BODY, LARGEST_CSV, ArrivingCsv, CsvEncoding, Turns, require_csv
from shared.web.doors import Arriving, Door, Pages, may, post_streamed
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/ledger-imports", tags=["ledger-imports"])

LIMITS = Limits(rows=rules.MOST_ROWS, columns=100, record=200_000)
MOST_MAPPED = 200
_TURNS = Turns()


@router.post(
    "",
    operation_id="importLedger",
    status_code=201,
    response_model=LedgerImportOut,
    responses={
        **problems(409, 413, 415),
        200: {"model": LedgerImportOut, "description": "The report of a dry run: nothing was posted."},
    },
    summary="Import ledger lines or published spend",
    max_body_size=LARGEST_CSV,
    openapi_extra=CSV_BODY,
)
async def take_in(
    request: Request,
    door: Annotated[Door, may("budget:post")],
    arriving: Annotated[Arriving, post_streamed("importLedger")],
    partnership_id: Annotated[UUID, Query(description="The partnership whose books the journals are in.")],
    layout: Annotated[
        Layout, Query(description="One entry a row, or one payment a row of a published list.")
    ] = Layout.LEDGER,
    take: Annotated[Take, Query(description="All journals or none, or those that are good.")] = Take.ALL,
    dry_run: Annotated[bool, Query(description="Report what would happen, and post nothing.")] = False,
    control_total_pence: Annotated[
        int | None,
        Query(
            ge=-LARGEST_PENCE,
            le=LARGEST_PENCE,
            description="What all debits come to, or all payments less credits of published spend.",
        ),
    ] = None,
    fund_account: Annotated[
        str | None,
        Query(max_length=200, description="Published spend: the account it is paid from, by id or name."),
    ] = None,
    expenditure_account: Annotated[
        str | None,
        Query(
            max_length=200, description="Published spend: the account for what is not mapped, by id or name."
        ),
    ] = None,
    map_: Annotated[
        list[str] | None,
        Query(
            alias="map",
            max_length=MOST_MAPPED,
            description="Published spend: `Domiciliary Care=account`, by the area or type as it is printed.",
        ),
    ] = None,
    encoding: Annotated[
        CsvEncoding | None, Query(description="Only where it is read wrongly without.")
    ] = None,
) -> Response:
    """Posts a file of ledger lines in one transaction, by the rules of every posting, or says why not.

    Rows of one reference are a journal. The report names line, column, what was read and what is wrong. The same file
    again changes nothing: a journal is known by its reference, a published payment by what its row says. With `take`
    `all` one bad row refuses the file; with `good` its journal alone is left out.
    """
    require_csv(request)
    asked = rules.Asked(partnership_id, layout, take, control_total_pence)
    columns, needed = _columns_of(layout)
    reader_for = _ledger_lines if layout is Layout.LEDGER else _spend(fund_account, expenditure_account, map_)
    file = LedgerFile(ArrivingCsv(arriving, CsvReader(columns, needed, LIMITS, encoding)), reader_for)
    async with _TURNS.one():
        if dry_run:
            tried = await try_ledger_import(door.db, door.caller, asked, file)
            return answer(Answer(200, msgspec.json.encode(tried)))
        kept = await import_ledger(door.db, door.caller, arriving.sent, asked, file)
    return answer(kept)


def _columns_of(layout: Layout) -> tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]]:
    return (LINE_COLUMNS, LINE_NEEDED) if layout is Layout.LEDGER else (SPEND_COLUMNS, SPEND_NEEDED)


def _ledger_lines(header: Header) -> RowReader:
    if not any(name in header.columns for name in AMOUNTS):
        raise rules.AMOUNT_COLUMN_MISSING(heading_line=header.line)
    return LineReader(header.columns, len(header.titles))


def _spend(
    fund: str | None, expenditure: str | None, mapped: list[str] | None
) -> Callable[[Header], RowReader]:
    if not fund:
        raise rules.FUND_NEEDED("?fund_account")
    accounts = SpendAccounts(fund, expenditure, read_map(mapped or []))
    return lambda header: SpendReader(header.columns, len(header.titles), accounts)


@router.get(
    "/{id}",
    operation_id="getLedgerImport",
    response_model=LedgerImportOut,
    responses=problems(404),
    summary="Read the report of an import",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """An import of your own organisation: what was posted, what was left, and the first findings."""
    async with door.db.begin(door.caller) as tx:
        return shown(request, await ledger_imports.get(tx, id))


@router.get(
    "/{id}/findings",
    operation_id="listLedgerImportFindings",
    response_model=ImportFindingsOut,
    responses=problems(404),
    summary="List what was wrong with the rows of an import",
)
async def found(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
) -> Response:
    """The findings in the order of the lines, at most 10,000 of one file. What goes beyond is in the causes."""
    after = read_cursor(pages.cursor, int, UUID)
    async with door.db.begin(door.caller) as tx:
        await ledger_imports.get(tx, id)
        rows = await ledger_imports.findings(tx, id, pages.limit, after)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.number, id)))


@router.get(
    "",
    operation_id="listLedgerImports",
    response_model=LedgerImportsOut,
    responses=problems(),
    summary="List your imports",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The imports of your organisation, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await ledger_imports.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
