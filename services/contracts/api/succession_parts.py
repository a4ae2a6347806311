"""Contracts' part of a succession of organisations: for the gateway alone."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.actions.apply_succession import Asked, apply_succession
from services.contracts.actions.preview_succession import preview_succession
from shared.idempotency import Sent
from shared.web.answers import answer, shown
from shared.web.doors import Door, driven, put_once
from shared.web.fields import Body, Day, Line, Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/succession-parts", tags=["contracts"])


class ContractSuccessionIn(Body):
    """Who takes whose place, from which day, and by what instrument."""

    successor_organisation_id: UUID
    predecessor_organisation_ids: list[UUID] = Field(min_length=1, max_length=50)
    effective_on: Day = Field(examples=["2019-04-01"])
    instrument: Line = Field(examples=["NHS Commissioning Board order of 1 April 2019"])


class ContractLeftOut(Out):
    """A contract that did not change, and why."""

    contract_id: UUID
    because: str = Field(
        examples=["Another commissioner leads it: a transfer by that lead puts the successor in."]
    )


class ContractSuccessionOut(Out):
    """What changed. Of a preview `written` is false, and nothing did."""

    id: UUID
    successor_organisation_id: UUID
    predecessor_organisation_ids: list[UUID]
    effective_on: Day
    instrument: str = Field(examples=["NHS Commissioning Board order of 1 April 2019"])
    written: bool
    contracts: list[UUID]
    merged: int = Field(description="Contracts in which two roles became one body's.")
    left: list[ContractLeftOut]


@router.put(
    "/{id}",
    operation_id="succeedInContracts",
    status_code=201,
    response_model=ContractSuccessionOut,
    responses={
        200: {"model": ContractSuccessionOut, "description": "A preview: nothing was written."},
        **problems(409, 413, 415),
    },
    summary="Put a successor in its predecessors' places in the register",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractSuccessionIn,
    request: Request,
    door: Annotated[Door, driven("succeedInContracts")],
    sent: Annotated[Sent, put_once("succeedInContracts")],
    dry_run: Annotated[bool, Query(description="Count what would change, and change nothing.")] = False,
) -> Response:
    """Changes every contract that a predecessor leads and that runs on the day or later: the record and its history
    stay, and shares of roles that become one body's are added up."""
    asked = Asked(
        id,
        body.successor_organisation_id,
        tuple(body.predecessor_organisation_ids),
        body.effective_on,
        body.instrument,
    )
    if dry_run:
        return shown(request, await preview_succession(door.db, door.caller, asked))
    return answer(await apply_succession(door.db, door.caller, sent, asked), f"/v1/succession-parts/{id}")
