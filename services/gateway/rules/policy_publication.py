"""Who may call the operations of publication: most of them anybody."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import ANY_ORGANISATION, COMMISSIONERS, Row, Takes

IMPORT_SECONDS = 300.0
_Read = partial(Row, service="contracts", method="GET", scope="contract:read", roles=ANY_ORGANISATION)
_Write = partial(
    Row, service="contracts", scope="contract:write", roles=COMMISSIONERS | {"associate"}, takes=Takes.JSON
)
# Publication. What is published is everybody's, so these rows have neither scope nor role.
_Public = partial(Row, service="contracts", method="GET", scope=None)
_Publish = partial(
    Row, service="contracts", scope="publication:write", roles=COMMISSIONERS | {"associate"}, takes=Takes.JSON
)
ROWS: tuple[Row, ...] = (
    _Publish("addPublisher", "PUT", "/v1/publishers/{id}", seconds=IMPORT_SECONDS),
    _Publish("changePublisher", "PATCH", "/v1/publishers/{id}", seconds=IMPORT_SECONDS),
    _Read("getPublisher", path="/v1/publishers/{id}"),
    _Publish("decidePublication", "PATCH", "/v1/contracts/{id}/publication"),
    _Read("getPublication", path="/v1/contracts/{id}/publication"),
    _Write("importReleases", "POST", "/v1/release-imports", takes=Takes.RELEASES, seconds=IMPORT_SECONDS),
    _Write("recordPublishedNotice", "PUT", "/v1/published-notices/{id}"),
    _Read("getPublishedNotice", path="/v1/published-notices/{id}"),
    _Read("listPublishedNotices", path="/v1/published-notices"),
    _Read("getPsrSummary", path="/v1/psr-summaries", roles=COMMISSIONERS),
    _Public("listReleases", path="/v1/releases"),
    _Public("listRecords", path="/v1/records"),
    _Public("getRecord", path="/v1/records/{ocid}"),
    _Public("listRegister", path="/v1/register", seconds=120.0),
    _Read("exportRegister", path="/v1/register-export", seconds=120.0),
)
