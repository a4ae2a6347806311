"""Moves of placements: begin, review, suspend, resume, end."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.contracts.actions.move_placement import AskedMove, move_placement
from services.contracts.api.placement_bodies import (
    PlacementActivationIn,
    PlacementEndIn,
    PlacementOut,
    PlacementResumptionIn,
    PlacementReviewIn,
    PlacementSuspensionIn,
)
from services.contracts.rules import placement_move as rules
from services.contracts.rules.placement_life import PlacementMove, PlacementStep
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/placements", tags=["placements"])


@router.post(
    "/{id}/activation",
    operation_id="activatePlacement",
    response_model=PlacementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Begin a placement",
)
async def activation(
    id: UUID,  # noqa: A002 the name in the address
    body: PlacementActivationIn,
    door: Annotated[Door, may("placement:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("activatePlacement")],
) -> Response:
    """The care begins. From now on the provider can see the placement."""
    asked = AskedMove(
        "placement_activated",
        PlacementStep(PlacementMove.ACTIVATION, body.on),
        lambda placement, _, contract: rules.activate(placement, contract, body.on),
    )
    return answer(await move_placement(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/review",
    operation_id="reviewPlacement",
    response_model=PlacementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record a review of a placement",
)
async def review(
    id: UUID,  # noqa: A002 the name in the address
    body: PlacementReviewIn,
    door: Annotated[Door, may("placement:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("reviewPlacement")],
) -> Response:
    """What the review came to, and when the next one is. Its words stay in the case file."""
    asked = AskedMove(
        "placement_reviewed",
        PlacementStep(PlacementMove.REVIEW, body.on, body.outcome.value, body.next_review),
        lambda placement, history, _: rules.review(placement, history, body.on, body.next_review),
    )
    return answer(await move_placement(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/suspension",
    operation_id="suspendPlacement",
    response_model=PlacementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Suspend a placement",
)
async def suspension(
    id: UUID,  # noqa: A002 the name in the address
    body: PlacementSuspensionIn,
    door: Annotated[Door, may("placement:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("suspendPlacement")],
) -> Response:
    """The placement rests, as while somebody is in hospital."""
    asked = AskedMove(
        "placement_suspended",
        PlacementStep(PlacementMove.SUSPENSION, body.on, body.reason.value),
        lambda placement, history, _: rules.suspend(placement, history, body.on),
    )
    return answer(await move_placement(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/resumption",
    operation_id="resumePlacement",
    response_model=PlacementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Resume a placement",
)
async def resumption(
    id: UUID,  # noqa: A002 the name in the address
    body: PlacementResumptionIn,
    door: Annotated[Door, may("placement:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("resumePlacement")],
) -> Response:
    """The placement goes on as it stood before."""
    asked = AskedMove(
        "placement_resumed",
        PlacementStep(PlacementMove.RESUMPTION, body.on),
        lambda placement, history, _: rules.resume(placement, history, body.on),
    )
    return answer(await move_placement(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/end",
    operation_id="endPlacement",
    response_model=PlacementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End a placement",
)
async def end(
    id: UUID,  # noqa: A002 the name in the address
    body: PlacementEndIn,
    door: Annotated[Door, may("placement:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("endPlacement")],
) -> Response:
    """The placement is over. One that was only planned ends as not_started."""
    asked = AskedMove(
        "placement_ended",
        PlacementStep(PlacementMove.END, body.on, body.reason.value),
        lambda placement, history, _: rules.end(placement, history, body.on, body.reason),
    )
    return answer(await move_placement(door.db, door.caller, sent, id, version, asked))
