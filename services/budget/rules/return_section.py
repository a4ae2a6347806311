"""The checker of a return: section by section, complete, or what is missing and whose it is.

The national template has such a checker on every sheet (Better Care Fund template 2019/20).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.budget.rules.funding_requirement import FundingTest, RequirementKind
from services.budget.rules.position import LineFigures
from services.budget.rules.report_statement import SIGN_OFFS
from shared.money import Total


class SectionName(StrEnum):
    """The parts of a return."""

    PLAN = "plan"
    FUNDING = "funding"
    MINIMUMS = "minimums"
    EXPENDITURE = "expenditure"
    NATIONAL_CONDITIONS = "national_conditions"
    SIGN_OFFS = "sign_offs"


class Standing(StrEnum):
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Lacking:
    """One thing that is missing. The organisation and the line that it is missing from, where it is one's."""

    what: str
    organisation_id: UUID | None = None
    line_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReturnSection:
    """One section and how it stands."""

    name: SectionName
    standing: Standing
    missing: tuple[Lacking, ...]

    @property
    def complete(self) -> bool:
        return self.standing is Standing.COMPLETE


def check_plan(lines: Sequence[LineFigures]) -> ReturnSection:
    """There are schemes, and each has a budget."""
    if not lines:
        return _section(SectionName.PLAN, [Lacking("schemes")])
    return _section(
        SectionName.PLAN,
        (_of("budget", each) for each in lines if not each.budget_approved.known),
    )


def check_expenditure(lines: Sequence[LineFigures]) -> ReturnSection:
    """Each scheme has spend to date, nil too; a scheme of which nothing was ever posted has none."""
    if not lines:
        return _section(SectionName.EXPENDITURE, [Lacking("schemes")])
    return _section(
        SectionName.EXPENDITURE, (_of("actual", each) for each in lines if each.actual_pence is None)
    )


def check_funding(contributions: Sequence[Total]) -> ReturnSection:
    """Something is promised, and all that is promised is known."""
    if all(each.known_pence is None and each.complete for each in contributions):
        return _section(SectionName.FUNDING, [Lacking("contributions")])
    names = sorted({name for each in contributions for name in each.missing_contributors})
    return _section(SectionName.FUNDING, (Lacking("contribution", UUID(name)) for name in names))


def check_minimums(tests: Sequence[FundingTest]) -> ReturnSection:
    """Both minimums are on record, and it is known whether each is met. Not met is an answer, and no gap."""
    missing = []
    for kind in (RequirementKind.NHS_MINIMUM, RequirementKind.ADULT_SOCIAL_CARE_MINIMUM):
        of_kind = [each for each in tests if each.requirement.kind is kind]
        if not of_kind:
            missing.append(Lacking(kind.value))
        missing += [Lacking(f"{kind.value}_not_known") for each in of_kind if each.met is None]
    return _section(SectionName.MINIMUMS, missing)


def check_conditions(answered: Mapping[str, bool | None] | None) -> ReturnSection:
    """The conditions of the period are on record, and each is answered. None: nobody recorded what is asked."""
    if not answered:
        return _section(SectionName.NATIONAL_CONDITIONS, [Lacking("conditions")])
    return _section(
        SectionName.NATIONAL_CONDITIONS,
        (Lacking(code) for code, met in answered.items() if met is None),
    )


def check_sign_offs(signed: Collection[str]) -> ReturnSection:
    """The Health and Wellbeing Board, a chief executive and a section 151 officer have signed."""
    return _section(SectionName.SIGN_OFFS, (Lacking(each) for each in SIGN_OFFS if each not in signed))


def _of(what: str, line: LineFigures) -> Lacking:
    return Lacking(what, line.owner_organisation_id, line.line_id)


def _section(name: SectionName, missing: Iterable[Lacking]) -> ReturnSection:
    lacking = tuple(missing)
    return ReturnSection(name, Standing.INCOMPLETE if lacking else Standing.COMPLETE, lacking)
