"""Contracts: register, amend, award, give notice, read, list."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
from fastapi import APIRouter, Query, Request, Response

from services.contracts.actions.amend_contract import amend_contract
from services.contracts.actions.award_contract import award_contract
from services.contracts.actions.give_notice import give_notice
from services.contracts.actions.register_contract import register_contract
from services.contracts.api.contract_answers import AnyContractOut, ContractOut, ListedContractsOut
from services.contracts.api.contract_bodies import AwardIn, ContractChange, ContractIn, NoticeIn
from services.contracts.rules.classification import Category, Regime
from services.contracts.rules.contract import reference_key
from services.contracts.rules.move import Award
from services.contracts.rules.notice import Notice
from services.contracts.rules.publication import withheld_on
from services.contracts.rules.state import State
from services.contracts.rules.step import require_come
from services.contracts.rules.view import view_for
from services.contracts.rules.visibility import Sight, sight_of
from services.contracts.store import contract_lists, contracts, publications
from services.contracts.store.contract_lists import Sort
from shared.idempotency import Sent
from shared.money import LARGEST_PENCE
from shared.page import page_of, read_cursor
from shared.web.answers import answer, frozen, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, post_once, put_once
from shared.web.fields import Day, Line
from shared.web.openapi import problems
from shared.web.today import today_in_england
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])
_OVER_TERM = "Of what it is worth over its term, where that is known: a yearly value counts for each year."


@router.put(
    "/{id}",
    operation_id="registerContract",
    status_code=201,
    response_model=ContractOut,
    responses=problems(409, 413, 415),
    summary="Register a contract",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("registerContract")],
) -> Response:
    """Registers a contract that your organisation leads, under an id that you choose."""
    draft = body.to_draft(id, door.caller.organisation_id)
    return answer(await register_contract(door.db, door.caller, sent, draft), f"/v1/contracts/{id}")


@router.patch(
    "/{id}",
    operation_id="amendContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Amend a contract",
)
async def patch(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractChange,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("amendContract")],
) -> Response:
    """Changes what describes a contract; its terms too, until they are in force. Then a variation does."""
    return answer(await amend_contract(door.db, door.caller, sent, id, version, body.to_changes()))


@router.post(
    "/{id}/award",
    operation_id="awardContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Award a contract",
)
async def award(
    id: UUID,  # noqa: A002 the name in the address
    body: AwardIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("awardContract")],
) -> Response:
    """Records the award. From now on the contract's providers can see it."""
    require_come(body.awarded_on, today_in_england(), "/awarded_on")
    decision = Award(body.awarded_on, body.award_regime, body.award_basis, body.standstill_ends_on)
    return answer(await award_contract(door.db, door.caller, sent, id, version, decision))


@router.post(
    "/{id}/notice",
    operation_id="giveNotice",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record a notice that was served",
)
async def notice(
    id: UUID,  # noqa: A002 the name in the address
    body: NoticeIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("giveNotice")],
) -> Response:
    """Records a notice and the day on which the contract ends by it."""
    require_come(body.served_on, today_in_england(), "/served_on")
    served = Notice(uuid4(), body.served_on, body.served_by, body.ends_on, body.reason, body.consultation)
    return answer(await give_notice(door.db, door.caller, sent, id, version, served))


@router.get(
    "/{id}",
    operation_id="getContract",
    response_model=AnyContractOut,
    responses=problems(404),
    summary="Read a contract",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """A contract as your role shows it: `view` says whether whole, a provider's, or as published."""
    async with door.db.begin(door.caller, single=True) as tx:
        contract, providers = await contracts.get(tx, id)
    sight = sight_of(contract, door.caller)
    if sight is not Sight.OBSERVER:
        return shown(request, view_for(contract, sight, providers))
    async with door.db.begin(door.caller, single=True) as tx:
        withheld = withheld_on(await publications.withheld_of(tx, id), today_in_england())
    # What is published changes with the publication too, and does so without a new version.
    body = msgspec.json.encode(view_for(contract, sight, providers, withheld))
    return frozen(request, body, sha256(body).hexdigest())


@router.get(
    "",
    operation_id="listContracts",
    response_model=ListedContractsOut,
    responses=problems(),
    summary="List contracts",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    sort: Annotated[Sort, Query()] = Sort.ENDS,
    partnership_id: Annotated[UUID | None, Query()] = None,
    owner_id: Annotated[UUID | None, Query(description="The lead commissioner.")] = None,
    provider_id: Annotated[UUID | None, Query()] = None,
    category: Annotated[Category | None, Query()] = None,
    state: Annotated[State | None, Query()] = None,
    reference: Annotated[Line | None, Query()] = None,
    ends_before: Annotated[Day | None, Query(description="By notice, or else as agreed.")] = None,
    ends_after: Annotated[Day | None, Query(description="By notice, or else as agreed.")] = None,
    value_from_pence: Annotated[int | None, Query(ge=0, le=LARGEST_PENCE, description=_OVER_TERM)] = None,
    value_below_pence: Annotated[int | None, Query(ge=0, le=LARGEST_PENCE, description=_OVER_TERM)] = None,
    regime: Annotated[Regime | None, Query(description="Under which rules it was awarded.")] = None,
    commissioner_id: Annotated[UUID | None, Query(description="Lead or associate.")] = None,
    text: Annotated[
        Line | None, Query(description='Words of the title; "a phrase" in quotes, -without a word.')
    ] = None,
) -> Response:
    """The contracts that you may see, those that end next first."""
    asked: dict[str, Any] = {
        "partnership_id": partnership_id,
        "owner_id": owner_id,
        "provider_id": provider_id,
        "category": category,
        "state": state,
        "reference": None if reference is None else reference_key(reference),
        "ends_before": ends_before,
        "value_below_pence": value_below_pence,
        "ends_after": ends_after,
        "value_from_pence": value_from_pence,
        "regime": regime,
        "commissioner_id": commissioner_id,
        "text": text,
    }
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, datetime if sort is Sort.CHANGED else date, UUID)
    async with door.db.begin(door.caller, planned_once=True) as tx:
        rows = await contract_lists.page(
            tx, sort, filters, pages.limit, after, within, today=today_in_england()
        )
    return listed(request, page_of(rows, pages.limit, contract_lists.keys_of(sort)))
