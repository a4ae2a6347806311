"""Published lists of bodies come into the directory: tried first, then taken, and safe to send again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.actions.import_organisations import import_organisations
from services.gateway.rules.reference_file import ListLayout, Outcome, read_list
from shared.errors import Kind, reason
from shared.idempotency import Answer, Sent
from shared.web.answers import answer
from shared.web.doors import Door, may, post_once
from shared.web.fields import Out
from shared.web.openapi import problems

NOT_UTF_8 = reason(
    "list_not_utf_8", Kind.INVALID, "The list is not in UTF-8. Save it as CSV UTF-8 and send it again."
)
router = APIRouter(prefix="/v1/organisation-imports", tags=["organisations"])


class ListCountsOut(Out):
    """How many rows were read and what became of them; they add up."""

    rows: int
    added: int
    changed: int
    unchanged: int
    rejected: int


class ListedRowOut(Out):
    """A row that added a body, or changed one."""

    line: int
    outcome: Outcome
    organisation_id: UUID
    code: str = Field(examples=["15N"])
    name: str = Field(examples=["NHS DEVON CCG"])


class ListFindingOut(Out):
    """A row that was left: where, what was read, and why."""

    line: int
    column: int
    read: str = Field(examples=["2019-13-01"])
    detail: str = Field(examples=["This is not a date like 20190401."])


class OrganisationImportOut(Out):
    """What became of the list."""

    layout: ListLayout
    dry_run: bool
    counts: ListCountsOut
    rows: list[ListedRowOut]
    findings: list[ListFindingOut]


@router.post(
    "",
    operation_id="importOrganisations",
    status_code=201,
    response_model=OrganisationImportOut,
    responses={
        200: {"model": OrganisationImportOut, "description": "A trial: nothing was written."},
        **problems(409, 413, 415),
    },
    summary="Take a published list of bodies into the directory",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take(
    request: Request,
    door: Annotated[Door, may("directory:write")],
    sent: Annotated[Sent, post_once("importOrganisations")],
    layout: Annotated[ListLayout, Query(description="Which list it is.")],
    dry_run: Annotated[bool, Query(description="Only say what it would do.")] = False,
) -> Response:
    """Lists of the NHS's Organisation Data Service and of the Office for National Statistics, in UTF-8, as they are
    published. A body is known again by its code, role and first day; a new name keeps the former one, a last day is
    taken over. The same list sent again changes nothing."""
    try:
        text = (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NOT_UTF_8() from None
    listed, findings = read_list(text, layout)
    made = await import_organisations(door.db, door.caller, sent, layout, listed, findings, dry_run)
    if isinstance(made, Answer):
        return answer(made)
    return answer(Answer(200, msgspec.json.encode(made)))
