"""What a revised budget may not do: undercut what is used, empty a ring-fence, or move money that nobody decided on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.budget.rules.headroom import LimitBasis, LineFunds
from services.budget.rules.line import Line
from services.budget.rules.line_budget import APPROVED_KINDS, BudgetKind, LineBudget
from shared.errors import Kind, reason

BELOW_USED = reason(
    "line_budget_below_used",
    Kind.CONFLICT,
    "The line has a limit or a ring-fence, and more than this is spent and committed on it. Release commitments first.",
)
FENCE_EMPTIED = reason(
    "line_budget_fence_emptied",
    Kind.CONFLICT,
    "The line is bound to its grant, and this would leave nothing of it. End the line when the grant has ended.",
)
NEEDS_DECISION = reason(
    "line_budget_needs_decision",
    Kind.CONFLICT,
    "This lowers a ring-fenced line, or moves budget between lines together with a revision of another line. Name the"
    " decision that approved it, or propose a virement.",
)


@dataclass(frozen=True, slots=True)
class Undecided:
    """What revisions without a decision did to the owner's other lines of the same books and year, in pence."""

    raised_pence: int = 0
    lowered_pence: int = 0


def require_revisable(
    line: Line, history: Sequence[LineBudget], new: LineBudget, funds: LineFunds, others: Undecided
) -> None:
    """Refuse a revision that goes round virements (S4-B11), a limit (S5-B15) or a ring-fence (S1-B21).

    Money that is lowered here while a revision of another line raised it there, or the other way round, was moved:
    without a decision nobody whose limits ask for a say had one. Either side alone needs none.
    """
    if new.kind is not BudgetKind.REVISED or not new.amount.known:
        return
    was, becomes = last_known(line, history), last_known(line, [*history, new])
    if becomes is None or becomes == was:
        return
    if was is None or becomes < was:
        _require_left(funds, becomes)
    if was is None or new.decision_id is not None:
        return
    lowers = becomes < was
    moved = min(abs(becomes - was), others.raised_pence if lowers else others.lowered_pence)
    if moved > 0 or (lowers and funds.fence is not None):
        raise NEEDS_DECISION("/decision_id", moved_pence=moved, grant=funds.fence)


def last_known(line: Line, history: Sequence[LineBudget]) -> int | None:
    """The last approved figure of the year that is known, by the day from which it holds."""
    known = [each for each in history if each.kind in APPROVED_KINDS and each.amount.known]
    last = max(known, key=lambda each: (each.effective_from, each.number), default=None)
    return line.budget.amount_pence if last is None else last.amount.amount_pence


def _require_left(funds: LineFunds, becomes: int) -> None:
    """A lower figure leaves what is spent and committed where that is a limit, and something of a grant."""
    if funds.limit_basis is LimitBasis.NONE and funds.fence is None:
        return
    adjusted = becomes + funds.moved_pence
    used = (funds.actual_pence or 0) + funds.committed_pence
    if adjusted < used:
        raise BELOW_USED(
            "/amount/amount_pence",
            budget_adjusted_pence=adjusted,
            actual_pence=funds.actual_pence,
            committed_pence=funds.committed_pence,
        )
    if funds.fence is not None and adjusted <= 0:
        raise FENCE_EMPTIED("/amount/amount_pence", grant=funds.fence)
