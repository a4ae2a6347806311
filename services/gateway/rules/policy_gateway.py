"""Who may call the gateway's own operations: tokens, the directory, clients and views of several services."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import MEMBERS, OPERATOR, ORGANISATIONS, Row, Takes

_Open = partial(Row, service="gateway", scope=None)
_Read = partial(Row, service="gateway", method="GET")
_Write = partial(Row, service="gateway", takes=Takes.JSON)
_Move = partial(Row, service="gateway", method="POST")

_Directory = partial(_Write, scope="directory:write", roles=OPERATOR)
_DIRECTORY = (
    _Directory("importOrganisations", "POST", "/v1/organisation-imports", takes=Takes.CSV, seconds=60.0),
    _Directory("recordSuccession", "PUT", "/v1/successions/{id}"),
    _Directory("previewSuccession", "POST", "/v1/successions/{id}/preview", takes=Takes.NOTHING),
    _Directory("approveSuccession", "POST", "/v1/successions/{id}/approval", takes=Takes.NOTHING),
    _Directory("withdrawSuccession", "POST", "/v1/successions/{id}/withdrawal", takes=Takes.NOTHING),
    _Directory("applySuccession", "POST", "/v1/successions/{id}/application", takes=Takes.NOTHING),
    _Read("getSuccession", path="/v1/successions/{id}", scope="directory:read", roles=ORGANISATIONS),
    _Read("listSuccessions", path="/v1/successions", scope="directory:read", roles=ORGANISATIONS),
)

ROWS: tuple[Row, ...] = (
    _Open("issueToken", "POST", "/oauth2/token", takes=Takes.FORM),
    _Open("getKeySet", "GET", "/.well-known/jwks.json"),
    _Open("getServerMetadata", "GET", "/.well-known/oauth-authorization-server"),
    _Open("live", "GET", "/live"),
    _Open("ready", "GET", "/ready"),
    _Open("counted", "GET", "/metrics"),
    _Open("getOpenApi", "GET", "/openapi.json"),
    _Open("getOpenApi30", "GET", "/openapi-3.0.json"),
    _Open("getDocumentation", "GET", "/docs"),
    _Open("getErrorPage", "GET", "/errors/{code}"),
    _Open("listEventTypes", "GET", "/event-types"),
    _Open("getEventType", "GET", "/event-types/{type}"),
    _Read("getMe", path="/v1/me", scope="directory:read", roles=ORGANISATIONS),
    _Write("createOrganisation", "PUT", "/v1/organisations/{id}", scope="directory:write", roles=OPERATOR),
    _Write("changeOrganisation", "PATCH", "/v1/organisations/{id}", scope="directory:write", roles=OPERATOR),
    _Read("getOrganisation", path="/v1/organisations/{id}", scope="directory:read", roles=ORGANISATIONS),
    _Read("listOrganisations", path="/v1/organisations", scope="directory:read", roles=ORGANISATIONS),
    _Write("createPartnership", "PUT", "/v1/partnerships/{id}", scope="directory:write", roles=OPERATOR),
    _Write("changePartnership", "PATCH", "/v1/partnerships/{id}", scope="directory:write", roles=OPERATOR),
    _Read("getPartnership", path="/v1/partnerships/{id}", scope="directory:read", roles=ORGANISATIONS),
    _Read("listPartnerships", path="/v1/partnerships", scope="directory:read", roles=ORGANISATIONS),
    _Write(
        "addMember",
        "PUT",
        "/v1/partnerships/{id}/members/{member_id}",
        scope="directory:write",
        roles=OPERATOR,
    ),
    _Write(
        "endMember",
        "PATCH",
        "/v1/partnerships/{id}/members/{member_id}",
        scope="directory:write",
        roles=OPERATOR,
    ),
    _Read(
        "getMember",
        path="/v1/partnerships/{id}/members/{member_id}",
        scope="directory:read",
        roles=ORGANISATIONS,
    ),
    _Read("listMembers", path="/v1/partnerships/{id}/members", scope="directory:read", roles=ORGANISATIONS),
    _Write("createClient", "PUT", "/v1/clients/{id}", scope="client:write", roles=ORGANISATIONS),
    _Write("changeClient", "PATCH", "/v1/clients/{id}", scope="client:write", roles=ORGANISATIONS),
    _Read("getClient", path="/v1/clients/{id}", scope="client:read", roles=ORGANISATIONS),
    _Read("listClients", path="/v1/clients", scope="client:read", roles=ORGANISATIONS),
    _Move("disableClient", path="/v1/clients/{id}/disablement", scope="client:write", roles=ORGANISATIONS),
    _Move("enableClient", path="/v1/clients/{id}/enablement", scope="client:write", roles=ORGANISATIONS),
    _Write(
        "addClientKey", "PUT", "/v1/clients/{id}/keys/{key_id}", scope="client:write", roles=ORGANISATIONS
    ),
    _Read("listClientKeys", path="/v1/clients/{id}/keys", scope="client:read", roles=ORGANISATIONS),
    _Move(
        "retireClientKey",
        path="/v1/clients/{id}/keys/{key_id}/retirement",
        scope="client:write",
        roles=ORGANISATIONS,
    ),
    _Write("addClientSecret", "POST", "/v1/clients/{id}/secrets", scope="client:write", roles=ORGANISATIONS),
    _Read("listClientSecrets", path="/v1/clients/{id}/secrets", scope="client:read", roles=ORGANISATIONS),
    _Move(
        "retireClientSecret",
        path="/v1/clients/{id}/secrets/{secret_id}/retirement",
        scope="client:write",
        roles=ORGANISATIONS,
    ),
    _Write("createIssuer", "PUT", "/v1/issuers/{id}", scope="client:write", roles=ORGANISATIONS),
    _Write("changeIssuer", "PATCH", "/v1/issuers/{id}", scope="client:write", roles=ORGANISATIONS),
    _Read("getIssuer", path="/v1/issuers/{id}", scope="client:read", roles=ORGANISATIONS),
    _Read("listIssuers", path="/v1/issuers", scope="client:read", roles=ORGANISATIONS),
    *_DIRECTORY,
    _Read("getOverview", path="/v1/partnerships/{id}/overview", scope="aggregate:read", roles=MEMBERS),
    _Read("getDueWork", path="/v1/partnerships/{id}/due", scope="aggregate:read", roles=MEMBERS),
    _Read(
        "getOutstandingDecisions",
        path="/v1/partnerships/{id}/outstanding-decisions",
        scope="aggregate:read",
        roles=MEMBERS,
    ),
    _Read("getFindings", path="/v1/partnerships/{id}/findings", scope="aggregate:read", roles=MEMBERS),
)
