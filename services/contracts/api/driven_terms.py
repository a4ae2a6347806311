"""Changes of terms, which the gateway drives, since budgets change with them. No client calls these doors."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.contracts.actions.effect_variation import Asked, effect_variation
from services.contracts.actions.extend_contract import extend_contract
from services.contracts.actions.part_terminate_contract import part_terminate_contract
from services.contracts.actions.try_effect import try_effect
from services.contracts.actions.try_extension import try_extension
from services.contracts.actions.try_part_termination import try_part_termination
from services.contracts.api.changed_terms_bodies import ChangedTermsOut, said
from services.contracts.api.contract_answers import ContractOut
from services.contracts.api.life_bodies import PartTerminationIn, step_of
from services.contracts.api.variation_answers import VariationOut
from services.contracts.api.variation_bodies import ExtensionIn
from services.contracts.rules.changed_terms import ChangeMade, changed_terms
from services.contracts.rules.step import Move, require_come
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, IfMatch, driven, post_once
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1", tags=["contracts"])


@router.post(
    "/variations/{id}/effect-checks",
    operation_id="checkEffect",
    response_model=ChangedTermsOut,
    responses=problems(404, 409, 412, 428),
    summary="Try whether a variation could take effect",
)
async def check_effect(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, driven("checkEffect")],
    version: IfMatch,
) -> Response:
    """Refuses as the effect would, and says what the contract would be worth. Nothing is kept."""
    found = await try_effect(door.db, door.caller, id, version, today_in_england())
    on = found.proposed.effective_on
    return answer(said(changed_terms(found.before, found.after, on, on, id)))


@router.post(
    "/variations/{id}/effect",
    operation_id="applyVariation",
    response_model=VariationOut,
    responses=problems(404, 409, 412, 428),
    summary="Take a variation into effect",
)
async def effect(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, driven("applyVariation")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("applyVariation")],
) -> Response:
    """Changes the contract as both sides agreed, on its day or later. Its history keeps the terms before and after."""
    assert door.caller.errand is not None
    worked_out = door.caller.errand.seen.get("contract_version")
    asked = Asked(id, version, None if worked_out is None else int(worked_out))
    return answer(await effect_variation(door.db, door.caller, sent, asked, today_in_england()))


@router.post(
    "/contracts/{id}/extension-checks",
    operation_id="checkExtension",
    response_model=ChangedTermsOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Try whether a contract could be extended",
)
async def check_extension(
    id: UUID,  # noqa: A002 the name in the address
    body: ExtensionIn,
    door: Annotated[Door, driven("checkExtension")],
    version: IfMatch,
) -> Response:
    """Refuses as the extension would, and says what the longer term costs. Nothing is kept."""
    before, after = await try_extension(door.db, door.caller, id, version, body.to_decision())
    assert before.end_date is not None  # else it was refused
    from_day = before.end_date + timedelta(days=1)
    return answer(said(changed_terms(before, after, body.decided_on, from_day, ChangeMade.EXTENSION)))


@router.post(
    "/contracts/{id}/extensions",
    operation_id="applyExtension",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Extend a contract",
)
async def extend(
    id: UUID,  # noqa: A002 the name in the address
    body: ExtensionIn,
    door: Annotated[Door, driven("applyExtension")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("applyExtension")],
) -> Response:
    """Exercises extension options that are left, never past the latest end. Due dates follow; a step keeps both ends."""
    decision = body.to_decision()
    return answer(await extend_contract(door.db, door.caller, sent, id, version, decision, body.note))


@router.post(
    "/contracts/{id}/part-termination-checks",
    operation_id="checkPartTermination",
    response_model=ChangedTermsOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Try whether a part of a contract could end",
)
async def check_part_termination(
    id: UUID,  # noqa: A002 the name in the address
    body: PartTerminationIn,
    door: Annotated[Door, driven("checkPartTermination")],
    version: IfMatch,
) -> Response:
    """Refuses as the part-termination would, and says what the contract then costs less. Nothing is kept."""
    require_come(body.on, today_in_england())
    before, after = await try_part_termination(door.db, door.caller, id, version, body.on, body.to_value())
    return answer(said(changed_terms(before, after, body.on, body.on, ChangeMade.PART_TERMINATION)))


@router.post(
    "/contracts/{id}/part-termination",
    operation_id="applyPartTermination",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End a part of a contract",
)
async def end_in_part(
    id: UUID,  # noqa: A002 the name in the address
    body: PartTerminationIn,
    door: Annotated[Door, driven("applyPartTermination")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("applyPartTermination")],
) -> Response:
    """Ends a part; with a value, the contract is worth that from now on, and history keeps what it was worth."""
    step = step_of(Move.PART_TERMINATION, body)
    return answer(
        await part_terminate_contract(door.db, door.caller, sent, id, version, step, body.to_value())
    )
