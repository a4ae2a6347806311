"""What partners owe their pools by a day, what they have paid, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.budget.rules.contribution import Contribution, Form
from services.budget.rules.instalment import Instalment
from shared.money import NOT_STATED, Money, Status, Total, total


@dataclass(frozen=True, slots=True)
class Received:
    """What came in from a partner, in pence: money, in kind, and what settlements took from it (given back: negative)."""

    cash_pence: int = 0
    in_kind_pence: int = 0
    settled_pence: int = 0


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
    more money came in than was due, None where what was due is not known. What is given in kind pays no money that is
    due, and what settlements moved stands beside both.
    """

    organisation_id: UUID
    pool_id: UUID
    promised: Total
    due: Total
    received_pence: int
    outstanding_pence: int | None
    overdue: bool | None
    instalments: tuple[InstalmentStanding, ...]
    received_in_kind_pence: int = 0
    settled_pence: int = 0


@dataclass(frozen=True, slots=True)
class ContributionStanding:
    """Where the contributions of a partnership's year stand at a day."""

    partnership_id: UUID
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    partners: tuple[PartnerStanding, ...]


def stand(
    promises: Iterable[Contribution], received: Mapping[tuple[UUID, UUID], Received], as_at: date
) -> tuple[PartnerStanding, ...]:
    """Each partner in each pool, by partner and pool. Money pays the instalment of money that fell due first.

    An instalment is overdue from the day after it was due. Where one that was due is not known, nobody can say
    which of the later ones are paid.
    """
    groups: dict[tuple[UUID, UUID], list[Contribution]] = {key: [] for key in received}
    for promise in promises:
        groups.setdefault((promise.owner_organisation_id, promise.pool_id), []).append(promise)
    return tuple(_partner(key, groups[key], received.get(key, Received()), as_at) for key in sorted(groups))


def _partner(
    key: tuple[UUID, UUID], promises: Sequence[Contribution], received: Received, as_at: date
) -> PartnerStanding:
    name = str(key[0])
    came = {Form.CASH: received.cash_pence, Form.IN_KIND: received.in_kind_pence}
    parts = {form: _parts(promises, form) for form in Form}
    due = {
        form: total((name, _money(part.amount_pence)) for part, _ in parts[form] if part.due_on <= as_at)
        for form in Form
    }
    standings = [each for form in Form for each in _instalments(parts[form], came[form], as_at)]
    standings.sort(key=lambda each: (each.due_on, each.contribution_id, each.number))
    said = {each.overdue for each in standings}
    return PartnerStanding(
        *key,
        total((name, promise.amount) for promise in promises),
        total(
            (name, _money(part.amount_pence))
            for form in Form
            for part, _ in parts[form]
            if part.due_on <= as_at
        ),
        received.cash_pence,
        _outstanding(due, came),
        True if True in said else None if None in said else False,
        tuple(standings),
        received.in_kind_pence,
        received.settled_pence,
    )


def _parts(promises: Sequence[Contribution], form: Form) -> list[tuple[Instalment, UUID]]:
    """The instalments of one form with their promises, in the order in which they fall due."""
    found = ((part, each.id) for each in promises if each.form is form for part in each.instalments)
    return sorted(found, key=lambda pair: (pair[0].due_on, pair[1], pair[0].number))


def _instalments(
    parts: Iterable[tuple[Instalment, UUID]], came_pence: int, as_at: date
) -> Iterator[InstalmentStanding]:
    left: int | None = came_pence
    for part, promise_id in parts:
        if part.amount_pence is None or left is None:
            left = None
            paid, overdue = None, None if part.due_on < as_at else False
        else:
            paid = max(0, min(left, part.amount_pence))
            left -= paid
            overdue = part.due_on < as_at and paid < part.amount_pence
        yield InstalmentStanding(promise_id, part.number, part.due_on, part.amount_pence, paid, overdue)


def _outstanding(due: Mapping[Form, Total], came: Mapping[Form, int]) -> int | None:
    """What of both forms has not come in. More in kind than was due makes up for no money."""
    if not all(each.complete for each in due.values()):
        return None
    left = {form: (due[form].known_pence or 0) - came[form] for form in due}
    return left[Form.CASH] + max(0, left[Form.IN_KIND])


def _money(amount_pence: int | None) -> Money:
    return NOT_STATED if amount_pence is None else Money(amount_pence, Status.ACTUAL)
