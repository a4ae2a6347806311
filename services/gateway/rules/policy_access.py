"""Who may call the gateway's operations on data sharing, scrutiny and subject access."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import COMMISSIONERS, Row, Takes

_SHARERS = COMMISSIONERS | {"associate", "provider"}
_SEEN = partial(Row, service="gateway", method="GET", scope="sharing:read", roles=_SHARERS | {"auditor"})
_SHARE = partial(Row, service="gateway", scope="sharing:write", roles=_SHARERS, takes=Takes.JSON)

_ASK = partial(Row, service="gateway", scope="sharing:write", roles=frozenset({"observer"}), takes=Takes.JSON)
_OPEN = partial(Row, service="gateway", scope="sharing:write", roles=COMMISSIONERS, takes=Takes.JSON)
_GRANTS = partial(
    Row, service="gateway", method="GET", scope="sharing:read", roles=COMMISSIONERS | {"observer", "auditor"}
)

ROWS: tuple[Row, ...] = (
    _SHARE("drawUpDataSharingAgreement", "PUT", "/v1/data-sharing-agreements/{id}"),
    _SHARE("signDataSharingAgreement", "POST", "/v1/data-sharing-agreements/{id}/signature"),
    _SHARE("endDataSharingAgreement", "POST", "/v1/data-sharing-agreements/{id}/ending"),
    _SEEN("getDataSharingAgreement", path="/v1/data-sharing-agreements/{id}"),
    _SEEN("listDataSharingAgreements", path="/v1/data-sharing-agreements"),
    _ASK("askForScrutinyGrant", "PUT", "/v1/scrutiny-grants/{id}"),
    _OPEN("decideScrutinyGrant", "POST", "/v1/scrutiny-grants/{id}/decision"),
    _OPEN("endScrutinyGrant", "POST", "/v1/scrutiny-grants/{id}/ending"),
    _GRANTS("getScrutinyGrant", path="/v1/scrutiny-grants/{id}"),
    _GRANTS("listScrutinyGrants", path="/v1/scrutiny-grants"),
    _OPEN("openAuditSample", "PUT", "/v1/audit-samples/{id}"),
    _OPEN("endAuditSample", "POST", "/v1/audit-samples/{id}/ending"),
    _GRANTS("getAuditSample", path="/v1/audit-samples/{id}"),
    _GRANTS("listAuditSamples", path="/v1/audit-samples"),
)
