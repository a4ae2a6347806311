"""What a predecessor promised to pools: what falls due from the day on is its successors' to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.budget.rules.contribution import Contribution
from services.budget.rules.instalment import Instalment
from services.budget.rules.succession import Move, Succession, by_time, elapsed, made_id, parted, together
from services.budget.rules.succession_report import Tally
from services.budget.store import contributions, successions
from shared.calendar import read_financial_year
from shared.db import Prepared, Transaction
from shared.money import Money, summed

_OF = Prepared(
    "select c.id from contributions c where c.partnership_id = $1 and c.owner_organisation_id = $2"
    " and (left(c.financial_year, 4)::integer + 1 || '-03-31')::date >= $3 and not exists ("
    " select from contributions later where later.replaces_contribution_id = c.id) order by c.id",
    ("place", "owner", "day"),
    {},
)


@dataclass(slots=True)
class _Due:
    """What one successor owes one pool for a year: the parts that it takes over, and from whom."""

    like: Contribution
    amounts: list[Money] = field(default_factory=list)
    parts: list[tuple[date, int | None]] = field(default_factory=list)
    sources: list[tuple[UUID, Move, int | None]] = field(default_factory=list)


async def take(tx: Transaction, succession: Succession, partnership_id: UUID, tally: Tally) -> None:
    """Vary each promise of a predecessor to what was due before, and put the rest under its successors' names.

    Two predecessors' promises to one pool become one, beside what the successor had promised of its own.
    """
    due: dict[tuple[object, ...], _Due] = {}
    for predecessor in succession.predecessors:
        for former in await _of(tx, partnership_id, predecessor, succession.effective_on):
            await _leave(tx, succession, former, due)
            tally.counts["contributions"] += 1
    standing: dict[tuple[object, ...], Contribution] = {}
    for successor in succession.successors:
        for own in await _of(tx, partnership_id, successor, succession.effective_on):
            standing[_key(own, successor)] = own
    for key, each in due.items():
        await _arrive(tx, succession, each, standing.get(key))


async def _of(tx: Transaction, place: UUID, owner: UUID, day: date) -> list[Contribution]:
    rows = await tx.all(_OF, place=place, owner=owner, day=day)
    return [await contributions.get(tx, row["id"]) for row in rows]


def _key(one: Contribution, owner: UUID) -> tuple[object, ...]:
    return owner, one.pool_id, one.financial_year, one.form, one.funding_source


def since(succession: Succession, financial_year: str) -> date:
    return max(succession.effective_on, read_financial_year(financial_year).first_day)


def split(former: Contribution, effective_on: date) -> tuple[Money, Money, Sequence[Instalment]]:
    """What was due before the day, what falls due from it on, and the instalments of the latter.

    Where later instalments are still to be confirmed, those that were due before are known all the same.
    """
    amount = former.amount
    known = [each for each in former.instalments if each.amount_pence is not None]
    if not former.instalments or len(known) < len(former.instalments):
        before, after = by_time(amount, former.financial_year, effective_on)
        earlier = [each for each in former.instalments if each.due_on < effective_on]
        if earlier and all(
            each in known for each in earlier
        ):  # varied since to what is still to be confirmed
            before = summed(sum(each.amount_pence or 0 for each in earlier))
        return before, after, [each for each in former.instalments if each.due_on >= effective_on]
    later = [each for each in former.instalments if each.due_on >= effective_on]
    rest = sum(each.amount_pence or 0 for each in later)
    gone = Money((amount.amount_pence or 0) - rest, amount.status, amount.qualifier)
    return gone, Money(rest, amount.status, amount.qualifier), later


async def _leave(
    tx: Transaction,
    succession: Succession,
    former: Contribution,
    due: dict[tuple[object, ...], _Due],
) -> None:
    before, after, later = split(former, succession.effective_on)
    left = replace(
        former,
        id=made_id(succession.id, "promised", former.id),
        amount=before,
        replaces_contribution_id=former.id,
        effective_from=since(succession, former.financial_year),
        instalments=tuple(each for each in former.instalments if each not in later),
        succession_id=succession.id,
        version=1,
    )
    await contributions.add(tx, left)
    if after.amount_pence == 0 and elapsed(former.financial_year, succession.effective_on) > 0:
        return
    moves = succession.of(former.owner_organisation_id)
    amounts = parted(after.amount_pence, moves)
    shares = [_shared(later, moves, number) for number in range(len(moves))]
    for move, pence, parts in zip(moves, amounts, shares, strict=True):
        held = due.setdefault(_key(former, move.successor_id), _Due(former))
        known = [part for _, part in parts if part is not None]
        whole = sum(known) if parts and len(known) == len(parts) else pence
        held.amounts.append(Money(whole, after.status, after.qualifier))
        held.parts += parts
        held.sources.append((former.id, move, whole))


def _shared(later: Sequence[Instalment], moves: Sequence[Move], number: int) -> list[tuple[date, int | None]]:
    return [(each.due_on, parted(each.amount_pence, moves)[number]) for each in later]


async def _arrive(tx: Transaction, succession: Succession, due: _Due, own: Contribution | None) -> None:
    former = due.like
    move = due.sources[0][1]
    parts = [*due.parts, *([(one.due_on, one.amount_pence) for one in own.instalments] if own else ())]
    amount = together([*due.amounts, *([own.amount] if own else ())])
    made = replace(
        former,
        id=made_id(succession.id, "due", *_key(former, move.successor_id)),
        owner_organisation_id=move.successor_id,
        amount=amount,
        replaces_contribution_id=own.id if own else None,
        effective_from=since(succession, former.financial_year),
        instalments=_by_day(parts, amount.amount_pence is not None),
        succession_id=succession.id,
        version=1,
    )
    await contributions.add(tx, made)
    for from_id, each, pence in due.sources:
        kind = former.arrangement.value
        args = (former.partnership_id, each, "contribution", kind, from_id, made.id, pence)
        await successions.add_item(tx, succession, *args)


def _by_day(parts: Sequence[tuple[date, int | None]], known: bool) -> tuple[Instalment, ...]:
    days = sorted({day for day, _ in parts})
    return tuple(
        Instalment(number, day, sum(pence or 0 for on, pence in parts if on == day) if known else None)
        for number, day in enumerate(days, 1)
    )
