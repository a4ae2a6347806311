"""Organisations: enter, change, read, find by code."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.actions.change_organisation import change_organisation
from services.gateway.actions.create_organisation import create_organisation
from services.gateway.rules.identifier import Identifier, Scheme
from services.gateway.rules.organisation import NameKind, Organisation, OrganisationKind, OrganisationName
from services.gateway.store import organisations
from shared.errors import Kind, reason
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, put_once
from shared.web.fields import Body, Code, Day, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/organisations", tags=["organisations"])

MOST_CODES = 50
SCHEME_NEEDED = reason(
    "identifier_scheme_needed", Kind.INVALID, "To find a body by its code, say both the scheme and the code."
)


class IdentifierIn(Body):
    """A code of the body. Say in which role and from when to when, since codes are used again."""

    scheme: Scheme = Field(examples=["ods"])
    code: Code = Field(examples=["99P"])
    role: Code | None = Field(default=None, examples=["ccg"])
    from_date: Day | None = Field(default=None, examples=["2013-04-01"])
    to_date: Day | None = Field(default=None, examples=["2019-03-31"])

    def to_identifier(self) -> Identifier:
        return Identifier(self.scheme, self.code, self.role, self.from_date, self.to_date)


class OrganisationNameIn(Body):
    """Another name of the body: a former one, an alias or a short form."""

    name: Title = Field(examples=["Livewell Southwest"])
    kind: NameKind
    from_date: Day | None = None
    to_date: Day | None = None

    def to_name(self) -> OrganisationName:
        return OrganisationName(self.name, self.kind, self.from_date, self.to_date)


class OrganisationIn(Body):
    """A body to enter in the directory; a sub-unit names the body that it is part of."""

    name: Title = Field(examples=["Plymouth City Council"])
    kind: OrganisationKind = Field(examples=["local_authority"])
    parent_id: UUID | None = None
    identifiers: list[IdentifierIn] = Field(default_factory=list, max_length=MOST_CODES)
    names: list[OrganisationNameIn] = Field(default_factory=list, max_length=MOST_CODES)

    def to_organisation(self, organisation_id: UUID) -> Organisation:
        return Organisation(
            id=organisation_id,
            name=self.name,
            kind=self.kind,
            parent_id=self.parent_id,
            identifiers=tuple(each.to_identifier() for each in self.identifiers),
            names=tuple(each.to_name() for each in self.names),
        )


class OrganisationChange(Body):
    """What changes; what is left out stays. Lists replace the list that was there."""

    name: Title = Field(default="", examples=["Livewell Southwest"])
    identifiers: list[IdentifierIn] = Field(default_factory=list, max_length=MOST_CODES)
    names: list[OrganisationNameIn] = Field(default_factory=list, max_length=MOST_CODES)

    def to_changes(self) -> dict[str, Any]:
        everything: dict[str, Any] = {
            "name": self.name,
            "identifiers": tuple(each.to_identifier() for each in self.identifiers),
            "names": tuple(each.to_name() for each in self.names),
        }
        return {name: value for name, value in everything.items() if name in self.model_fields_set}


class IdentifierOut(Out):
    """A code of the body."""

    scheme: Scheme
    code: str
    role: str | None
    from_date: Day | None
    to_date: Day | None


class OrganisationNameOut(Out):
    """Another name of the body."""

    name: str
    kind: NameKind
    from_date: Day | None
    to_date: Day | None


class OrganisationOut(Out):
    """A body of the directory."""

    id: UUID
    name: str
    kind: OrganisationKind
    parent_id: UUID | None
    identifiers: list[IdentifierOut]
    names: list[OrganisationNameOut]
    version: int


class OrganisationsOut(Out):
    """A page of organisations."""

    items: list[OrganisationOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="createOrganisation",
    status_code=201,
    response_model=OrganisationOut,
    responses=problems(409, 413, 415),
    summary="Enter an organisation in the directory",
)
async def create(
    id: UUID,  # noqa: A002 the name in the address
    body: OrganisationIn,
    door: Annotated[Door, may("directory:write")],
    sent: Annotated[Sent, put_once("createOrganisation")],
) -> Response:
    """Enters a body under an id that you choose. Only the operator keeps the directory."""
    kept = await create_organisation(door.db, door.caller, sent, body.to_organisation(id))
    return answer(kept, f"/v1/organisations/{id}")


@router.patch(
    "/{id}",
    operation_id="changeOrganisation",
    response_model=OrganisationOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change what the directory says about an organisation",
)
async def change(
    id: UUID,  # noqa: A002 the name in the address
    body: OrganisationChange,
    door: Annotated[Door, may("directory:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("changeOrganisation")],
) -> Response:
    """Takes over a name, codes or other names. A code is ended by a last day and never left out."""
    return answer(await change_organisation(door.db, door.caller, sent, id, version, body.to_changes()))


@router.get(
    "/{id}",
    operation_id="getOrganisation",
    response_model=OrganisationOut,
    responses=problems(404),
    summary="Read an organisation",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("directory:read")],
) -> Response:
    """Your own organisation, one of its sub-units, or one with which you are in a partnership."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await organisations.get(tx, id))


@router.get(
    "",
    operation_id="listOrganisations",
    response_model=OrganisationsOut,
    responses=problems(),
    summary="List organisations, or find one by its code",
)
async def every(
    request: Request,
    door: Annotated[Door, may("directory:read")],
    pages: Pages,
    within: RecordedWithin,
    scheme: Annotated[Scheme | None, Query(description="With `code`: only who has or had this code.")] = None,
    code: Annotated[Code | None, Query()] = None,
    as_at: Annotated[
        Day | None, Query(description="With `scheme` and `code`: only whom the code meant on this day.")
    ] = None,
) -> Response:
    """The organisations that you may see, in the order in which they were recorded.

    A code can mean one body after another: say the day to find the one of that day. Who went on in its place is in
    `/v1/successions`.
    """
    if (scheme is None) != (code is None):
        raise SCHEME_NEEDED("?code" if code is None else "?scheme")
    if as_at is not None and code is None:
        raise SCHEME_NEEDED("?code")
    after = read_cursor(pages.cursor, datetime, UUID)
    wanted = (scheme, code) if scheme is not None and code is not None else None
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await organisations.page(tx, pages.limit, after, within, wanted, as_at)
    page = page_of(rows, pages.limit, lambda each: (each[1], each[0].id))
    return listed(request, Page(tuple(each[0] for each in page.items), page.next_cursor))
