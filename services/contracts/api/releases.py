"""Releases and records: what is published of contracts, for everybody, as the Open Contracting Data Standard has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from services.contracts.api.release_answers import (
    RecordPackageOut,
    ReleasePackageOut,
    record_of,
    releases_of,
)
from services.contracts.renderings.ocds_release import instant, package
from services.contracts.rules.publication import ReleaseStage, lapsed_by
from services.contracts.store import releases
from shared.errors import NOT_FOUND, Kind, reason
from shared.page import cursor_of, read_cursor
from shared.web.answers import shown
from shared.web.doors import Door, anyone
from shared.web.fields import Instant
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1", tags=["publication"])

LARGEST_PACKAGE = 100
PUBLISHER = "Integrated Commissioning"
_BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)
STAGES_UNREADABLE = reason(
    "stages_unreadable",
    Kind.INVALID,
    "Name stages as planning, tender, award or contract, with commas between them.",
)
From = Annotated[Instant | None, Query(alias="updatedFrom", description="Released at or after this instant.")]
To = Annotated[Instant | None, Query(alias="updatedTo", description="Released before this instant.")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PACKAGE, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=1000, description="From `links.next` of a package.")]


@router.get(
    "/releases",
    operation_id="listReleases",
    response_model=ReleasePackageOut,
    responses=problems(),
    summary="Follow the releases of published contracts",
)
async def feed(
    request: Request,
    door: Annotated[Door, anyone()],
    updated_from: From = None,
    updated_to: To = None,
    stages: Annotated[
        str | None, Query(max_length=60, description="Some of planning, tender, award, contract.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Releases in the order in which they came out. A reader that follows `links.next` misses none.

    A package can hold fewer than `limit`, or none, and still go on: what is withheld is left out of it.
    """
    after = read_cursor(cursor, datetime, UUID, int)
    async with door.db.begin(door.caller) as tx:
        places = await releases.page(tx, _stages(stages), limit, after, (updated_from, updated_to))
        now = places[:limit]
        found = await releases.processes(tx, {each.contract_id for each in now})
    prefix, day = request.app.state.settings.ocid_prefix, today_in_england()
    made = {key: releases_of(process, prefix, day) for key, process in found.items()}
    told = [made.get(each.contract_id, {}).get(each.number) for each in now]
    last = now[-1] if now else None
    following = None
    if last is not None and len(places) > limit:
        following = _next(request, cursor_of(last.released_at, last.contract_id, last.number))
    published = instant(last.released_at if last is not None else updated_from or _BEGINNING)
    return _package(request, published, following, releases=[each for each in told if each is not None])


@router.get(
    "/records",
    operation_id="listRecords",
    response_model=RecordPackageOut,
    responses=problems(),
    summary="List the records of published contracts",
)
async def records(
    request: Request,
    door: Annotated[Door, anyone()],
    updated_from: From = None,
    updated_to: To = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Records with all their releases and what these come to, in the order of their ids."""
    after = read_cursor(cursor, UUID)
    async with door.db.begin(door.caller) as tx:
        ids = await releases.record_ids(
            tx, limit, None if after is None else after[0], (updated_from or _BEGINNING, updated_to or _END)
        )
        found = await releases.processes(tx, ids[:limit])
    following = _next(request, cursor_of(ids[limit - 1])) if len(ids) > limit else None
    return _records(request, [found[each] for each in ids[:limit] if each in found], following)


@router.get(
    "/records/{ocid}",
    operation_id="getRecord",
    response_model=RecordPackageOut,
    responses=problems(404),
    summary="Read the record of a published contract",
)
async def record(ocid: str, request: Request, door: Annotated[Door, anyone()]) -> Response:
    """The record of one contracting process. One that is not published is as one that is not there."""
    prefix = f"{request.app.state.settings.ocid_prefix}-"
    try:
        contract_id = UUID(ocid.removeprefix(prefix)) if ocid.startswith(prefix) else None
    except ValueError:
        contract_id = None
    if contract_id is None or ocid != f"{prefix}{contract_id}":
        raise NOT_FOUND()
    async with door.db.begin(door.caller) as tx:
        found = await releases.processes(tx, [contract_id])
    if not found:
        raise NOT_FOUND()
    return _records(request, list(found.values()), None)


def _records(request: Request, found: list[releases.Process], following: str | None) -> Response:
    prefix, day = request.app.state.settings.ocid_prefix, today_in_england()
    made = [record for each in found if (record := record_of(each, prefix, day)) is not None]
    released = (edition.released_at for each in found for edition in each.editions)
    lapsed = (at for each in found for at in lapsed_by(each.lapses, day))
    published = max((*released, *lapsed), default=_BEGINNING)
    return _package(request, instant(published), following, records=made)


def _stages(written: str | None) -> tuple[ReleaseStage, ...]:
    if written is None:
        return tuple(ReleaseStage)
    try:
        return tuple(ReleaseStage(each.strip()) for each in written.split(","))
    except ValueError:
        raise STAGES_UNREADABLE("?stages") from None


def _next(request: Request, cursor: str) -> str:
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{_here(request)}?{urlencode([*query, ('cursor', cursor)])}"


def _here(request: Request) -> str:
    return f"{request.app.state.settings.issuer.rstrip('/')}{request.url.path}"


def _package(request: Request, published: str, following: str | None, **body: Any) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    made = package(f"{_here(request)}{query}", PUBLISHER, published, **body)
    return shown(request, msgspec.to_builtins({**made, "links": {"next": following}}))
