"""Placement imports: placements and packages of care come in as CSV, and a report on every row goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.actions.import_placements import import_placements
from services.contracts.actions.try_placements import try_placements
from services.contracts.api.import_turns import IMPORT_TURNS
from services.contracts.api.placement_files import CsvPlacements
from services.contracts.api.report_answers import CauseOut, ControlTotalOut, FindingOut, RowCountsOut
from services.contracts.rules.import_tally import Outcome
from services.contracts.rules.placement_import import AskedPlacements
from services.contracts.rules.placement_row import COLUMNS, NEEDED
from services.contracts.store import placement_imports
from shared.csv_in import CsvReader, Limits
from shared.idempotency import Answer
from shared.money import LARGEST_PENCE
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.csv_files import CSV_BODY, LARGEST_CSV, ArrivingCsv, CsvEncoding, require_csv
from shared.web.doors import Arriving, Door, Pages, may, post_streamed
from shared.web.fields import Out
from shared.web.openapi import problems
from shared.web.today import today_in_england
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/placement-imports", tags=["placements"])

LIMITS = Limits(rows=500_000, columns=100)


class PlacementRowOut(Out):
    """What became of one row, and which parts of a full placement are not on record."""

    line: int = Field(examples=[17])
    outcome: Outcome
    placement_id: UUID | None
    missing: list[str] = Field(examples=[["review_date"]])
    findings: list[FindingOut]


class PlacementOutcomeOut(Out):
    """What became of a file, without its rows."""

    placement_import_id: UUID | None
    dry_run: bool
    owner_organisation_id: UUID
    file_sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    file_bytes: int
    encoding: str = Field(examples=["utf-8"])
    heading_line: int
    columns_not_read: list[str] = Field(examples=[["Team"]])
    counts: RowCountsOut
    complete: int = Field(
        description="How many of the rows that were not rejected have every part on record."
    )
    missing: dict[str, int] = Field(examples=[{"review_date": 12}])
    control_total: ControlTotalOut
    rejected_because: list[CauseOut]
    remarked_because: list[CauseOut]
    recorded_at: datetime | None = Field(description="Null of a dry run.")


class PlacementReportOut(PlacementOutcomeOut):
    """What became of a file. Of more than 1,000 rows those stand here that were rejected, then those with remarks."""

    rows: list[PlacementRowOut]


class PlacementReportsOut(Out):
    """A page of imports, without their rows."""

    items: list[PlacementOutcomeOut]
    next: str | None


class PlacementRowsOut(Out):
    """A page of rows."""

    items: list[PlacementRowOut]
    next: str | None


@router.post(
    "",
    operation_id="importPlacements",
    status_code=201,
    response_model=PlacementReportOut,
    responses={
        **problems(409, 413, 415),
        200: {"model": PlacementReportOut, "description": "The report of a dry run: nothing was taken."},
    },
    summary="Import placements and packages of care",
    max_body_size=LARGEST_CSV,
    openapi_extra=CSV_BODY,
)
async def take(
    request: Request,
    door: Annotated[Door, may("placement:write")],
    arriving: Annotated[Arriving, post_streamed("importPlacements")],
    dry_run: Annotated[bool, Query(description="Report what would happen, and take nothing.")] = False,
    control_total_pence: Annotated[
        int | None,
        Query(
            ge=-LARGEST_PENCE,
            le=LARGEST_PENCE,
            description="What all weekly costs must come to, or nothing is taken.",
        ),
    ] = None,
    encoding: Annotated[
        CsvEncoding | None, Query(description="Only where it is read wrongly without.")
    ] = None,
) -> Response:
    """One row is one placement under a contract that your organisation leads or joins, under pseudonyms alone.

    A placement is known by its reference: a row changes what it states and leaves what is blank, so the same file again
    changes nothing. A file with columns for persons is refused, and a row with an NHS number, a national insurance
    number or somebody's birth in any cell is left out and not repeated in the report.
    """
    require_csv(request)
    asked = AskedPlacements(control_total_pence, today_in_england())
    file = CsvPlacements(ArrivingCsv(arriving, CsvReader(COLUMNS, NEEDED, LIMITS, encoding)))
    async with IMPORT_TURNS.one(door.caller.organisation_id):
        if dry_run:
            tried = await try_placements(door.db, door.caller, asked, file)
            return answer(Answer(200, msgspec.json.encode(tried)))
        return answer(await import_placements(door.db, door.caller, arriving.sent, asked, file))


@router.get(
    "/{id}",
    operation_id="getPlacementImport",
    response_model=PlacementReportOut,
    responses=problems(404),
    summary="Read the report of an import of placements",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("placement:read")],
) -> Response:
    """An import of your own organisation, as it was answered."""
    async with door.db.begin(door.caller) as tx:
        return shown(request, await placement_imports.get(tx, id))


@router.get(
    "/{id}/rows",
    operation_id="listPlacementImportRows",
    response_model=PlacementRowsOut,
    responses=problems(404),
    summary="List what became of the rows of an import of placements",
)
async def rows(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("placement:read")],
    pages: Pages,
    outcome: Annotated[Outcome | None, Query()] = None,
    complete: Annotated[
        bool | None, Query(description="Whether every part of the placement was on record.")
    ] = None,
) -> Response:
    """Every row of the file in the order of its lines."""
    asked = {"outcome": outcome and outcome.value, "complete": complete}
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, int, UUID)
    async with door.db.begin(door.caller) as tx:
        await placement_imports.get(tx, id)
        found = await placement_imports.rows_of(tx, id, filters, pages.limit, after)
    return listed(request, page_of(found, pages.limit, lambda each: (each.line, id)))


@router.get(
    "",
    operation_id="listPlacementImports",
    response_model=PlacementReportsOut,
    responses=problems(),
    summary="List your imports of placements",
)
async def every(
    request: Request,
    door: Annotated[Door, may("placement:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """The imports of your organisation, in the order in which they were recorded, without their rows."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        found = await placement_imports.page(tx, pages.limit, after, within)
    return listed(
        request, page_of(found, pages.limit, lambda each: (each.recorded_at, each.placement_import_id))
    )
