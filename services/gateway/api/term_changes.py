"""Variations take effect, contracts are extended or end in part: the contract and its budget, together."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from services.gateway.api.contract_changes import ContractOut, TerminationReason
from services.gateway.api.joint_answers import made_jointly
from services.gateway.joint.terms import effect, extension, part_termination
from shared.idempotency import Sent
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.fields import Body, Day, MoneyIn, Out, Paragraph, Pence
from shared.web.openapi import problems

router = APIRouter(prefix="/v1", tags=["contracts"])


class CommitmentChangeIn(Body):
    """What a line of a budget is to bear of the contract more, or less where it is below nil, in its year."""

    line_id: UUID
    change_pence: Pence = Field(examples=[500000])


_Changes = Annotated[
    list[CommitmentChangeIn],
    Field(
        max_length=100,
        description="Left out: the lines that bear a year already bear the difference, each in proportion. Name lines"
        " for a year that no line bears yet, for a pool that is new, or to choose others.",
    ),
]


class EffectIn(Body):
    """Which lines bear what the variation costs more, or less. The rest of it was agreed."""

    commitments: _Changes = []


class ExtensionIn(Body):
    """A decision to extend: the next option, or so many together, in full or to an earlier day."""

    decided_on: Day = Field(examples=["2015-09-30"])
    options: Annotated[int, Field(strict=True, ge=1, le=20)] = Field(
        default=1, description="How many of the options that are left are exercised together."
    )
    ends_on: Day | None = Field(default=None, description="Left out: as far as the options reach.")
    note: Paragraph | None = None
    commitments: _Changes = []


class PartTerminationIn(Body):
    """A part of the contract ends; all of it is worth less from then on, or as much as before."""

    on: Day = Field(examples=["2015-03-31"], description="The day from which this holds.")
    reason: TerminationReason = Field(examples=["agreed"])
    note: Paragraph = Field(
        examples=["Podiatry"], description="Which part ends. All parties of the contract read it."
    )
    value: MoneyIn | None = Field(
        default=None, description="What the whole contract is worth without that part."
    )
    commitments: _Changes = []


class VariationOut(Out):
    """The variation, as the contracts service answers it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"x-owner": "contracts", "examples": [{}]})


@router.post(
    "/variations/{id}/effect",
    operation_id="effectVariation",
    response_model=VariationOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Take a variation into effect and revise its budget",
)
async def take_effect(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    body: EffectIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("effectVariation")],
) -> Response:
    """Changes the contract as both sides agreed, on its day or later, and what its pools set aside for it.

    The limits of delegation of every partner that funds it must be kept, and no line passes its limit: else nothing
    changes. What the contract costs less goes back to its lines. After an answer that never came, send it again.
    """
    wanted = effect(door.caller, id, version, body.model_dump(mode="json"))
    return await made_jointly(request, door, sent, wanted)


@router.post(
    "/contracts/{id}/extensions",
    operation_id="extendContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Extend a contract and its budget",
)
async def extend(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    body: ExtensionIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("extendContract")],
) -> Response:
    """Exercises extension options that are left, never past the latest end. A year that bears the contract already
    bears the days that are added. For further years name their lines, now or later by commitments of their own.

    Partners' limits are kept for what the extension costs. A refusal for want of approvals names the `subject` and
    `subject_id` under which decisions on it are recorded; approvals of the contract itself do not count for it."""
    wanted = extension(door.caller, id, version, body.model_dump(mode="json"))
    return await made_jointly(request, door, sent, wanted)


@router.post(
    "/contracts/{id}/part-termination",
    operation_id="partTerminateContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End a part of a contract and release its budget",
)
async def end_in_part(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    body: PartTerminationIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("partTerminateContract")],
) -> Response:
    """Ends a part; with a value, the contract is worth that from now on, and history keeps what it was worth. What it
    costs less goes back to the lines that bear it. What was paid stays paid."""
    wanted = part_termination(door.caller, id, version, body.model_dump(mode="json"))
    return await made_jointly(request, door, sent, wanted)
