"""Frameworks: record an edition, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.create_framework import create_framework
from services.outcomes.api.figure_fields import IndicatorCode, Label
from services.outcomes.rules.framework import Domain, Framework
from services.outcomes.store import frameworks
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import PARTNERSHIP, example
from shared.web.fields import Body, Day, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/frameworks", tags=["frameworks"])


class DomainIn(Body):
    """A domain of a framework, under a code of its own."""

    code: IndicatorCode = Field(examples=["1"])
    title: Label = Field(examples=["Enhancing quality of life for people with care and support needs"])


class FrameworkIn(Body):
    """A framework in one edition; codes of indicators are those of the edition."""

    model_config = example(
        partnership_id=PARTNERSHIP,
        name="ASCOF",
        edition="2013-18",
        publisher="Department of Health",
        in_force_from="2013-04-01",
        domains=[{"code": "1", "title": "Enhancing quality of life for people with care and support needs"}],
    )

    partnership_id: UUID
    name: Label = Field(examples=["ASCOF"])
    edition: Label = Field(examples=["2013-18"])
    publisher: Label | None = Field(default=None, examples=["Department of Health"])
    in_force_from: Day | None = None
    in_force_until: Day | None = None
    domains: list[DomainIn] = Field(default_factory=list, max_length=50)

    def to_framework(self, framework_id: UUID, owner: UUID) -> Framework:
        domains = tuple(Domain(**dict(each)) for each in self.domains)
        return Framework(id=framework_id, owner_organisation_id=owner, **{**dict(self), "domains": domains})


class DomainOut(Out):
    """A domain of a framework."""

    code: str = Field(examples=["1"])
    title: str = Field(examples=["Enhancing quality of life for people with care and support needs"])


class FrameworkOut(Out):
    """A framework in one edition."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str = Field(examples=["ASCOF"])
    edition: str = Field(examples=["2013-18"])
    publisher: str | None = Field(examples=["Department of Health"])
    in_force_from: Day | None
    in_force_until: Day | None
    domains: list[DomainOut]
    recorded_at: datetime


class FrameworksOut(Out):
    """A page of frameworks."""

    items: list[FrameworkOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="createFramework",
    status_code=201,
    response_model=FrameworkOut,
    responses=problems(409, 413, 415),
    summary="Record a framework",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: FrameworkIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("createFramework")],
) -> Response:
    """Records one edition of a framework. Another edition is another framework."""
    asked = body.to_framework(id, door.caller.organisation_id)
    kept = await create_framework(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/frameworks/{id}")


@router.get(
    "/{id}",
    operation_id="getFramework",
    response_model=FrameworkOut,
    responses=problems(404),
    summary="Read a framework",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """A framework, as it was recorded."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await frameworks.get(tx, id))


@router.get(
    "",
    operation_id="listFrameworks",
    response_model=FrameworksOut,
    responses=problems(),
    summary="List the frameworks of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The frameworks that you may see, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await frameworks.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.recorded_at, each.id)))
