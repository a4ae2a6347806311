"""The publication of a contract: open or not, from which stage on, what is withheld by whom, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.errors import Kind, reason

_ENGLAND = ZoneInfo("Europe/London")
WITHHELD_TWICE = reason(
    "withheld_twice", Kind.INVALID, "A field is withheld once, with one exemption and one decider."
)
WITHHELD_PAST = reason(
    "withheld_until_before_decision",
    Kind.INVALID,
    "A field is withheld at least until the day on which that was decided.",
)
CODE_UNFIT = reason(
    "classification_code_unfit",
    Kind.INVALID,
    "A CPV code has eight digits, with or without its check digit: 85312000 or 85312000-9.",
)
DOCUMENT_TWICE = reason(
    "published_document_twice", Kind.INVALID, "Two documents of one contract have the same id."
)


class ReleaseStage(StrEnum):
    """How far a contracting process has come, in order."""

    PLANNING = "planning"
    TENDER = "tender"
    AWARD = "award"
    CONTRACT = "contract"


class WithheldField(StrEnum):
    """What of a contract can be withheld. `value` takes irrecoverable VAT with it, `end` the extensions.

    A contract whose `reference` is withheld goes by its id.
    """

    REFERENCE = "reference"
    TITLE = "title"
    DESCRIPTION = "description"
    SERVICE = "service"
    DEPARTMENT = "department"
    VALUE = "value"
    SUPPLIER = "supplier"
    START = "start"
    END = "end"
    REVIEW = "review"
    TENDER = "tender"
    CONTACT = "contact"
    DOCUMENTS = "documents"


class Exemption(StrEnum):
    """On what ground a field is withheld.

    Source: Freedom of Information Act 2000 ss 24, 31, 40, 41, 43; Local Government Act 1972 Schedule 12A paras 1 to
    3; Procurement Act 2023 s 94 (sensitive commercial information).
    """

    FOIA_24_NATIONAL_SECURITY = "foia_24_national_security"
    FOIA_31_LAW_ENFORCEMENT = "foia_31_law_enforcement"
    FOIA_40_PERSONAL = "foia_40_personal"
    FOIA_41_CONFIDENCE = "foia_41_confidence"
    FOIA_43_COMMERCIAL = "foia_43_commercial"
    LGA_12A_1_INDIVIDUAL = "lga_12a_1_individual"
    LGA_12A_2_IDENTITY = "lga_12a_2_identity"
    LGA_12A_3_FINANCIAL = "lga_12a_3_financial"
    PA2023_94_SENSITIVE = "pa2023_94_sensitive"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A field that is not published. `until` is the last day of it; without one it holds until somebody lifts it."""

    field: WithheldField
    exemption: Exemption
    decided_by: str
    decided_on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is published with a contract. `document_type` is a code of OCDS, `sha256` of its bytes."""

    id: str
    document_type: str
    title: str
    url: str | None = None
    published_on: date | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the published register says beyond the contract: classifications, a contact point, where to read more."""

    open_contracting_id: str | None = None
    service_category_label: str | None = None
    service_category_uri: str | None = None
    cpv_label: str | None = None
    cpv_code: str | None = None
    proclass_label: str | None = None
    proclass_code: str | None = None
    vcse_supplier_type: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    contact_url: str | None = None
    tender_document_url: str | None = None
    contract_document_url: str | None = None
    performance_information_url: str | None = None
    area_served_label: str | None = None
    area_served_uri: str | None = None
    documents: tuple[Document, ...] = ()


NONE_STATED = Particulars()


@dataclass(frozen=True, slots=True)
class Publication:
    """Whether a contract is published. `decided`: by hand, so that its publisher's default does not move it."""

    contract_id: UUID
    owner_organisation_id: UUID
    open: bool
    decided: bool
    from_stage: ReleaseStage
    withheld: tuple[Withheld, ...]
    particulars: Particulars
    version: int = 1
    recorded_at: datetime | None = None
    updated_at: datetime | None = None


