"""The whole table: one row for every operation that the public door opens to."""

from __future__ import annotations

from services.gateway.rules import (
    policy_access,
    policy_audit,
    policy_budget,
    policy_contracts,
    policy_feed,
    policy_gateway,
    policy_governance,
    policy_outcomes,
    policy_publication,
    policy_view,
    policy_webhook,
)
from services.gateway.rules.policy import Row

ROWS: tuple[Row, ...] = (
    *policy_gateway.ROWS,
    *policy_access.ROWS,
    *policy_budget.ROWS,
    *policy_contracts.ROWS,
    *policy_publication.ROWS,
    *policy_outcomes.ROWS,
    *policy_feed.ROWS,
    *policy_audit.ROWS,
    *policy_webhook.ROWS,
    *policy_view.ROWS,
    *policy_governance.ROWS,
)
