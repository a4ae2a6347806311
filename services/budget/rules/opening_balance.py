"""Opening balances: what a predecessor's accounts held leaves them and opens its successors', in balanced journals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.budget.rules.entry import Entry
from services.budget.rules.journal import Book, Draft, JournalKind
from services.budget.rules.ledger_account import AccountKind
from services.budget.rules.succession import made_id
from shared.money import allocate

# What holds money from one year to the next. Income, spending and contributions are of their own year and stay in it.
REAL = frozenset({AccountKind.FUND, AccountKind.RESERVE, AccountKind.INTERIM, AccountKind.VAT_CONTROL})


@dataclass(frozen=True, slots=True)
class Passage:
    """From one account into that of one successor, with its share."""

    succession_id: UUID
    predecessor_id: UUID
    successor_id: UUID
    arrangement: str
    pool_id: UUID | None
    from_id: UUID
    to_id: UUID
    share: Decimal
    effective_on: date


def control_id(passage: Passage, side: str) -> UUID:
    """The account against which balances leave a predecessor's books (`out`) and come into a successor's (`in`)."""
    where = (passage.predecessor_id, passage.arrangement, passage.pool_id)
    return made_id(passage.succession_id, side, *where, *(() if side == "out" else (passage.successor_id,)))


def carry(held: Mapping[UUID, int], passages: Sequence[Passage], mark: UUID) -> list[Draft]:
    """The journals that carry what accounts hold to the successors': every account is left with nothing.

    Each account is shared by largest remainders, so that what opens is what closed, to the penny. In a pool's own
    books one journal moves it; between two bodies' books one journal closes and one opens for each successor.
    """
    by_books: dict[tuple[str, UUID | None], list[Passage]] = {}
    for each in passages:
        if held.get(each.from_id):
            key = (each.arrangement, None if each.arrangement == "pooled" else each.pool_id)
            by_books.setdefault(key, []).append(each)
    drafts: list[Draft] = []
    for (arrangement, pool), some in sorted(by_books.items(), key=lambda item: str(item[0])):
        parts = _parts(held, some)
        name = f"{arrangement}/{pool}"
        if arrangement == "pooled":
            moved = [Entry(each, -held[each]) for each in sorted({one.from_id for one in some})]
            arrived = _summed((one.to_id, pence) for one, pence in parts)
            drafts += _draft(some[0], made_id(mark, name), [*moved, *arrived])
            continue
        drafts += _between_bodies(held, some, parts, made_id(mark, name))
    return drafts


def _between_bodies(
    held: Mapping[UUID, int],
    some: Sequence[Passage],
    parts: Sequence[tuple[Passage, int]],
    mark: UUID,
) -> list[Draft]:
    closing = [Entry(each, -held[each]) for each in sorted({one.from_id for one in some})]
    out = sum(entry.amount_pence for entry in closing)
    if out:
        closing.append(Entry(control_id(some[0], "out"), -out))
    drafts = _draft(some[0], made_id(mark, "closing"), closing)
    for successor in dict.fromkeys(one.successor_id for one in some):
        mine = [(one, pence) for one, pence in parts if one.successor_id == successor]
        opening = _summed((one.to_id, pence) for one, pence in mine)
        came = sum(entry.amount_pence for entry in opening)
        if came:
            opening.append(Entry(control_id(mine[0][0], "in"), -came))
        drafts += _draft(some[0], made_id(mark, "opening", successor), opening)
    return drafts


def _parts(held: Mapping[UUID, int], some: Sequence[Passage]) -> list[tuple[Passage, int]]:
    parts: list[tuple[Passage, int]] = []
    for account in sorted({one.from_id for one in some}):
        ways = [one for one in some if one.from_id == account]
        parts += zip(ways, allocate(held[account], [one.share for one in ways]), strict=True)
    return parts


def _summed(amounts: Iterable[tuple[UUID, int]]) -> list[Entry]:
    found: dict[UUID, int] = {}
    for account, pence in amounts:
        found[account] = found.get(account, 0) + pence
    return [Entry(account, pence) for account, pence in sorted(found.items()) if pence]


def _draft(passage: Passage, id_: UUID, entries: Sequence[Entry]) -> list[Draft]:
    if len(entries) < 2:
        return []
    return [
        Draft(
            id=id_,
            book=Book.ACTUAL,
            kind=JournalKind.SUCCESSION,
            effective_date=passage.effective_on,
            posting_period=None,
            narrative=f"Balances carried over by succession {passage.succession_id}",
            client_reference=None,
            entries=tuple(entries),
            succession_id=passage.succession_id,
        )
    ]
