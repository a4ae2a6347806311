"""Contracts end and go on as others: novated, transferred by law, consolidated or split, with their budget."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from services.gateway.api.joint_answers import made_jointly
from services.gateway.joint.records import regrouping, transfer
from services.gateway.rules.joint_change import ChangeKind
from shared.idempotency import Sent
from shared.web.doors import Door, IfMatch, may, post_once, put_once
from shared.web.fields import Body, Day, Line, Measure, Out, Paragraph, Title
from shared.web.openapi import problems

router = APIRouter(prefix="/v1", tags=["contracts"])
MOST_CONTRACTS = 50


class ConsolidationIn(Body):
    """Contracts with one provider that become one from a day on."""

    source_contract_ids: list[UUID] = Field(min_length=1, max_length=MOST_CONTRACTS)
    contract_id: UUID = Field(description="The id of the one that goes on.")
    reference: Line = Field(examples=["LWSW-INTEGRATED"])
    title: Title = Field(examples=["Integrated community health and social care"])
    effective_on: Day = Field(examples=["2019-04-01"])
    end_date: Day | None = Field(
        default=None,
        description="Left out: the latest end of the contracts. Where the values are for a year, all end on one day.",
    )
    reason: Paragraph = Field(examples=["Two separate contracts are brought together in one"])


class ContractSplitPartIn(Body):
    """A contract that comes out of a split. Left out, it goes on with all indicators, or to the same end."""

    contract_id: UUID
    reference: Line = Field(examples=["NEW-COMMUNITY-A"])
    title: Title = Field(examples=["Community nursing"])
    share_percent: Measure = Field(examples=["62.5"])
    indicator_ids: list[UUID] | None = Field(default=None, max_length=100)
    end_date: Day | None = None


class ContractSplitIn(Body):
    """A contract that goes on as several from a day on; shares of what is left of its value come to 100 percent."""

    source_contract_id: UUID
    parts: list[ContractSplitPartIn] = Field(min_length=1, max_length=MOST_CONTRACTS)
    effective_on: Day = Field(examples=["2019-04-01"])
    reason: Paragraph = Field(examples=["Nursing and therapy are commissioned apart"])


class TransferOut(Out):
    """The novation or statutory transfer, as the contracts service answers it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"x-owner": "contracts", "examples": [{}]})


class RegroupingOut(Out):
    """The consolidation or split, as the contracts service answers it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"x-owner": "contracts", "examples": [{}]})


@router.post(
    "/novations/{id}/completion",
    operation_id="completeNovation",
    response_model=TransferOut,
    responses=problems(404, 409, 412, 428),
    summary="Complete a novation and move its budget",
)
async def novation(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("completeNovation")],
    version: IfMatch,
) -> Response:
    """Ends the record on the day before. The next one goes on at once, or waits for the incoming lead to take it over.

    What is still set aside goes over to the next record, line by line; what was paid stays. Where the lead goes, what it
    set aside is given back, and the incoming lead sets its own aside when it activates the contract.
    """
    wanted = transfer(ChangeKind.NOVATION, door.caller, id, version)
    return await made_jointly(request, door, sent, wanted)


@router.post(
    "/statutory-transfers/{id}/completion",
    operation_id="completeStatutoryTransfer",
    response_model=TransferOut,
    responses=problems(404, 409, 412, 428),
    summary="Complete a statutory transfer and move its budget",
)
async def statutory_transfer(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("completeStatutoryTransfer")],
    version: IfMatch,
) -> Response:
    """Ends the record on the day before. The next one goes on with what is still set aside, or waits for the incoming
    lead, who sets its own aside when it activates the contract."""
    wanted = transfer(ChangeKind.STATUTORY_TRANSFER, door.caller, id, version)
    return await made_jointly(request, door, sent, wanted)


@router.put(
    "/consolidations/{id}",
    operation_id="consolidateContracts",
    status_code=201,
    response_model=RegroupingOut,
    responses=problems(409, 412, 413, 415),
    summary="Consolidate contracts and their budget",
)
async def consolidation(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    body: ConsolidationIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("consolidateContracts")],
) -> Response:
    """Brings contracts that you lead, with one provider, together in one. What was left of each, and what is still set
    aside for it, is in it to the penny."""
    asked = body.model_dump(mode="json")
    wanted = regrouping(ChangeKind.CONSOLIDATION, door.caller, id, asked)
    return await made_jointly(request, door, sent, wanted, f"/v1/consolidations/{id}")


@router.put(
    "/splits/{id}",
    operation_id="splitContract",
    status_code=201,
    response_model=RegroupingOut,
    responses=problems(409, 412, 413, 415),
    summary="Split a contract and its budget",
)
async def split(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    body: ContractSplitIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("splitContract")],
) -> Response:
    """Lets a contract that you lead go on as several. Their values, and what is still set aside for them, come to what
    was left of it, to the penny."""
    asked = body.model_dump(mode="json")
    wanted = regrouping(ChangeKind.SPLIT, door.caller, id, asked)
    return await made_jointly(request, door, sent, wanted, f"/v1/splits/{id}")
