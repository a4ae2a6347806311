"""What a partner says in a report beside its figures: activity, whether a condition is met, and who signed it off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.budget.rules.report_period import Report
from shared.calendar import read_financial_year
from shared.errors import Kind, reason

STATEMENT_EMPTY = reason(
    "report_statement_empty",
    Kind.INVALID,
    "Say something in a statement: words, whether the condition is met, or the decision that signs it off.",
)
SIGN_OFF_NEEDS_DECISION = reason(
    "report_sign_off_needs_decision",
    Kind.INVALID,
    "A sign-off names the recorded decision of the body or officer who gave it.",
)
DECISION_NOT_HERE = reason(
    "report_decision_unknown",
    Kind.INVALID,
    "There is no such decision of your own organisation in this partnership.",
)

ACTIVITY = "activity"
HWB = "hwb_sign_off"
CHIEF_EXECUTIVE = "chief_executive_sign_off"
SECTION_151 = "section_151_sign_off"
# Domain 4.20: the Health and Wellbeing Board, the chief executive and the section 151 officer.
SIGN_OFFS = (HWB, CHIEF_EXECUTIVE, SECTION_151)


@dataclass(frozen=True, slots=True)
class Statement:
    """One partner's words on one section. `met` answers a condition; None where the section is none.

    A later statement of the same partner on the same section takes the place of the earlier, and both stay.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    report: Report
    financial_year: str
    quarter: int | None
    pool_id: UUID | None
    section: str
    met: bool | None
    text: str | None
    decision_id: UUID | None
    version: int = 1


def state(asked: Statement) -> Statement:
    """The statement, if it says something, and a sign-off names its decision."""
    read_financial_year(asked.financial_year)
    if asked.section in SIGN_OFFS and asked.decision_id is None:
        raise SIGN_OFF_NEEDS_DECISION("/decision_id")
    if asked.met is None and asked.text is None and asked.decision_id is None:
        raise STATEMENT_EMPTY("/text")
    return asked


def latest(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """What each partner said last on each section of each pool; they arrive in the order of recording."""
    last: dict[tuple[str, str, UUID], Statement] = {}
    for each in statements:
        last[each.section, str(each.pool_id or ""), each.owner_organisation_id] = each
    return tuple(last[key] for key in sorted(last))
