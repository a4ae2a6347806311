"""The pack for scrutiny: drawn up once by a commissioner, frozen, and read by whoever scrutinises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.gateway.actions.draw_up_scrutiny_pack import draw_up_scrutiny_pack
from services.gateway.actions.find_scrutiny_pack import find_scrutiny_pack
from services.gateway.api.scrutiny_rows import scrutiny_rows
from services.gateway.api.view_questions import ask_year
from services.gateway.api.view_readers import observing_readers, readers_for
from services.gateway.rules.scrutiny_pack import PACK_OF_THE_FUTURE, ScrutinyPack
from services.gateway.store import scrutiny_packs
from services.gateway.views.scrutiny_content import OBSERVED, OWN, ScrutinyContent, scrutiny_content
from services.gateway.views.source import ViewMode
from shared.errors import NOT_FOUND
from shared.idempotency import Sent
from shared.web.answers import answer, frozen
from shared.web.csv_out import AS_CSV, shown_as_csv, wants_csv
from shared.web.doors import Door, may, post_once
from shared.web.fields import Body, Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/partnerships/{id}/scrutiny-pack", tags=["partnerships"])
_VARIES = {"Vary": "Accept"}


class ScrutinyPackIn(Body):
    """Which pack: under which id, of which year (written 2014-15), as at which day; by default of today."""

    id: UUID = Field(examples=["6f1f0c1e-6d7a-4a39-9a33-1f5b8f6f2f10"])
    financial_year: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}$", examples=["2015-16"])
    as_at: Day | None = Field(default=None, examples=["2015-09-30"])


class DrawnUpOut(Out):
    """A pack that was drawn up. `sha256` is the digest of its content, byte by byte."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    financial_year: str = Field(examples=["2015/16"])
    as_at: Day
    sha256: str = Field(pattern="^[0-9a-f]{64}$", examples=["9f" * 32])
    recorded_at: datetime


class ScrutinyPackOut(DrawnUpOut):
    """A pack with what is in it."""

    content: ScrutinyContent


@router.post(
    "",
    operation_id="drawUpScrutinyPack",
    status_code=201,
    response_model=DrawnUpOut,
    responses=problems(404, 409, 413, 415, 503),
    summary="Draw up a pack for scrutiny",
)
async def draw_up(
    id: UUID,  # noqa: A002 the name in the address
    body: ScrutinyPackIn,
    request: Request,
    door: Annotated[Door, may("sharing:write")],
    sent: Annotated[Sent, post_once("drawUpScrutinyPack")],
) -> Response:
    """Published decisions, the fund's totals, the scorecard, contracts and what ends next, and findings by kind, frozen.

    It holds what an observer of the partnership may have and no more, whoever draws it up; what is withheld is named.
    While a service is out none is made. You need the scopes to read what goes into it.
    """
    caller = door.caller
    if not caller.holds(id, "commissioner", "host"):
        raise NOT_FOUND()
    operations = (*OBSERVED.values(), *OWN.values())
    asked = ask_year(door, id, operations, body.financial_year, (body.as_at, None), ViewMode.STRICT)
    today = today_in_england(datetime.now(UTC))
    if asked.as_at > today:
        raise PACK_OF_THE_FUTURE("/as_at", today=today)
    pack = ScrutinyPack(body.id, id, caller.organisation_id, asked.last.label, asked.as_at)
    kept = await find_scrutiny_pack(door.db, caller, sent)
    if kept is None:
        own, observing = readers_for(request, OWN), observing_readers(request, OBSERVED, id)
        content = msgspec.json.encode(await scrutiny_content(own, observing, asked))
        kept = await draw_up_scrutiny_pack(door.db, caller, sent, pack, today, content)
    return answer(kept, f"/v1/partnerships/{id}/scrutiny-pack?pack_id={body.id}")


@router.get(
    "",
    operation_id="getScrutinyPack",
    response_model=ScrutinyPackOut,
    responses={**problems(404), 200: AS_CSV},
    summary="Read the pack for scrutiny",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("aggregate:read")],
    pack_id: Annotated[UUID | None, Query(description="Left out: the one that was drawn up last.")] = None,
) -> Response:
    """As it was drawn up: the same bytes for every reader and at any time. With `Accept: text/csv` a table in pounds."""
    async with door.db.begin(door.caller, single=True) as tx:
        pack = await scrutiny_packs.latest(tx, id, pack_id)
    if wants_csv(request):
        content = msgspec.json.decode(pack.content, type=ScrutinyContent)
        return shown_as_csv(request, scrutiny_rows(content), f"scrutiny-pack-{pack.as_at.isoformat()}")
    head = {name: getattr(pack, name) for name in DrawnUpOut.model_fields}
    body = msgspec.json.encode({**head, "content": msgspec.Raw(pack.content)})
    return frozen(request, body, pack.sha256, _VARIES)
