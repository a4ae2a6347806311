"""Release imports: what somebody published by the Open Contracting Data Standard comes in, and a report goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from services.contracts.actions.import_register import import_register
from services.contracts.actions.try_register import try_register
from services.contracts.api.report_answers import RegisterReportOut
from services.contracts.renderings.ocds_merge import compiled
from services.contracts.rules.register_file import Asked, ReadFile
from services.contracts.rules.register_report import FileFacts
from services.contracts.rules.register_row import ReadRow
from services.contracts.rules.release_remark import RELEASE_UNREADABLE
from services.contracts.rules.release_row import rejected, rows_of
from shared.errors import Kind, reason
from shared.idempotency import Answer, Sent
from shared.money import LARGEST_PENCE
from shared.web.answers import answer
from shared.web.doors import Door, may, post_once
from shared.web.fields import Day
from shared.web.openapi import problems
from shared.web.problem import TYPE_UNSUPPORTED
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/release-imports", tags=["register-imports"])

LARGEST_FILE = 16 * 1024 * 1024
MOST_ROWS = 10_000
LINES = "application/x-ndjson"
TYPES = ("application/json", LINES)
NO_RELEASES = reason(
    "release_file_unreadable",
    Kind.INVALID,
    "This is no package of releases or records, nor JSON lines of them. Send the file as it was published.",
)
TOO_MANY = reason(
    "release_file_too_long", Kind.TOO_LARGE, "The file holds more than can be taken at once. Split it."
)
_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_CONTENT = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "",
    operation_id="importReleases",
    status_code=201,
    response_model=RegisterReportOut,
    responses={
        **problems(409, 413, 415),
        200: {"model": RegisterReportOut, "description": "The report of a dry run: nothing was taken."},
    },
    summary="Import releases of the Open Contracting Data Standard",
    max_body_size=LARGEST_FILE,
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(TYPES, _CONTENT)}},
)
async def take(
    request: Request,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("importReleases")],
    dry_run: Annotated[bool, Query(description="Report what would happen, and take nothing.")] = False,
    control_total_pence: Annotated[
        int | None,
        Query(ge=-LARGEST_PENCE, le=LARGEST_PENCE, description="What all values must come to."),
    ] = None,
    owner_organisation_id: Annotated[
        UUID | None, Query(description="Whose contracts they are: your organisation, or one it succeeded.")
    ] = None,
    partnership_id: Annotated[
        UUID | None, Query(description="The partnership that new contracts belong to.")
    ] = None,
    register_date: Annotated[Day | None, Query(description="The day it speaks of; left out: today.")] = None,
) -> Response:
    """Takes a package of releases or records, or JSON lines of releases: each award becomes a contract of yours.

    Releases of one process are merged first, so that the last word counts. `line` is the place of the release in the
    file. A process that has awarded nothing is left, with its reason. The same file again changes nothing.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in TYPES:
        raise TYPE_UNSUPPORTED()
    body = await request.body()
    rows = _rows(body, lines=kind == LINES)
    asked = Asked(
        owner_organisation_id or door.caller.organisation_id,
        partnership_id,
        register_date,
        control_total_pence,
        today_in_england(),
    )
    file = ReadFile(rows, FileFacts(sha256(body).hexdigest(), len(body), "utf-8", 1, (), None))
    if not dry_run:
        return answer(await import_register(door.db, door.caller, lambda: sent, asked, file))
    report = await try_register(door.db, door.caller, asked, file)
    return answer(Answer(200, msgspec.json.encode(report)))


def _rows(body: bytes, *, lines: bool) -> Iterator[ReadRow]:
    """The rows of all processes of a file, in the order of their last releases, each under a line of its own."""
    found: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    made: list[ReadRow] = []
    for place, release in enumerate(_releases(body, lines=lines), 1):
        if not isinstance(release, Mapping) or not all(
            isinstance(release.get(name), str) for name in ("ocid", "date")
        ):
            made.append(rejected(place, RELEASE_UNREADABLE))
        else:
            found.setdefault(release["ocid"], []).append((place, release))
    for ocid, releases in found.items():
        place = releases[-1][0]
        made += rows_of(place, {**compiled(each for _, each in releases), "ocid": ocid})
        if len(made) > MOST_ROWS:
            raise TOO_MANY(rows_at_most=MOST_ROWS)
    if not made:
        raise NO_RELEASES()
    # A register's row is known by its line; one release with several awards stands in several.
    yield from (replace(row, line=at) for at, row in enumerate(sorted(made, key=lambda each: each.line), 1))


def _releases(body: bytes, *, lines: bool) -> Iterator[Any]:
    """What may be a release, one by one. A line that cannot be read is told by its own row."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    if not lines:
        yield from _within(_read(body, None))
        return
    for line in body.splitlines():
        if line.strip():
            yield from _within(_read(line, {"releases": [None]}))


def _read(text: bytes, otherwise: Any) -> Any:
    try:
        return _decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, ArithmeticError):
        if otherwise is None:
            raise NO_RELEASES() from None
        return otherwise


def _within(read: Any) -> Iterator[Any]:
    if not isinstance(read, Mapping):
        raise NO_RELEASES()
    if isinstance(read.get("releases"), list):
        yield from read["releases"]
    elif isinstance(read.get("records"), list):
        for record in read["records"]:
            told = record if isinstance(record, Mapping) else {}
            yield told.get("compiledRelease") or next(iter(_list(told.get("releases"))[-1:]), None)
    else:
        yield read


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
