"""An organisation's own ledger codes for its lines and for the pools that it pays into. Data, kept by year."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.calendar import read_financial_year
from shared.errors import Kind, reason

CODE_OF_ONE = reason(
    "ledger_code_of_one", Kind.INVALID, "A ledger code is for a line or for a pool: name one of the two."
)
CODE_TWICE = reason("ledger_code_twice", Kind.INVALID, "Give each line and each pool one ledger code.")
CODE_NOT_OWN = reason(
    "ledger_code_not_own",
    Kind.INVALID,
    "There is no such line of your own, or no such pool in this partnership.",
)


@dataclass(frozen=True, slots=True)
class LedgerCode:
    """The code of one line's spending, or of what is paid to and held in one pool."""

    code: str
    line_id: UUID | None = None
    pool_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LedgerCodeMap:
    """The codes of one organisation. A later map adds to the former ones and takes their place where both name a line.

    `control_code` takes the other side of every journal.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    financial_year: str
    control_code: str
    codes: tuple[LedgerCode, ...]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Coding:
    """The codes that stand: of lines, of pools, and of the other side."""

    control_code: str
    lines: dict[UUID, str]
    pools: dict[UUID, str]


def keep(asked: LedgerCodeMap, own_lines: Collection[UUID], pools: Collection[UUID]) -> LedgerCodeMap:
    """The map, if it names each of its own lines and pools once. `own_lines` and `pools` are those that there are."""
    read_financial_year(asked.financial_year)
    seen: set[UUID] = set()
    for number, each in enumerate(asked.codes):
        subject = each.line_id or each.pool_id
        if subject is None or (each.line_id is not None and each.pool_id is not None):
            raise CODE_OF_ONE(f"/codes/{number}")
        if subject in seen:
            raise CODE_TWICE(f"/codes/{number}")
        name, known = ("line_id", own_lines) if each.line_id else ("pool_id", pools)
        if subject not in known:
            raise CODE_NOT_OWN(f"/codes/{number}/{name}")
        seen.add(subject)
    return asked


def coding(maps: Sequence[LedgerCodeMap]) -> Coding | None:
    """The maps together, in the order in which they were recorded; None where there is none."""
    if not maps:
        return None
    lines = {each.line_id: each.code for one in maps for each in one.codes if each.line_id is not None}
    pools = {each.pool_id: each.code for one in maps for each in one.codes if each.pool_id is not None}
    return Coding(maps[-1].control_code, lines, pools)
