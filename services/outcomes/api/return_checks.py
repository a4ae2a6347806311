"""Whether a return could be submitted as it is: every fault at once, and nothing written."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.outcomes.api.return_bodies import WarnedOut
from services.outcomes.rules.input_window import InputReason, due_of, why
from services.outcomes.rules.kpi_return import check_provider
from services.outcomes.rules.return_check import check_return
from services.outcomes.store import forms, input_windows, returns, validation_rules
from services.outcomes.store.instants import clock
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/returns", tags=["returns"])


class ReturnFaultOut(Out):
    """One field that blocks the submission."""

    pointer: str = Field(examples=["/values/7d3f4c51-7a0c-4c1e-9f5e-0d2f1b6c8a11/value"])
    code: str = Field(examples=["value_outside_scale"])
    detail: str = Field(examples=["Give the value as it is measured."])


class ReturnCheckOut(Out):
    """Whether the return could be submitted now, and why not."""

    return_id: UUID
    version: int
    submittable: bool
    input: InputReason
    faults: list[ReturnFaultOut]
    warned: list[WarnedOut]


@router.get(
    "/{id}/check",
    operation_id="checkReturn",
    response_model=ReturnCheckOut,
    responses=problems(404),
    summary="Check a return before it is submitted",
)
async def check(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("return:submit")],
) -> Response:
    """The checks of a submission, on the figures in the making, for the provider. It writes nothing."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        found = await returns.get(tx, id)
        check_provider(found, door.caller.organisations)
        form = await forms.asked(tx, found.obligation_id, found.first_day)
        rules = await validation_rules.holding(tx, found.obligation_id)
        closes_on = await input_windows.closes_on(tx, found.obligation_id, found.period)
        until = await input_windows.open_until(tx, found.obligation_id, found.period)
        _, today = await clock(tx)
    because = why(due_of(found), closes_on, until, found.state, today)
    return shown(request, check_return(found, form, rules, because))
