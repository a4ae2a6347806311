"""Settings of control charts: from which days new limits hold and why, and on which points limits are frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.set_spc_settings import set_spc_settings
from services.outcomes.rules.spc_setting import BreakKind, Rebasing, SpcSettings
from services.outcomes.store import spc_settings
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import INDICATOR, example
from shared.web.fields import Body, Day, Out, Paragraph
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/spc-settings", tags=["spc-settings"])

_REASON = "The wards were merged; the time before says nothing about the time after."


class RebasingIn(Body):
    """A day from which new limits hold, and why."""

    on: Day = Field(examples=["2015-04-01"], description="The first day of a period of the indicator.")
    kind: BreakKind = Field(examples=["process_change"])
    reason: Paragraph = Field(examples=[_REASON])


class SpcSettingsIn(Body):
    """The next edition of the settings. Without a contract they hold throughout the partnership.

    `replaces_id` names the edition that holds now; it is left out for the first.
    """

    model_config = example(
        indicator_id=INDICATOR,
        rebasings=[{"on": "2015-04-01", "kind": "process_change", "reason": _REASON}],
        reason="Agreed at the performance group of May 2015.",
    )

    indicator_id: UUID
    contract_id: UUID | None = None
    replaces_id: UUID | None = None
    rebasings: list[RebasingIn] = Field(default_factory=list, max_length=50)
    frozen_after: int | None = Field(
        default=None,
        strict=True,
        ge=0,
        le=1000,
        description="Limits rest on the first so many points of each stretch; left out: on all.",
    )
    reason: Paragraph = Field(examples=["Agreed at the performance group of May 2015."])

    def to_settings(self, settings_id: UUID, owner: UUID, client: UUID) -> SpcSettings:
        fields = {**dict(self), "rebasings": tuple(Rebasing(**dict(each)) for each in self.rebasings)}
        return SpcSettings(
            id=settings_id,
            partnership_id=owner,
            owner_organisation_id=owner,
            edition=1,
            set_by_organisation_id=owner,
            set_by_client_id=client,
            **fields,
        )


class RebasingOut(Out):
    """A day from which new limits hold, and why."""

    on: Day
    kind: BreakKind
    reason: str = Field(examples=[_REASON])


class SpcSettingsOut(Out):
    """One edition of the settings of a chart; the newest holds."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    indicator_id: UUID
    contract_id: UUID | None
    edition: int
    replaces_id: UUID | None
    rebasings: list[RebasingOut]
    frozen_after: int | None
    reason: str = Field(examples=["Agreed at the performance group of May 2015."])
    set_by_organisation_id: UUID
    set_by_client_id: UUID
    recorded_at: datetime


class SpcSettingsListOut(Out):
    """A page of editions."""

    items: list[SpcSettingsOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="setSpcSettings",
    status_code=201,
    response_model=SpcSettingsOut,
    responses=problems(409, 413, 415),
    summary="Set how a control chart is read",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: SpcSettingsIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("setSpcSettings")],
) -> Response:
    """Sets the next edition for an indicator that your organisation keeps. Earlier editions stay on record."""
    asked = body.to_settings(id, door.caller.organisation_id, door.caller.client_id)
    kept = await set_spc_settings(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/spc-settings/{id}")


@router.get(
    "/{id}",
    operation_id="getSpcSettings",
    response_model=SpcSettingsOut,
    responses=problems(404),
    summary="Read an edition of the settings of a chart",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """An edition, as it was recorded, with who set it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await spc_settings.get(tx, id))


@router.get(
    "",
    operation_id="listSpcSettings",
    response_model=SpcSettingsListOut,
    responses=problems(),
    summary="List the settings of charts",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    indicator_id: Annotated[UUID | None, Query(description="Only those of this indicator.")] = None,
) -> Response:
    """Every edition that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await spc_settings.page(tx, partnership_id, indicator_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
