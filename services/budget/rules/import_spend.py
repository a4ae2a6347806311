"""Rows of spend as councils and NHS bodies publish it: each becomes a journal of two entries on accounts that are named.

Names of suppliers may be those of people and are never kept: a row is known again by a digest of what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from services.budget.rules.import_cell import LONGEST_NAME, read_account, read_date, read_pounds
from services.budget.rules.import_line import STAGED, Findings, Staged
from services.budget.rules.import_remark import (
    CELL_MISSING,
    COLUMNS_SHIFTED,
    NIL_SPEND,
    NOT_MAPPED,
    TOTAL_DIFFERS,
    Remark,
)
from services.budget.rules.journal import JournalKind
from services.budget.rules.ledger_import import MAP_UNREADABLE
from shared.text import fold_key, forbidden_character, personal_detail

_LONGEST_WORDS = 150


@dataclass(frozen=True, slots=True)
class SpendAccounts:
    """Where published spend goes: by area or type as it is printed, else to one account, or nowhere."""

    fund: str
    expenditure: str | None
    mapped: Mapping[str, str]  # by the folded text of the area or type

    def of(self, area: str, type_: str) -> str | None:
        return self.mapped.get(fold_key(area)) or self.mapped.get(fold_key(type_)) or self.expenditure


def read_map(asked: Iterable[str]) -> Mapping[str, str]:
    """`Domiciliary Care=account`, the last equals sign parting them, as the folded text and the account."""
    mapped = {}
    for index, each in enumerate(asked):
        text, sign, account = each.rpartition("=")
        words, name = fold_key(text), read_account(account)
        if not sign or not words or not isinstance(name, str) or len(each) > 2 * LONGEST_NAME:
            raise MAP_UNREADABLE(f"?map/{index}")
        mapped[words] = name
    return mapped


class SpendReader:
    """Reads the rows of one file of published spend."""

    def __init__(self, columns: Mapping[str, Sequence[int]], width: int, accounts: SpendAccounts) -> None:
        self._columns = columns
        self._width = width
        self._accounts = accounts
        self.findings = Findings()
        self.total_pence = 0

    def read(self, line: int, cells: tuple[str, ...]) -> list[Staged]:
        """The two entries to stage; nothing for a row that states the file's total, or that cannot be posted."""
        day, pence = read_date(self._of("effective_date", cells)), read_pounds(self._of("amount", cells))
        if day is None and isinstance(pence, int) and self._is_total(cells):
            if pence != self.total_pence:
                self._note(line, "amount", TOTAL_DIFFERS, self._of("amount", cells))
            return []
        area, type_ = self._of("area", cells), self._of("type", cells)
        account = self._accounts.of(area, type_)
        if not self._fit(line, cells, day, pence):
            return [_left_out(line)]
        assert isinstance(pence, int)
        self.total_pence += pence
        if account is None:
            self._note(line, "type" if type_ else "area", NOT_MAPPED, (type_ or area) or None)
            return [_left_out(line)]
        reference = f"spend:{sha256(chr(31).join(each.strip() for each in cells).encode()).hexdigest()[:32]}"
        common = {
            "line": line,
            "reference": reference,
            "effective_date": day,
            "kind": JournalKind.EXPENDITURE.value,
            "narrative": _narrative(area, type_),
            "bad": False,
        }
        sides = ((account, pence), (self._accounts.fund, -pence))
        return [
            _staged({**common, "side": side, "account": name, "amount_pence": amount})
            for side, (name, amount) in enumerate(sides)
        ]

    def _fit(self, line: int, cells: tuple[str, ...], day: Any, pence: Any) -> bool:
        before = self.findings.counts.total()
        if any(each.strip() for each in cells[self._width :]):
            self._note(line, "effective_date", COLUMNS_SHIFTED, None)
        for name, value in (("effective_date", day), ("amount", pence)):
            if isinstance(value, Remark):
                self._note(line, name, value, self._of(name, cells))
            elif value is None:
                self._note(line, name, CELL_MISSING, None)
        if pence == 0:
            self._note(line, "amount", NIL_SPEND, self._of("amount", cells))
        return self.findings.counts.total() == before

    def _is_total(self, cells: tuple[str, ...]) -> bool:
        """The last row of a list often holds its sum, under the amounts and beside nothing else but a word."""
        return not any(self._of(name, cells) for name in ("supplier", "number", "area", "type"))

    def _of(self, name: str, cells: tuple[str, ...]) -> str:
        found = (cells[index].strip() for index in self._columns.get(name, ()) if index < len(cells))
        return next((each for each in found if each), "")

    def _note(self, line: int, column: str, remark: Remark, read: str | None) -> None:
        self.findings.note(line, column, remark, read, None)


def _staged(values: Mapping[str, Any]) -> Staged:
    return tuple(values.get(name) for name in STAGED)


def _left_out(line: int) -> Staged:
    return _staged({"line": line, "side": 0, "bad": True})


def _narrative(area: str, type_: str) -> str:
    """What was bought, in the publisher's own words for it; never from whom."""
    words = "Published spend" + "".join(f": {each[:_LONGEST_WORDS]}" for each in (area, type_) if each)
    fit = forbidden_character(words) is None and personal_detail(words) is None
    return words if fit else "Published spend"
