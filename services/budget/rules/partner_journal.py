"""The journal of a period that a partner's own finance system loads, once, with its ledger codes and totals.

It holds what happened in pooled funds on the partner's own lines, what the partner paid in, and what is held for it.
Aligned money is in its owner's ledger already, and shadow moves none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.budget.rules.ledger_account import AccountKind
from services.budget.rules.ledger_code_map import Coding
from shared.errors import Kind, reason

NO_LEDGER_CODES = reason(
    "partner_journal_no_codes", Kind.CONFLICT, "Record your ledger codes first: nothing says where to book."
)
CODES_MISSING = reason(
    "partner_journal_codes_missing",
    Kind.CONFLICT,
    "Some lines or pools have no ledger code. Record their codes, or name a suspense code that takes them.",
)


@dataclass(frozen=True, slots=True)
class TakenItem:
    """What is taken of one line, or of one pool and kind of account, summed. Debits of the fund's books are positive.

    `late` counts the entries that were posted to an earlier period and came after its journal.
    """

    line_id: UUID | None
    pool_id: UUID
    name: str
    kind: AccountKind
    amount_pence: int
    entries: int
    late: int


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row to load: a debit is positive. `mapped` is false where the suspense code takes it."""

    code: str
    mapped: bool
    line_id: UUID | None
    pool_id: UUID | None
    name: str
    kind: str
    amount_pence: int
    entries: int
    late_entries: int


@dataclass(frozen=True, slots=True)
class PartnerJournal:
    """The journal: its rows add up to nothing. `unmapped` names what went to the suspense code."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    number: int
    period: str
    financial_year: str
    taken_until: datetime
    complete: bool
    missing_contributors: tuple[UUID, ...]
    withheld_contributors: tuple[UUID, ...]
    rows: tuple[JournalRow, ...]
    debits_pence: int
    credits_pence: int
    entries: int
    late_entries: int
    unmapped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptJournal:
    """A journal as it is listed: its number, totals and the digest of its bytes."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    number: int
    period: str
    financial_year: str
    document_bytes: int
    sha256: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class JournalHead:
    """Which journal of whom, and up to which instant it takes what was recorded."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    number: int
    period: str
    financial_year: str
    taken_until: datetime


def draw_up(
    head: JournalHead, items: Sequence[TakenItem], codes: Coding | None, suspense_code: str | None
) -> PartnerJournal:
    """The journal with the other side of it. Nothing is left out for want of a code: it is refused, or suspended."""
    if codes is None:
        raise NO_LEDGER_CODES()
    drawn = [_row(each, codes, suspense_code) for each in items if each.amount_pence != 0]
    unmapped = tuple(sorted(each.name for each in drawn if not each.mapped))
    if unmapped and suspense_code is None:
        raise CODES_MISSING(
            "/suspense_code",
            unmapped=[
                {"name": e.name, "line_id": e.line_id, "pool_id": e.pool_id} for e in drawn if not e.mapped
            ],
        )
    other = -sum(each.amount_pence for each in drawn)
    if other:
        drawn.append(
            JournalRow(codes.control_code, True, None, None, "Pooled fund control", "control", other, 0, 0)
        )
    return PartnerJournal(
        head.id,
        head.partnership_id,
        head.owner_organisation_id,
        head.number,
        head.period,
        head.financial_year,
        head.taken_until,
        not unmapped,
        (),
        (),
        tuple(drawn),
        sum(each.amount_pence for each in drawn if each.amount_pence > 0),
        -sum(each.amount_pence for each in drawn if each.amount_pence < 0),
        sum(each.entries for each in items),
        sum(each.late for each in items),
        unmapped,
    )


def _row(item: TakenItem, codes: Coding, suspense_code: str | None) -> JournalRow:
    """What a partner pays in is a credit in the fund's books and a debit in its own."""
    code = codes.lines.get(item.line_id) if item.line_id else codes.pools.get(item.pool_id)
    paid_in = item.kind is AccountKind.CONTRIBUTION
    return JournalRow(
        code or suspense_code or "",
        code is not None,
        item.line_id,
        item.pool_id,
        item.name,
        item.kind.value,
        -item.amount_pence if paid_in else item.amount_pence,
        item.entries,
        item.late,
    )
