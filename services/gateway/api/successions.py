"""Successions: bodies that become one, several, or another one: recorded, tried, approved, applied, read."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from services.gateway.actions.decide_succession import decide_succession
from services.gateway.actions.record_succession import record_succession
from services.gateway.api.joint_answers import answered, declined, errands_of
from services.gateway.clients.errands import Declined
from services.gateway.joint.succession import apply, preview
from services.gateway.rules.succession import (
    Maker,
    Succession,
    SuccessionKind,
    SuccessionMove,
    SuccessionPart,
    SuccessionState,
)
from services.gateway.store import successions
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.fields import Body, Day, Measure, Out, Title
from shared.web.openapi import problems
from shared.web.today import today_in_england
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/successions", tags=["successions"])
_ONE, _TWO, _NEW = (f"0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a{number}" for number in (10, 11, 12))


class SuccessionMoveIn(Body):
    """One body's things to one successor, with the share of what can only be divided."""

    predecessor_id: UUID
    successor_id: UUID
    share: Measure = Field(default=Decimal(1), examples=["1"])


class SuccessionIn(Body):
    """What goes over to whom, from which day and by which instrument."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "merger",
                    "effective_date": "2019-04-01",
                    "instrument": "NHS Act 2006 section 14G, grant of merger application",
                    "moves": [
                        {"predecessor_id": each, "successor_id": _NEW, "share": "1"} for each in (_ONE, _TWO)
                    ],
                }
            ]
        }
    )

    kind: SuccessionKind
    effective_date: Day
    instrument: Title
    moves: list[SuccessionMoveIn] = Field(min_length=1, max_length=100)

    def to_succession(self, succession_id: UUID, recorded_by: Maker) -> Succession:
        moves = (SuccessionMove(each.predecessor_id, each.successor_id, each.share) for each in self.moves)
        return Succession(
            succession_id, self.kind, self.effective_date, self.instrument, tuple(moves), recorded_by
        )


class SuccessionMoveOut(Out):
    """One body's things to one successor."""

    predecessor_id: UUID
    successor_id: UUID
    share: str = Field(examples=["1"])


class MakerOut(Out):
    """Which client did it, and for whom it said that it did."""

    client_id: UUID
    person: str | None


class SuccessionRemarkOut(Out):
    """What a person should look at afterwards."""

    thing: str = Field(examples=["member"])
    thing_id: UUID
    detail: str = Field(
        examples=["This membership begins after the body has ended. Enter the successor instead."]
    )


class SuccessionPartOut(Out):
    """What one part did: how many of each thing went over, and what a person should look at."""

    counts: dict[str, int] = Field(examples=[{"memberships_ended": 2}])
    remarks: list[SuccessionRemarkOut]


class SuccessionPartsOut(Out):
    """The parts that have applied it. One that is absent has not."""

    directory: SuccessionPartOut | None = None
    budget: SuccessionPartOut | None = None
    contracts: SuccessionPartOut | None = None
    outcomes: SuccessionPartOut | None = None


class SuccessionOut(Out):
    """A succession and how far it has been applied. `approved` with some parts applied is half done."""

    id: UUID
    kind: SuccessionKind
    effective_date: Day
    instrument: str = Field(examples=["NHS Act 2006 section 14G, grant of merger application"])
    moves: list[SuccessionMoveOut]
    recorded_by: MakerOut
    approved_by: MakerOut | None
    parts: SuccessionPartsOut
    state: SuccessionState
    version: int
    recorded_at: datetime


class SuccessionsOut(Out):
    """A page of successions."""

    items: list[SuccessionOut]
    next: str | None


class PartPreviewOut(Out):
    """What one part would do. `missing`: the service takes no part in successions yet."""

    part: SuccessionPart
    missing: bool
    counts: dict[str, int] = Field(examples=[{"memberships_ended": 2}])
    remarks: list[SuccessionRemarkOut]


class SuccessionPreviewOut(Out):
    """What all parts would do as things stand now; not complete where one has none."""

    succession_id: UUID
    complete: bool
    parts: list[PartPreviewOut]


@router.put(
    "/{id}",
    operation_id="recordSuccession",
    status_code=201,
    response_model=SuccessionOut,
    responses=problems(409, 413, 415),
    summary="Record that bodies become one, several, or another one",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: SuccessionIn,
    door: Annotated[Door, may("directory:write")],
    sent: Annotated[Sent, put_once("recordSuccession")],
) -> Response:
    """Nothing changes until another client has approved it and it is applied."""
    asked = body.to_succession(id, Maker(door.caller.client_id, door.caller.person))
    return answer(await record_succession(door.db, door.caller, sent, asked), f"/v1/successions/{id}")


@router.post(
    "/{id}/preview",
    operation_id="previewSuccession",
    response_model=SuccessionPreviewOut,
    responses=problems(404, 409),
    summary="Try a succession",
)
async def try_it(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("directory:write")],
) -> Response:
    """What every part would do, with its counts and remarks. Nothing is written anywhere."""
    try:
        return shown(request, await preview(door.db, door.caller, id, errands_of(request)))
    except Declined as why:
        return declined(request, why)


@router.post(
    "/{id}/approval",
    operation_id="approveSuccession",
    response_model=SuccessionOut,
    responses=problems(404, 409, 412, 428),
    summary="Approve a succession",
)
async def approve(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("directory:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("approveSuccession")],
) -> Response:
    """By another client than the one that recorded it. From its day on, clients of the bodies that end write no more."""
    return answer(await decide_succession(door.db, door.caller, sent, id, version, approved=True))


@router.post(
    "/{id}/withdrawal",
    operation_id="withdrawSuccession",
    response_model=SuccessionOut,
    responses=problems(404, 409, 412, 428),
    summary="Take a succession back",
)
async def withdraw(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("directory:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("withdrawSuccession")],
) -> Response:
    """Before it is approved."""
    return answer(await decide_succession(door.db, door.caller, sent, id, version, approved=False))


@router.post(
    "/{id}/application",
    operation_id="applySuccession",
    response_model=SuccessionOut,
    responses=problems(404, 409),
    summary="Apply a succession, or go on where it stopped",
)
async def application(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("directory:write")],
    sent: Annotated[Sent, post_once("applySuccession")],
) -> Response:
    """First in the directory, then service by service, each once. Where one refuses, those before it stay applied."""
    today = today_in_england(datetime.now(UTC))
    making = apply(door.db, door.caller, sent, id, today, errands_of(request))
    return await answered(request, making)


@router.get(
    "/{id}",
    operation_id="getSuccession",
    response_model=SuccessionOut,
    responses=problems(404),
    summary="Read a succession and how far it has been applied",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("directory:read")],
) -> Response:
    """One in which your organisation ends or takes over."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await successions.get(tx, id))


@router.get(
    "",
    operation_id="listSuccessions",
    response_model=SuccessionsOut,
    responses=problems(),
    summary="List successions",
)
async def every(
    request: Request,
    door: Annotated[Door, may("directory:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """Those in which your organisation ends or takes over, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await successions.page(tx, pages.limit, after, within)
    page = page_of(rows, pages.limit, lambda each: (each[1], each[0].id))
    return listed(request, Page(tuple(each[0] for each in page.items), page.next_cursor))
