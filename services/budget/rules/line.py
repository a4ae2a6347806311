"""A line of a year's budget: whose money, for which need, and whether it is pooled, aligned or shadow, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.category import Category
from services.budget.rules.line_nature import PLAIN, Nature, read_nature
from services.budget.rules.ring_fence import waits_for
from services.budget.rules.scope_rule import ScopeRule, leaving_out, require_in_scope
from services.budget.rules.section_75 import excluded
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import Money

STATUTORILY_EXCLUDED = reason(
    "line_statutorily_excluded",
    Kind.CONFLICT,
    "The law does not allow this function to be pooled. Keep the line as aligned, or show it as shadow.",
)
LINE_NEEDS_POOL = reason(
    "line_needs_pool", Kind.INVALID, "A pooled or shadow line stands in a pool: name it."
)
ALIGNED_IN_POOL = reason(
    "line_aligned_in_pool", Kind.INVALID, "An aligned line stays in its owner's own ledger and in no pool."
)
POOL_DIFFERS = reason(
    "line_differs_from_pool",
    Kind.CONFLICT,
    "The line and its pool belong to the same partnership and category, and are pooled or shadow alike.",
)
BASIS_MISMATCH = reason(
    "line_basis_mismatch", Kind.INVALID, "The recorded legal reason does not go with this arrangement."
)
BEFORE_COMMENCEMENT = reason(
    "line_before_commencement",
    Kind.CONFLICT,
    "The agreement had not commenced in that financial year. Money of that year cannot have been pooled.",
)
NOT_A_PARTNER = reason(
    "line_not_a_party", Kind.CONFLICT, "Only a party to the pool's agreement has lines in the pool."
)
LINE_UNKNOWN = reason("line_unknown", Kind.INVALID, "There is no such line, or it is not yours to use.")
OWNERS_ONLY = reason(
    "line_owners_only", Kind.CONFLICT, "Only the organisation whose money the line is can change it."
)
LINE_NAME_USED = reason(
    "line_name_used", Kind.CONFLICT, "Your organisation has a line of this name in that financial year."
)
PARTS_DIFFER = reason(
    "line_parts_differ", Kind.INVALID, "The parts of a line must add up to the line, to the penny."
)


class Arrangement(StrEnum):
    """How a line's money is held (S5-B01). Shadow shows plan and actuals as if pooled, and moves no money."""

    POOLED = "pooled"
    ALIGNED = "aligned"
    SHADOW = "shadow"


class LegalBasis(StrEnum):
    """Why a line is held the way it is."""

    LAWFUL_TO_POOL = "lawful_to_pool"
    STATUTORY_EXCLUSION = "statutory_exclusion"
    OUTSIDE_AGREEMENT = "outside_agreement_scope"
    PARTNERS_CHOICE = "partners_choice"
    AGREEMENT_NOT_IN_FORCE = "agreement_not_in_force"


BASES: dict[Arrangement, frozenset[LegalBasis]] = {
    Arrangement.POOLED: frozenset({LegalBasis.LAWFUL_TO_POOL}),
    Arrangement.ALIGNED: frozenset(
        {LegalBasis.STATUTORY_EXCLUSION, LegalBasis.OUTSIDE_AGREEMENT, LegalBasis.PARTNERS_CHOICE}
    ),
    Arrangement.SHADOW: frozenset({LegalBasis.AGREEMENT_NOT_IN_FORCE, LegalBasis.STATUTORY_EXCLUSION}),
}


@dataclass(frozen=True, slots=True)
class Legality:
    """The outcome of the legality test of one line, and the day on which it was made."""

    basis: LegalBasis
    assessed_on: date
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A budget line of one financial year. `budget` is what it opened with, or that it is not yet known.

    What was approved later is in its budgets. `counts_from` and `ended_on` bound the days on which it is in
    totals, where another line stood before it or stands after it. `waits_for` lists what its grant demands
    before anything is spent. `continues_line_id` is the line of the year before that it goes on with.
    `succeeds_line_id` is the line of an organisation that its owner succeeded.
    `criteria_version` is the edition of the partners' criteria by which its legality was tested (S5-B03).
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID | None
    name: str
    category: Category
    arrangement: Arrangement
    financial_year: str
    budget: Money
    legality: Legality
    tags: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    nature: Nature = PLAIN
    waits_for: tuple[str, ...] = ()
    criteria_version: str | None = None
    continues_line_id: UUID | None = None
    counts_from: date | None = None
    ended_on: date | None = None
    made_by_move_id: UUID | None = None
    ended_by_move_id: UUID | None = None
    succeeds_line_id: UUID | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class PoolStanding:
    """What a line needs to know of its pool and the agreement behind it."""

    pool_id: UUID
    partnership_id: UUID
    category: Category
    arrangement: Arrangement
    party_ids: frozenset[UUID]
    scope_rules: tuple[ScopeRule, ...] = ()
    commenced_on: date | None = None


