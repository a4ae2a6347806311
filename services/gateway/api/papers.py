"""Working papers: enter, sign, review, read, list."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.actions.enter_record import enter_record
from services.gateway.actions.move_record import move_record
from services.gateway.api.paper_bodies import PaperIn, PaperOut, PaperReviewIn, PaperSignatureIn, PapersOut
from services.gateway.rules import paper as rules
from services.gateway.rules.paper import PaperSignature
from services.gateway.store.governance_registers import papers
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/papers", tags=["governance"])


@router.put(
    "/{id}",
    operation_id="enterPaper",
    status_code=201,
    response_model=PaperOut,
    responses=problems(409, 413, 415),
    summary="Enter an edition of a working paper",
)
async def enter(
    id: UUID,  # noqa: A002 the name in the address
    body: PaperIn,
    door: Annotated[Door, may("governance:write")],
    sent: Annotated[Sent, put_once("enterPaper")],
) -> Response:
    """With who is to sign it, when it is reviewed, and the law on which it rests."""
    asked = body.to_paper(id, door.caller.organisation_id)
    kept = await enter_record(
        door.db, door.caller, sent, papers, body.partnership_id,
        lambda place: rules.enter(asked, place.boards, place.members, place.today),
    )  # fmt: skip
    return answer(kept, f"/v1/papers/{id}")


@router.post(
    "/{id}/signature",
    operation_id="signPaper",
    response_model=PaperOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Sign a paper for a post of your organisation",
)
async def sign(
    id: UUID,  # noqa: A002 the name in the address
    body: PaperSignatureIn,
    door: Annotated[Door, may("governance:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("signPaper")],
) -> Response:
    """Each organisation signs for its own posts. The paper is signed when the last one has."""
    signature = PaperSignature(body.post, door.caller.organisation_id, body.signed_on)
    kept = await move_record(
        door.db, door.caller, sent, papers, id, version, "signed",
        lambda before, place: rules.sign(before, signature, place.today), by_owner=False,
    )  # fmt: skip
    return answer(kept)


@router.post(
    "/{id}/reviews",
    operation_id="reviewPaper",
    response_model=PaperOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record that a paper was reviewed",
)
async def review(
    id: UUID,  # noqa: A002 the name in the address
    body: PaperReviewIn,
    door: Annotated[Door, may("governance:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("reviewPaper")],
) -> Response:
    """The next review is due so many months after this one."""
    kept = await move_record(
        door.db, door.caller, sent, papers, id, version, "reviewed",
        lambda before, place: rules.review(before, body.to_review(), place.today),
    )  # fmt: skip
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getPaper",
    response_model=PaperOut,
    responses=problems(404),
    summary="Read a working paper",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("governance:read")],
) -> Response:
    """One edition with its signatures, and what does not fit in it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await papers.get(tx, id))


@router.get(
    "",
    operation_id="listPapers",
    response_model=PapersOut,
    responses=problems(),
    summary="List the working papers of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("governance:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    board_id: Annotated[UUID | None, Query(description="Only those of this board.")] = None,
) -> Response:
    """By title, every edition. Sections are listed without their text: read the paper for it."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await papers.page(tx, partnership_id, pages.limit, after, within, board_id)
    page = page_of(rows, pages.limit, papers.key)
    return listed(request, Page(tuple(rules.in_a_list(each) for each in page.items), page.next_cursor))
