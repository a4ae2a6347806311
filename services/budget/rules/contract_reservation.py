"""What is set aside for a contract that comes into force: every pool its share, within what its partners approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from services.budget.rules.commitment import Level, Reservation
from services.budget.rules.contract_approval import ApprovalAsked, Funding, PartnerApproval, partners
from services.budget.rules.decision import Subject
from services.budget.rules.delegation_limit import LimitSubject
from services.budget.rules.headroom import LineFunds
from shared.errors import Kind, reason
from shared.money import allocate_by_name, half_up

OUTSIDE_FUNDING = reason(
    "commitment_outside_funding",
    Kind.INVALID,
    "The line is in none of the pools that fund the contract. Choose a line of such a pool, or change the funding.",
)
LINE_TWICE = reason(
    "commitment_line_twice", Kind.INVALID, "The line stands twice. Add the amounts up in one place."
)
SPLIT_DIFFERS = reason(
    "commitment_split_differs",
    Kind.INVALID,
    "In each year the pools bear the contract in the shares that it states. Change the amounts, or the shares.",
)
MONEY_OF_ANOTHER = reason(
    "commitment_money_of_another",
    Kind.CONFLICT,
    "The contract names the money of a body that is no party to the pooled fund, so it has agreed to nothing. Have it join"
    " the agreement, or change the funding.",
)
MORE_THAN_WORTH = reason(
    "commitment_more_than_contract",
    Kind.INVALID,
    "More would be set aside than the whole contract is worth.",
)


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be set aside on one line."""

    line_id: UUID
    amount_pence: int


@dataclass(frozen=True, slots=True)
class ContractReservation:
    """A contract that comes into force, as far as money goes. `worth_pence` is its whole value, None if unknown;
    `priced_at` since when it asks for that, by value, term and funding."""

    id: UUID
    partnership_id: UUID
    contract_id: UUID
    title: str
    day: date
    worth_pence: int | None
    funding: tuple[Funding, ...]
    parts: tuple[Part, ...]
    priced_at: datetime | None = None

    @property
    def total_pence(self) -> int:
        return sum(part.amount_pence for part in self.parts)


@dataclass(frozen=True, slots=True)
class Reserved:
    """A commitment that was made for the contract."""

    commitment_id: UUID
    line_id: UUID
    pool_id: UUID | None
    financial_year: str
    amount_pence: int


@dataclass(frozen=True, slots=True)
class ContractReserved:
    """What was set aside for a contract, and which approvals carry it."""

    id: UUID
    contract_id: UUID
    approvals: tuple[PartnerApproval, ...]
    commitments: tuple[Reserved, ...]


def reservations(asked: ContractReservation) -> list[Reservation]:
    """One commitment for each line, under an id that follows from the reservation's and the line's."""
    seen: set[UUID] = set()
    for at, part in enumerate(asked.parts):
        if part.line_id in seen:
            raise LINE_TWICE(f"/commitments/{at}/line_id")
        seen.add(part.line_id)
    if asked.worth_pence is not None and asked.total_pence > asked.worth_pence:
        raise MORE_THAN_WORTH(
            "/commitments", worth_pence=asked.worth_pence, committed_pence=asked.total_pence
        )
    return [
        Reservation(
            uuid5(asked.id, str(part.line_id)),
            asked.partnership_id,
            part.line_id,
            Level.SERVICE,
            asked.contract_id,
            None,
            asked.title,
            part.amount_pence,
            asked.day,
        )
        for part in asked.parts
    ]


def check_whose(asked: ContractReservation, lines: Sequence[LineFunds]) -> None:
    """Refuse funding that names a body's money in a fund to which it is no party: it has agreed to nothing.

    A party consents by the agreement that it signed, and by its own limits of delegation on top.
    """
    parties = {line.pool_id: line.party_ids | {line.owner_organisation_id} for line in lines}
    for funded in asked.funding:
        known = parties.get(funded.pool_id)
        if known is not None and funded.organisation_id not in known:
            raise MONEY_OF_ANOTHER(
                "/commitments", pool_id=str(funded.pool_id), organisation_id=str(funded.organisation_id)
            )


def from_its_day(asked: Reservation, line: LineFunds) -> Reservation:
    """What is set aside on a line that took another's place counts from that line's first day, if not later."""
    since = line.counts_from
    return asked if since is None else replace(asked, effective_date=max(asked.effective_date, since))


def check_split(asked: ContractReservation, lines: Sequence[LineFunds]) -> None:
    """Refuse lines outside the pools that fund the contract, and amounts that are not split as it says (S1-C06)."""
    weights: dict[str, Decimal] = {}
    check_whose(asked, lines)
    for funded in asked.funding:
        key = str(funded.pool_id)
        weights[key] = weights.get(key, Decimal(0)) + funded.share_percent
    years: dict[str, dict[str, int]] = {}
    for at, (part, line) in enumerate(zip(asked.parts, lines, strict=True)):
        pool = str(line.pool_id)
        if pool not in weights:
            raise OUTSIDE_FUNDING(f"/commitments/{at}/line_id", pool_ids=sorted(weights))
        by_pool = years.setdefault(line.financial_year, dict.fromkeys(weights, 0))
        by_pool[pool] += part.amount_pence
    for year, by_pool in sorted(years.items()):
        expected = allocate_by_name(sum(by_pool.values()), weights)
        if by_pool != expected:
            raise SPLIT_DIFFERS(
                "/commitments", financial_year=year, expected_pence=expected, asked_pence=by_pool
            )


def to_approve(asked: ContractReservation) -> ApprovalAsked:
    """Each partner decides on its own share of what the contract is worth; where that is not known, of what is set
    aside."""
    worth = asked.total_pence if asked.worth_pence is None else asked.worth_pence
    amounts = {body: half_up(Decimal(worth) * share / 100) for body, share in partners(asked.funding).items()}
    return ApprovalAsked(LimitSubject.CONTRACT, Subject.CONTRACT, asked.day, amounts)
