"""A contract as the Local Government Transparency Code's register lists it (Code of 2015, paras 30 to 34)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.contracts.rules.publication import Withheld, WithheldField, redacted
from services.contracts.rules.publisher import Publisher
from services.contracts.rules.state import PUBLISHED, State
from services.contracts.rules.worth import published_worth_pence
from shared.calendar import FinancialYear, add_months
from shared.errors import Kind, reason

_ENGLAND = ZoneInfo("Europe/London")
THRESHOLD_PENCE = 500_000  # contracts whose value exceeds £5,000
QUARTER_UNREADABLE = reason(
    "register_quarter_unreadable", Kind.INVALID, "Write a quarter of a financial year like 2026-27-Q2."
)
_QUARTER = re.compile(r"(\d{4})-(\d{2})-Q([1-4])", re.ASCII)
_FORMS = {
    "single_award": "Single award contract",
    "multiple_award": "Multiple award contract",
    "framework": "Framework agreement",
    "dynamic_purchasing_system": "Dynamic purchasing system",
    "grant_agreement": "Grant agreement",
}
_TENDERS = {"itq": "Invitation to quote", "itt": "Published invitation to tender"}


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a financial year: its register shows what was known at its end and had not ended before it."""

    first_day: date

    @property
    def ends_before(self) -> datetime:
        """The instant at which the quarter is over: midnight in England, which in summer is 23:00 UTC."""
        return datetime.combine(add_months(self.first_day, 3), time(), _ENGLAND)


def read_quarter(text: str) -> Quarter:
    """`2026-27-Q2` is July to September 2026."""
    found = _QUARTER.fullmatch(text)
    if found is None or FinancialYear(int(found[1])).slug != f"{found[1]}-{found[2]}":
        raise QUARTER_UNREADABLE("?quarter")
    return Quarter(add_months(date(int(found[1]), 4, 1), 3 * (int(found[3]) - 1)))


def quarter_of(day: date) -> Quarter:
    """The quarter in which a day lies."""
    first = day.replace(day=1)
    return Quarter(add_months(first, -((first.month - 1) % 3)))


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """The fields of the Code's scheme, in its order, and what a total needs to know of how far they are known."""

    organisation_label: str | None
    organisation_uri: str | None
    contract_reference: str
    open_contracting_id: str
    contract_title: str | None
    contract_type: str | None
    organisational_unit: str | None
    service_category_label: str | None
    service_category_uri: str | None
    description: str | None
    procurement_category: str | None
    cpv_label: str | None
    cpv_code: str | None
    proclass_label: str | None
    proclass_code: str | None
    start_date: date | None
    end_date: date | None
    review_date: date | None
    last_extension_date: date | None
    contract_value_pence: int | None
    fixed_cost: bool | None
    irrecoverable_vat_pence: int | None
    supplier_name: str | None
    companies_house_registration_number: str | None
    charity_commission_number: str | None
    other_supplier_id: str | None
    sme_supplier: bool | None
    vcse_supplier: bool | None
    vcse_supplier_type: str | None
    contact_name: str | None
    contact_email: str | None
    contact_url: str | None
    process_type: str | None
    tender_document_url: str | None
    contract_document_url: str | None
    performance_information_url: str | None
    area_served_label: str | None
    area_served_uri: str | None
    contract_value_status: str | None
    contract_value_basis: str | None
    end_date_status: str | None
    withheld: Sequence[Withheld]
    contract_id: UUID


def is_listed(content: Mapping[str, Any], withheld: Sequence[Withheld], since: date) -> bool:
    """Whether the register of a quarter lists a contract: over £5,000 in all, and not over before the quarter began.

    A yearly value counts over its term. What a contract is worth may be over £5,000 where that is not known, or
    withheld with the value or a day of the term: it is listed, so that what is withheld cannot be told from what is
    missing. A contract that still delivers is listed, held over past its end or not: no day of an end makes it over.
    """
    hidden = {each.field for each in withheld}
    pence = published_worth_pence(redacted(content, withheld))
    if pence is not None and pence <= THRESHOLD_PENCE:
        return False
    if content.get("state") == PUBLISHED[State.ACTIVE]:
        return True
    ended = content.get("ended_on") or content.get("end_date")
    return WithheldField.END in hidden or ended is None or date.fromisoformat(ended) >= since


def entry_of(
    contract_id: UUID,
    content: Mapping[str, Any],
    withheld: Sequence[Withheld],
    publisher: Publisher | None,
    open_contracting_id: str,
) -> RegisterEntry:
    """The entry of what is published of a contract (what is withheld is not in `content`)."""
    said = content.get("particulars") or {}
    providers = content.get("providers") or ()
    first = providers[0] if providers else {}
    numbers = {each["scheme"]: each["id"] for each in reversed(first.get("identifiers") or ())}
    status = content.get("value_status")
    own = publisher.identifiers[0] if publisher is not None and publisher.identifiers else None
    names = [each["name"] for each in providers if each.get("name")]
    return RegisterEntry(
        organisation_label=None if publisher is None else publisher.name,
        organisation_uri=None if own is None else f"{own.scheme}-{own.id}",
        contract_reference=content.get("reference") or str(contract_id),
        open_contracting_id=said.get("open_contracting_id") or open_contracting_id,
        contract_title=content.get("title"),
        contract_type=_form(content.get("agreement_form")),
        organisational_unit=content.get("department"),
        service_category_label=said.get("service_category_label"),
        service_category_uri=said.get("service_category_uri"),
        description=content.get("description"),
        procurement_category=content.get("procurement_category"),
        cpv_label=said.get("cpv_label"),
        cpv_code=said.get("cpv_code"),
        proclass_label=said.get("proclass_label"),
        proclass_code=said.get("proclass_code"),
        start_date=_day(content.get("start_date")),
        end_date=_day(content.get("end_date")),
        review_date=_day(content.get("review_date")),
        last_extension_date=_day(content.get("max_end_date")),
        contract_value_pence=content.get("value_pence"),
        fixed_cost={"actual": True, "estimate": False, "provisional": False}.get(status or ""),
        irrecoverable_vat_pence=content.get("irrecoverable_vat_pence"),
        supplier_name="; ".join(names) or None,
        companies_house_registration_number=numbers.get("GB-COH"),
        charity_commission_number=numbers.get("GB-CHC"),
        other_supplier_id=None,
        sme_supplier=first.get("sme"),
        vcse_supplier=first.get("vcse"),
        vcse_supplier_type=said.get("vcse_supplier_type"),
        contact_name=said.get("contact_name"),
        contact_email=said.get("contact_email"),
        contact_url=said.get("contact_url"),
        process_type=_TENDERS.get(content.get("tender_type") or ""),
        tender_document_url=said.get("tender_document_url"),
        contract_document_url=said.get("contract_document_url"),
        performance_information_url=said.get("performance_information_url"),
        area_served_label=said.get("area_served_label"),
        area_served_uri=said.get("area_served_uri"),
        contract_value_status=status,
        contract_value_basis=content.get("value_basis"),
        end_date_status=content.get("end_status"),
        withheld=tuple(withheld),
        contract_id=contract_id,
    )


def _form(form: str | None) -> str | None:
    return None if form in {None, "not_stated"} else _FORMS.get(form or "", "Other")


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
