"""Rows of a file of ledger lines: each becomes one entry to be, or is left out with what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from services.budget.rules import import_cell as cell
from services.budget.rules.import_remark import (
    AMOUNT_TWICE,
    CELL_MISSING,
    COLUMNS_DIFFER,
    COLUMNS_SHIFTED,
    VAT_INCOMPLETE,
    Finding,
    Remark,
)

MOST_FINDINGS = 10_000  # of a file; what is beyond is counted
_REMEMBERED = 20_000  # cells of a column whose reading is kept, since the same come again and again

Staged = tuple[Any, ...]
# What a row becomes, in the order of STAGED. Reads a cell: its value, None for a blank, or a remark.
STAGED = (
    "line",
    "side",
    "reference",
    "effective_date",
    "posting_period",
    "kind",
    "account",
    "amount_pence",
    "vat_regime",
    "vat_organisation_id",
    "vat_tax_point",
    "vat_net_pence",
    "vat_recoverable_pence",
    "vat_irrecoverable_pence",
    "contract_id",
    "provider_organisation_id",
    "service_code",
    "locality_code",
    "narrative",
    "bad",
)
_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "reference": ("reference", cell.read_reference),
    "effective_date": ("effective_date", cell.read_date),
    "posting_period": ("posting_period", cell.read_period),
    "kind": ("kind", cell.read_kind),
    "account": ("account", cell.read_account),
    "vat_regime": ("vat_regime", cell.read_regime),
    "vat_organisation_id": ("vat_organisation_id", cell.read_id),
    "vat_tax_point": ("vat_tax_point", cell.read_date),
    "vat_net": ("vat_net_pence", cell.read_pounds),
    "vat_recoverable": ("vat_recoverable_pence", cell.read_pounds),
    "vat_irrecoverable": ("vat_irrecoverable_pence", cell.read_pounds),
    "contract_id": ("contract_id", cell.read_id),
    "provider_organisation_id": ("provider_organisation_id", cell.read_id),
    "service_code": ("service_code", cell.read_code),
    "locality_code": ("locality_code", cell.read_code),
    "narrative": ("narrative", cell.read_narrative),
    "amount": ("amount_pence", cell.read_pounds),
    "amount_pence": ("amount_pence", cell.read_pence),
    "debit": ("amount_pence", cell.read_pounds),
    "credit": ("amount_pence", cell.read_pounds),
}
_SLOT = {name: number for number, name in enumerate(STAGED)}
_AMOUNT, _NARRATIVE, _BAD = _SLOT["amount_pence"], _SLOT["narrative"], _SLOT["bad"]
_NEEDED = tuple(
    (name, _SLOT[name]) for name in ("reference", "effective_date", "kind", "account", "amount_pence")
)
_VAT = slice(_SLOT["vat_regime"], _SLOT["vat_irrecoverable_pence"] + 1)
# Never shown in a report: people write names there.
_WITHHELD = frozenset({"narrative"})
_NEW = object()


class Findings:
    """What was found in a file: the first of it as it is, and all of it counted by its cause."""

    def __init__(
        self, kept: Iterable[Finding] = (), counts: Mapping[tuple[str, str], int] = MappingProxyType({})
    ) -> None:
        self.kept = list(kept)
        self.counts = Counter[tuple[str, str]](counts)

    def note(self, line: int, column: str, remark: Remark, read: str | None, reference: str | None) -> None:
        self.counts[remark.code, remark.detail] += 1
        if len(self.kept) < MOST_FINDINGS:
            shown = None if read is None or column in _WITHHELD else read.strip()[:80]
            self.kept.append(Finding(line, column, shown, remark.code, remark.detail, reference))


class LineReader:
    """Reads the rows of one file, whose columns stand where `columns` says; `width` is that of the headings."""

    def __init__(self, columns: Mapping[str, Sequence[int]], width: int) -> None:
        self._plan = [
            (_SLOT[slot], name, columns[name][0], reader, {})
            for name, (slot, reader) in _READERS.items()
            if name in columns
        ]  # type: list[tuple[int, str, int, Callable[[str], Any], dict[str, Any]]]
        self._several = {name: where for name, where in columns.items() if len(where) > 1}
        self._width = width
        self.findings = Findings()
        self.total_pence = 0

    def read(self, line: int, cells: tuple[str, ...]) -> list[Staged]:
        """The one row to stage. A row that cannot be read is staged as such, since its journal falls with it."""
        noted: list[tuple[str, Remark, str | None]] = []
        if len(cells) != self._width:
            cells = self._fitted(cells, noted)
        values: list[Any] = [None] * len(STAGED)
        for slot, name, index, reader, memo in self._plan:
            text = cells[index]
            value = memo.get(text, _NEW)
            if value is _NEW:
                if len(memo) > _REMEMBERED:
                    memo.clear()
                value = memo[text] = reader(text)
            if value is None:
                continue
            if value.__class__ is Remark:
                noted.append((name, value, text))
            elif slot == _AMOUNT:
                self._amount(values, name, value, noted)
            else:
                values[slot] = value
        self._check(values, cells, noted)
        values[0], values[1], values[_BAD] = line, 0, bool(noted)
        if noted:
            return [self._left_out(line, values, noted)]
        if values[_AMOUNT] > 0:
            self.total_pence += values[_AMOUNT]
        return [tuple(values)]

    def _amount(self, values: list[Any], name: str, pence: int, noted: list[Any]) -> None:
        """One of the columns that can state it. Of a debit and a credit column one is often nil."""
        if name in {"debit", "credit"} and pence == 0:
            return
        if values[_AMOUNT] is not None:
            noted.append((name, AMOUNT_TWICE, None))
        values[_AMOUNT] = -pence if name == "credit" else pence

    def _check(self, values: list[Any], cells: tuple[str, ...], noted: list[Any]) -> None:
        for name, slot in _NEEDED:
            if values[slot] is None and all(
                _READERS[each][0] != name for each, _, _ in noted if each in _READERS
            ):
                noted.append((name if name != "amount_pence" else "amount", CELL_MISSING, None))
        for name, where in self._several.items():
            if len({cells[index].strip() for index in where} - {""}) > 1:
                noted.append((name, COLUMNS_DIFFER, None))
        if any(each is not None for each in values[_VAT]):
            self._vat(values, noted)
        if values[_NARRATIVE] is None and not noted:
            values[_NARRATIVE] = f"Ledger line {values[_SLOT['reference']]}"

    def _vat(self, values: list[Any], noted: list[Any]) -> None:
        regime, _, tax_point, net, recoverable, irrecoverable = values[_VAT]
        if regime is None or net is None:
            noted.append(("vat_regime" if regime is None else "vat_net", VAT_INCOMPLETE, None))
            return
        values[_SLOT["vat_tax_point"]] = tax_point or values[_SLOT["effective_date"]]
        values[_SLOT["vat_recoverable_pence"]] = recoverable or 0
        values[_SLOT["vat_irrecoverable_pence"]] = irrecoverable or 0

    def _fitted(self, cells: tuple[str, ...], noted: list[Any]) -> tuple[str, ...]:
        """The cells under the headings: what is missing on the right is blank, and what is too many is told."""
        if any(each.strip() for each in cells[self._width :]):
            noted.append(("reference", COLUMNS_SHIFTED, None))
        return (*cells[: self._width], *("",) * (self._width - len(cells)))

    def _left_out(self, line: int, values: list[Any], noted: list[Any]) -> Staged:
        reference = values[_SLOT["reference"]]
        for name, remark, read in noted:
            self.findings.note(line, name, remark, read, reference)
        return (line, 0, reference, *(None,) * (len(STAGED) - 4), True)
