"""What follows a settlement's approval: its posting, disputes about its steps, and how they ended."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.budget.actions.dispute_settlement import dispute_settlement
from services.budget.actions.post_settlement import post_settlement
from services.budget.actions.resolve_settlement_dispute import resolve_settlement_dispute
from services.budget.api.settlement_bodies import SettlementDisputeIn, SettlementOut, SettlementResolutionIn
from services.budget.rules.settlement_journal import Accounts, JournalAsked, NamedAccount
from shared.calendar import LedgerPeriod, read_ledger_period
from shared.errors import Refusal
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.fields import Body, Day, Paragraph
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/settlements", tags=["settlements"])


class PartnerAccountIn(Body):
    """The account of one partner's contributions to the pool."""

    organisation_id: UUID
    account_id: UUID


class PoolAccountIn(Body):
    """The fund account of another pool."""

    pool_id: UUID
    account_id: UUID


class SettlementAccountsIn(Body):
    """Where the money is. Only what the steps need has to be named."""

    fund_account_id: UUID
    reserve_account_id: UUID | None = None
    partners: list[PartnerAccountIn] = Field(default_factory=list, max_length=50)
    pools: list[PoolAccountIn] = Field(default_factory=list, max_length=50)


class SettlementPostingIn(Body):
    """The journal that puts the undisputed steps into the books."""

    journal_id: UUID = Field(examples=["0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a12"])
    effective_date: Day = Field(examples=["2016-03-31"])
    posting_period: str | None = Field(default=None, examples=["2015-16-M13"])
    narrative: Paragraph = Field(examples=["Settlement of 2015/16 under schedule 3"])
    accounts: SettlementAccountsIn

    def to_asked(self) -> JournalAsked:
        named = self.accounts
        return JournalAsked(
            self.journal_id,
            self.effective_date,
            _period(self.posting_period),
            self.narrative,
            Accounts(
                named.fund_account_id,
                named.reserve_account_id,
                tuple(NamedAccount(each.organisation_id, each.account_id) for each in named.partners),
                tuple(NamedAccount(each.pool_id, each.account_id) for each in named.pools),
            ),
        )


def _period(text: str | None) -> LedgerPeriod | None:
    try:
        return None if text is None else read_ledger_period(text)
    except Refusal as refusal:
        raise refusal.reason("/posting_period", **refusal.facts) from None


@router.post(
    "/{id}/posting",
    operation_id="postSettlement",
    response_model=SettlementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Post a settlement",
)
async def post(
    id: UUID,  # noqa: A002 the name in the address
    body: SettlementPostingIn,
    door: Annotated[Door, may("budget:post")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("postSettlement")],
) -> Response:
    """Puts every undisputed step into the books as one journal, once all parties have approved.

    What is retained or to be agreed moves no money; a contested step waits for the end of its dispute.
    """
    return answer(await post_settlement(door.db, door.caller, sent, id, expected, body.to_asked()))


@router.post(
    "/{id}/disputes",
    operation_id="disputeSettlement",
    status_code=201,
    response_model=SettlementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Contest steps of a settlement",
)
async def dispute(
    id: UUID,  # noqa: A002 the name in the address
    body: SettlementDisputeIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("disputeSettlement")],
) -> Response:
    """Keeps what your organisation contests. The other steps go on; the answer is due in 20 days."""
    kept = await dispute_settlement(
        door.db, door.caller, sent, id, expected, body.id, body.steps, body.grounds
    )
    return answer(kept, f"/v1/settlements/{id}")


@router.post(
    "/{id}/disputes/{dispute_id}/resolution",
    operation_id="resolveSettlementDispute",
    response_model=SettlementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record how a dispute about a settlement ended",
)
async def resolve(
    id: UUID,  # noqa: A002 the name in the address
    dispute_id: UUID,
    body: SettlementResolutionIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("resolveSettlementDispute")],
) -> Response:
    """By the partner that raised it: the steps stand and can be posted, or fall away."""
    kept = await resolve_settlement_dispute(
        door.db, door.caller, sent, id, dispute_id, expected, body.outcome, body.explanation
    )
    return answer(kept)
