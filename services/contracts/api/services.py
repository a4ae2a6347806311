"""The service catalogue: services by cluster as documents list them, and where the lists do not fit together."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.actions.enter_service import enter_service
from services.contracts.rules.catalogued_service import CataloguedService, CatalogueFindingKind, findings
from services.contracts.rules.classification import Category
from services.contracts.store import services
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/services", tags=["contracts"])
findings_router = APIRouter(prefix="/v1/service-findings", tags=["contracts"])


class CataloguedServiceIn(Body):
    """A service as a document lists it; without a cluster it is not clustered."""

    partnership_id: UUID
    name: Title = Field(examples=["Youth Services Management"])
    cluster_number: Annotated[int, Field(strict=True, ge=1, le=99)] | None = None
    cluster_name: Title | None = Field(default=None, examples=["Enrichment and Aspiration"])
    category: Category | None = None
    in_scope: bool | None = None
    source: Title = Field(examples=["Cooperative Commissioning, service list of 2014"])

    def to_draft(self, service_id: UUID, owner: UUID) -> CataloguedService:
        fields = {name: getattr(self, name) for name in CataloguedServiceIn.model_fields}
        return CataloguedService(id=service_id, owner_organisation_id=owner, **fields)


class CataloguedServiceOut(Out):
    """A service as a document lists it."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    source: str
    cluster_number: int | None
    cluster_name: str | None
    category: Category | None
    in_scope: bool | None
    recorded_at: datetime


class CataloguedServicesOut(Out):
    """A page of services."""

    items: list[CataloguedServiceOut]
    next: str | None


class CatalogueFindingOut(Out):
    """Where lists do not fit together, with the entries that say so."""

    kind: CatalogueFindingKind
    about: str = Field(examples=["Cluster 3"])
    said: list[str] = Field(examples=[["Targeted Services (SEN)", "Targeted Support and Early Help"]])
    service_ids: list[UUID]


class CatalogueFindingsOut(Out):
    """All that does not fit together in a partnership's catalogue."""

    items: list[CatalogueFindingOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="enterService",
    status_code=201,
    response_model=CataloguedServiceOut,
    responses=problems(409, 413, 415),
    summary="Enter a service in the catalogue",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: CataloguedServiceIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("enterService")],
) -> Response:
    """Enters a service as a document lists it. What a document lists twice is entered twice, and found."""
    draft = body.to_draft(id, door.caller.organisation_id)
    return answer(await enter_service(door.db, door.caller, sent, draft), f"/v1/services/{id}")


@router.get(
    "/{id}",
    operation_id="getService",
    response_model=CataloguedServiceOut,
    responses=problems(404),
    summary="Read a service of the catalogue",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """One entry."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await services.get(tx, id))


@router.get(
    "",
    operation_id="listServices",
    response_model=CataloguedServicesOut,
    responses=problems(),
    summary="List the service catalogue",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The entries of your partnerships' catalogues, in the order in which they were recorded."""
    filters = {} if partnership_id is None else {"partnership_id": partnership_id}
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await services.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))


@findings_router.get(
    "",
    operation_id="listServiceFindings",
    response_model=CatalogueFindingsOut,
    responses=problems(),
    summary="List where the service catalogue does not fit together",
)
async def not_fitting(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """Services entered twice in one list, clusters under several names, services in several clusters."""
    async with door.db.begin(door.caller, single=True) as tx:
        entered = await services.of_partnership(tx, partnership_id)
    return listed(request, Page(findings(entered), None))
