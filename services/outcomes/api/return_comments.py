"""Comments under returns (`/v1/returns/{id}/comments`)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.outcomes.actions.comment_on_return import comment_on_return
from services.outcomes.api.figure_fields import Pointer
from services.outcomes.store import return_comments, returns
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed
from shared.web.doors import Door, Pages, may, post_once
from shared.web.examples import INDICATOR, example
from shared.web.fields import Body, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/returns", tags=["returns"])

_TEXT = "The count is of the last Thursday of each month."


class ReturnCommentIn(Body):
    """A comment on the whole return, or on a field of it."""

    model_config = example(pointer=f"/values/{INDICATOR}/value", text=_TEXT)

    pointer: Pointer | None = Field(default=None, examples=[f"/values/{INDICATOR}/value"])
    text: Paragraph = Field(examples=[_TEXT])


class ReturnCommentOut(Out):
    """A comment under a revision of a return (0: before anything was sent)."""

    id: UUID
    return_id: UUID
    revision: int
    pointer: str | None = Field(examples=[f"/values/{INDICATOR}/value"])
    text: str = Field(examples=[_TEXT])
    organisation_id: UUID
    client_id: UUID
    recorded_at: datetime


class ReturnCommentsOut(Out):
    """A page of comments."""

    items: list[ReturnCommentOut]
    next: str | None


@router.post(
    "/{id}/comments",
    operation_id="commentOnReturn",
    status_code=201,
    response_model=ReturnCommentOut,
    responses=problems(404, 409, 413, 415),
    summary="Comment on a return",
)
async def post(
    id: UUID,  # noqa: A002 the name in the address
    body: ReturnCommentIn,
    door: Annotated[Door, may("return:discuss")],
    sent: Annotated[Sent, post_once("commentOnReturn")],
) -> Response:
    """Writes a comment that everybody who sees the return reads. It stays as it was written."""
    return answer(await comment_on_return(door.db, door.caller, sent, id, body.pointer, body.text))


@router.get(
    "/{id}/comments",
    operation_id="listReturnComments",
    response_model=ReturnCommentsOut,
    responses=problems(404),
    summary="Read the comments under a return",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("return:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """The comments under a return, in the order in which they were written."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, snapshot=True) as tx:
        found = await returns.get(tx, id)
        rows = await return_comments.page(tx, found.id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
