"""Who may call the views that the gateway puts together from several services."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import MEMBERS, Row

_View = partial(Row, service="gateway", method="GET", scope="aggregate:read", roles=MEMBERS, seconds=10.0)

ROWS: tuple[Row, ...] = (
    _View("getWholePlaceView", path="/v1/partnerships/{id}/whole-place"),
    _View("getBalanceOfSpendView", path="/v1/partnerships/{id}/balance-of-spend"),
    _View("getSystemScorecard", path="/v1/partnerships/{id}/scorecard"),
    _View("getOutcomesForMoney", path="/v1/partnerships/{id}/outcomes-for-money"),
    _View("getProviderOverview", path="/v1/providers/{id}/view"),
    _View("getSystemRollUp", path="/v1/systems/{id}/roll-up"),
)
