"""Changes that several services make together: which there were, which are half done, and how to go on with one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.api.joint_answers import answered, errands_of
from services.gateway.joint.change import resume_jointly
from services.gateway.joint.drives import drive_of
from services.gateway.rules.joint_change import (
    ChangeKind,
    ChangeState,
    JointChange,
    ShownChange,
    Step,
    shown_of,
)
from services.gateway.store import joint_changes
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import listed, shown
from shared.web.doors import Door, Pages, may, post_once
from shared.web.fields import Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/joint-changes", tags=["joint changes"])


class JointChangeOut(Out):
    """A change of contracts and their budget: how far it has come, and why it was declined if it was."""

    id: UUID
    kind: ChangeKind
    thing_id: UUID = Field(description="The contract, or the variation that takes effect.")
    thing_version: int = Field(description="Its version before the change.")
    contract_ids: list[UUID] = Field(description="The contracts that are changed.")
    partnership_id: UUID | None
    owner_organisation_id: UUID
    client_id: UUID
    person: str | None
    attempt: int
    steps: list[Step]
    state: ChangeState
    why_code: str | None = Field(examples=["commitment_past_limit"])
    why: str | None = Field(description="The sentence with which a service declined it.")
    version: int
    recorded_at: datetime
    updated_at: datetime
    left_half_done_at: datetime | None = Field(
        description="When it was found half done as it stands; null where it was not."
    )


class JointChangesOut(Out):
    """A page of changes, in the order in which they were begun."""

    items: list[JointChangeOut]
    next: str | None


@router.post(
    "/{id}/resumption",
    operation_id="resumeJointChange",
    response_model=JointChangeOut,
    responses=problems(404, 409),
    summary="Finish a change that was left half done",
)
async def resume(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("resumeJointChange")],
) -> Response:
    """Goes on where it stopped, with what was asked for then. The answer is the change, which is done."""
    making = resume_jointly(door.db, door.caller, sent, id, drive_of, errands_of(request))
    return await answered(request, making)


@router.get(
    "/{id}",
    operation_id="getJointChange",
    response_model=JointChangeOut,
    responses=problems(404),
    summary="Read how far a change has come",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """One change of your organisation's."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, shown_of(await joint_changes.get(tx, id)))


@router.get(
    "",
    operation_id="listJointChanges",
    response_model=JointChangesOut,
    responses=problems(),
    summary="List changes that several services make together",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    state: Annotated[
        ChangeState | None, Query(description="`under_way`: those that are half done, too.")
    ] = None,
    contract_id: Annotated[UUID | None, Query()] = None,
    half_done: Annotated[bool | None, Query(description="`true`: only what was found half done.")] = None,
) -> Response:
    """The changes of your organisation's contracts. One that nobody moves on for a minute is found half done, and the
    feed says so once: resume it."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        sought = {"state": state, "thing": contract_id, "half_done": half_done}
        rows = await joint_changes.page(tx, sought, pages.limit, after, within)
    page = page_of(rows, pages.limit, _key)
    items: tuple[ShownChange, ...] = tuple(shown_of(each) for each in page.items)
    return listed(request, Page(items, page.next_cursor))


def _key(change: JointChange) -> tuple[datetime | None, UUID]:
    return change.recorded_at, change.id
