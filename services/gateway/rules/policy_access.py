"""Who may call the gateway's operations on data sharing, scrutiny and subject access."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import COMMISSIONERS, Row, Takes

_SHARERS = COMMISSIONERS | {"associate", "provider"}
_SEEN = partial(Row, service="gateway", method="GET", scope="sharing:read", roles=_SHARERS | {"auditor"})
_SHARE = partial(Row, service="gateway", scope="sharing:write", roles=_SHARERS, takes=Takes.JSON)

ROWS: tuple[Row, ...] = (
    _SHARE("drawUpDataSharingAgreement", "PUT", "/v1/data-sharing-agreements/{id}"),
    _SHARE("signDataSharingAgreement", "POST", "/v1/data-sharing-agreements/{id}/signature"),
    _SHARE("endDataSharingAgreement", "POST", "/v1/data-sharing-agreements/{id}/ending"),
    _SEEN("getDataSharingAgreement", path="/v1/data-sharing-agreements/{id}"),
    _SEEN("listDataSharingAgreements", path="/v1/data-sharing-agreements"),
)
