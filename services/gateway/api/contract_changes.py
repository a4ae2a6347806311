"""Contracts come into force and end: the contract and the budget set aside for it, together."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from services.gateway.api.joint_answers import made_jointly
from services.gateway.joint.contract import activation, ending
from services.gateway.rules.joint_change import ChangeKind
from shared.idempotency import Sent
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.fields import Body, Day, Out, Paragraph, Pence
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])


class CommitmentPartIn(Body):
    """What a line of a budget bears of the contract, in its financial year."""

    line_id: UUID
    amount_pence: Annotated[Pence, Field(gt=0)]


class ActivationIn(Body):
    """From which day the contract is in force, and the lines of its pools on which budget is set aside for it."""

    active_from: Day = Field(examples=["2013-04-01"])
    commitments: list[CommitmentPartIn] = Field(
        min_length=1,
        max_length=100,
        description="In each year the pools' amounts are in the shares that the contract's funding states.",
    )


class AfterEnd(StrEnum):
    """What becomes of the budget that is still set aside when a contract ends."""

    GIVEN_BACK = "given_back"
    KEPT = "kept"


class TerminationReason(StrEnum):
    """Why a contract ends before its term."""

    NOTICE = "notice"
    AGREED = "agreed"
    PROVIDER_DEFAULT = "provider_default"
    PROVIDER_INSOLVENCY = "provider_insolvency"
    COMMISSIONER_DEFAULT = "commissioner_default"
    FORCE_MAJEURE = "force_majeure"
    RULES = "rules"
    REPLACED = "replaced"
    OTHER = "other"


class CompletionReason(StrEnum):
    """How a contract's term ended."""

    TERM_ENDED = "term_ended"
    DELIVERED = "delivered"
    NOT_STARTED = "not_started"


class _EndIn(Body):
    on: Day = Field(examples=["2015-03-31"], description="The last day of the contract.")
    note: Paragraph | None = Field(
        default=None, description="All parties read it, once the contract is awarded."
    )
    budget: AfterEnd = Field(
        default=AfterEnd.GIVEN_BACK,
        description="`kept` while invoices are still to come. Give back what is left once they have.",
    )


class TerminationIn(_EndIn):
    """The contract ends before its term. `on` is its last day."""

    reason: TerminationReason = Field(examples=["agreed"])


class CompletionIn(_EndIn):
    """The contract is over at the end of its term. `on` is its last day."""

    reason: CompletionReason = Field(examples=["term_ended"])


class ContractOut(Out):
    """The contract, as the contracts service answers it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"x-owner": "contracts", "examples": [{}]})


@router.post(
    "/{id}/activation",
    operation_id="activateContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Bring a contract into force and set its budget aside",
)
async def activate(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    body: ActivationIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("activateContract")],
) -> Response:
    """Brings an awarded contract into force, or says everything that is still missing.

    The limits of delegation of every partner that funds it must be kept, by an officer's limit or by a decision
    that counts; the budget is set aside on the lines that you name; its indicators must be yours to read. All of
    that is kept with the contract, or nothing changes. After an answer that never came, send it again.
    """
    wanted = activation(door.caller, id, version, body.model_dump(mode="json"))
    return await made_jointly(request, door, sent, wanted)


@router.post(
    "/{id}/termination",
    operation_id="terminateContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Terminate a contract and release its budget",
)
async def terminate(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    body: TerminationIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("terminateContract")],
) -> Response:
    """Ends a contract before its term; by notice, from the day on which the notice runs out. What is left of the
    budget that was set aside goes back to its lines, unless you keep it for invoices still to come."""
    wanted = ending(ChangeKind.TERMINATION, door.caller, id, version, body.model_dump(mode="json"))
    return await made_jointly(request, door, sent, wanted)


@router.post(
    "/{id}/completion",
    operation_id="completeContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Complete a contract and release its budget",
)
async def complete(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    body: CompletionIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("completeContract")],
) -> Response:
    """Ends a contract whose term is over. What is left of its budget goes back, unless you keep it."""
    wanted = ending(ChangeKind.COMPLETION, door.caller, id, version, body.model_dump(mode="json"))
    return await made_jointly(request, door, sent, wanted)
