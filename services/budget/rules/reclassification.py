"""Money posted under interim authority, moved into the pool once the agreement is in force: to the penny, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.budget.rules.agreement import Agreement, State
from services.budget.rules.entry import Entry
from services.budget.rules.journal import Book, Draft, JournalKind
from services.budget.rules.ledger_account import Account, AccountKind
from shared.calendar import LedgerPeriod
from shared.errors import Kind, reason

NOT_YET_IN_FORCE = reason(
    "reclassification_too_early",
    Kind.CONFLICT,
    "Interim entries move into the pool once the agreement is in force, and not after its final account.",
)
NOT_INTERIM = reason(
    "reclassification_not_interim",
    Kind.INVALID,
    "Name an interim account of a pool of this agreement to move from, and another kind of account of the same pool"
    " to move to.",
)
MORE_THAN_HELD = reason(
    "reclassification_more_than_held",
    Kind.INVALID,
    "The interim account does not hold that much on that date, or no longer does on a later one. What is moved out of"
    " it leaves nil or less of the same.",
)
KIND_OF_MOVE = reason(
    "reclassification_kind",
    Kind.INVALID,
    "Interim entries become contribution, expenditure or income.",
)

KINDS = frozenset({JournalKind.CONTRIBUTION, JournalKind.EXPENDITURE, JournalKind.INCOME})
IN_TIME = frozenset({State.IN_FORCE, State.WINDING_UP})


@dataclass(frozen=True, slots=True)
class Move:
    """Pence out of an interim account and into another: positive where the interim account is in debit."""

    interim_account_id: UUID
    to_account_id: UUID
    amount_pence: int


@dataclass(frozen=True, slots=True)
class Reclassification:
    """What is asked for: one journal, dated from commencement on, that moves interim entries."""

    journal_id: UUID
    kind: JournalKind
    effective_date: date
    posting_period: LedgerPeriod | None
    narrative: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Reclassified:
    """How much one journal moved out of one interim account."""

    journal_id: UUID
    interim_account_id: UUID
    agreement_id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    amount_pence: int
    recorded_at: datetime | None = None


def draft_of(
    asked: Reclassification, agreement: Agreement, accounts: Mapping[UUID, Account], pools: Collection[UUID]
) -> Draft:
    """The journal: each move takes from the interim account what it gives to the other.

    `accounts` are those that the caller may see, `pools` those of the agreement.
    """
    if agreement.state not in IN_TIME:
        raise NOT_YET_IN_FORCE(state=agreement.state)
    if asked.kind not in KINDS:
        raise KIND_OF_MOVE("/kind")
    for index, move in enumerate(asked.moves):
        source, target = accounts.get(move.interim_account_id), accounts.get(move.to_account_id)
        if source is None or source.kind is not AccountKind.INTERIM or source.pool_id not in pools:
            raise NOT_INTERIM(f"/moves/{index}/interim_account_id")
        if target is None or target.kind is AccountKind.INTERIM or target.pool_id != source.pool_id:
            raise NOT_INTERIM(f"/moves/{index}/to_account_id")
    entries = [
        entry
        for move in asked.moves
        for entry in (
            Entry(move.interim_account_id, -move.amount_pence),
            Entry(move.to_account_id, move.amount_pence),
        )
    ]
    return Draft(
        id=asked.journal_id,
        book=Book.ACTUAL,
        kind=asked.kind,
        effective_date=asked.effective_date,
        posting_period=asked.posting_period,
        narrative=asked.narrative,
        client_reference=None,
        entries=tuple(entries),
    )


def moved_by_account(asked: Reclassification) -> dict[UUID, int]:
    """Pence moved out of each interim account."""
    moved: dict[UUID, int] = {}
    for move in asked.moves:
        moved[move.interim_account_id] = moved.get(move.interim_account_id, 0) + move.amount_pence
    return moved


@dataclass(frozen=True, slots=True)
class Left:
    """What an interim account holds after a move, in pence: the least and the most of the day and of all days since."""

    least_pence: int = 0
    most_pence: int = 0


def require_covered(asked: Reclassification, left: Mapping[UUID, Left]) -> None:
    """Refuse to move more than an interim account held, on the day or on a later one.

    What was moved as of a later day is gone from the days before it as well: money is moved once, in whatever order.
    """
    for account_id, moved in moved_by_account(asked).items():
        after = left.get(account_id, Left())
        worst = after.least_pence if moved > 0 else after.most_pence
        if moved and worst and (worst < 0) == (moved > 0):
            raise MORE_THAN_HELD(
                "/moves", interim_account_id=str(account_id), held_pence=worst + moved, moved_pence=moved
            )
