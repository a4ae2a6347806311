"""Register imports: a published register comes in as CSV, and a report on every row goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from services.contracts.actions.import_register import import_register
from services.contracts.actions.try_register import try_register
from services.contracts.api.import_turns import IMPORT_TURNS
from services.contracts.api.register_files import CsvRegister
from services.contracts.api.report_answers import ImportedRowsOut, RegisterReportOut, RegisterReportsOut
from services.contracts.rules.import_tally import Outcome
from services.contracts.rules.register_column import COLUMNS, NEEDED
from services.contracts.rules.register_file import Asked
from services.contracts.store import register_imports
from shared.csv_in import CsvReader, Limits
from shared.idempotency import Answer
from shared.money import LARGEST_PENCE
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.csv_files import CSV_BODY, LARGEST_CSV, ArrivingCsv, CsvEncoding, require_csv
from shared.web.doors import Arriving, Door, Pages, may, post_streamed
from shared.web.fields import Day
from shared.web.openapi import problems
from shared.web.today import today_in_england
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/register-imports", tags=["register-imports"])

LIMITS = Limits(rows=500_000)


@router.post(
    "",
    operation_id="importRegister",
    status_code=201,
    response_model=RegisterReportOut,
    responses={
        **problems(409, 413, 415),
        200: {"model": RegisterReportOut, "description": "The report of a dry run: nothing was taken."},
    },
    summary="Import a published contract register",
    max_body_size=LARGEST_CSV,
    openapi_extra=CSV_BODY,
)
async def take(
    request: Request,
    door: Annotated[Door, may("contract:write")],
    arriving: Annotated[Arriving, post_streamed("importRegister")],
    dry_run: Annotated[bool, Query(description="Report what would happen, and take nothing.")] = False,
    control_total_pence: Annotated[
        int | None,
        Query(
            ge=-LARGEST_PENCE,
            le=LARGEST_PENCE,
            description="What all values must come to, or nothing is taken.",
        ),
    ] = None,
    owner_organisation_id: Annotated[
        UUID | None,
        Query(description="Whose contracts they are: your organisation, or one that it succeeded."),
    ] = None,
    partnership_id: Annotated[
        UUID | None, Query(description="The partnership that new contracts belong to.")
    ] = None,
    register_date: Annotated[
        Day | None, Query(description="The day the register speaks of, where the file does not say it.")
    ] = None,
    encoding: Annotated[
        CsvEncoding | None, Query(description="Only where it is read wrongly without.")
    ] = None,
) -> Response:
    """Takes a register in the council layout or with the field names of the Transparency Code scheme.

    Every row is taken, updated, unchanged or rejected, and the report says why. The same file again changes
    nothing: a contract is known by its reference, and by what it says where a reference is used twice. The answer
    has the rows of a short file; of a long one those that need a look, and the list of rows has all.
    """
    require_csv(request)
    asked = Asked(
        owner_organisation_id or door.caller.organisation_id,
        partnership_id,
        register_date,
        control_total_pence,
        today_in_england(),
    )
    csv = ArrivingCsv(arriving, CsvReader(COLUMNS, NEEDED, LIMITS, encoding))
    file = CsvRegister(csv, request.app.state.settings.ocid_prefix)
    async with IMPORT_TURNS.one(door.caller.organisation_id):
        if dry_run:
            tried = await try_register(door.db, door.caller, asked, file)
            return answer(Answer(200, msgspec.json.encode(tried)))
        return answer(await import_register(door.db, door.caller, arriving.sent, asked, file))


@router.get(
    "/{id}",
    operation_id="getRegisterImport",
    response_model=RegisterReportOut,
    responses=problems(404),
    summary="Read the report of an import",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """An import of your own organisation, as it was answered."""
    async with door.db.begin(door.caller) as tx:
        return shown(request, await register_imports.get(tx, id))


@router.get(
    "/{id}/rows",
    operation_id="listRegisterImportRows",
    response_model=ImportedRowsOut,
    responses=problems(404),
    summary="List what became of the rows of an import",
)
async def rows(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    outcome: Annotated[Outcome | None, Query()] = None,
    with_findings: Annotated[
        bool | None, Query(description="Those in which something was found, or those in which nothing was.")
    ] = None,
) -> Response:
    """Every row of the file in the order of its lines."""
    asked = {"outcome": outcome and outcome.value, "with_findings": with_findings}
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, int, UUID)
    async with door.db.begin(door.caller) as tx:
        await register_imports.get(tx, id)
        found = await register_imports.rows_of(tx, id, filters, pages.limit, after)
    return listed(request, page_of(found, pages.limit, lambda each: (each.line, id)))


@router.get(
    "",
    operation_id="listRegisterImports",
    response_model=RegisterReportsOut,
    responses=problems(),
    summary="List your imports of registers",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """The imports of your organisation, in the order in which they were recorded, without their rows."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        found = await register_imports.page(tx, pages.limit, after, within)
    return listed(
        request, page_of(found, pages.limit, lambda each: (each.recorded_at, each.register_import_id))
    )
