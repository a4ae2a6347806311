"""The budget of a line through its year: proposed, original, revised, forecast and outturn, each dated, none edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.budget.rules.line import Line
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import Money

OUTSIDE_YEAR = reason(
    "line_budget_outside_year", Kind.INVALID, "A line's budget takes effect on a day of the line's own year."
)
ORIGINAL_STANDS = reason(
    "line_budget_original_stands",
    Kind.CONFLICT,
    "The line has its original budget. What changes it later is a revised one.",
)
NO_ORIGINAL = reason(
    "line_budget_no_original",
    Kind.CONFLICT,
    "The line's original budget is not known yet, so there is nothing to revise. Record the original first.",
)
OUTTURN_UNKNOWN = reason(
    "line_budget_outturn_unknown",
    Kind.INVALID,
    "An outturn is a known figure. Until then, record a forecast.",
)
OUTTURN_EARLY = reason(
    "line_budget_outturn_early",
    Kind.CONFLICT,
    "The year of the line is not over. Until then, record a forecast.",
)
SCALE_DOUBTFUL = reason(
    "line_budget_scale_doubtful",
    Kind.INVALID,
    "The figure is about a hundred or a thousand times the present one, or as little of it. Check that it is in"
    " pence, and confirm the scale if it is right.",
)
LINE_OVER = reason(
    "line_ended",
    Kind.CONFLICT,
    "The line was converted, split or merged. Change the line that took its place.",
)
DECISION_UNFIT = reason(
    "line_budget_decision_unfit",
    Kind.INVALID,
    "Name a decision of your own organisation that approved this budget.",
)
# A hundred: pounds sent as pence. A thousand: thousands sent as pounds. Both together: a hundred thousand.
_SLIPS = (100, 1_000, 100_000)


class BudgetKind(StrEnum):
    """The figure as councils call it."""

    PROPOSED = "proposed"
    ORIGINAL = "original"
    REVISED = "revised"
    FORECAST = "forecast_outturn"
    OUTTURN = "outturn"


class Phase(StrEnum):
    """The same in the words of the Fiscal Data Package, and forecast, which it lacks."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    ADJUSTED = "adjusted"
    FORECAST = "forecast"
    EXECUTED = "executed"


PHASES = {
    BudgetKind.PROPOSED: Phase.PROPOSED,
    BudgetKind.ORIGINAL: Phase.APPROVED,
    BudgetKind.REVISED: Phase.ADJUSTED,
    BudgetKind.FORECAST: Phase.FORECAST,
    BudgetKind.OUTTURN: Phase.EXECUTED,
}
APPROVED_KINDS = frozenset({BudgetKind.ORIGINAL, BudgetKind.REVISED})


@dataclass(frozen=True, slots=True)
class LineBudget:
    """One figure for a line, from a day on. A later number of the same kind and day takes its place."""

    id: UUID
    line_id: UUID
    number: int
    kind: BudgetKind
    phase: Phase
    amount: Money
    effective_from: date
    reason: str
    decision_id: UUID | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BudgetAsked:
    """A figure as it is asked for. `scale_confirmed`: the sender has looked at its scale."""

    id: UUID
    kind: BudgetKind
    amount: Money
    effective_from: date
    reason: str
    decision_id: UUID | None = None
    scale_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class BudgetStanding:
    """What stands for a line at a day: the figure of each kind, None where there is none of it.

    `approved` is the one in force: the last revised, or the original where nothing revised it.
    """

    line_id: UUID
    as_at: date
    as_recorded: datetime | None
    original: Money
    approved: Money
    proposed: Money | None
    forecast_outturn: Money | None
    outturn: Money | None


def record_budget(line: Line, history: Sequence[LineBudget], asked: BudgetAsked, today: date) -> LineBudget:
    """The next figure of the line, if it may be recorded (S1-B13, S1-B20). Unknown figures stay unknown."""
    year = read_financial_year(line.financial_year)
    require_living(line)
    if asked.effective_from not in year:
        raise OUTSIDE_YEAR("/effective_from", first_day=year.first_day, last_day=year.last_day)
    has_original = line.budget.known or any(each.kind in APPROVED_KINDS for each in history)
    if asked.kind is BudgetKind.ORIGINAL and has_original:
        raise ORIGINAL_STANDS("/kind")
    if asked.kind is BudgetKind.REVISED and not has_original:
        raise NO_ORIGINAL("/kind")
    if asked.kind is BudgetKind.OUTTURN:
        if not asked.amount.known:
            raise OUTTURN_UNKNOWN("/amount")
        if today <= year.last_day:
            raise OUTTURN_EARLY("/kind", year_ends_on=year.last_day)
    present = standing(line, history, year.last_day, None).approved
    if not asked.scale_confirmed and _slipped(present.amount_pence, asked.amount.amount_pence):
        raise SCALE_DOUBTFUL("/amount/amount_pence", present_pence=present.amount_pence)
    return LineBudget(
        asked.id,
        line.id,
        1 + max((each.number for each in history), default=0),
        asked.kind,
        PHASES[asked.kind],
        asked.amount,
        asked.effective_from,
        asked.reason,
        asked.decision_id,
    )


def require_living(line: Line) -> None:
    """Refuse to change a line that another has taken the place of."""
    if line.ended_on is not None:
        raise LINE_OVER(line_id=line.id, ended_on=line.ended_on)


def _slipped(present: int | None, asked: int | None) -> bool:
    """Within a twentieth of a slip of scale, up or down."""
    if not present or not asked:
        return False
    more, less = max(abs(present), abs(asked)), min(abs(present), abs(asked))
    return any(19 * slip * less <= 20 * more <= 21 * slip * less for slip in _SLIPS)


def standing(
    line: Line, history: Sequence[LineBudget], as_at: date, as_recorded: datetime | None
) -> BudgetStanding:
    """What stands at a day, of what is given: the history as it was on record then.

    Of each kind the latest by the day from which it holds counts, and of two of one day the later number. A
    forecast, a proposal or an outturn that begins later is not known yet on that day.
    """
    begun = [each for each in history if each.effective_from <= as_at]
    ordered = sorted(begun, key=lambda each: (each.effective_from, each.number))
    last = {each.kind: each.amount for each in ordered}
    approved = [each.amount for each in ordered if each.kind in APPROVED_KINDS]
    original = line.budget
    if not original.known:
        original = last.get(BudgetKind.ORIGINAL, original)
    return BudgetStanding(
        line.id,
        as_at,
        as_recorded,
        original,
        approved[-1] if approved else line.budget,
        last.get(BudgetKind.PROPOSED),
        last.get(BudgetKind.FORECAST),
        last.get(BudgetKind.OUTTURN),
    )


def at_last(line: Line, history: Sequence[LineBudget]) -> Money:
    """The approved figure that holds at the end of the year, whatever takes effect before then."""
    year = read_financial_year(line.financial_year)
    return standing(line, history, year.last_day, None).approved
