"""Who may call the views that the gateway puts together from several services."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import COMMISSIONERS, MEMBERS, Row, Takes

_View = partial(Row, service="gateway", method="GET", scope="aggregate:read", roles=MEMBERS, seconds=10.0)

ROWS: tuple[Row, ...] = (
    _View("getWholePlaceView", path="/v1/partnerships/{id}/whole-place"),
    _View("getBalanceOfSpendView", path="/v1/partnerships/{id}/balance-of-spend"),
    _View("getSystemScorecard", path="/v1/partnerships/{id}/scorecard"),
    _View("getOutcomesForMoney", path="/v1/partnerships/{id}/outcomes-for-money"),
    Row(
        "drawUpScrutinyPack",
        "POST",
        "/v1/partnerships/{id}/scrutiny-pack",
        service="gateway",
        scope="sharing:write",
        roles=COMMISSIONERS,
        takes=Takes.JSON,
        seconds=10.0,
    ),
    _View(
        "getScrutinyPack",
        path="/v1/partnerships/{id}/scrutiny-pack",
        roles=COMMISSIONERS | {"observer", "auditor"},
    ),
    _View("getProviderOverview", path="/v1/providers/{id}/view"),
    _View("getSystemRollUp", path="/v1/systems/{id}/roll-up"),
)
