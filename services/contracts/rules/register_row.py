"""One row of a published register: what it says of a contract, or why it cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.contracts.rules.classification import AgreementForm, Regime, TenderType, ValueBasis
from services.contracts.rules.contract import EndStatus
from services.contracts.rules.party import Identifier, ProviderKind
from services.contracts.rules.publication import Particulars
from services.contracts.rules.register_column import LONGEST, PARTICULARS, REFERENCES
from services.contracts.rules.register_remark import (
    ANSWER_UNREADABLE,
    CHARITY_NUMBER_UNREADABLE,
    CODE_UNREADABLE,
    COLUMNS_DIFFER,
    COLUMNS_SHIFTED,
    COMPANY_NUMBER_UNREADABLE,
    DATE_UNREADABLE,
    ENDS_BEFORE_START,
    EXTENSION_BEFORE_END,
    MONEY_UNREADABLE,
    REFERENCE_MISSING,
    SUPPLIER_IS_PERSON,
    SUPPLIER_MISSING,
    SUPPLIERS_UNREADABLE,
    TEXT_PERSONAL,
    TEXT_TOO_LONG,
    TEXT_UNFIT,
    TITLE_MISSING,
    VALUE_BASIS_UNREADABLE,
    VALUE_NEGATIVE,
    YEAR_SHORT,
    Finding,
    Remark,
    found,
)
from services.contracts.rules.register_supplier import OtherSupplier, kind_by_name, read_all
from services.contracts.rules.register_word import (
    ANSWERS,
    ESTIMATED,
    OPEN,
    REGIMES,
    TENDER_CODES,
    TO_COME,
    form_of,
    regime_of,
    tender_of,
)
from services.contracts.rules.supplier import read_charity_number, read_company_number
from shared.day import read_day, short_year
from shared.errors import Refusal
from shared.money import NOT_STATED, Money, Status, read_published_money
from shared.text import fold_key, forbidden_character, personal_detail, personal_reference


@dataclass(frozen=True, slots=True)
class RegisterContent:
    """What a register says of a contract: the fields that an import takes and compares."""

    reference: str
    title: str
    supplier: str
    description: str | None = None
    department: str | None = None
    procurement_category: str | None = None
    agreement_form: AgreementForm = AgreementForm.NOT_STATED
    award_regime: Regime | None = None
    tender_type: TenderType = TenderType.NOT_STATED
    start_date: date | None = None
    end_date: date | None = None
    end_status: EndStatus = EndStatus.NOT_STATED
    max_end_date: date | None = None
    review_date: date | None = None
    value: Money = NOT_STATED
    value_basis: ValueBasis = ValueBasis.TOTAL
    irrecoverable_vat: Money = NOT_STATED
    identifiers: tuple[Identifier, ...] = ()
    supplier_kind: ProviderKind | None = None
    sme: bool | None = None
    vcse: bool | None = None
    others: tuple[OtherSupplier, ...] = ()
    particulars: Particulars | None = None


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as read: its line, its content unless it cannot be taken, and what was found."""

    line: int
    reference: str | None
    content: RegisterContent | None
    findings: tuple[Finding, ...]
    effective_date: date | None = None


def read_row(
    line: int, cells: Mapping[str, str], torn: tuple[str, ...] = (), overflows: bool = False
) -> ReadRow:
    """Read one row. `cells` are by field, `torn` are fields whose columns differ, `overflows` a shifted row."""
    reading = _Reading(cells)
    if overflows:
        reading.note("reference", COLUMNS_SHIFTED)
    for name in torn:
        if name != "procurement_class":
            reading.note(name, COLUMNS_DIFFER)
    effective = reading.day("effective_date")
    content = reading.content()
    reference = cells.get("reference") or None
    unfit = reference is not None and (
        len(reference) > LONGEST["reference"]
        or forbidden_character(reference)
        or personal_reference(reference)
    )
    return ReadRow(
        line,
        None if unfit else reference,
        None if reading.rejected else content,
        tuple(reading.findings),
        effective,
    )


