"""The audit of one's own organisation over all services: one search, one order."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.gateway.admission.desk import Desk, Visitor
from services.gateway.clients.reading import Reader
from services.gateway.rules.policy import decide
from services.gateway.rules.policy_table import ROWS
from services.gateway.rules.standing import held_roles
from services.gateway.views.audit_search import audit_search
from shared.caller import Caller
from shared.logs import correlation_id, request_id
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.audit_doors import AuditEventsOut, Seeking
from shared.web.doors import Door, Pages, may
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/audit-events", tags=["audit"])

_ROWS = {row.operation_id: row for row in ROWS}
BEHIND = {
    "budget": "listBudgetAuditEvents",
    "contracts": "listContractsAuditEvents",
    "outcomes": "listOutcomesAuditEvents",
}


@router.get(
    "",
    operation_id="listAuditEvents",
    response_model=AuditEventsOut,
    responses=problems(),
    summary="Search the audit of what was written, in all services",
)
async def search(
    request: Request,
    door: Annotated[Door, may("audit:read")],
    pages: Pages,
    sought: Seeking,
) -> Response:
    """Every write to your organisation's own records, and every write of its clients, the oldest first: who did it, for
    which organisation, and on whose behalf. If a service does not answer, the search is refused, so that no row is
    missing unseen. Tables and files of a service's audit are at `/v1/audit-events/{service}`.
    """
    after = read_cursor(pages.cursor, datetime, UUID)
    found = await audit_search(
        door.db,
        door.caller,
        readers(request, door.caller),
        sought,
        (after[0], after[1]) if after else None,
        min(pages.limit + 1, 200),
    )
    limit = min(pages.limit, 199)
    return listed(request, page_of(found, limit, lambda each: (each.recorded_at, each.id)))


def readers(request: Request, caller: Caller) -> dict[str, Reader]:
    """The ways to the services whose audit the caller's roles open."""
    desk: Desk = request.app.state.desk
    visitor: Visitor = request.scope["visitor"]
    held = held_roles(caller)
    found = {}
    for service, operation in BEHIND.items():
        row = _ROWS[operation]
        if row.roles & held:
            decide(row, caller)
            found[service] = Reader(
                request.app.state.upstreams[service],
                desk.assertion(visitor, service),
                request_id.get() or "",
                correlation_id.get(),
            )
    return found