def decide(before: Publication, changes: Mapping[str, Any]) -> Publication:
    """The publication with what was decided, or a refusal with what does not fit."""
    after = replace(before, **changes, decided=True)
    seen = set()
    for at, each in enumerate(after.withheld):
        if each.field in seen:
            raise WITHHELD_TWICE(f"/withheld/{at}/field")
        if each.until is not None and each.until < each.decided_on:
            raise WITHHELD_PAST(f"/withheld/{at}/until")
        seen.add(each.field)
    _check_particulars(after.particulars)
    return after


def _check_particulars(particulars: Particulars) -> None:
    if particulars.cpv_code is not None and not is_cpv(particulars.cpv_code):
        raise CODE_UNFIT("/particulars/cpv_code")
    ids = [each.id for each in particulars.documents]
    for at, each in enumerate(ids):
        if each in ids[:at]:
            raise DOCUMENT_TWICE(f"/particulars/documents/{at}/id")


def is_cpv(code: str) -> bool:
    """Whether this is a code of the Common Procurement Vocabulary: eight digits, with or without a check digit."""
    return re.fullmatch(r"[0-9]{8}(-[0-9])?", code, re.ASCII) is not None


def withheld_on(withheld: Iterable[Withheld], day: date) -> tuple[Withheld, ...]:
    """What is withheld on a day: confidentiality that has expired is none."""
    return tuple(each for each in withheld if each.until is None or each.until >= day)


def lapsed_by(lapses: Iterable[datetime], day: date) -> tuple[datetime, ...]:
    """Of the instants at which something ceases to be withheld those that have come by a day, which begins with one."""
    return tuple(each for each in lapses if each.astimezone(_ENGLAND).date() <= day)


# What of an edition goes with a field that is withheld.
_TAKES: Mapping[WithheldField, tuple[str, ...]] = {
    WithheldField.REFERENCE: ("reference",),
    WithheldField.TITLE: ("title",),
    WithheldField.DESCRIPTION: ("description",),
    WithheldField.SERVICE: ("service", "category", "procurement_category"),
    WithheldField.DEPARTMENT: ("department",),
    WithheldField.VALUE: (
        "value_pence",
        "value_status",
        "value_qualifier",
        "value_basis",
        "irrecoverable_vat_pence",
        "irrecoverable_vat_status",
    ),
    WithheldField.SUPPLIER: ("providers",),
    WithheldField.START: ("start_date",),
    WithheldField.END: ("end_date", "end_status", "max_end_date", "ended_on"),
    WithheldField.REVIEW: ("review_date",),
    WithheldField.TENDER: ("tender_type", "award_regime"),
}
_TAKES_PARTICULARS: Mapping[WithheldField, tuple[str, ...]] = {
    WithheldField.SERVICE: (
        "service_category_label",
        "service_category_uri",
        "cpv_label",
        "cpv_code",
        "proclass_label",
        "proclass_code",
    ),
    WithheldField.SUPPLIER: ("vcse_supplier_type",),
    WithheldField.CONTACT: ("contact_name", "contact_email", "contact_url"),
    WithheldField.DOCUMENTS: (
        "documents",
        "tender_document_url",
        "contract_document_url",
        "performance_information_url",
    ),
}


def redacted(content: Mapping[str, Any], withheld: Sequence[Withheld]) -> dict[str, Any]:
    """An edition without what is withheld: it is not there at all, neither as nothing nor as a blank."""
    fields = [each.field for each in withheld]
    gone = {name for each in fields for name in _TAKES.get(each, ())}
    kept = {name: value for name, value in content.items() if name not in gone}
    apart = {name for each in fields for name in _TAKES_PARTICULARS.get(each, ())}
    particulars = kept.get("particulars") or {}
    kept["particulars"] = {name: value for name, value in particulars.items() if name not in apart}
    return kept
