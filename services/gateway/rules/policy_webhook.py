"""Who may have webhooks: every organisation its own. What they are told is what their client may read."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import ANY_ORGANISATION, Row, Takes

_Read = partial(Row, service="gateway", method="GET", scope="webhook:read", roles=ANY_ORGANISATION)
_Move = partial(Row, service="gateway", method="POST", scope="webhook:write", roles=ANY_ORGANISATION)

ROWS: tuple[Row, ...] = (
    _Move("createWebhook", method="PUT", path="/v1/webhooks/{id}", takes=Takes.JSON),
    _Move("verifyWebhook", path="/v1/webhooks/{id}/verification", seconds=20.0),
    _Move("disableWebhook", path="/v1/webhooks/{id}/disablement"),
    _Move("addWebhookSecret", path="/v1/webhooks/{id}/secrets"),
    _Read("getWebhook", path="/v1/webhooks/{id}"),
    _Read("listWebhooks", path="/v1/webhooks"),
    _Read("listWebhookDeliveries", path="/v1/webhooks/{id}/deliveries"),
    _Move("replayWebhookDelivery", path="/v1/webhooks/{id}/deliveries/{delivery_id}/replay"),
)
