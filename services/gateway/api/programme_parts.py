"""Programmes, projects and areas: enter, change, read, list."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.actions.enter_record import enter_record
from services.gateway.actions.move_record import move_record
from services.gateway.api.joint_answers import errands_of
from services.gateway.api.programme_bodies import (
    ProgrammePartChange,
    ProgrammePartIn,
    ProgrammePartOut,
    ProgrammePartsOut,
)
from services.gateway.joint.placed_thing import check_things
from services.gateway.rules import programme_part as rules
from services.gateway.store.governance_registers import programme_parts
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/programme-parts", tags=["governance"])


@router.put(
    "/{id}",
    operation_id="enterProgrammePart",
    status_code=201,
    response_model=ProgrammePartOut,
    responses=problems(409, 413, 415),
    summary="Enter a programme, project or area",
)
async def enter(
    id: UUID,  # noqa: A002 the name in the address
    body: ProgrammePartIn,
    request: Request,
    door: Annotated[Door, may("governance:write")],
    sent: Annotated[Sent, put_once("enterProgrammePart")],
) -> Response:
    """What belongs to it must be yours to read, and of the same partnership."""
    asked = body.to_part(id, door.caller.organisation_id)
    await check_things(errands_of(request), body.partnership_id, asked.things)
    kept = await enter_record(
        door.db, door.caller, sent, programme_parts, body.partnership_id,
        lambda place: rules.enter(asked, place.parts, place.boards),
    )  # fmt: skip
    return answer(kept, f"/v1/programme-parts/{id}")


@router.patch(
    "/{id}",
    operation_id="changeProgrammePart",
    response_model=ProgrammePartOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change a programme, project or area",
)
async def change(
    id: UUID,  # noqa: A002 the name in the address
    body: ProgrammePartChange,
    request: Request,
    door: Annotated[Door, may("governance:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("changeProgrammePart")],
) -> Response:
    """By the organisation that entered it. Lists replace the list that was there."""
    changes = body.to_changes()
    if "things" in changes:
        async with door.db.begin(door.caller, single=True) as tx:
            before = await programme_parts.get(tx, id)
        new = tuple(each for each in changes["things"] if each not in before.things)
        await check_things(errands_of(request), before.partnership_id, new)
    kept = await move_record(
        door.db, door.caller, sent, programme_parts, id, version, "changed",
        lambda before, place: rules.change(before, changes, place.parts),
    )  # fmt: skip
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getProgrammePart",
    response_model=ProgrammePartOut,
    responses=problems(404),
    summary="Read a programme, project or area",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("governance:read")],
) -> Response:
    """One part with what it waits for and what belongs to it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await programme_parts.get(tx, id))


@router.get(
    "",
    operation_id="listProgrammeParts",
    response_model=ProgrammePartsOut,
    responses=problems(),
    summary="List the programmes, projects and areas of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("governance:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    board_id: Annotated[UUID | None, Query(description="Only those of this board.")] = None,
) -> Response:
    """By name, those that have ended too."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await programme_parts.page(tx, partnership_id, pages.limit, after, within, board_id)
    return listed(request, page_of(rows, pages.limit, programme_parts.key))
