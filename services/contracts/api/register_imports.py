"""Register imports: a published register comes in as CSV, and a report on every row goes out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from services.contracts.actions.import_register import Register, import_register
from services.contracts.actions.try_register import try_register
from services.contracts.api.report_answers import RegisterReportOut
from services.contracts.rules.register_column import COLUMNS, NEEDED
from services.contracts.rules.register_report import ControlTotal, Counts, RegisterReport
from services.contracts.rules.register_row import ReadRow, read_row
from shared.csv_bytes import plain_cell
from shared.csv_in import CsvReader, Limits
from shared.idempotency import Answer, Sent
from shared.money import LARGEST_PENCE
from shared.web.answers import answer
from shared.web.doors import Door, may, post_once
from shared.web.fields import Day
from shared.web.openapi import problems
from shared.web.problem import TYPE_UNSUPPORTED
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/register-imports", tags=["register-imports"])

LARGEST_REGISTER = 16 * 1024 * 1024
LIMITS = Limits(rows=10_000)
PIECE = 64 * 1024


class CsvEncoding(StrEnum):
    """How a CSV file can be encoded."""

    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"
    MAC_ROMAN = "mac-roman"


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
    max_body_size=LARGEST_REGISTER,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take(
    request: Request,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("importRegister")],
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
    nothing: a contract is known by its reference, and by what it says where a reference is used twice.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise TYPE_UNSUPPORTED()
    reader = CsvReader(COLUMNS, NEEDED, LIMITS, encoding)
    rows = await _read(reader, await request.body())
    register = Register(
        rows=rows,
        blank=_blank(
            reader,
            owner_organisation_id or door.caller.organisation_id,
            partnership_id,
            register_date or max(_days(rows), default=today_in_england()),
        ),
        control_total_pence=control_total_pence,
    )
    if not dry_run:
        return answer(await import_register(door.db, door.caller, sent, register))
    report = await try_register(door.db, door.caller, register)
    return answer(Answer(200, msgspec.json.encode(report)))


async def _read(reader: CsvReader, body: bytes) -> list[ReadRow]:
    """Read in pieces, and let other requests have their turn between them."""
    found = []
    for start in range(0, len(body), PIECE):
        found += reader.feed(body[start : start + PIECE])
        await asyncio.sleep(0)
    found += reader.finish()
    assert reader.header is not None
    rows = []
    for count, row in enumerate(found):
        picked, torn = reader.header.pick(row)
        cells = {name: plain_cell(cell) for name, cell in picked.items()}
        rows.append(read_row(row.line, cells, torn, reader.header.overflows(row)))
        if count % 500 == 0:
            await asyncio.sleep(0)
    return rows


def _days(rows: list[ReadRow]) -> Iterator[date]:
    return (row.effective_date for row in rows if row.effective_date is not None)


def _blank(reader: CsvReader, owner: UUID, partnership_id: UUID | None, day: date) -> RegisterReport:
    assert reader.header is not None
    blank = blank_report(owner, partnership_id, day, encoding=reader.encoding)
    return replace(blank, heading_line=reader.header.line, columns_not_read=reader.header.unread)


def blank_report(owner: UUID, partnership_id: UUID | None, day: date, *, encoding: str) -> RegisterReport:
    """A report that so far names only the file and the owner."""
    return RegisterReport(
        register_import_id=None,
        dry_run=True,
        owner_organisation_id=owner,
        partnership_id=partnership_id,
        register_date=day,
        encoding=encoding,
        heading_line=1,
        columns_not_read=(),
        counts=Counts(0, 0, 0, 0, 0, 0),
        distinct_references=0,
        references_used_again=(),
        not_stated={},
        control_total=ControlTotal(0, None, None),
        rejected_because=(),
        remarked_because=(),
        rows=(),
    )
