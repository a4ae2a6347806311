"""Data-sharing agreements: draw up, sign, end, read, list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.actions.draw_up_sharing import draw_up_sharing
from services.gateway.actions.end_sharing import end_sharing
from services.gateway.actions.sign_sharing import sign_sharing
from services.gateway.rules.data_sharing_agreement import (
    DataSharingAgreement,
    SharedCategory,
    SharingState,
)
from services.gateway.store import data_sharing_agreements
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.examples import COUNCIL, PROVIDER
from shared.web.fields import Body, Code, Day, Out, Paragraph, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/data-sharing-agreements", tags=["data sharing"])


class DataSharingAgreementIn(Body):
    """What members of a partnership will share with each other. Each party signs for itself."""

    partnership_id: UUID
    reference: Code = Field(examples=["DSA-PLYMOUTH-2015"])
    purpose: Paragraph = Field(examples=["To plan and pay for placements together."])
    legal_basis: Paragraph = Field(examples=["UK GDPR article 6(1)(e); Care Act 2014 section 6"])
    categories: list[SharedCategory] = Field(min_length=1, max_length=10, examples=[["placements"]])
    party_ids: list[UUID] = Field(min_length=2, max_length=50, examples=[[COUNCIL, PROVIDER]])
    from_date: Day = Field(examples=["2015-04-01"])
    to_date: Day | None = Field(default=None, examples=["2018-03-31"])

    def to_agreement(self, agreement_id: UUID, owner: UUID) -> DataSharingAgreement:
        return DataSharingAgreement(
            id=agreement_id,
            partnership_id=self.partnership_id,
            owner_organisation_id=owner,
            reference=self.reference,
            purpose=self.purpose,
            legal_basis=self.legal_basis,
            categories=tuple(sorted(set(self.categories))),
            party_ids=tuple(dict.fromkeys(self.party_ids)),
            from_date=self.from_date,
            to_date=self.to_date,
        )


class SharingSignatureIn(Body):
    """Your organisation's signature. Name the post that signed, not the person."""

    signed_on: Day = Field(examples=["2015-03-27"])
    signatory: Title = Field(examples=["Senior Information Risk Owner"])


class SharingEndIn(Body):
    """The last day on which anything is shared, and why."""

    to_date: Day = Field(examples=["2016-03-31"])
    reason: Paragraph = Field(examples=["The placements team has moved to the trust."])


class SharingSignatureOut(Out):
    """One party's signature."""

    organisation_id: UUID
    signed_on: Day
    signatory: str


class DataSharingAgreementOut(Out):
    """What the parties share with each other. It opens something only while its state is `in_force`."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    reference: str
    purpose: str
    legal_basis: str
    categories: list[SharedCategory]
    party_ids: list[UUID]
    from_date: Day
    to_date: Day | None
    end_reason: str | None
    signatures: list[SharingSignatureOut]
    state: SharingState
    version: int


class DataSharingAgreementsOut(Out):
    """A page of data-sharing agreements."""

    items: list[DataSharingAgreementOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="drawUpDataSharingAgreement",
    status_code=201,
    response_model=DataSharingAgreementOut,
    responses=problems(409, 413, 415),
    summary="Draw up a data-sharing agreement",
)
async def draw_up(
    id: UUID,  # noqa: A002 the name in the address
    body: DataSharingAgreementIn,
    door: Annotated[Door, may("sharing:write")],
    sent: Annotated[Sent, put_once("drawUpDataSharingAgreement")],
) -> Response:
    """Nothing is shared until every party has signed and the first day has come."""
    asked = body.to_agreement(id, door.caller.organisation_id)
    kept = await draw_up_sharing(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/data-sharing-agreements/{id}")


@router.post(
    "/{id}/signature",
    operation_id="signDataSharingAgreement",
    response_model=DataSharingAgreementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Sign a data-sharing agreement for your organisation",
)
async def sign(
    id: UUID,  # noqa: A002 the name in the address
    body: SharingSignatureIn,
    door: Annotated[Door, may("sharing:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("signDataSharingAgreement")],
) -> Response:
    """With the last signature it comes into force, on its first day at the earliest, for new requests within 5 s."""
    kept = await sign_sharing(door.db, door.caller, sent, id, version, body.signed_on, body.signatory)
    return answer(kept)


@router.post(
    "/{id}/ending",
    operation_id="endDataSharingAgreement",
    response_model=DataSharingAgreementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="End a data-sharing agreement",
)
async def end(
    id: UUID,  # noqa: A002 the name in the address
    body: SharingEndIn,
    door: Annotated[Door, may("sharing:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("endDataSharingAgreement")],
) -> Response:
    """Any party may bring the last day forward. A day that has passed stops the sharing at once."""
    return answer(await end_sharing(door.db, door.caller, sent, id, version, body.to_date, body.reason))


@router.get(
    "/{id}",
    operation_id="getDataSharingAgreement",
    response_model=DataSharingAgreementOut,
    responses=problems(404),
    summary="Read a data-sharing agreement",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("sharing:read")],
) -> Response:
    """An agreement to which your organisation is a party, or to whose party you are the auditor."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await data_sharing_agreements.get(tx, id))


@router.get(
    "",
    operation_id="listDataSharingAgreements",
    response_model=DataSharingAgreementsOut,
    responses=problems(),
    summary="List data-sharing agreements",
)
async def every(
    request: Request,
    door: Annotated[Door, may("sharing:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query(description="Of this partnership alone.")] = None,
) -> Response:
    """Those to which your organisation is a party, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await data_sharing_agreements.page(tx, partnership_id, pages.limit, after, within)
    page = page_of(rows, pages.limit, lambda each: (each[1], each[0].id))
    return listed(request, Page(tuple(each[0] for each in page.items), page.next_cursor))
