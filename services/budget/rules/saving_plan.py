"""A savings plan by year with its strand, and the lines of savings rolled up against it, each benefit once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.budget.rules.saving import AgainstPlan, PlannedYear, SavingRange, against_plan, check_plan
from services.budget.rules.saving_line import Delivery, Saving
from services.budget.rules.saving_terms import SavingType, ranges
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import Money, Total

MOST_LINES = 5_000

TOO_MANY_LINES = reason(
    "saving_plan_too_many_lines", Kind.CONFLICT, "A roll-up takes at most 5,000 lines. Divide the programme."
)
NO_YEARS = reason("saving_plan_no_years", Kind.INVALID, "A savings plan names at least one year.")
YEAR_TWICE = reason("saving_plan_year_twice", Kind.INVALID, "Name each year of the plan once.")
PLAN_NEGATIVE = reason("saving_plan_negative", Kind.INVALID, "A plan or a gap is not less than nothing.")
STRAND_ABOVE_PLAN = reason(
    "saving_plan_strand_above", Kind.INVALID, "The strand of a year is at most the plan that it is part of."
)


@dataclass(frozen=True, slots=True)
class SavingPlan:
    """A programme's plan by year. `gap` is the deficit that it is to close, where there is one (S5-B06)."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    programme: str
    years: tuple[PlannedYear, ...]
    gap: Money | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class SavingPlanView:
    """A plan with its totals over the years. A blank cell is not stated and leaves its total incomplete."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    programme: str
    years: tuple[PlannedYear, ...]
    gap: Money | None
    plan_known_pence: int | None
    plan_complete: bool
    strand_known_pence: int | None
    strand_complete: bool
    strand_not_stated_in: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One benefit in a year and the lines that claim it. It counts once.

    Where lines differ (`figures_differ`) in amount or in type, the lowest amount counts, and as the type that is worth
    least to the plan: what one line calls cost avoided is no cash because another calls it so.
    """

    benefit_id: str
    type: SavingType
    saving_ids: tuple[UUID, ...]
    lower: Total
    higher: Total
    figures_differ: bool


@dataclass(frozen=True, slots=True)
class TypeSum:
    """What a year's benefits of one type come to. Only cashable ones count towards the plan."""

    type: SavingType
    lower: Total
    higher: Total


@dataclass(frozen=True, slots=True)
class YearRollUp:
    """A year of the plan beside the cashable savings claimed for it."""

    financial_year: str
    plan: Money
    strand: Money
    lower: Total
    higher: Total
    against_plan: AgainstPlan
    against_strand: AgainstPlan
    by_type: tuple[TypeSum, ...]
    claims: tuple[Claim, ...]
    gap_left_lower_pence: int | None
    gap_left_higher_pence: int | None


@dataclass(frozen=True, slots=True)
class RollUp:
    """The plan year by year. `gap_left` is what remains of the gap after this and the former years' savings."""

    plan_id: UUID
    programme: str
    complete: bool
    missing_contributors: tuple[str, ...]
    gap: Money | None
    years: tuple[YearRollUp, ...]


def check(plan: SavingPlan) -> SavingPlan:
    """The plan, if each strand is within its parent (S1-B07)."""
    if not plan.years:
        raise NO_YEARS("/years")
    named = [each.financial_year for each in plan.years]
    for index, year in enumerate(plan.years):
        read_financial_year(year.financial_year)
        if year.financial_year in named[:index]:
            raise YEAR_TWICE(f"/years/{index}/financial_year")
        amounts = year.plan.amount_pence, year.strand.amount_pence
        if min(amounts[0] or 0, amounts[1] or 0) < 0:
            raise PLAN_NEGATIVE(f"/years/{index}/plan/amount_pence")
        if amounts[0] is not None and amounts[1] is not None and amounts[1] > amounts[0]:
            raise STRAND_ABOVE_PLAN(f"/years/{index}/strand", over_by_pence=amounts[1] - amounts[0])
    if plan.gap is not None and (plan.gap.amount_pence or 0) < 0:
        raise PLAN_NEGATIVE("/gap/amount_pence")
    return plan


def view(plan: SavingPlan) -> SavingPlanView:
    whole, strand = check_plan(plan.years)
    return SavingPlanView(
        plan.id,
        plan.partnership_id,
        plan.owner_organisation_id,
        plan.title,
        plan.programme,
        plan.years,
        plan.gap,
        whole.known_pence,
        whole.complete,
        strand.known_pence,
        strand.complete,
        strand.missing_contributors,
        plan.version,
    )


