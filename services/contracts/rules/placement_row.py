"""One row of a file of placements: the columns it has, what it says, and why it cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from services.contracts.rules import placement_remark as said
from services.contracts.rules.placement import FundingType, RateUnit
from services.contracts.rules.placement_life import PlacementState
from services.contracts.rules.register_remark import Finding, Remark, found
from shared.day import read_day, short_year
from shared.errors import Kind, Refusal, reason
from shared.money import NOT_STATED, Money, read_money
from shared.text import fold_key, forbidden_character, personal_detail

NAMES_PERSONS = reason(
    "placement_file_names_persons",
    Kind.INVALID,
    "A column of this file is headed as a person's name, birth, address or number. Take it out and send pseudonyms alone.",
)
CONTRACT_COLUMN_MISSING = reason(
    "placement_file_without_contracts",
    Kind.INVALID,
    "The headings name no contract: a column for the contract's reference or for its id is needed.",
)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "reference": ("Placement reference", "Package reference", "Reference"),
    "person_reference": ("Person reference", "Person pseudonym", "Pseudonym"),
    "contract": ("Contract reference", "Contract"),
    "contract_id": ("Contract ID",),
    "provider": ("Provider", "Provider name", "Provider ID", "Provider organisation ID"),
    "service": ("Service", "Service type"),
    "unit": ("Unit", "Rate unit"),
    "unit_rate": ("Unit rate", "Rate"),
    "units_per_week": ("Units per week", "Units a week"),
    "weekly_cost": ("Weekly cost", "Cost per week"),
    "funding_type": ("Funding type", "Funding"),
    "start_date": ("Start date", "Start"),
    "review_date": ("Review date", "Next review"),
    "end_date": ("End date", "End"),
    "outcomes_expected": ("Outcomes expected", "Outcomes"),
    "site_name": ("Site name", "Site", "Provider site"),
    "site_area_code": ("Site area code", "Provider site area code"),
    "responsible_area_code": ("Responsible area code",),
    "keep_until": ("Keep until", "Retention until"),
    "state": ("State", "Status"),
}
NEEDED = ("reference", "person_reference", "service", "unit", "keep_until")
# Digits there are as often a number of the body's own, and typed references are exempt (domain, section 2). The
# pseudonym is not: it stands for a person, and an NHS number would be none.
_REFERENCES = frozenset({"reference", "contract", "contract_id"})
_KEPT_BACK = frozenset({"reference", "person_reference", "outcomes_expected", "site_name", "service"})
_PERSONS = frozenset(
    {
        "nhsnumber", "nhsno", "nino", "ninumber", "nationalinsurance", "nationalinsurancenumber", "dateofbirth", "dob",
        "birthdate", "surname", "lastname", "familyname", "forename", "forenames", "firstname", "name", "fullname",
        "clientname", "personname", "patientname", "residentname", "childname", "childsname", "serviceusername",
        "customername", "address", "homeaddress", "postcode", "homepostcode",
    }
)  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}", re.ASCII)
_AREA = re.compile(r"[A-Z][0-9]{8}", re.ASCII)
_FIGURE = re.compile(r"£? ?((?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,10})?)", re.ASCII)
_UNITS = {
    **{each.value: each for each in RateUnit},
    **{f"per {each.value}": each for each in RateUnit},
    **{f"{each.value}s": each for each in RateUnit},
    "weekly": RateUnit.WEEK, "hourly": RateUnit.HOUR, "daily": RateUnit.DAY, "nightly": RateUnit.NIGHT,
    "monthly": RateUnit.MONTH, "annual": RateUnit.YEAR, "yearly": RateUnit.YEAR,
}  # fmt: skip
_FUNDING = {
    **{each.value: each for each in FundingType},
    "chc": FundingType.CONTINUING_HEALTHCARE, "fnc": FundingType.FUNDED_NURSING_CARE,
    "s117": FundingType.SECTION_117, "joint_funded": FundingType.JOINT, "adult_social_care": FundingType.SOCIAL_CARE,
}  # fmt: skip
_STATES = {each.value: each for each in (PlacementState.PLANNED, PlacementState.ACTIVE)}
_LONGEST = 200
_LONGEST_OUTCOME = 4000
MOST_OUTCOMES = 20
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class PlacementContent:
    """What a row says. None, or money that is not stated: the row leaves it open."""

    reference: str
    person_reference: str
    service: str
    unit: RateUnit
    keep_until: date
    contract: str | None = None
    contract_id: UUID | None = None
    provider: str | None = None
    unit_rate: Decimal | None = None
    units_per_week: Decimal | None = None
    weekly_cost: Money = NOT_STATED
    funding_type: FundingType | None = None
    start_date: date | None = None
    review_date: date | None = None
    end_date: date | None = None
    outcomes_expected: tuple[str, ...] = ()
    site_name: str | None = None
    site_area_code: str | None = None
    responsible_area_code: str | None = None
    state: PlacementState = PlacementState.PLANNED


@dataclass(frozen=True, slots=True)
class ReadPlacement:
    """A row as read: its line, its content unless it cannot be taken, and what was found."""

    line: int
    content: PlacementContent | None
    findings: tuple[Finding, ...]


def check_headings(line: int, keys: Mapping[str, str], columns: Collection[str]) -> None:
    """Refuse a file that has columns for persons, or none for contracts. `keys`: headings by their keys."""
    if persons := sorted(keys[each] for each in _PERSONS & keys.keys()):
        raise NAMES_PERSONS(heading_line=line, headings=persons)
    if not {"contract", "contract_id"} & set(columns):
        raise CONTRACT_COLUMN_MISSING(heading_line=line)


def read_placement(
    line: int,
    cells: Mapping[str, str],
    others: Sequence[tuple[str, str]],
    torn: tuple[str, ...] = (),
    overflows: bool = False,
) -> ReadPlacement:
    """Read one row. `others` are the cells of columns that nobody asked for, with their headings: they are looked at too."""
    reading = _Reading(cells)
    if overflows:
        reading.note("reference", said.SHIFTED)
    for name in torn:
        reading.note(name, said.TORN)
    for name, cell in (*cells.items(), *others):
        if cell and name not in _REFERENCES and personal_detail(cell) is not None:
            reading.note(forbidden_character(name) or name[:80], said.CELL_PERSONAL)
    content = None if reading.rejected else reading.content()
    return ReadPlacement(line, None if reading.rejected else content, tuple(reading.findings))


@dataclass(slots=True)
class _Reading:
    """Reads the cells of one row and collects what is found on the way."""

    cells: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    rejected: bool = False

    def note(self, column: str, remark: Remark, read: str | None = None) -> None:
        self.findings.append(found(column, remark, None if column in _KEPT_BACK else read))
        self.rejected = self.rejected or remark.rejects

    def content(self) -> PlacementContent | None:
        reference, person = self.code("reference"), self.code("person_reference")
        service, unit, keep = self.text("service"), self.one_of("unit", _UNITS), self.day("keep_until")
        for name in NEEDED:
            if not self.cells.get(name):
                self.note(name, said.CELL_MISSING)
        made = {
            "contract": self.text("contract"),
            "contract_id": self.contract_id(),
            "provider": self.text("provider"),
            "unit_rate": self.figure("unit_rate"),
            "units_per_week": self.figure("units_per_week"),
            "weekly_cost": self.cost(),
            "funding_type": self.funding(),
            "start_date": self.day("start_date"),
            "review_date": self.day("review_date"),
            "end_date": self.day("end_date"),
            "outcomes_expected": self.outcomes(),
            "site_name": self.text("site_name"),
            "site_area_code": self.area("site_area_code"),
            "responsible_area_code": self.area("responsible_area_code"),
            "state": self.one_of("state", _STATES) or PlacementState.PLANNED,
        }
        if made["contract"] is None and made["contract_id"] is None:
            self.note("contract", said.CELL_MISSING)
        if reference is None or person is None or service is None or unit is None or keep is None:
            return None
        return PlacementContent(reference, person, service, unit, keep, **made)  # type: ignore[arg-type]  # each by its name

    def code(self, column: str) -> str | None:
        cell = self.cells.get(column, "")
        if cell and _CODE.fullmatch(cell) is None:
            self.note(column, said.CODE_UNFIT)
        return cell or None

    def text(self, column: str) -> str | None:
        cell = self.cells.get(column, "")
        if len(cell) > _LONGEST or forbidden_character(cell) is not None:
            self.note(column, said.CELL_UNFIT)
        return cell or None

    def day(self, column: str) -> date | None:
        if not (cell := self.cells.get(column, "")):
            return None
        try:
            day = read_day(cell)
        except Refusal:
            self.note(column, said.DATE_UNREADABLE, cell)
            return None
        if short_year(cell):
            self.note(column, said.YEAR_SHORT, day.isoformat())
        return day

    def figure(self, column: str) -> Decimal | None:
        if not (cell := self.cells.get(column, "")):
            return None
        if (whole := _FIGURE.fullmatch(cell)) is None:
            self.note(column, said.FIGURE_UNREADABLE, cell)
            return None
        return Decimal(whole[1].replace(",", ""))

    def cost(self) -> Money:
        cell = self.cells.get("weekly_cost", "")
        try:
            return read_money(cell)
        except Refusal:
            self.note("weekly_cost", said.COST_UNREADABLE, cell)
            return NOT_STATED

    def one_of(self, column: str, known: Mapping[str, E]) -> E | None:
        if not (cell := self.cells.get(column, "")):
            return None
        if (one := known.get(fold_key(cell))) is None:
            self.note(column, said.UNIT_UNKNOWN if column == "unit" else said.STATE_UNKNOWN, cell)
        return one

    def funding(self) -> FundingType | None:
        if not (cell := self.cells.get("funding_type", "")):
            return None
        one = _FUNDING.get(re.sub(r"[\s-]+", "_", fold_key(cell)))
        if one is None:
            self.note("funding_type", said.FUNDING_UNKNOWN, cell)
        return one

    def area(self, column: str) -> str | None:
        cell = self.cells.get(column, "")
        if cell and _AREA.fullmatch(cell) is None:
            self.note(column, said.AREA_UNREADABLE, cell)
        return cell or None

    def contract_id(self) -> UUID | None:
        if not (cell := self.cells.get("contract_id", "")):
            return None
        try:
            return UUID(cell)
        except ValueError:
            self.note("contract_id", said.CONTRACT_ID_UNREADABLE, cell)
            return None

    def outcomes(self) -> tuple[str, ...]:
        cell = self.cells.get("outcomes_expected", "")
        each = tuple(part.strip() for part in re.split(r"[;\r\n]+", cell) if part.strip())
        if len(each) > MOST_OUTCOMES:
            self.note("outcomes_expected", said.TOO_MANY_OUTCOMES)
        if any(len(one) > _LONGEST_OUTCOME or forbidden_character(one) for one in each):
            self.note("outcomes_expected", said.CELL_UNFIT)
        return each
