"""Agreements: draft, change, consent, execute, commence, read."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.amend_agreement import amend_agreement
from services.budget.actions.close_agreement import close_agreement
from services.budget.actions.commence_agreement import commence_agreement
from services.budget.actions.consent_to_shadow import consent_to_shadow
from services.budget.actions.draft_agreement import draft_agreement
from services.budget.actions.execute_agreement import execute_agreement
from services.budget.actions.wind_up_agreement import wind_up_agreement
from services.budget.api.agreement_answers import AgreementOut, AgreementsOut
from services.budget.api.agreement_bodies import (
    AgreementIn,
    AgreementPatch,
    ClosureIn,
    CommencementIn,
    ExecutionIn,
    WindingUpIn,
)
from services.budget.store import agreements
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/agreements", tags=["agreements"])


@router.put(
    "/{id}",
    operation_id="draftAgreement",
    status_code=201,
    response_model=AgreementOut,
    responses=problems(409, 413, 415),
    summary="Draft an agreement",
)
async def draft(
    id: UUID,  # noqa: A002 the name in the address
    body: AgreementIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("draftAgreement")],
) -> Response:
    """Keeps a draft under an id that you choose. Your organisation keeps it; every party may change it."""
    asked = body.to_agreement(id, door.caller.organisation_id)
    return answer(await draft_agreement(door.db, door.caller, sent, asked), f"/v1/agreements/{id}")


@router.patch(
    "/{id}",
    operation_id="amendAgreement",
    response_model=AgreementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Change a draft agreement",
)
async def amend(
    id: UUID,  # noqa: A002 the name in the address
    body: AgreementPatch,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, put_once("amendAgreement")],
) -> Response:
    """Changes the terms of a draft (merge patch). It becomes a new edition, and bodies decide on that anew."""
    once = replace(sent, key=f"{sent.key}/{expected}/{sent.digest.hex()}")
    return answer(await amend_agreement(door.db, door.caller, once, id, expected, body.terms.put_to))


@router.post(
    "/{id}/shadow-consent",
    operation_id="consentToShadow",
    response_model=AgreementOut,
    responses=problems(404, 409, 415),
    summary="Let the other parties see your shadow lines",
)
async def consent(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, post_once("consentToShadow")],
) -> Response:
    """Your organisation, as a party, opens its shadow lines to the other parties while this is a draft."""
    return answer(await consent_to_shadow(door.db, door.caller, sent, id))


@router.post(
    "/{id}/execution",
    operation_id="executeAgreement",
    response_model=AgreementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Sign an agreement for your organisation",
)
async def execute(
    id: UUID,  # noqa: A002 the name in the address
    body: ExecutionIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("executeAgreement")],
) -> Response:
    """Needs everything that the law asks for, and the approval of every party's body.

    Each party signs for itself; the agreement is executed once all have.
    """
    kept = await execute_agreement(door.db, door.caller, sent, id, expected, body.office, body.signed_on)
    return answer(kept)


@router.post(
    "/{id}/commencement",
    operation_id="commenceAgreement",
    response_model=AgreementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Bring an agreement into force",
)
async def commence(
    id: UUID,  # noqa: A002 the name in the address
    body: CommencementIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("commenceAgreement")],
) -> Response:
    """From a day that may lie before the signature. Its shadow pools become pooled funds.

    On the day that the approved text names, one party says so; on another, every party says the same day.
    """
    return answer(await commence_agreement(door.db, door.caller, sent, id, expected, body.commenced_on))


@router.post(
    "/{id}/winding-up",
    operation_id="windUpAgreement",
    response_model=AgreementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record that an agreement has ended",
)
async def wind_up(
    id: UUID,  # noqa: A002 the name in the address
    body: WindingUpIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("windUpAgreement")],
) -> Response:
    """On its own last day, or by notice. Nothing new is dated after that day; what settles the past is posted still."""
    ending = body.to_ending()
    return answer(await wind_up_agreement(door.db, door.caller, sent, id, expected, body.ended_on, ending))


@router.post(
    "/{id}/closure",
    operation_id="closeAgreement",
    response_model=AgreementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Sign the final account of an agreement for your organisation",
)
async def close(
    id: UUID,  # noqa: A002 the name in the address
    body: ClosureIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("closeAgreement")],
) -> Response:
    """Each party signs the same document for itself; the agreement is closed once all have, and its books with it."""
    kept = await close_agreement(
        door.db, door.caller, sent, id, expected, body.to_account(), body.office, body.signed_on
    )
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getAgreement",
    response_model=AgreementOut,
    responses=problems(404),
    summary="Read an agreement",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One agreement: its text, who approved it, what it lacks, and where it stands."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await agreements.get(tx, id))


@router.get(
    "",
    operation_id="listAgreements",
    response_model=AgreementsOut,
    responses=problems(),
    summary="List the agreements of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The agreements that you may see, by reference."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await agreements.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.reference, each.id)))