def roll_up(plan: SavingPlan, savings: Sequence[Saving]) -> RollUp:
    """Every year of the plan beside its savings: plan against range, what is left to find, benefits once (S2-B17)."""
    standing = [each for each in savings if each.status is not Delivery.REMOVED]
    years: list[YearRollUp] = []
    left_lower = left_higher = plan.gap.amount_pence if plan.gap else None
    missing: set[str] = set()
    for planned in sorted(plan.years, key=lambda each: each.financial_year):
        claims = _claims(standing, planned.financial_year)
        sums = [_sum(each, claims) for each in SavingType]
        found = next(each for each in sums if each.type is SavingType.CASHABLE)
        left_lower, left_higher = _left(left_lower, found.lower), _left(left_higher, found.higher)
        missing |= {name for each in sums for name in each.lower.missing_contributors}
        reached = SavingRange(planned.financial_year, found.lower, found.higher)
        years.append(
            YearRollUp(
                planned.financial_year,
                planned.plan,
                planned.strand,
                found.lower,
                found.higher,
                against_plan(reached, planned.plan),
                against_plan(reached, planned.strand),
                tuple(sums),
                claims,
                left_lower,
                left_higher,
            )
        )
    return RollUp(plan.id, plan.programme, not missing, tuple(sorted(missing)), plan.gap, tuple(years))


def _claims(savings: Sequence[Saving], year: str) -> tuple[Claim, ...]:
    found: dict[str, list[tuple[Saving, SavingRange]]] = {}
    for saving in savings:
        for each in _coming(saving):
            if each.financial_year == year:
                found.setdefault(saving.benefit_id, []).append((saving, each))
    return tuple(_claim(name, found[name]) for name in sorted(found))


def _coming(saving: Saving) -> list[SavingRange]:
    """What a saving brings year by year: late where it slipped, and what was delivered in place of what was planned.

    A slip delays the whole: the first year comes in the year that it slipped to, each later one as long after it.
    """
    planned = ranges(saving.terms, saving.owner_organisation_id, None)
    slips = [each.slipped_to for each in saving.history if each.slipped_to is not None]
    late = 0
    if slips and planned:
        late = max(_begins(slips[-1]) - _begins(planned[0].financial_year), 0)
    found = {year: replace(each, financial_year=year) for each in planned for year in [_later(each, late)]}
    for each in saving.history:
        if each.delivered is not None:
            came = each.delivered.financial_year
            # In none of its years: then it came in place of the last before, or of the first.
            if came not in found and found:
                del found[max((year for year in found if year < came), default=min(found))]
            saved = Total(each.delivered.saved_pence, True, ())
            found[came] = SavingRange(came, saved, saved)
    return list(found.values())


def _begins(year: str) -> int:
    return read_financial_year(year).first_day.year


def _later(each: SavingRange, years: int) -> str:
    first = _begins(each.financial_year) + years
    return f"{first}/{(first + 1) % 100:02d}"


def _claim(benefit_id: str, lines: Sequence[tuple[Saving, SavingRange]]) -> Claim:
    """A benefit that several lines claim counts once. An unknown figure is kept: it must not hide behind a known one."""
    by_line: dict[UUID, list[SavingRange]] = {}
    for saving, each in lines:
        by_line.setdefault(saving.id, []).append(each)
    pairs = [(_add(one.lower for one in some), _add(one.higher for one in some)) for some in by_line.values()]
    lower = min((pair[0] for pair in pairs), key=_prudent)
    higher = min((pair[1] for pair in pairs), key=_prudent)
    types = {saving.terms.type for saving, _ in lines}
    differ = len(set(pairs)) > 1 or len(types) > 1
    return Claim(benefit_id, min(types, key=_WORTH.index), tuple(sorted(by_line)), lower, higher, differ)


# What a benefit is worth to a plan, the least first: only cash counts towards it.
_WORTH = [SavingType.ABSORBED_BY_DEMAND, SavingType.COST_AVOIDANCE, SavingType.CASHABLE]


def _prudent(one: Total) -> tuple[bool, int]:
    return one.complete, one.known_pence or 0


def _sum(kind: SavingType, claims: Sequence[Claim]) -> TypeSum:
    of = [each for each in claims if each.type is kind]
    return TypeSum(kind, _add(each.lower for each in of), _add(each.higher for each in of))


def _add(totals: Iterable[Total]) -> Total:
    some = list(totals)
    known = [each.known_pence for each in some if each.known_pence is not None]
    missing = sorted({name for each in some for name in each.missing_contributors})
    return Total(sum(known) if known or not missing else None, not missing, tuple(missing))


def _left(gap: int | None, found: Total) -> int | None:
    return None if gap is None or not found.complete else gap - (found.known_pence or 0)


def require_within(savings: Sequence[Saving]) -> Sequence[Saving]:
    """Refuse a roll-up of more lines than one answer can name."""
    if len(savings) > MOST_LINES:
        raise TOO_MANY_LINES(most=MOST_LINES)
    return savings
