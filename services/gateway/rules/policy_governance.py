"""Who may call the gateway's operations on governance: the partners write, and their auditors read with them."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import COMMISSIONERS, Row, Takes

_Read = partial(
    Row, service="gateway", method="GET", scope="governance:read", roles=COMMISSIONERS | {"auditor"}
)
_Write = partial(Row, service="gateway", scope="governance:write", roles=COMMISSIONERS, takes=Takes.JSON)

ROWS: tuple[Row, ...] = (
    _Write("enterBoard", "PUT", "/v1/boards/{id}"),
    _Write("changeBoard", "PATCH", "/v1/boards/{id}"),
    _Read("getBoard", path="/v1/boards/{id}"),
    _Read("listBoards", path="/v1/boards"),
    _Read("getBoardTiers", path="/v1/board-tiers"),
    _Write("drawUpResponsibilityChart", "PUT", "/v1/responsibility-charts/{id}"),
    _Write("markResponsibilityChart", "POST", "/v1/responsibility-charts/{id}/marks"),
    _Read("getResponsibilityChart", path="/v1/responsibility-charts/{id}"),
    _Read("listResponsibilityCharts", path="/v1/responsibility-charts"),
    _Write("recordRisk", "PUT", "/v1/risks/{id}"),
    _Write("rateRisk", "POST", "/v1/risks/{id}/ratings"),
    _Write("escalateRisk", "POST", "/v1/risks/{id}/escalations"),
    _Write("closeRisk", "POST", "/v1/risks/{id}/closing"),
    _Read("getRisk", path="/v1/risks/{id}"),
    _Read("listRisks", path="/v1/risks"),
    _Write("enterTimetableEntry", "PUT", "/v1/timetable-entries/{id}"),
    _Write("stateTime", "POST", "/v1/timetable-entries/{id}/statements"),
    _Read("getTimetableEntry", path="/v1/timetable-entries/{id}"),
    _Read("listTimetableEntries", path="/v1/timetable-entries"),
    _Write("enterProgrammePart", "PUT", "/v1/programme-parts/{id}"),
    _Write("changeProgrammePart", "PATCH", "/v1/programme-parts/{id}"),
    _Read("getProgrammePart", path="/v1/programme-parts/{id}"),
    _Read("listProgrammeParts", path="/v1/programme-parts"),
    _Write("enterPaper", "PUT", "/v1/papers/{id}"),
    _Write("signPaper", "POST", "/v1/papers/{id}/signature"),
    _Write("reviewPaper", "POST", "/v1/papers/{id}/reviews"),
    _Read("getPaper", path="/v1/papers/{id}"),
    _Read("listPapers", path="/v1/papers"),
    _Write("drawUpAssuranceReport", "PUT", "/v1/assurance-reports/{id}"),
    _Read("getAssuranceReport", path="/v1/assurance-reports/{id}"),
    _Read("listAssuranceReports", path="/v1/assurance-reports"),
)
