"""Return imports: figures of returns come in as CSV, and a report on every row goes out."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.import_returns import ReturnFile, import_returns
from services.outcomes.actions.try_returns import try_returns
from services.outcomes.api.figure_fields import PeriodOut
from services.outcomes.rules.gathered_figures import GatheredFigures
from services.outcomes.rules.return_import import COLUMNS, NEEDED
from services.outcomes.rules.return_import_report import ReturnImportReport
from shared.csv_in import CsvReader, Limits, Row
from shared.idempotency import Answer
from shared.web.answers import answer
from shared.web.doors import Arriving, Door, may, post_streamed
from shared.web.fields import Out
from shared.web.openapi import problems
from shared.web.problem import TYPE_UNSUPPORTED

router = APIRouter(prefix="/v1/return-imports", tags=["return-imports"])

LARGEST_FILE = 16 * 1024 * 1024
LIMITS = Limits(rows=100_000)
PIECE = 16 * 1024


class ImportedReturnOut(Out):
    """A draft into which figures went. A dry run names no new id and no version."""

    return_id: UUID | None
    obligation_id: UUID
    period: PeriodOut
    figures: int
    new: bool
    version: int | None


class RowFaultOut(Out):
    """What is wrong where: line and column of the file, what was read there, and a sentence."""

    line: int
    column: str = Field(examples=["value"])
    read: str = Field(examples=["N/A"])
    code: str = Field(examples=["import_figure_unreadable"])
    detail: str = Field(examples=["Write a plain figure such as 13.1."])
    facts: dict[str, Any] = Field(examples=[{"last_day": "2014-06-30"}])


class ReturnImportReportOut(Out):
    """What an import did, or would do. `return_import_id` is null where nothing was written."""

    return_import_id: UUID | None
    dry_run: bool
    encoding: str = Field(examples=["utf-8"])
    heading_line: int
    columns_not_read: list[str] = Field(examples=[["Notes"]])
    taken: int
    unchanged: int
    rejected: int
    returns: list[ImportedReturnOut]
    faults: list[RowFaultOut] = Field(description="The first 10,000, in the order of the file.")
    faults_not_named: int = Field(description="How many faults there are beyond those named.", examples=[0])


@router.post(
    "",
    operation_id="importReturns",
    status_code=201,
    response_model=ReturnImportReportOut,
    responses={
        **problems(409, 413, 415),
        200: {"model": ReturnImportReportOut, "description": "The report of a dry run: nothing was taken."},
    },
    summary="Import figures of returns",
    max_body_size=LARGEST_FILE,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take(
    request: Request,
    door: Annotated[Door, may("return:submit")],
    arriving: Annotated[Arriving, post_streamed("importReturns")],
    dry_run: Annotated[bool, Query(description="Report what would happen, and take nothing.")] = False,
) -> Response:
    """One row is one figure: obligation, period, indicator code, value or status. Good rows go into your drafts.

    A row with a fault is left out and named by line and column; one that is taken replaces its figure whole. The same
    file again changes nothing. Submit the drafts when they are complete.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise TYPE_UNSUPPORTED()
    file = await _read(arriving, dry_run)
    if not dry_run:
        return answer(await import_returns(door.db, door.caller, arriving.sent(), file))
    report = await try_returns(door.db, door.caller, file)
    return answer(Answer(200, msgspec.json.encode(report)))


async def _read(arriving: Arriving, dry_run: bool) -> ReturnFile:
    """Read the file while it comes, keep its rows packed, and let other requests have their turn."""
    reader, gathered = CsvReader(COLUMNS, NEEDED, LIMITS), GatheredFigures()
    async for whole in arriving.pieces():
        for start in range(0, len(whole), PIECE):
            _keep(gathered, reader, reader.feed(whole[start : start + PIECE]))
            await asyncio.sleep(0)
    _keep(gathered, reader, reader.finish())
    assert reader.header is not None
    blank = ReturnImportReport(None, dry_run, reader.encoding, reader.header.line, reader.header.unread)
    return ReturnFile(gathered, blank)


def _keep(gathered: GatheredFigures, reader: CsvReader, rows: list[Row]) -> None:
    if reader.header is not None:
        for row in rows:
            cells, torn = reader.header.pick(row)
            gathered.add(row.line, cells, torn, reader.header.overflows(row))
