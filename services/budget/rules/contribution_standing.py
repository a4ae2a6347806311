"""What partners owe their pools by a day, what they have paid, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.budget.rules.contribution import Contribution
from shared.money import NOT_STATED, Money, Status, Total, total


@dataclass(frozen=True, slots=True)
class InstalmentStanding:
    """One instalment: how much of it has come in, and whether any of it is overdue.

    `received_pence` and `overdue` are None where it is not known how much is due.
    """

    contribution_id: UUID
    number: int
    due_on: date
    amount_pence: int | None
    received_pence: int | None
    overdue: bool | None


@dataclass(frozen=True, slots=True)
class PartnerStanding:
    """One partner in one pool. `outstanding_pence` is what was due by the day and has not come in; negative where
    more came in than was due, None where what was due is not known."""

    organisation_id: UUID
    pool_id: UUID
    promised: Total
    due: Total
    received_pence: int
    outstanding_pence: int | None
    overdue: bool | None
    instalments: tuple[InstalmentStanding, ...]


@dataclass(frozen=True, slots=True)
class ContributionStanding:
    """Where the contributions of a partnership's year stand at a day."""

    partnership_id: UUID
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    partners: tuple[PartnerStanding, ...]


def stand(
    promises: Iterable[Contribution], received: Mapping[tuple[UUID, UUID], int], as_at: date
) -> tuple[PartnerStanding, ...]:
    """Each partner in each pool, by partner and pool. Money pays the instalment that fell due first.

    An instalment is overdue from the day after it was due. Where one that was due is not known, nobody can say
    which of the later ones are paid.
    """
    groups: dict[tuple[UUID, UUID], list[Contribution]] = {key: [] for key in received}
    for promise in promises:
        groups.setdefault((promise.owner_organisation_id, promise.pool_id), []).append(promise)
    return tuple(_partner(key, groups[key], received.get(key, 0), as_at) for key in sorted(groups))


def _partner(
    key: tuple[UUID, UUID], promises: Sequence[Contribution], received_pence: int, as_at: date
) -> PartnerStanding:
    name = str(key[0])
    parts = sorted(
        ((part, promise.id) for promise in promises for part in promise.instalments),
        key=lambda pair: (pair[0].due_on, pair[1], pair[0].number),
    )
    due = total((name, _money(part.amount_pence)) for part, _ in parts if part.due_on <= as_at)
    standings: list[InstalmentStanding] = []
    left: int | None = received_pence
    for part, promise_id in parts:
        if part.amount_pence is None or left is None:
            left = None
            paid, overdue = None, None if part.due_on < as_at else False
        else:
            paid = max(0, min(left, part.amount_pence))
            left -= paid
            overdue = part.due_on < as_at and paid < part.amount_pence
        standings.append(
            InstalmentStanding(promise_id, part.number, part.due_on, part.amount_pence, paid, overdue)
        )
    said = {each.overdue for each in standings}
    outstanding = (due.known_pence or 0) - received_pence if due.complete else None
    return PartnerStanding(
        *key,
        total((name, promise.amount) for promise in promises),
        due,
        received_pence,
        outstanding,
        True if True in said else None if None in said else False,
        tuple(standings),
    )


def _money(amount_pence: int | None) -> Money:
    return NOT_STATED if amount_pence is None else Money(amount_pence, Status.ACTUAL)
