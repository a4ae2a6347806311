"""Contract management: query notices, remedial action plans, withholdings, performance notices, quality concerns."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from services.contracts.actions.move_management_action import move_management_action
from services.contracts.actions.take_management_action import take_management_action
from services.contracts.api.management_bodies import (
    ManagementActionIn,
    ManagementActionOut,
    ManagementActionsOut,
    ManagementAnswerIn,
    ManagementClosureIn,
    PlanStepDoneIn,
)
from services.contracts.rules import management_action as rules
from services.contracts.rules.management_action import ManagementKind, ManagementState
from services.contracts.store import management_actions
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/management-actions", tags=["management-actions"])


@router.put(
    "/{id}",
    operation_id="takeManagementAction",
    status_code=201,
    response_model=ManagementActionOut,
    responses=problems(409, 413, 415),
    summary="Take an act of contract management",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ManagementActionIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("takeManagementAction")],
) -> Response:
    """A notice, plan, withholding or concern on a contract that your organisation leads, with the evidence it rests on."""
    draft = body.to_draft(id, door.caller.organisation_id)
    made = await take_management_action(door.db, door.caller, sent, draft)
    return answer(made, f"/v1/management-actions/{id}")


@router.post(
    "/{id}/answer",
    operation_id="answerManagementAction",
    response_model=ManagementActionOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record what the provider answered",
)
async def respond(
    id: UUID,  # noqa: A002 the name in the address
    body: ManagementAnswerIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("answerManagementAction")],
) -> Response:
    """The day and the words of the provider's answer."""
    asked = (id, version, "management_action_answered")
    rule = lambda action: rules.respond(action, body.on, body.words)  # noqa: E731 a rule with its facts
    return answer(await move_management_action(door.db, door.caller, sent, asked, rule))


@router.post(
    "/{id}/steps/{number}/completion",
    operation_id="completePlanStep",
    response_model=ManagementActionOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Complete a step of a remedial action plan",
)
async def completion(
    id: UUID,  # noqa: A002 the name in the address
    number: Annotated[int, Path(ge=1, le=100)],
    body: PlanStepDoneIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("completePlanStep")],
) -> Response:
    """Steps are numbered from 1."""
    asked = (id, version, "management_step_completed")
    rule = lambda action: rules.complete_step(action, number, body.on)  # noqa: E731 a rule with its facts
    return answer(await move_management_action(door.db, door.caller, sent, asked, rule))


@router.post(
    "/{id}/disclosure",
    operation_id="shareQualityConcern",
    response_model=ManagementActionOut,
    responses=problems(404, 409, 412, 428),
    summary="Show a quality concern to the provider",
)
async def disclosure(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("shareQualityConcern")],
) -> Response:
    """What commissioners kept among themselves is shown to the provider, for good."""
    asked = (id, version, "quality_concern_shared")
    return answer(await move_management_action(door.db, door.caller, sent, asked, rules.share))


@router.post(
    "/{id}/closure",
    operation_id="closeManagementAction",
    response_model=ManagementActionOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Close an act of contract management",
)
async def closure(
    id: UUID,  # noqa: A002 the name in the address
    body: ManagementClosureIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("closeManagementAction")],
) -> Response:
    """A plan is achieved when all its steps are done."""
    asked = (id, version, "management_action_closed")
    rule = lambda action: rules.close(action, body.on, body.outcome)  # noqa: E731 a rule with its facts
    return answer(await move_management_action(door.db, door.caller, sent, asked, rule))


@router.get(
    "/{id}",
    operation_id="getManagementAction",
    response_model=ManagementActionOut,
    responses=problems(404),
    summary="Read an act of contract management",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """To the contract's commissioners and auditors, and to the provider what is shared with it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await management_actions.get(tx, id))


@router.get(
    "",
    operation_id="listManagementActions",
    response_model=ManagementActionsOut,
    responses=problems(),
    summary="List acts of contract management",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query()] = None,
    partnership_id: Annotated[UUID | None, Query()] = None,
    provider_id: Annotated[UUID | None, Query()] = None,
    kind: Annotated[ManagementKind | None, Query()] = None,
    state: Annotated[ManagementState | None, Query()] = None,
    safeguarding: Annotated[bool | None, Query()] = None,
) -> Response:
    """In the order in which they last changed. By provider and kind it is the log of quality concerns."""
    asked: dict[str, Any] = {
        "contract_id": contract_id,
        "partnership_id": partnership_id,
        "provider_id": provider_id,
        "kind": kind,
        "state": state,
        "safeguarding": safeguarding,
    }
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await management_actions.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.changed_at, each.id)))
