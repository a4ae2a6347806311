"""Tables as CSV answers: safe to open in a spreadsheet, whole with an ETag, or streamed row by row."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from typing import Any

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from shared.csv_bytes import safe_cell

CSV = "text/csv"
# What a door documents that answers with a table too, where `Accept: text/csv` asks for it.
AS_CSV: dict[str, Any] = {"content": {CSV: {"schema": {"type": "string"}}}}
Cells = Sequence[str | int | Decimal | date | None]


def wants_csv(request: Request) -> bool:
    return CSV in request.headers.get("accept", "")


def table(rows: Iterable[Cells]) -> bytes:
    """Rows as CSV (RFC 4180, UTF-8): text cannot start a formula, numbers and dates stay what they are."""
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_cell(each) for each in row] for row in rows)
    return out.getvalue().encode()


def shown_as_csv(request: Request, rows: Iterable[Cells], name: str) -> Response:
    """A table with an ETag over its bytes; 304 where the reader has it. `name` is the file's, without its ending."""
    body = table(rows)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Vary": "Accept"}
    known = request.headers.get("if-none-match")
    if known is not None and etag in (each.strip() for each in known.split(",")):
        return Response(None, 304, headers)
    return Response(body, 200, {**headers, **_saved_as(name)}, CSV)


def streamed_as_csv(batches: AsyncIterator[Iterable[Cells]], name: str) -> StreamingResponse:
    """A table that is sent while it is read, batch by batch, so that its length costs no memory."""

    async def pieces() -> AsyncIterator[bytes]:
        async for batch in batches:
            yield table(batch)

    return StreamingResponse(pieces(), 200, {"Vary": "Accept", **_saved_as(name)}, CSV)


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}


def _cell(value: str | int | Decimal | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return (
        safe_cell(value)
        if isinstance(value, str)
        else format(value, "f" if isinstance(value, Decimal) else "d")
    )
