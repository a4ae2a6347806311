"""An open contracting process that somebody else published, read as rows of a register: one for each award or contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from services.contracts.rules.classification import TenderType
from services.contracts.rules.contract import EndStatus
from services.contracts.rules.party import Identifier, ProviderKind
from services.contracts.rules.publication import Particulars, is_cpv
from services.contracts.rules.register_column import LONGEST, REFERENCES
from services.contracts.rules.register_remark import (
    CHARITY_NUMBER_UNREADABLE,
    COMPANY_NUMBER_UNREADABLE,
    DATE_UNREADABLE,
    ENDS_BEFORE_START,
    EXTENSION_BEFORE_END,
    MONEY_UNREADABLE,
    SUPPLIER_IS_PERSON,
    SUPPLIER_MISSING,
    TEXT_PERSONAL,
    TEXT_TOO_LONG,
    TEXT_UNFIT,
    TITLE_MISSING,
    VALUE_NEGATIVE,
    Finding,
    Remark,
    found,
)
from services.contracts.rules.register_row import ReadRow, RegisterContent
from services.contracts.rules.register_supplier import OtherSupplier
from services.contracts.rules.release_remark import (
    AWARD_FELL,
    CONTRACT_CANCELLED,
    NOTHING_AWARDED,
    OTHER_CURRENCY,
    RELEASE_UNREADABLE,
    TEXT_CUT,
)
from services.contracts.rules.supplier import is_person, read_charity_number, read_company_number
from shared.money import LARGEST_PENCE, NOT_STATED, Money
from shared.text import forbidden_character, personal_detail, personal_reference

_ENGLAND = ZoneInfo("Europe/London")
_METHODS = {"open": TenderType.ITT, "selective": TenderType.OTHER, "limited": TenderType.OTHER,
            "direct": TenderType.OTHER}  # fmt: skip
_LAST_MINUTE = (23, 59)
_REFERENCES = REFERENCES | {"open_contracting_id"}
_FALLEN = frozenset({"cancelled", "unsuccessful"})


def rejected(line: int, remark: Remark, read: str | None = None) -> ReadRow:
    """A place of the file of which nothing can be taken."""
    return ReadRow(line, None, None, (found("process", remark, read),))


def rows_of(line: int, process: Mapping[str, Any]) -> Iterator[ReadRow]:
    """The rows of one process, as its releases come to. `line` is the place of its last release in the file."""
    ocid = _text(process.get("ocid"))
    if ocid is None:
        yield rejected(line, RELEASE_UNREADABLE)
        return
    contracts: dict[str, list[Mapping[str, Any]]] = {}
    for each in _things(process.get("contracts")):
        contracts.setdefault(_id(each.get("awardID")), []).append(each)
    awards = _things(process.get("awards"))
    known = {_id(each.get("id")) for each in awards}
    alone = [each for key, many in contracts.items() if key not in known for each in many]
    if not awards and not alone:
        yield rejected(line, NOTHING_AWARDED, ocid)
    for award in awards:
        made = contracts.get(_id(award.get("id"))) or [{}]
        for at, contract in enumerate(made, 1):
            yield _Reading(process, ocid, award, contract, at, len(made)).row(line)
    for contract in alone:
        yield _Reading(process, ocid, {}, contract).row(line)


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _id(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _thing(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _things(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


@dataclass(slots=True)
class _Reading:
    """Reads one award and its contract, and collects what is found on the way."""

    process: Mapping[str, Any]
    ocid: str
    award: Mapping[str, Any]
    contract: Mapping[str, Any]
    at: int = 1  # the place of the contract among those of the award, and how many there are
    of: int = 1
    findings: list[Finding] = field(default_factory=list)
    rejects: bool = False

    def note(self, column: str, remark: Remark, read: Any = None) -> None:
        self.findings.append(found(column, remark, None if read is None else str(read)))
        self.rejects = self.rejects or remark.rejects

    def row(self, line: int) -> ReadRow:
        reference = self.reference()
        if _text(self.award.get("status")) in _FALLEN:
            self.note("process", AWARD_FELL, reference)
        if _text(self.contract.get("status")) == "cancelled":
            self.note("process", CONTRACT_CANCELLED, reference)
        content = self.content(self.line_of("reference", reference) or "")
        told = None if forbidden_character(reference) or personal_reference(reference) else reference[:200]
        return ReadRow(line, told, None if self.rejects else content, tuple(self.findings))

    def reference(self) -> str:
        """By the award; the second contract of an award, and those after it, by their own ids too."""
        award, contract = _id(self.award.get("id")), _id(self.contract.get("id"))
        further = f"/{contract or self.at}" if award and self.at > 1 else ""
        return f"{self.ocid}/{award or contract}{further}"

    def line_of(self, column: str, *told: Any) -> str | None:
        """The first of these that is a text, fit to be kept."""
        text = next((each for value in told if (each := _text(value)) is not None), None)
        if text is None:
            return None
        if (character := forbidden_character(text)) is not None:
            self.note(column, TEXT_UNFIT, character)
        elif (personal_reference if column in _REFERENCES else personal_detail)(text) is not None:
            self.note(column, TEXT_PERSONAL)
        if len(text) > LONGEST[column]:
            self.note(column, TEXT_CUT if column in {"description", "title"} else TEXT_TOO_LONG)
            text = text[: LONGEST[column] - 1] + "…"
        return text

    def content(self, reference: str) -> RegisterContent:
        tender = _thing(self.process.get("tender"))
        title = self.line_of(
            "title", self.contract.get("title"), self.award.get("title"), tender.get("title")
        )
        if title is None:
            self.note("title", TITLE_MISSING)
        described = (
            self.contract.get("description"),
            self.award.get("description"),
            tender.get("description"),
        )
        suppliers = self.suppliers()
        first, *others = suppliers or [OtherSupplier("")]
        start, end, latest = self.dates(tender)
        return RegisterContent(
            reference=reference,
            title=title or "",
            supplier=first.name,
            description=self.line_of("description", *described),
            tender_type=_METHODS.get(_text(tender.get("procurementMethod")) or "", TenderType.NOT_STATED),
            start_date=start,
            end_date=end,
            end_status=EndStatus.NOT_STATED if end is None else EndStatus.STATED,
            max_end_date=latest,
            value=self.value(),
            identifiers=first.identifiers,
            supplier_kind=first.kind,
            sme=first.sme,
            vcse=first.vcse,
            others=tuple(others),
            particulars=self.particulars(tender),
        )

    def dates(self, tender: Mapping[str, Any]) -> tuple[date | None, date | None, date | None]:
        period = (
            _thing(self.contract.get("period"))
            or _thing(self.award.get("contractPeriod"))
            or _thing(tender.get("contractPeriod"))
        )
        start = self.day("start_date", period.get("startDate"))
        end = self.day("end_date", period.get("endDate"))
        latest = self.day("max_end_date", period.get("maxExtentDate"))
        if start is not None and end is not None and end < start:
            self.note("end_date", ENDS_BEFORE_START, period.get("endDate"))
        if latest is not None and latest < (end or start or latest):
            self.note("max_end_date", EXTENSION_BEFORE_END, period.get("maxExtentDate"))
            latest = None
        return start, end, latest

    def day(self, column: str, value: Any) -> date | None:
        """The day in England of an instant: a notice's 23:00Z of 31 March is 1 April.

        The last minute of a day is that day as it is written, in whatever zone: whoever writes 23:59 means its end.
        """
        text = _text(value)
        if text is None:
            return None
        try:
            at = datetime.fromisoformat(text)
            as_written = at.tzinfo is None or (at.hour, at.minute) == _LAST_MINUTE
            day = at.date() if as_written else at.astimezone(_ENGLAND).date()
        except (ValueError, OverflowError):
            day = None
        if day is None or not 1900 <= day.year <= 2199:
            self.note(column, DATE_UNREADABLE, text)
            return None
        return day

    def value(self) -> Money:
        """The contract's own value. An award's is that of all its contracts, so it stands for one that is alone."""
        said = _thing(self.contract.get("value")) or (_thing(self.award.get("value")) if self.of == 1 else {})
        amount = said.get("amount")
        if amount is None:
            return NOT_STATED
        if said.get("currency") not in (None, "GBP"):
            self.note("value", OTHER_CURRENCY, said.get("currency"))
            return NOT_STATED
        known = isinstance(amount, int | Decimal) and not isinstance(amount, bool)
        pence = Decimal(str(amount)) * 100 if known else Decimal("NaN")
        if not pence.is_finite() or abs(pence) > LARGEST_PENCE:
            self.note("value", MONEY_UNREADABLE, amount)
            return NOT_STATED
        if pence < 0:
            self.note("value", VALUE_NEGATIVE, amount)
        return Money(int(pence.quantize(Decimal(1), ROUND_HALF_UP)))

    def suppliers(self) -> list[OtherSupplier]:
        parties = {_id(each.get("id")): each for each in _things(self.process.get("parties"))}
        found: dict[str, OtherSupplier] = {}
        for each in _things(self.award.get("suppliers")):
            party = parties.get(_id(each.get("id")), {})
            name = self.line_of("supplier", each.get("name"), party.get("name"))
            if name is not None:
                found.setdefault(_id(each.get("id")) or name, self.supplier(name, party))
        if not found:
            self.note("supplier", SUPPLIER_MISSING)
        return list(found.values())

    def supplier(self, name: str, party: Mapping[str, Any]) -> OtherSupplier:
        details = _thing(party.get("details"))
        sme = {"sme": True, "micro": True, "small": True, "medium": True, "large": False}.get(
            _text(details.get("scale")) or "", _answer(party.get("sme"))
        )
        vcse = _answer(details.get("vcse", party.get("vco")))
        numbers = tuple(self.numbers(party))
        person = is_person(name, bool(vcse or numbers))
        if person:
            self.note("supplier", SUPPLIER_IS_PERSON)
        kind = ProviderKind.VOLUNTARY_SECTOR if vcse else None
        return OtherSupplier(name, numbers, ProviderKind.INDIVIDUAL if person else kind, sme, vcse)

    def numbers(self, party: Mapping[str, Any]) -> Iterator[Identifier]:
        said = [_thing(party.get("identifier")), *_things(party.get("additionalIdentifiers"))]
        for each in said:
            scheme, number = each.get("scheme"), _text(each.get("id"))
            if number is None:
                continue
            if scheme == "GB-COH":
                if company := read_company_number(number):
                    yield Identifier("GB-COH", company)
                else:
                    self.note("company_number", COMPANY_NUMBER_UNREADABLE, number)
            elif scheme == "GB-CHC":
                if charity := read_charity_number(number):
                    yield Identifier("GB-CHC", charity)
                else:
                    self.note("charity_number", CHARITY_NUMBER_UNREADABLE, number)

    def particulars(self, tender: Mapping[str, Any]) -> Particulars:
        items = _things(tender.get("items"))
        said = [_thing(tender.get("classification")), *(_thing(each.get("classification")) for each in items)]
        cpv = next((each for each in said if each.get("scheme") == "CPV" and is_cpv(_id(each.get("id")))), {})
        return Particulars(
            open_contracting_id=self.line_of("open_contracting_id", self.ocid),
            cpv_code=_id(cpv.get("id")) or None,
            cpv_label=self.line_of("cpv_label", cpv.get("description")),
        )


def _answer(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
