"""Who may call the budget service's operations."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.policy import COMMISSIONERS, Row, Takes

_Read = partial(Row, service="budget", method="GET", scope="budget:read")
_Post = partial(Row, service="budget", scope="budget:post", roles=COMMISSIONERS, takes=Takes.JSON)

_READERS = COMMISSIONERS | {"auditor"}

ROWS: tuple[Row, ...] = (
    _Post("postJournal", "PUT", "/v1/journals/{id}"),
    _Post("reverseJournal", "POST", "/v1/journals/{id}/reversal"),
    _Read("getJournal", path="/v1/journals/{id}", roles=_READERS),
    _Read("listJournals", path="/v1/journals", roles=_READERS),
)
