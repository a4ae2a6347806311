"""Commitments against lines: reserve, vary, draw down, release, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.draw_down_commitment import draw_down_commitment
from services.budget.actions.release_commitment import release_commitment
from services.budget.actions.reserve_commitment import reserve_commitment
from services.budget.actions.vary_commitment import vary_commitment
from services.budget.api.commitment_bodies import (
    CommitmentIn,
    CommitmentMovesOut,
    CommitmentOut,
    CommitmentsOut,
    CommitmentVariationIn,
    DrawDownIn,
    ReleaseIn,
)
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.commitment import shown as with_line
from services.budget.rules.headroom import shown as funds_of
from services.budget.store import commitments, line_funds, package_sights
from shared.errors import NOT_FOUND
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown_whole
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/commitments", tags=["commitments"])


@router.put(
    "/{id}",
    operation_id="reserveCommitment",
    status_code=201,
    response_model=CommitmentOut,
    responses=problems(409, 413, 415),
    summary="Set budget of a line aside",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: CommitmentIn,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, put_once("reserveCommitment")],
) -> Response:
    """Reserves budget for a contract or a package. `line` in the answer says what the line has left then.

    Where the line has a limit, nothing is committed past it, however many ask at once.
    """
    kept = await reserve_commitment(door.db, door.caller, sent, body.to_reservation(id))
    return answer(kept, f"/v1/commitments/{id}")


@router.post(
    "/{id}/variation",
    operation_id="varyCommitment",
    response_model=CommitmentOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Vary a commitment",
)
async def vary(
    id: UUID,  # noqa: A002 the name in the address
    body: CommitmentVariationIn,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, post_once("varyCommitment")],
    version: IfMatch,
) -> Response:
    """Sets the whole amount reserved, not the difference. Never below what was drawn down and released."""
    kept = await vary_commitment(
        door.db, door.caller, sent, id, version, body.amount_pence, body.effective_date, body.reason
    )
    return answer(kept)


@router.post(
    "/{id}/draw-down",
    operation_id="drawDownCommitment",
    response_model=CommitmentOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Draw a commitment down",
)
async def draw(
    id: UUID,  # noqa: A002 the name in the address
    body: DrawDownIn,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, post_once("drawDownCommitment")],
    version: IfMatch,
) -> Response:
    """By a journal that charged the commitment's line; each journal counts once. Its reversal restores it."""
    kept = await draw_down_commitment(
        door.db, door.caller, sent, id, version, body.journal_id, body.amount_pence, body.beyond_rest
    )
    return answer(kept)


@router.post(
    "/{id}/release",
    operation_id="releaseCommitment",
    response_model=CommitmentOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Give back what is left of a commitment",
)
async def release(
    id: UUID,  # noqa: A002 the name in the address
    body: ReleaseIn,
    door: Annotated[Door, may("budget:post")],
    sent: Annotated[Sent, post_once("releaseCommitment")],
    version: IfMatch,
) -> Response:
    """Gives some of the rest, or all of it, back to the line."""
    kept = await release_commitment(
        door.db, door.caller, sent, id, version, body.amount_pence, body.effective_date, body.reason
    )
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getCommitment",
    response_model=CommitmentOut,
    responses=problems(404),
    summary="Read a commitment",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One commitment with what its line has now. Its ETag changes with the line too; If-Match takes it as it is."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        commitment = await package_sights.seen(tx, await commitments.get(tx, id))
        line = await line_funds.read(tx, commitment.line_id)
    if line is None:
        raise NOT_FOUND()
    thing = with_line(commitment, funds_of(line))
    return shown_whole(request, thing, commitment.version)


@router.get(
    "/{id}/moves",
    operation_id="listCommitmentMoves",
    response_model=CommitmentMovesOut,
    responses=problems(404),
    summary="Read the history of a commitment",
)
async def history(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """Everything that happened to it, in order. The amounts add up to its rest."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        commitment = await commitments.get(tx, id)
        moves = await commitments.moves(tx, commitment.id)
        return listed(request, Page(tuple(await package_sights.moves_seen(tx, commitment, moves)), None))


@router.get(
    "",
    operation_id="listCommitments",
    response_model=CommitmentsOut,
    responses=problems(),
    summary="List the commitments of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery | None = None,
    line_id: Annotated[UUID | None, Query(description="Only those against this line.")] = None,
    contract_id: Annotated[UUID | None, Query(description="Only those for this contract.")] = None,
) -> Response:
    """The commitments that you may see, by year. Of another commissioner's packages you see the amounts."""
    after = read_cursor(pages.cursor, str, UUID)
    year = label_of(financial_year)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await commitments.page(
            tx, partnership_id, year, line_id, contract_id, pages.limit, after, within
        )
        rows = await package_sights.all_seen(tx, rows)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))
