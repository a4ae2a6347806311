"""Who may call the budget service's operations."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import COMMISSIONERS, Row, Takes

_READERS = COMMISSIONERS | {"auditor"}

_Read = partial(Row, service="budget", method="GET", scope="budget:read", roles=_READERS)
_Write = partial(Row, service="budget", scope="budget:write", roles=COMMISSIONERS, takes=Takes.JSON)
_Decide = partial(Row, service="budget", scope="decision:write", roles=COMMISSIONERS, takes=Takes.JSON)
_Post = partial(Row, service="budget", scope="budget:post", roles=COMMISSIONERS, takes=Takes.JSON)
# Whoever posts does not thereby close: a scope of its own for those who end a month or a year.
_Close = partial(Row, service="budget", scope="budget:close", roles=COMMISSIONERS, takes=Takes.JSON)

ROWS: tuple[Row, ...] = (
    _Write("draftAgreement", "PUT", "/v1/agreements/{id}"),
    _Write("amendAgreement", "PATCH", "/v1/agreements/{id}"),
    _Read("getAgreement", path="/v1/agreements/{id}"),
    _Read("listAgreements", path="/v1/agreements"),
    _Write("consentToShadow", "POST", "/v1/agreements/{id}/shadow-consent", takes=Takes.NOTHING),
    _Write("executeAgreement", "POST", "/v1/agreements/{id}/execution"),
    _Write("commenceAgreement", "POST", "/v1/agreements/{id}/commencement"),
    _Write("windUpAgreement", "POST", "/v1/agreements/{id}/winding-up"),
    _Write("closeAgreement", "POST", "/v1/agreements/{id}/closure"),
    _Write("proposeAgreementVersion", "POST", "/v1/agreements/{id}/versions"),
    _Write("signAgreementVersion", "POST", "/v1/agreements/{id}/versions/{edition}/execution"),
    _Write("commenceAgreementVersion", "POST", "/v1/agreements/{id}/versions/{edition}/commencement"),
    _Write(
        "withdrawAgreementVersion",
        "POST",
        "/v1/agreements/{id}/versions/{edition}/withdrawal",
        takes=Takes.NOTHING,
    ),
    _Read("getAgreementVersion", path="/v1/agreements/{id}/versions/{edition}"),
    _Read("listAgreementVersions", path="/v1/agreements/{id}/versions"),
    _Decide("recordDecision", "POST", "/v1/decisions"),
    _Decide("meetCondition", "POST", "/v1/decisions/{id}/met-conditions"),
    _Read("getDecision", path="/v1/decisions/{id}"),
    _Read("listDecisions", path="/v1/decisions"),
    _Write("openPool", "PUT", "/v1/pools/{id}"),
    _Read("getPool", path="/v1/pools/{id}"),
    _Read("listPools", path="/v1/pools"),
    _Write("openLine", "PUT", "/v1/lines/{id}"),
    _Read("getLine", path="/v1/lines/{id}"),
    _Read("listLines", path="/v1/lines"),
    _Write("promiseContribution", "PUT", "/v1/contributions/{id}"),
    _Read("getContribution", path="/v1/contributions/{id}"),
    _Read("listContributions", path="/v1/contributions"),
    _Write("openAccount", "PUT", "/v1/accounts/{id}"),
    _Read("getAccount", path="/v1/accounts/{id}"),
    _Read("listAccounts", path="/v1/accounts"),
    _Close("openPeriod", "PUT", "/v1/periods/{id}"),
    _Close("softClosePeriod", "POST", "/v1/periods/{id}/soft-closure", takes=Takes.NOTHING),
    _Close("closePeriod", "POST", "/v1/periods/{id}/closure", takes=Takes.NOTHING, seconds=30.0),
    _Close("reopenPeriod", "POST", "/v1/periods/{id}/reopening"),
    _Read("getPeriod", path="/v1/periods/{id}"),
    _Read("listPeriods", path="/v1/periods"),
    _Read("listSeals", path="/v1/periods/{id}/seals", seconds=30.0),
    _Post("postJournal", "PUT", "/v1/journals/{id}"),
    _Post("reverseJournal", "POST", "/v1/journals/{id}/reversal"),
    _Read("getJournal", path="/v1/journals/{id}"),
    _Read("listJournals", path="/v1/journals"),
    # Observers see totals, and the position is the one place that shows them without what is behind.
    _Read("getPosition", path="/v1/positions", roles=_READERS | {"observer"}),
)
