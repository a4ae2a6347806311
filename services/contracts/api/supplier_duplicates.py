"""Suppliers that contracts name in several ways and that seem to be one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.rules.duplicate_supplier import duplicates
from services.contracts.store import supplier_duplicates
from shared.errors import Kind, reason
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.doors import Door, Pages, may
from shared.web.fields import Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/supplier-duplicates", tags=["providers"])

TOO_MANY = reason(
    "suppliers_too_many", Kind.INVALID, "These are more suppliers than can be compared in one answer."
)


class DuplicateSupplierOut(Out):
    """Suppliers that seem to be one."""

    key: str = Field(examples=["meridianhealthcare"])
    names: list[str] = Field(examples=[["MERIDIAN HEALTHCARE LTD", "Meridian Healthcare Limited"]])
    organisation_ids: list[UUID]
    numbers: list[str] = Field(examples=[["GB-COH:01952719"]])
    contract_ids: list[UUID]
    because: list[str] = Field(examples=[["same_number", "same_name"]])


class DuplicateSuppliersOut(Out):
    """A page of suppliers that seem to be one."""

    items: list[DuplicateSupplierOut]
    next: str | None


@router.get(
    "",
    operation_id="listSupplierDuplicates",
    response_model=DuplicateSuppliersOut,
    responses=problems(),
    summary="List suppliers that seem to be one",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """By company and charity numbers, and by names beneath their spelling. Candidates, with what speaks for each."""
    after = read_cursor(pages.cursor, str)
    async with door.db.begin(door.caller, single=True) as tx:
        named = await supplier_duplicates.named(tx, partnership_id)
    if len(named) > supplier_duplicates.MOST:
        raise TOO_MANY(most=supplier_duplicates.MOST)
    found = [each for each in duplicates(named) if after is None or each.key > after[0]]
    return listed(request, page_of(found[: pages.limit + 1], pages.limit, lambda each: (each.key,)))
