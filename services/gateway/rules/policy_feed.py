"""Who may follow what changes: one feed for each service, each scoped like the reads of that service."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import ANY_ORGANISATION, COMMISSIONERS, ORGANISATIONS, Row

# As long as a reader may ask a feed to wait, and then as long as any answer may take.
FOLLOW_SECONDS = 30.0
_Follow = partial(
    Row, method="GET", scope="event:read", roles=ANY_ORGANISATION, seconds=FOLLOW_SECONDS, waits=True
)

ROWS: tuple[Row, ...] = (
    # Nobody else reads a line of the money, so nobody else hears of one.
    _Follow(
        "followBudgetEvents",
        path="/v1/events/budget",
        service="budget",
        roles=COMMISSIONERS | {"auditor"},
    ),
    _Follow("followContractsEvents", path="/v1/events/contracts", service="contracts"),
    _Follow("followOutcomesEvents", path="/v1/events/outcomes", service="outcomes"),
    _Follow(
        "followGatewayEvents",
        path="/v1/events/gateway",
        service="gateway",
        scope="directory:read",
        roles=ORGANISATIONS,
    ),
)
