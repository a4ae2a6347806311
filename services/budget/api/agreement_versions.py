"""Versions of an agreement: propose one, sign it, let it take over, withdraw it, read what held when."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from services.budget.actions.commence_version import commence_version
from services.budget.actions.propose_version import propose_version
from services.budget.actions.sign_version import sign_version
from services.budget.actions.withdraw_version import withdraw_version
from services.budget.api.agreement_answers import VersionOut, VersionsOut
from services.budget.api.agreement_bodies import CommencementIn, ExecutionIn, TermsBody
from services.budget.store import agreement_versions, agreements
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once
from shared.web.fields import Body, Paragraph
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/agreements/{id}/versions", tags=["agreements"])

Edition = Annotated[int, Path(ge=1, le=1_000_000, description="Which text of the agreement, counted from 1.")]


class VersionIn(Body):
    """The whole text that is to hold instead, and why."""

    terms: TermsBody
    reason: Paragraph = Field(examples=["The NHS body takes over as host of the pooled funds."])


@router.post(
    "",
    operation_id="proposeAgreementVersion",
    status_code=201,
    response_model=VersionOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Propose a new version of an agreement in force",
)
async def propose(
    id: UUID,  # noqa: A002 the name in the address
    body: VersionIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("proposeAgreementVersion")],
) -> Response:
    """The old text holds until this one has been approved on all sides, signed, and has taken over.

    Parties may join or leave by it, and the host, the contributions and the scope may change. Decisions on it name
    its edition.
    """
    kept = await propose_version(door.db, door.caller, sent, id, expected, body.terms.to_terms(), body.reason)
    return answer(kept)


@router.post(
    "/{edition}/execution",
    operation_id="signAgreementVersion",
    response_model=VersionOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Sign a version of an agreement for your organisation",
)
async def sign(
    id: UUID,  # noqa: A002 the name in the address
    edition: Edition,
    body: ExecutionIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("signAgreementVersion")],
) -> Response:
    """Every party signs for itself: those of the text that holds, those who leave by it and those who join."""
    kept = await sign_version(door.db, door.caller, sent, id, edition, expected, body.office, body.signed_on)
    return answer(kept)


@router.post(
    "/{edition}/commencement",
    operation_id="commenceAgreementVersion",
    response_model=VersionOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Let a version take over",
)
async def commence(
    id: UUID,  # noqa: A002 the name in the address
    edition: Edition,
    body: CommencementIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("commenceAgreementVersion")],
) -> Response:
    """From that day it holds; the former text held until the day before and stays readable here.

    On the day that the approved text names, one party says so; on another, every party says the same day.
    """
    kept = await commence_version(door.db, door.caller, sent, id, edition, expected, body.commenced_on)
    return answer(kept)


@router.post(
    "/{edition}/withdrawal",
    operation_id="withdrawAgreementVersion",
    response_model=VersionOut,
    responses=problems(404, 409, 412, 415, 428),
    summary="Withdraw a version",
)
async def withdraw(
    id: UUID,  # noqa: A002 the name in the address
    edition: Edition,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("withdrawAgreementVersion")],
) -> Response:
    """By the party that proposed it, until every party has signed. Another may then be proposed."""
    return answer(await withdraw_version(door.db, door.caller, sent, id, edition, expected))


@router.get(
    "/{edition}",
    operation_id="getAgreementVersion",
    response_model=VersionOut,
    responses=problems(404),
    summary="Read a version of an agreement",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    edition: Edition,
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One text of the agreement: who approved and signed it, and from when to when it held."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await agreement_versions.get(tx, id, edition))


@router.get(
    "",
    operation_id="listAgreementVersions",
    response_model=VersionsOut,
    responses=problems(404),
    summary="List the versions of an agreement",
)
async def every(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
) -> Response:
    """Every text since it came into force, the oldest first, with one that is on its way at the end."""
    after = read_cursor(pages.cursor, int)
    async with door.db.begin(door.caller) as tx:
        await agreements.get(tx, id)
        rows = await agreement_versions.page(tx, id, pages.limit, after[0] if after else 0)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.edition,)))