@dataclass(slots=True)
class _Reading:
    """Reads the cells of one row and collects what is found on the way."""

    cells: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    rejected: bool = False

    def note(self, column: str, remark: Remark, read: str | None = None) -> None:
        self.findings.append(found(column, remark, read))
        self.rejected = self.rejected or remark.rejects

    def text(self, column: str, missing: Remark | None = None) -> str | None:
        cell = self.cells.get(column, "")
        if not cell:
            if missing is not None:
                self.note(column, missing)
            return None
        if (character := forbidden_character(cell)) is not None:
            self.note(column, TEXT_UNFIT, character)
        elif len(cell) > LONGEST[column]:
            self.note(column, TEXT_TOO_LONG)
        elif (personal_reference if column in REFERENCES else personal_detail)(cell) is not None:
            self.note(column, TEXT_PERSONAL)
        return cell

    def day(self, column: str) -> date | None:
        cell = self.cells.get(column, "")
        if not cell:
            return None
        try:
            day = read_day(cell)
        except Refusal:
            self.note(column, DATE_UNREADABLE, cell)
            return None
        if short_year(cell):
            self.note(column, YEAR_SHORT, day.isoformat())
        return day

    def end(self) -> tuple[date | None, EndStatus]:
        word = fold_key(self.cells.get("end_date", ""))
        if word in OPEN or word in TO_COME:
            return None, EndStatus.OPEN_ENDED if word in OPEN else EndStatus.TBC
        day = self.day("end_date")
        said = self.cells.get("end_status", "")
        if day is None and said in (EndStatus.OPEN_ENDED, EndStatus.TBC):
            return None, EndStatus(said)
        return day, EndStatus.STATED if day is not None else EndStatus.NOT_STATED

    def money(self, column: str) -> Money:
        cell = self.cells.get(column, "")
        try:
            return read_published_money(cell)
        except Refusal:
            self.note(column, MONEY_UNREADABLE, cell)
            return NOT_STATED

    def value(self) -> Money:
        money = self.money("value")
        said = self.cells.get("value_status", "")
        if money.amount_pence is None:
            return Money(None, Status.TBC) if said == Status.TBC else money
        if money.amount_pence < 0:
            self.note("value", VALUE_NEGATIVE, self.cells["value"])
        # The LGTC field FixedCost is a yes or no; the council layout says Estimated, Fixed or nothing.
        estimated = fold_key(self.cells.get("estimated", "")) in ESTIMATED
        if said == Status.PROVISIONAL:
            return replace(money, status=Status.PROVISIONAL)
        return replace(money, status=Status.ESTIMATE) if estimated else money

    def value_basis(self) -> ValueBasis:
        cell = self.cells.get("value_basis", "")
        if fold_key(cell) not in ("", *ValueBasis):
            self.note("value_basis", VALUE_BASIS_UNREADABLE, cell)
        return ValueBasis.ANNUAL if fold_key(cell) == ValueBasis.ANNUAL else ValueBasis.TOTAL

    def particulars(self) -> Particulars | None:
        said: dict[str, Any] = {name: cell for name in PARTICULARS if (cell := self.text(name)) is not None}
        return Particulars(**said) if said else None

    def answer(self, column: str) -> bool | None:
        cell = self.cells.get(column, "")
        if not cell:
            return None
        said = ANSWERS.get(fold_key(cell))
        if said is None:
            self.note(column, ANSWER_UNREADABLE, cell)
        return said

    def identifiers(self) -> tuple[Identifier, ...]:
        known = []
        if cell := self.cells.get("company_number", ""):
            if number := read_company_number(cell):
                known.append(Identifier("GB-COH", number))
            else:
                self.note("company_number", COMPANY_NUMBER_UNREADABLE, cell)
        if cell := self.cells.get("charity_number", ""):
            if number := read_charity_number(cell):
                known.append(Identifier("GB-CHC", number))
            else:
                self.note("charity_number", CHARITY_NUMBER_UNREADABLE, cell)
        if own := self.text("supplier_id"):
            known.append(Identifier("local", own))
        return tuple(known)

    def code(self, column: str, codes: Mapping[str, Any]) -> Any:
        cell = self.cells.get(column, "")
        if cell and cell not in codes:
            self.note(column, CODE_UNREADABLE, cell)
        return codes.get(cell)

    def suppliers(self) -> tuple[OtherSupplier, ...]:
        """All of them, where a cell tells them all."""
        cell = self.cells.get("all_suppliers", "")
        told = read_all(cell) if cell else ()
        if told is None:
            self.note("all_suppliers", SUPPLIERS_UNREADABLE)
        return told or ()

    def content(self) -> RegisterContent:
        supplier = self.text("supplier", SUPPLIER_MISSING) or ""
        vcse = self.answer("vcse")
        identifiers = self.identifiers()
        kind = kind_by_name(supplier, vcse, identifiers)
        if kind is ProviderKind.INDIVIDUAL:
            self.note("supplier", SUPPLIER_IS_PERSON)
        start, (end, end_status), latest = self.day("start_date"), self.end(), self.day("max_end_date")
        if start is not None and end is not None and end < start:
            self.note("end_date", ENDS_BEFORE_START, self.cells["end_date"])
        if latest is not None and latest < (end or start or latest):
            self.note("max_end_date", EXTENSION_BEFORE_END, self.cells["max_end_date"])
            latest = None
        told = self.suppliers()
        first, *others = told or (OtherSupplier(supplier, identifiers, kind, self.answer("sme"), vcse),)
        return RegisterContent(
            reference=self.text("reference", REFERENCE_MISSING) or "",
            title=self.text("title", TITLE_MISSING) or "",
            supplier=first.name,
            description=self.text("description"),
            department=self.text("department"),
            procurement_category=self.text("procurement_category"),
            agreement_form=form_of(self.cells.get("contract_type", "")),
            award_regime=self.code("award_regime", REGIMES)
            or regime_of(self.cells.get("procurement_class", "")),
            tender_type=self.code("tender_code", TENDER_CODES)
            or tender_of(self.cells.get("tender_type", "")),
            start_date=start,
            end_date=end,
            end_status=end_status,
            max_end_date=latest,
            review_date=self.day("review_date"),
            value=self.value(),
            value_basis=self.value_basis(),
            irrecoverable_vat=self.money("irrecoverable_vat"),
            identifiers=first.identifiers,
            supplier_kind=first.kind,
            sme=first.sme,
            vcse=first.vcse,
            others=tuple(others),
            particulars=self.particulars(),
        )
