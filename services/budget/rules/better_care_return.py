"""A Better Care Fund quarterly return: spend to date against plan, the minimums, grants, conditions and sign-offs.

Source: NHS Act 2006 section 223GA and the planning requirements of each year. The fund is held in a pooled fund under
section 75, so that schemes are lines in a pool; the disabled facilities grant and the improved fund are grants of their
own (section 31 of the Local Government Act 2003) and stand apart with their conditions. Which national conditions a
year has is recorded as a report requirement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.budget.rules.contribution import Contribution
from services.budget.rules.decision import Decision, Outcome
from services.budget.rules.funding_requirement import FundingTest, RequirementKind, by_source
from services.budget.rules.funding_source import BETTER_CARE_FUND
from services.budget.rules.plan_to_date import planned_by
from services.budget.rules.position import (
    LineFigures,
    Measure,
    Missing,
    Withheld,
    name_missing,
    without_figures,
)
from services.budget.rules.ratification import stands_on
from services.budget.rules.report_period import ReportAsked
from services.budget.rules.report_requirement import AskedCondition, ReportRequirement
from services.budget.rules.report_statement import SIGN_OFFS, Statement
from services.budget.rules.return_section import (
    ReturnSection,
    check_conditions,
    check_expenditure,
    check_funding,
    check_minimums,
    check_plan,
    check_sign_offs,
)
from shared.money import NOT_STATED, Money, Total, summed, total

# Sources of the fund; those of a grant stand apart. A scheme paid otherwise that is in the plan carries the tag `bcf`.
GRANTS = frozenset({"ibcf", "dfg"})
SOURCES = frozenset({BETTER_CARE_FUND}) | GRANTS
MINIMUMS = (RequirementKind.NHS_MINIMUM, RequirementKind.ADULT_SOCIAL_CARE_MINIMUM)


@dataclass(frozen=True, slots=True)
class SchemeCondition:
    """What the grant behind a scheme demands, and whether it was met by the day."""

    code: str
    demands: str
    met: bool


@dataclass(frozen=True, slots=True)
class SchemeTerms:
    """Where a scheme's money comes from, and what that demands."""

    line_id: UUID
    funding_source: str
    conditions: tuple[SchemeCondition, ...]
    profile_pence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme of the plan: a line of a pool."""

    line: LineFigures
    conditions: tuple[SchemeCondition, ...]
    planned_by_then_pence: int | None = None


@dataclass(frozen=True, slots=True)
class SourceSpend:
    """One source: what is promised from it, what is planned for the year and by the day, and what was spent by then."""

    funding_source: str
    grant: bool
    contributions: Total
    plan: Total
    plan_to_date: Total
    spend: Total
    schemes: tuple[Scheme, ...]


@dataclass(frozen=True, slots=True)
class PartnerAnswer:
    organisation_id: UUID
    met: bool | None
    text: str | None


@dataclass(frozen=True, slots=True)
class ConditionAnswer:
    """A national condition as the partners answered it. `met` is None until somebody answers, false once one says no."""

    condition: AskedCondition
    met: bool | None
    answers: tuple[PartnerAnswer, ...]


@dataclass(frozen=True, slots=True)
class SignOff:
    """A sign-off, by the recorded decision that gave it. `signed` is whether that decision counts by the day of asking."""

    section: str
    organisation_id: UUID
    decision_id: UUID
    body: str | None
    decided_on: date | None
    outcome: Outcome | None
    signed: bool


@dataclass(frozen=True, slots=True)
class BetterCareReturn:
    """The return. `sections` is the checker: each complete, or incomplete with what is missing."""

    partnership_id: UUID
    pool_id: UUID | None
    financial_year: str
    quarter: int | None
    as_at: date
    as_recorded: datetime | None
    due_on: date | None
    due_source: str | None
    complete: bool
    missing_contributors: tuple[Missing, ...]
    withheld_contributors: tuple[Withheld, ...]
    sections: tuple[ReturnSection, ...]
    sources: tuple[SourceSpend, ...]
    minimums: tuple[FundingTest, ...]
    conditions: tuple[ConditionAnswer, ...]
    sign_offs: tuple[SignOff, ...]


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """What a return is made of. `decided_by` is the day by which a sign-off has to count."""

    lines: Sequence[LineFigures]
    withheld: tuple[Withheld, ...]
    terms: Sequence[SchemeTerms]
    promises: Sequence[Contribution]
    tests: Sequence[FundingTest]
    statements: Sequence[Statement]
    decisions: Mapping[UUID, Decision]
    requirement: ReportRequirement | None
    decided_by: date


def make_return(asked: ReportAsked, facts: ReturnFacts) -> BetterCareReturn:
    """Put the return together, and say section by section what it still lacks."""
    requirement = facts.requirement
    sources = _sources(facts, asked)
    minimums = tuple(each for each in facts.tests if each.requirement.kind in MINIMUMS)
    conditions = _conditions(requirement, facts.statements)
    sign_offs = _sign_offs(facts)
    lines = [scheme.line for each in sources for scheme in each.schemes]
    sections = (
        check_plan(lines),
        check_funding([each.contributions for each in sources]),
        check_minimums(minimums),
        check_expenditure(lines),
        check_conditions(
            None if requirement is None else {each.condition.code: each.met for each in conditions}
        ),
        check_sign_offs({each.section for each in sign_offs if each.signed}),
    )
    return BetterCareReturn(
        asked.partnership_id,
        asked.pool_id,
        asked.financial_year,
        asked.quarter,
        asked.as_at,
        asked.as_recorded,
        requirement.due_on if requirement else None,
        requirement.source if requirement else None,
        all(each.complete for each in sections) and not without_figures(facts.withheld),
        _missing(sources, lines),
        facts.withheld,
        sections,
        sources,
        minimums,
        conditions,
        sign_offs,
    )


def _sources(facts: ReturnFacts, asked: ReportAsked) -> tuple[SourceSpend, ...]:
    figures = {each.line_id: each for each in facts.lines}
    promised = {each.funding_source: each.contributions for each in by_source(facts.promises)}
    terms = [each for each in facts.terms if each.line_id in figures]
    names = {each.funding_source for each in terms} | (set(promised) & SOURCES)
    found = []
    for name in sorted(names):
        schemes = tuple(
            Scheme(
                figures[each.line_id],
                each.conditions,
                planned_by(
                    figures[each.line_id].budget_adjusted_pence,
                    each.profile_pence,
                    asked.financial_year,
                    asked.as_at,
                ),
            )
            for each in sorted(terms, key=lambda one: (figures[one.line_id].name, one.line_id))
            if each.funding_source == name
        )
        lines = [each.line for each in schemes]
        given = promised.get(name, _NOTHING) if name in SOURCES else _NOTHING
        found.append(
            SourceSpend(
                name,
                name in GRANTS,
                given,
                _sum((each, each.budget_adjusted_pence) for each in lines),
                _sum((each.line, each.planned_by_then_pence) for each in schemes),
                _sum((each, each.actual_pence) for each in lines),
                schemes,
            )
        )
    return tuple(found)


_NOTHING = Total(None, complete=True)


def _sum(amounts: Iterable[tuple[LineFigures, int | None]]) -> Total:
    named = [
        (str(line.owner_organisation_id), NOT_STATED if pence is None else summed(pence))
        for line, pence in amounts
    ]
    parts: list[tuple[str, Money]] = sorted(named, key=lambda pair: pair[0])
    return total(parts) if parts else _NOTHING


def _conditions(
    requirement: ReportRequirement | None, statements: Sequence[Statement]
) -> tuple[ConditionAnswer, ...]:
    found = []
    for condition in requirement.conditions if requirement else ():
        answers = tuple(
            PartnerAnswer(each.owner_organisation_id, each.met, each.text)
            for each in statements
            if each.section == condition.code
        )
        said = {each.met for each in answers}
        found.append(
            ConditionAnswer(condition, False if False in said else True if True in said else None, answers)
        )
    return tuple(found)


def _sign_offs(facts: ReturnFacts) -> tuple[SignOff, ...]:
    found = []
    for each in facts.statements:
        if each.section not in SIGN_OFFS or each.decision_id is None:
            continue
        decision = facts.decisions.get(each.decision_id)
        found.append(
            SignOff(
                each.section,
                each.owner_organisation_id,
                each.decision_id,
                decision.body if decision else None,
                decision.decided_on if decision else None,
                decision.outcome if decision else None,
                decision is not None and stands_on(decision, facts.decided_by),
            )
        )
    return tuple(found)


def _missing(sources: Sequence[SourceSpend], lines: Sequence[LineFigures]) -> tuple[Missing, ...]:
    return name_missing(
        [
            *(
                (each.owner_organisation_id, Measure.BUDGET)
                for each in lines
                if not each.budget_approved.known
            ),
            *((each.owner_organisation_id, Measure.ACTUAL) for each in lines if each.actual_pence is None),
            *(
                (UUID(name), Measure.CONTRIBUTION)
                for each in sources
                for name in each.contributions.missing_contributors
            ),
        ]
    )
