"""Which contract a row of a register is, where one reference stands for several: the one that it is most like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.contracts.rules.party import Identifier
from services.contracts.rules.register_row import ReadRow, RegisterContent
from shared.text import fold_key


@dataclass(frozen=True, slots=True)
class Known:
    """A contract of the owner under a reference that the file uses. `content` is what its last import said."""

    contract_id: UUID
    reference_key: str
    occurrence: int
    content: RegisterContent | None  # None: registered directly, so that no import changes it


def match(rows: Sequence[ReadRow], known: Sequence[Known]) -> dict[int, Known]:
    """The best pairs first; by line and occurrence where pairs are equally good, so that it is repeatable."""
    matched: dict[int, Known] = {}
    same = {each.content: each for each in sorted(known, key=lambda each: -each.occurrence)}
    for row in rows:  # nothing is more alike than what says the very same
        if row.content and (found := same.get(row.content)) is not None:
            matched[row.line] = found
    used = {each.contract_id for each in matched.values()}
    left = [(row.line, _Told.by(row.content)) for row in rows if row.content and row.line not in matched]
    open_to = [
        (each, _Told.by(each.content)) for each in known if each.contract_id not in used and each.content
    ]
    pairs = sorted(
        (-likeness, line, each.occurrence, at)
        for line, new in left
        for at, (each, old) in enumerate(open_to)
        if (likeness := _likeness(new, old)) > 0
    )
    for _, line, _, at in pairs:
        each = open_to[at][0]
        if line not in matched and each.contract_id not in used:
            matched[line] = each
            used.add(each.contract_id)
    return matched


@dataclass(frozen=True, slots=True)
class _Told:
    """What a row says, with what is compared of it worked out once."""

    content: RegisterContent
    supplier: str
    title: str
    identifiers: frozenset[Identifier]

    @classmethod
    def by(cls, content: RegisterContent) -> _Told:
        told = fold_key(content.supplier), fold_key(content.title)
        return cls(content, *told, frozenset(content.identifiers))


def _likeness(new: _Told, old: _Told) -> int:
    """How much a row says the same as a contract: 0 where neither supplier nor title agrees."""
    supplier = new.supplier == old.supplier or not new.identifiers.isdisjoint(old.identifiers)
    title = new.title == old.title
    if not supplier and not title:
        return 0
    now, then = new.content, old.content
    return (
        8 * supplier
        + 4 * title
        + 2 * (now.title == then.title)
        + 4 * (now.start_date == then.start_date)
        + 4 * (now.department == then.department)
        + 2 * (now.end_date == then.end_date)
        + 2 * (now.value == then.value)
    )
