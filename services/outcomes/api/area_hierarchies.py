"""Area hierarchies: record an edition of areas from place to system, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.outcomes.actions.create_area_hierarchy import create_area_hierarchy
from services.outcomes.api.figure_fields import Figure, Label
from services.outcomes.rules.area import MOST_AREAS, Area, AreaChange, AreaHierarchy
from services.outcomes.store import area_hierarchies
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.examples import PARTNERSHIP, example
from shared.web.fields import Body, Code, Day, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/area-hierarchies", tags=["area-hierarchies"])


class AreaIn(Body):
    """An area and the codes of the areas that it lies in."""

    code: Code = Field(examples=["E08000002"])
    name: Label = Field(examples=["Bury"])
    kind: Label = Field(examples=["Counties and Unitary Authorities"])
    parent_codes: list[Code] = Field(default_factory=list, max_length=20)


class AreaChangeIn(Body):
    """What became of an older code. Of a split, each part has its share of the old area's people in per cent."""

    from_code: Code = Field(examples=["E10000006"])
    to_code: Code = Field(examples=["E06000064"])
    on: Day = Field(examples=["2023-04-01"])
    share_percent: Figure | None = None


class AreaHierarchyIn(Body):
    """The areas of one edition, in any order, with the boundary changes that lead to them."""

    model_config = example(
        partnership_id=PARTNERSHIP,
        name="Greater Manchester",
        edition="2024",
        source="Office for National Statistics",
        areas=[
            {"code": "E92000001", "name": "England", "kind": "Country"},
            {"code": "E08000002", "name": "Bury", "kind": "Council", "parent_codes": ["E92000001"]},
        ],
    )

    partnership_id: UUID
    name: Label = Field(examples=["Greater Manchester"])
    edition: Label = Field(examples=["2024"])
    source: Label = Field(examples=["Office for National Statistics"])
    areas: list[AreaIn] = Field(min_length=1, max_length=MOST_AREAS)
    changes: list[AreaChangeIn] = Field(default_factory=list, max_length=MOST_AREAS)

    def to_hierarchy(self, hierarchy_id: UUID, owner: UUID) -> AreaHierarchy:
        areas = tuple(
            Area(**{**dict(each), "parent_codes": tuple(dict.fromkeys(each.parent_codes))})
            for each in self.areas
        )
        changes = tuple(AreaChange(**dict(each)) for each in self.changes)
        return AreaHierarchy(
            id=hierarchy_id,
            owner_organisation_id=owner,
            **{**dict(self), "areas": areas, "changes": changes},
        )


class AreaOut(Out):
    """An area and the codes of the areas that it lies in."""

    code: str = Field(examples=["E08000002"])
    name: str = Field(examples=["Bury"])
    kind: str = Field(examples=["Counties and Unitary Authorities"])
    parent_codes: list[str] = Field(examples=[["E92000001"]])


class AreaChangeOut(Out):
    """What became of an older code."""

    from_code: str = Field(examples=["E10000006"])
    to_code: str = Field(examples=["E06000064"])
    on: Day
    share_percent: Figure | None


class AreaHierarchyOut(Out):
    """The areas of one edition."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str = Field(examples=["Greater Manchester"])
    edition: str = Field(examples=["2024"])
    source: str = Field(examples=["Office for National Statistics"])
    areas: list[AreaOut]
    changes: list[AreaChangeOut]
    recorded_at: datetime


class AreaHierarchyInShortOut(Out):
    """An edition in short."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str = Field(examples=["Greater Manchester"])
    edition: str = Field(examples=["2024"])
    source: str = Field(examples=["Office for National Statistics"])
    area_count: int
    recorded_at: datetime


class AreaHierarchiesOut(Out):
    """A page of editions in short."""

    items: list[AreaHierarchyInShortOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="createAreaHierarchy",
    status_code=201,
    response_model=AreaHierarchyOut,
    responses=problems(409, 413, 415),
    summary="Record an edition of areas",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: AreaHierarchyIn,
    door: Annotated[Door, may("outcome:write")],
    sent: Annotated[Sent, put_once("createAreaHierarchy")],
) -> Response:
    """Records areas from place to system. After a boundary change, record the next edition with the change in it."""
    asked = body.to_hierarchy(id, door.caller.organisation_id)
    kept = await create_area_hierarchy(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/area-hierarchies/{id}")


@router.get(
    "/{id}",
    operation_id="getAreaHierarchy",
    response_model=AreaHierarchyOut,
    responses=problems(404),
    summary="Read an edition of areas",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("outcome:read")],
) -> Response:
    """All areas of the edition."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await area_hierarchies.get(tx, id))


@router.get(
    "",
    operation_id="listAreaHierarchies",
    response_model=AreaHierarchiesOut,
    responses=problems(),
    summary="List the area hierarchies of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("outcome:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The editions that you may see, without their areas, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await area_hierarchies.page(tx, partnership_id, pages.limit, after, within)
    page = [dict(each) for each in rows]
    return listed(request, page_of(page, pages.limit, lambda each: (each["recorded_at"], each["id"])))
