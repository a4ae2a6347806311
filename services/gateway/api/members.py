"""Members of a partnership: add, end, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.gateway.actions.add_member import add_member
from services.gateway.actions.end_member import end_member
from services.gateway.rules.partnership import Member, Role
from services.gateway.store import members, partnerships
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, patch_once, put_once
from shared.web.fields import Body, Day, FinancialYearField, Out
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/partnerships/{id}/members", tags=["partnerships"])


class MemberIn(Body):
    """A role of an organisation in the partnership. An auditor names the bodies and years of its appointment."""

    organisation_id: UUID
    role: Role = Field(examples=["commissioner"])
    from_date: Day = Field(examples=["2014-07-16"])
    to_date: Day | None = None
    audited_organisation_ids: list[UUID] = Field(default_factory=list, max_length=50)
    financial_years: list[FinancialYearField] = Field(default_factory=list, max_length=50)

    def to_member(self, partnership_id: UUID, member_id: UUID) -> Member:
        return Member(
            id=member_id,
            partnership_id=partnership_id,
            organisation_id=self.organisation_id,
            role=self.role,
            from_date=self.from_date,
            to_date=self.to_date,
            audited_organisation_ids=tuple(dict.fromkeys(self.audited_organisation_ids)),
            financial_years=tuple(dict.fromkeys(each.label for each in self.financial_years)),
        )


class MemberEnd(Body):
    """The last day of the membership, or null to let it go on."""

    to_date: Day | None = Field(examples=["2019-03-31"])


class MemberOut(Out):
    """One role of one organisation in a partnership."""

    id: UUID
    partnership_id: UUID
    organisation_id: UUID
    role: Role
    from_date: Day
    to_date: Day | None
    audited_organisation_ids: list[UUID]
    financial_years: list[str]
    version: int


class MembersOut(Out):
    """A page of the members of a partnership, past ones too."""

    items: list[MemberOut]
    next: str | None


@router.put(
    "/{member_id}",
    operation_id="addMember",
    status_code=201,
    response_model=MemberOut,
    responses=problems(404, 409, 413, 415),
    summary="Give an organisation a role in a partnership",
)
async def add(
    id: UUID,  # noqa: A002 the name in the address
    member_id: UUID,
    body: MemberIn,
    door: Annotated[Door, may("directory:write")],
    sent: Annotated[Sent, put_once("addMember", "member_id")],
) -> Response:
    """A host counts as a commissioner as well. What a member then sees depends on its role."""
    kept = await add_member(door.db, door.caller, sent, body.to_member(id, member_id))
    return answer(kept, f"/v1/partnerships/{id}/members/{member_id}")


@router.patch(
    "/{member_id}",
    operation_id="endMember",
    response_model=MemberOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End a membership",
)
async def end(
    id: UUID,  # noqa: A002 the name in the address
    member_id: UUID,
    body: MemberEnd,
    door: Annotated[Door, may("directory:write")],
    version: IfMatch,
    sent: Annotated[Sent, patch_once("endMember")],
) -> Response:
    """From the day after its last day the member sees nothing of the partnership any more."""
    kept = await end_member(door.db, door.caller, sent, id, member_id, version, body.to_date)
    return answer(kept)


@router.get(
    "/{member_id}",
    operation_id="getMember",
    response_model=MemberOut,
    responses=problems(404),
    summary="Read a membership",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    member_id: UUID,
    request: Request,
    door: Annotated[Door, may("directory:read")],
) -> Response:
    """One role of one organisation in a partnership of yours."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await members.get(tx, id, member_id))


@router.get(
    "",
    operation_id="listMembers",
    response_model=MembersOut,
    responses=problems(404),
    summary="List the members of a partnership",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("directory:read")],
    pages: Pages,
    within: RecordedWithin,
) -> Response:
    """Every membership, past and present, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller) as tx:
        await partnerships.get(tx, id)
        rows = await members.page(tx, id, pages.limit, after, within)
    page = page_of(rows, pages.limit, lambda each: (each[1], each[0].id))
    return listed(request, Page(tuple(each[0] for each in page.items), page.next_cursor))
