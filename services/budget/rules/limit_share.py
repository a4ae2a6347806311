"""What becomes of a line's hard limit when other lines take its place: it goes with them, and grows by no move."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

from services.budget.rules.headroom import CommitmentLimit, LimitBasis
from services.budget.rules.line import Line
from services.budget.rules.line_move import Before, Moved
from shared.errors import Kind, reason
from shared.money import Money, allocate

LIMIT_LOST = reason(
    "line_move_limit_lost",
    Kind.CONFLICT,
    "The line has a limit on what may be committed, and what takes its place must keep one.",
)
_WHY = "Goes with the line that this one takes the place of"


def limits_after(before: Sequence[Before], moved: Moved) -> tuple[CommitmentLimit, ...]:
    """The limits of the lines that a move made (S5-B15).

    One by the budget is one by each part's budget. One in pence is divided by the parts' budgets, to the penny, so
    that the parts together may commit what the line might. A merged line may commit what its lines might, where one
    without a limit adds its budget.
    """
    limited = [each for each in before if each.limit_basis is not LimitBasis.NONE]
    if not limited:
        return ()
    pence = _together(before) if any(each.limit_basis is LimitBasis.AMOUNT for each in limited) else None
    basis = LimitBasis.ADJUSTED_BUDGET if pence is None else LimitBasis.AMOUNT
    parts = _divided(pence, [each.budget.amount_pence for each in moved.made])
    return tuple(
        following_limit(uuid5(moved.move.id, f"limit/{line.id}"), line, basis, part)
        for line, part in zip(moved.made, parts, strict=True)
    )


def following_limit(
    limit_id: UUID, line: Line, basis: LimitBasis, limit_pence: int | None, why: str = _WHY
) -> CommitmentLimit:
    """A limit that a line takes over with the money."""
    return CommitmentLimit(
        limit_id,
        line.partnership_id,
        line.owner_organisation_id,
        line.arrangement,
        line.financial_year,
        line.id,
        basis,
        limit_pence,
        why,
    )


def by_budgets(limit_pence: int, budgets: Sequence[Money]) -> tuple[int, ...] | None:
    """A limit in pence divided as a budget was; None where the budget cannot weigh it: unknown, nil or below."""
    weights = [each.amount_pence for each in budgets]
    if any(each is None or each < 0 for each in weights) or not any(weights):
        return None
    return allocate(limit_pence, [each or 0 for each in weights])


def _together(before: Sequence[Before]) -> int | None:
    """What all of them might commit; None where a budget that counts in it is not known."""
    found = [
        each.limit_pence if each.limit_basis is LimitBasis.AMOUNT else each.approved.amount_pence
        for each in before
    ]
    known = [each for each in found if each is not None]
    return max(sum(known), 0) if len(known) == len(found) else None


def _divided(pence: int | None, budgets: Sequence[int | None]) -> Sequence[int | None]:
    if pence is None or len(budgets) == 1:
        return [pence] * len(budgets)
    return allocate(pence, [each or 0 for each in budgets])
