"""Who may read an audit: one's own rows in each service and over all of them, and the chain that holds them."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import ANY_ORGANISATION, COMMISSIONERS, ORGANISATIONS, Row

EXPORT_SECONDS = 60.0
_READERS = COMMISSIONERS | {"auditor"}
_Read = partial(Row, method="GET", scope="audit:read", roles=ANY_ORGANISATION)
_Budget = partial(_Read, service="budget", roles=_READERS)
_Contracts = partial(_Read, service="contracts")
_Outcomes = partial(_Read, service="outcomes")
_Gateway = partial(_Read, service="gateway")
# The operator keeps the directory, and reads what was done to it.
_Directory = partial(_Gateway, scope="directory:read", roles=ORGANISATIONS)

ROWS: tuple[Row, ...] = (
    _Gateway("listAuditEvents", path="/v1/audit-events"),
    _Gateway("listAuditReads", path="/v1/audit-reads"),
    _Gateway("listAuditHeads", path="/v1/audit-heads"),
    Row("getAuditKeys", "GET", "/.well-known/audit-keys.json", "gateway", None),
    _Budget("listBudgetAuditEvents", path="/v1/audit-events/budget"),
    _Budget("getBudgetAuditHead", path="/v1/audit-heads/budget"),
    _Budget("exportBudgetAuditChain", path="/v1/audit-chains/budget", seconds=EXPORT_SECONDS),
    _Contracts("listContractsAuditEvents", path="/v1/audit-events/contracts"),
    _Contracts("getContractsAuditHead", path="/v1/audit-heads/contracts"),
    _Contracts("exportContractsAuditChain", path="/v1/audit-chains/contracts", seconds=EXPORT_SECONDS),
    _Outcomes("listOutcomesAuditEvents", path="/v1/audit-events/outcomes"),
    _Outcomes("getOutcomesAuditHead", path="/v1/audit-heads/outcomes"),
    _Outcomes("exportOutcomesAuditChain", path="/v1/audit-chains/outcomes", seconds=EXPORT_SECONDS),
    _Directory("listGatewayAuditEvents", path="/v1/audit-events/gateway"),
    _Directory("getGatewayAuditHead", path="/v1/audit-heads/gateway"),
    _Directory("exportGatewayAuditChain", path="/v1/audit-chains/gateway", seconds=EXPORT_SECONDS),
)
