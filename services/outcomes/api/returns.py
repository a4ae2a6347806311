"""Returns: draft one, change its figures, submit it, read it and its history."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.amend_return import amend_return
from services.outcomes.actions.draft_return import draft_return
from services.outcomes.actions.submit_return import submit_return
from services.outcomes.api.figure_fields import PeriodId, ReturnValueIn, YearQuery, by_indicator, label_of
from services.outcomes.api.return_bodies import ReturnOut, ReturnsOut, RevisionsOut
from services.outcomes.rules.kpi_return import ReturnState
from services.outcomes.store import returns, revisions
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, post_once, put_once
from shared.web.examples import INDICATOR, OBLIGATION, example
from shared.web.fields import Body
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/returns", tags=["returns"])


class ReturnIn(Body):
    """A draft for a period that is owed, with as many figures as there are."""

    model_config = example(
        obligation_id=OBLIGATION,
        period="2014Q2",
        values={INDICATOR: {"value": "13.1", "numerator": "34", "denominator": "259542"}},
    )

    obligation_id: UUID
    period: PeriodId
    values: by_indicator(ReturnValueIn) = Field(default_factory=dict)  # type: ignore[valid-type]  # a function makes the type


class ReturnChangeIn(Body):
    """Figures to change, by indicator. A field given replaces, null clears it; null for an indicator clears it whole."""

    model_config = example(
        values={
            INDICATOR: {"value": "12.7", "numerator": "33", "explanation": "One delay was counted twice."}
        }
    )

    values: by_indicator(ReturnValueIn | None)  # type: ignore[valid-type]  # a function makes the type


@router.put(
    "/{id}",
    operation_id="draftReturn",
    status_code=201,
    response_model=ReturnOut,
    responses=problems(409, 413, 415),
    summary="Draft a return",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ReturnIn,
    door: Annotated[Door, may("return:submit")],
    sent: Annotated[Sent, put_once("draftReturn")],
) -> Response:
    """Begins a return that your organisation owes. Nobody else sees it until you submit it."""
    values = {key: each.given() for key, each in body.values.items()}
    kept = await draft_return(door.db, door.caller, sent, id, body.obligation_id, body.period, values)
    return answer(kept, f"/v1/returns/{id}")


@router.patch(
    "/{id}",
    operation_id="amendReturn",
    response_model=ReturnOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change figures of a return",
)
async def patch(
    id: UUID,  # noqa: A002 the name in the address
    body: ReturnChangeIn,
    door: Annotated[Door, may("return:submit")],
    sent: Annotated[Sent, patch_once("amendReturn")],
    version: IfMatch,
) -> Response:
    """Changes the figures named and leaves the others. Possible while the return is with its provider."""
    values = {key: None if each is None else each.given() for key, each in body.values.items()}
    return answer(await amend_return(door.db, door.caller, sent, id, version, values))


@router.post(
    "/{id}/submission",
    operation_id="submitReturn",
    response_model=ReturnOut,
    responses=problems(404, 409, 412, 428),
    summary="Submit a return",
)
async def submit(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("return:submit")],
    sent: Annotated[Sent, post_once("submitReturn")],
    version: IfMatch,
) -> Response:
    """Checks every figure and freezes them as the next revision. Every fault is named at once, each with a pointer.

    A late return is taken and flagged. One that was sent back is submitted again the same way.
    """
    return answer(await submit_return(door.db, door.caller, sent, id, version))


@router.get(
    "/{id}",
    operation_id="getReturn",
    response_model=ReturnOut,
    responses=problems(404),
    summary="Read a return",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("return:read")],
) -> Response:
    """A return with its figures: for its provider, while it may write, those in the making; else those last sent."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await returns.get(tx, id))


@router.get(
    "/{id}/revisions",
    operation_id="listReturnRevisions",
    response_model=RevisionsOut,
    responses=problems(404),
    summary="Read the history of a return",
)
async def history(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("return:read")],
) -> Response:
    """Every revision as it was submitted, with each step that was taken and why."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        found = await returns.get(tx, id)
        return listed(request, Page(await revisions.of_return(tx, found.id), None))


@router.get(
    "",
    operation_id="listReturns",
    response_model=ReturnsOut,
    responses=problems(),
    summary="List returns",
)
async def every(
    request: Request,
    door: Annotated[Door, may("return:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
    contract_id: Annotated[UUID | None, Query()] = None,
    obligation_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[ReturnState | None, Query()] = None,
    financial_year: YearQuery | None = None,
) -> Response:
    """The returns that you may see, without their figures, in the order in which they last changed."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await returns.page(
            tx,
            pages.limit,
            after,
            within,
            partnership_id=partnership_id,
            contract_id=contract_id,
            obligation_id=obligation_id,
            state=state,
            financial_year=label_of(financial_year),
        )
    return listed(request, page_of(rows, pages.limit, lambda each: (each.updated_at, each.id)))
