"""Lists of services come in with a decision about scope for each row: tried first, then taken, safe to send again."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.import_scope import import_scope
from services.budget.rules.scope_assessment import ScopeOutcome
from services.budget.rules.scope_list import (
    COLUMNS,
    MOST_ROWS,
    NEEDED,
    ListedRow,
    ScopeListFor,
    ScopeRowOutcome,
    read_list,
)
from shared.csv_in import CsvReader, Limits
from shared.idempotency import Answer, Sent
from shared.web.answers import answer
from shared.web.doors import Door, may, post_once
from shared.web.fields import Day, Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/scope-imports", tags=["scope assessments"])
_LIMITS = Limits(rows=MOST_ROWS)


class ScopeRowOut(Out):
    """A row that was taken, or is on record already."""

    line: int
    outcome: ScopeRowOutcome
    assessment_id: UUID
    service: str = Field(examples=["Community equipment"])
    scope: ScopeOutcome


class ScopeFindingOut(Out):
    """A row that was left: where, what was read, and why."""

    line: int
    column: str = Field(examples=["outcome"])
    read: str = Field(examples=["perhaps"])
    code: str = Field(examples=["scope_row_word"])
    detail: str = Field(examples=["Write one of: in, out."])


class ScopeImportOut(Out):
    """What became of the list: `added`, `unchanged` and `rejected` add up to `rows`."""

    dry_run: bool
    rows: int
    added: int
    unchanged: int
    rejected: int
    in_scope: int
    out_of_scope: int
    taken: list[ScopeRowOut]
    findings: list[ScopeFindingOut]


@router.post(
    "",
    operation_id="importScope",
    status_code=201,
    response_model=ScopeImportOut,
    responses={
        200: {"model": ScopeImportOut, "description": "A trial: nothing was written."},
        **problems(409, 413, 415),
    },
    summary="Take a list of services with a decision about scope for each row",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take(
    request: Request,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, post_once("importScope")],
    partnership_id: Annotated[UUID, Query()],
    assessed_on: Annotated[Day, Query(description="When the services were assessed.")],
    effective_from: Annotated[Day, Query(description="From which day the decisions hold.")],
    dry_run: Annotated[bool, Query(description="Only say what it would do.")] = False,
) -> Response:
    """A table with the headings `service` and `reason`, and any of `delivery mode`, `outcome`, `reason code` and the six
    criteria, answered yes or no. Each row is held to the same rules as an assessment of its own; rows that do not hold
    are left, each with why. The same list sent again changes nothing."""
    reader = CsvReader(COLUMNS, NEEDED, _LIMITS)
    rows = [*reader.feed(await request.body()), *reader.finish()]
    header = reader.header
    assert header is not None
    whose = _whose(door, partnership_id, assessed_on, effective_from)
    listed = (ListedRow(each.line, *header.pick(each), header.overflows(each)) for each in rows)
    read, findings = read_list(listed, whose)
    made = await import_scope(door.db, door.caller, sent, whose, read, findings, dry_run)
    if isinstance(made, Answer):
        return answer(made)
    return answer(Answer(200, msgspec.json.encode(made)))


def _whose(door: Door, partnership_id: UUID, assessed_on: date, effective_from: date) -> ScopeListFor:
    return ScopeListFor(partnership_id, door.caller.organisation_id, assessed_on, effective_from)
