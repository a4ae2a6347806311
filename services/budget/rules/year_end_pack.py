"""The year-end pack of a pooled fund: memorandum account, each partner's disclosure note, carry-forward, balances agreed.

Source: SI 2000/617 regulation 7(4) (the host is responsible for the pooled fund's accounts and audit); the partners each
disclose their part of a joint arrangement in their own accounts, as the CIPFA code and the NHS group accounting manual
ask. The pack is made from the closed books, frozen, and never made again: a later one stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.carry_forward import Share
from services.budget.rules.contribution_standing import PartnerStanding
from services.budget.rules.memorandum import AccountMovement, Memorandum, account_of
from services.budget.rules.pool import Pool
from services.budget.rules.year_end import YearEnd
from shared.errors import Kind, reason
from shared.money import Total, pounds

PACK_NOT_HOST = reason(
    "year_end_pack_not_host",
    Kind.CONFLICT,
    "Only the host makes the year-end pack, and only of a pooled fund: it keeps the fund's accounts.",
)


@dataclass(frozen=True, slots=True)
class DisclosureNote:
    """What one partner shows of the fund in its own accounts. `share_pence` is None until a year-end is proposed."""

    organisation_id: UUID
    received_pence: int
    other_partners_pence: int
    expenditure_pence: int
    own_lines_pence: int
    net_pence: int
    share_pence: int | None
    text: str


@dataclass(frozen=True, slots=True)
class CounterpartyBalance:
    """What the fund and one partner owe each other. None where what was due is not known, or no year-end is proposed.

    Positive `net_pence`: the partner owes the fund.
    """

    organisation_id: UUID
    due: Total
    received_pence: int
    owed_to_fund_pence: int | None
    held_for_partner_pence: int | None
    net_pence: int | None


@dataclass(frozen=True, slots=True)
class CarriedForward:
    """What becomes of the balance, as the last year-end of the pool and year has it."""

    year_end_id: UUID
    state: str
    balance_pence: int
    shares: tuple[Share, ...]
    journal_id: UUID | None


@dataclass(frozen=True, slots=True)
class YearEndPack:
    """The pack. `complete` is false while a contribution is unknown or no year-end is on record."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    pool_name: str
    financial_year: str
    made_on: date
    complete: bool
    missing_contributors: tuple[UUID, ...]
    withheld_contributors: tuple[UUID, ...]
    memorandum: Memorandum
    notes: tuple[DisclosureNote, ...]
    carry_forward: tuple[CarriedForward, ...]
    balances: tuple[CounterpartyBalance, ...]


@dataclass(frozen=True, slots=True)
class KeptPack:
    """A pack as it is listed: where its bytes are, how many, and their digest."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    financial_year: str
    document_bytes: int
    sha256: str
    version: int = 1


def require_host(pool: Pool, organisation_id: UUID) -> None:
    if pool.arrangement != "pooled" or pool.owner_organisation_id != organisation_id:
        raise PACK_NOT_HOST(pool_id=pool.id)


def pack(
    pack_id: UUID,
    pool: Pool,
    financial_year: str,
    made_on: date,
    accounts: Sequence[AccountMovement],
    standings: Sequence[PartnerStanding],
    parties: Sequence[UUID],
    year_ends: Sequence[YearEnd],
) -> YearEndPack:
    """Make the pack. `year_ends` are those of the pool and year: a posted one counts before a proposed one."""
    memorandum = account_of(accounts)
    carried = _carried(year_ends)
    shares = _shares(carried)
    notes = tuple(_note(party, memorandum, shares) for party in sorted(parties))
    by_partner = {each.organisation_id: each for each in standings}
    balances = tuple(_balance(by_partner[each], shares) for each in sorted(by_partner))
    missing = tuple(
        sorted(
            {
                each.organisation_id
                for each in standings
                if not each.promised.complete or not each.due.complete
            }
        )
    )
    return YearEndPack(
        pack_id,
        pool.partnership_id,
        pool.owner_organisation_id,
        pool.id,
        pool.name,
        financial_year,
        made_on,
        not missing and (bool(carried) or memorandum.closing_pence == 0),
        missing,
        (),
        memorandum,
        notes,
        carried,
        balances,
    )


def _carried(year_ends: Sequence[YearEnd]) -> tuple[CarriedForward, ...]:
    """The last of each fund account: the posted one where there is one."""
    last: dict[UUID, YearEnd] = {}
    for each in sorted(year_ends, key=lambda one: one.state == "posted"):
        last[each.account_id] = each
    return tuple(
        CarriedForward(each.id, each.state.value, each.balance_pence, each.shares, each.journal_id)
        for each in sorted(last.values(), key=lambda one: one.account_id)
    )


def _shares(carried: Sequence[CarriedForward]) -> dict[UUID, int] | None:
    """Each partner's part of the balance; None where no year-end is on record."""
    if not carried:
        return None
    shares: dict[UUID, int] = {}
    for each in carried:
        for share in each.shares:
            shares[share.organisation_id] = shares.get(share.organisation_id, 0) + share.amount_pence
    return shares


def _note(party: UUID, account: Memorandum, shares: dict[UUID, int] | None) -> DisclosureNote:
    own = sum(each.received_pence for each in account.funding if each.organisation_id == party)
    lines = sum(each.expenditure_pence for each in account.spending if each.owner_organisation_id == party)
    share = None if shares is None else shares.get(party, 0)
    others = account.funding_pence - own
    text = (
        f"Pooled budget under section 75 of the National Health Service Act 2006. Funding from this body"
        f" {pounds(own)}, from other partners {pounds(others)}. Expenditure met from the pooled budget"
        f" {pounds(account.expenditure_pence)}. Net {'deficit' if account.net_pence < 0 else 'surplus'} of the year"
        f" {pounds(abs(account.net_pence))}."
    )
    if share is not None:
        text += f" This body's share of the balance at the end of the year is {pounds(share)}."
    return DisclosureNote(
        party, own, others, account.expenditure_pence, lines, account.net_pence, share, text
    )


def _balance(standing: PartnerStanding, shares: dict[UUID, int] | None) -> CounterpartyBalance:
    owed = standing.outstanding_pence
    held = None if shares is None else shares.get(standing.organisation_id, 0)
    net = None if owed is None or held is None else owed - held
    return CounterpartyBalance(
        standing.organisation_id, standing.due, standing.received_pence, owed, held, net
    )
