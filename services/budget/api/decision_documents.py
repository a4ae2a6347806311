"""Documents behind decisions: by hash and place, with who may have them and how long they are kept."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.budget.actions.enter_document import enter_document
from services.budget.api.document_bodies import DocumentRecordIn, DocumentRecordOut, DocumentRecordsOut
from services.budget.rules.document import DocumentSubject
from services.budget.store import decisions, documents
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed
from shared.web.doors import Door, Pages, may, post_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/decisions/{id}/documents", tags=["documents"])

_SUBJECT = DocumentSubject.DECISION


@router.post(
    "",
    operation_id="enterDecisionDocument",
    status_code=201,
    response_model=DocumentRecordOut,
    responses=problems(404, 409, 413, 415),
    summary="Enter a document behind a decision",
)
async def enter(
    id: UUID,  # noqa: A002 the name in the address
    body: DocumentRecordIn,
    door: Annotated[Door, may("decision:write")],
    sent: Annotated[Sent, post_once("enterDecisionDocument")],
) -> Response:
    """Keeps its hash and its place. What is entered stays as it was; a corrected document is another one."""
    make = partial(body.to_document, _SUBJECT, id)
    return answer(await enter_document(door.db, door.caller, sent, _SUBJECT, id, make))


@router.get(
    "",
    operation_id="listDecisionDocuments",
    response_model=DocumentRecordsOut,
    responses=problems(404),
    summary="List the documents behind a decision",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """By their date."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller) as tx:
        await decisions.get(tx, id)
        rows = await documents.page(tx, id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.dated_on, each.id)))
