"""How the inspection export looks outside, and how it is streamed: JSON with pence, or a table in pounds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from pydantic import Field

from services.budget.api import audit_export_rows
from services.budget.api.positions import MissingOut
from services.budget.renderings.pounds import Row
from services.budget.rules.audit_export import AuditRecord, ExportHead, LeftOut, RecordKind
from shared.web.fields import Day, Out


class WithheldRecordsOut(Out):
    """Whose records are left out, and why."""

    organisation_id: UUID
    because: LeftOut = Field(examples=["not_in_audit"])


class AuditRecordOut(Out):
    """One entry of a journal, one decision, or one event of your own trail. Debits are positive pence."""

    record: RecordKind
    id: UUID
    position: int | None
    recorded_at: datetime
    owner_organisation_id: UUID
    by_organisation_id: UUID | None
    day: Day | None
    period: str | None = Field(examples=["2015-16-M03"])
    book: str | None = Field(examples=["actual"])
    what: str = Field(examples=["expenditure"])
    account_id: UUID | None
    account_name: str | None
    account_kind: str | None = Field(examples=["expenditure"])
    line_id: UUID | None
    pool_id: UUID | None
    amount_pence: int | None
    text: str | None
    reference: str | None
    about_id: UUID | None


class AuditExportOut(Out):
    """The export. `as_recorded` is the instant up to which everything is in it; ask for it again to get the same."""

    partnership_id: UUID
    financial_year: str = Field(examples=["2015/16"])
    as_at: Day
    as_recorded: datetime
    complete: bool
    missing_contributors: list[MissingOut]
    withheld_contributors: list[WithheldRecordsOut]
    items: list[AuditRecordOut]


async def as_json(head: ExportHead, batches: AsyncIterator[list[AuditRecord]]) -> AsyncIterator[bytes]:
    """The head and its items as one JSON document, batch by batch."""
    yield msgspec.json.encode(head)[:-1] + b',"items":['
    first = True
    async for batch in batches:
        piece = b",".join(map(msgspec.json.encode, batch))
        yield piece if first else b"," + piece
        first = False
    yield b"]}"


async def as_rows(batches: AsyncIterator[list[AuditRecord]]) -> AsyncIterator[Iterable[Row]]:
    """The headings, the records, and a last row that counts them."""
    count = 0
    yield [audit_export_rows.HEADINGS]
    async for batch in batches:
        count += len(batch)
        yield [audit_export_rows.row(each) for each in batch]
    yield [audit_export_rows.end(count)]
