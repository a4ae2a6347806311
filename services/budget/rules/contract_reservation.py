"""What is set aside for a contract that comes into force: every pool its share, within what its partners approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from services.budget.rules.commitment import Level, Reservation
from services.budget.rules.contract_approval import (
    ApprovalAsked,
    Funding,
    PartnerApproval,
    others_sources,
    partners,
    source_name,
    source_weights,
)
from services.budget.rules.decision import Subject
from services.budget.rules.delegation_limit import LimitSubject
from services.budget.rules.headroom import LineFunds
from shared.errors import Kind, reason
from shared.money import allocate_by_name, half_up

OUTSIDE_FUNDING = reason(
    "commitment_outside_funding",
    Kind.INVALID,
    "The line is in none of the pools that fund the contract, and none of your own books that do. Choose such a line, or"
    " change the funding.",
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
OWN_SHARE_MISSING = reason(
    "commitment_own_share_missing",
    Kind.CONFLICT,
    "The contract names money of another body's own books, and it has not set its share aside for this contract. Ask it to"
    " commit its share on a line of its own first.",
)
MORE_THAN_WORTH = reason(
    "commitment_more_than_contract",
    Kind.INVALID,
    "More would be set aside than the whole contract is worth.",
)

WHOLE = Decimal(100)
_FURTHEST = 10_000  # pence: others may bear all but a hundredth of a percent


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
class OwnShare:
    """What another body bears of a year from its own books, by its own commitment: its consent."""

    organisation_id: UUID
    financial_year: str
    amount_pence: int


@dataclass(frozen=True, slots=True)
class Split:
    """How the years are borne: all of them together, and what others have to have set aside themselves."""

    whole_pence: int
    own_shares: tuple[OwnShare, ...] = ()


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
        known = None if funded.pool_id is None else parties.get(funded.pool_id)
        if known is not None and funded.organisation_id not in known:
            raise MONEY_OF_ANOTHER(
                "/commitments", pool_id=str(funded.pool_id), organisation_id=str(funded.organisation_id)
            )


def from_its_day(asked: Reservation, line: LineFunds) -> Reservation:
    """What is set aside on a line that took another's place counts from that line's first day, if not later."""
    since = line.counts_from
    return asked if since is None else replace(asked, effective_date=max(asked.effective_date, since))


def check_split(asked: ContractReservation, lines: Sequence[LineFunds], lead: UUID) -> Split:
    """Refuse lines outside what funds the contract, and amounts that are not split as it says (S1-C06).

    The lead names lines of pools and of its own books. What it names is then their share of each year, and the rest that
    of other bodies' own books.
    """
    check_whose(asked, lines)
    weights, others = source_weights(asked.funding), others_sources(asked.funding, lead)
    ours = {source: weight for source, weight in weights.items() if source not in others}
    years: dict[str, dict[str, int]] = {}
    for at, (part, line) in enumerate(zip(asked.parts, lines, strict=True)):
        source = source_name(line.pool_id, line.owner_organisation_id)
        if source not in ours:
            raise OUTSIDE_FUNDING(f"/commitments/{at}/line_id", pool_ids=sorted(ours))
        years.setdefault(line.financial_year, dict.fromkeys(ours, 0))[source] += part.amount_pence
    wholes = {year: _whole(year, named, weights, ours) for year, named in sorted(years.items())}
    whole_pence = sum(sum(each.values()) for each in wholes.values())
    if asked.worth_pence is not None and whole_pence > asked.worth_pence:
        raise MORE_THAN_WORTH("/commitments", worth_pence=asked.worth_pence, committed_pence=whole_pence)
    shares = tuple(
        OwnShare(body, year, whole[source])
        for year, whole in wholes.items()
        for source, body in sorted(others.items())
        if whole[source]
    )
    return Split(whole_pence, shares)


def _whole(
    year: str, named: Mapping[str, int], weights: Mapping[str, Decimal], ours: Mapping[str, Decimal]
) -> Mapping[str, int]:
    """A whole year by source, of which what was named is the part that it is to be, to the penny.

    Where others bear a part, several wholes can round to what was named: the nearest of them.
    """
    share = sum(ours.values(), Decimal(0))
    middle = half_up(sum(named.values()) * WHOLE / share)
    reach = 0 if len(ours) == len(weights) else min(int(WHOLE / share) + 1, _FURTHEST)
    for away in sorted(range(-reach, reach + 1), key=abs):
        parts = allocate_by_name(max(middle + away, 0), weights)
        if all(parts[source] == named[source] for source in ours):
            return parts
    expected = {
        source: pence for source, pence in allocate_by_name(middle, weights).items() if source in ours
    }
    raise SPLIT_DIFFERS("/commitments", financial_year=year, expected_pence=expected, asked_pence=dict(named))


def check_own_shares(missing: Sequence[OwnShare]) -> None:
    """Refuse to bring into force what another body has not agreed to pay, by setting its share aside."""
    if missing:
        faults = [
            {
                "organisation_id": str(each.organisation_id),
                "financial_year": each.financial_year,
                "amount_pence": each.amount_pence,
            }
            for each in missing
        ]
        raise OWN_SHARE_MISSING("/commitments", own_shares_missing=faults)


def to_approve(asked: ContractReservation, split: Split) -> ApprovalAsked:
    """Each partner decides on its own share of what the contract is worth; where that is not known, of what is set
    aside."""
    worth = split.whole_pence if asked.worth_pence is None else asked.worth_pence
    amounts = {body: half_up(Decimal(worth) * share / 100) for body, share in partners(asked.funding).items()}
    return ApprovalAsked(LimitSubject.CONTRACT, Subject.CONTRACT, asked.day, amounts)
