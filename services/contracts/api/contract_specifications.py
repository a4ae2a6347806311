"""Which version of a specification a contract goes by, from which day."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.actions.name_specification import name_specification
from services.contracts.store import specifications
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/contract-specifications", tags=["contracts"])


class ContractSpecificationIn(Body):
    """The version by which a contract goes from a day on, until it names the next one of the same code."""

    contract_id: UUID
    specification_id: UUID
    holds_from: Day = Field(examples=["2014-04-01"])


class ContractSpecificationOut(Out):
    """The version that a contract names, with its number and title as the parties know it."""

    id: UUID
    contract_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    specification_id: UUID
    code: str = Field(examples=["COMM-NURSING"])
    number: int = Field(examples=[2])
    title: str = Field(examples=["Community nursing, single specification"])
    holds_from: Day
    recorded_at: datetime


class ContractSpecificationsOut(Out):
    """A page of what contracts name."""

    items: list[ContractSpecificationOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="nameSpecification",
    status_code=201,
    response_model=ContractSpecificationOut,
    responses=problems(409, 413, 415),
    summary="Name the specification of a contract",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractSpecificationIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("nameSpecification")],
) -> Response:
    """Names a version that holds on that day, for a contract that your organisation leads."""
    asked = (id, body.contract_id, body.specification_id, body.holds_from)
    kept = await name_specification(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/contract-specifications/{id}")


@router.get(
    "/{id}",
    operation_id="getContractSpecification",
    response_model=ContractSpecificationOut,
    responses=problems(404),
    summary="Read which specification a contract names",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """For the contract's commissioners and auditors, and once it is awarded its providers."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await specifications.get_named(tx, id))


@router.get(
    "",
    operation_id="listContractSpecifications",
    response_model=ContractSpecificationsOut,
    responses=problems(),
    summary="List which specifications contracts name",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query()] = None,
    specification_id: Annotated[UUID | None, Query()] = None,
    partnership_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """What contracts of yours name, and named before, in the order in which it was recorded."""
    asked = {
        "contract_id": contract_id,
        "specification_id": specification_id,
        "partnership_id": partnership_id,
    }
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await specifications.page_named(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
