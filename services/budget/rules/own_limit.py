"""What an organisation's own limits ask for before its client approves a settlement or commits money of a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from services.budget.rules.contract_approval import kept_by
from services.budget.rules.decision import Decision
from services.budget.rules.delegation_limit import Case, Limit, who_decides
from shared.errors import Kind, reason

DECISION_MISSING = reason(
    "delegation_decision_missing",
    Kind.CONFLICT,
    "By your organisation's limits a body must decide on so much first. Record its decision on this, and meet its"
    " conditions.",
)


def require_decided(
    organisation: UUID, limits: Iterable[Limit], case: Case, decisions: Sequence[Decision], today: date
) -> None:
    """Refuse what is beyond an officer's limit unless a body that may take it has decided (D 1, delegation limits)."""
    own = [each for each in limits if each.owner_organisation_id == organisation]
    for needed in who_decides(own, case):
        if kept_by(needed, case.amount_pence, decisions, today) is None:
            raise DECISION_MISSING(
                "",
                amount_pence=case.amount_pence,
                before_pence=case.before_pence,
                may_decide=[each.decider for each in needed.may_decide],
            )