def open_line(line: Line, pool: PoolStanding | None) -> Line:
    """A new line, if it may be held as it asks. Its source may bring conditions with it (S1-B21)."""
    nature = read_nature(line.nature)
    opened = replace(line, nature=nature, waits_for=waits_for(nature.ring_fence))
    require_arrangement(opened, pool)
    return opened


def require_arrangement(line: Line, pool: PoolStanding | None) -> None:
    """Refuse a line that may not be held that way: by the law first, then by the agreement's own scope."""
    year = read_financial_year(line.financial_year)
    if line.legality.basis not in BASES[line.arrangement]:
        raise BASIS_MISMATCH("/legality/basis", allowed=sorted(BASES[line.arrangement]))
    forbidden = excluded(line.functions)
    if forbidden and line.arrangement is Arrangement.POOLED:
        raise STATUTORILY_EXCLUDED("/functions", functions=list(forbidden))
    if line.arrangement is Arrangement.ALIGNED:
        if line.pool_id is not None:
            raise ALIGNED_IN_POOL("/pool_id")
        return
    if pool is None or line.pool_id is None:
        raise LINE_NEEDS_POOL("/pool_id")
    _check_pool(line, pool)
    if line.owner_organisation_id not in pool.party_ids:
        raise NOT_A_PARTNER("/pool_id")
    require_in_scope(pool.scope_rules, line.category, line.tags, year.first_day)
    if line.arrangement is Arrangement.POOLED and (
        pool.commenced_on is None or pool.commenced_on > year.last_day
    ):
        raise BEFORE_COMMENCEMENT("/financial_year", commenced_on=pool.commenced_on)


def _check_pool(line: Line, pool: PoolStanding) -> None:
    theirs: tuple[object, ...] = (pool.partnership_id, pool.category)
    # A pool that has turned real still takes shadow lines of the years before: late papers arrive.
    shadow_in_real = line.arrangement is Arrangement.SHADOW and pool.arrangement is Arrangement.POOLED
    if (line.partnership_id, line.category) != theirs or not (
        line.arrangement is pool.arrangement or shadow_in_real
    ):
        raise POOL_DIFFERS("/pool_id", category=pool.category, arrangement=pool.arrangement)


def arrange(
    functions: Sequence[str],
    tags: Sequence[str],
    category: Category,
    rules: Iterable[ScopeRule],
    day: date,
    in_force: bool,
) -> tuple[Arrangement, LegalBasis]:
    """How a line should be held: pooled where that is lawful, aligned where it is not (S5-B01, S1-B03).

    The law comes first, then what the agreement leaves out; until the agreement is in force, what may
    be pooled is shown as shadow.
    """
    if excluded(functions):
        return Arrangement.ALIGNED, LegalBasis.STATUTORY_EXCLUSION
    if leaving_out(rules, category, tags, day) is not None:
        return Arrangement.ALIGNED, LegalBasis.OUTSIDE_AGREEMENT
    if not in_force:
        return Arrangement.SHADOW, LegalBasis.AGREEMENT_NOT_IN_FORCE
    return Arrangement.POOLED, LegalBasis.LAWFUL_TO_POOL


def check_parts(whole_pence: int, parts_pence: Sequence[int]) -> tuple[int, ...]:
    """The parts into which a line is taken apart, if they add up to it (S5-B14)."""
    out_by = sum(parts_pence) - whole_pence
    if out_by != 0:
        raise PARTS_DIFFER("/parts", out_by_pence=out_by)
    return tuple(parts_pence)
