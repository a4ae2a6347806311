"""How imports of ledger lines are shown: the report on a file, and what was found in its rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.budget.rules.ledger_import import Layout, Take
from shared.web.fields import Out

_ID = "0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10"
_DETAIL = "This is not a date like 31/03/2015 or 31-Mar-2015."


class ImportCauseOut(Out):
    """Why rows or journals were left out, and how many of them."""

    code: str = Field(examples=["import_date_unreadable"])
    detail: str = Field(examples=[_DETAIL])
    times: int = Field(examples=[3])


class ImportFindingOut(Out):
    """What is wrong at a place of the file. Lines count from 1; `read` is null where it may name a person."""

    line: int = Field(examples=[17])
    column: str = Field(examples=["effective_date"])
    read: str | None = Field(examples=["31/02/2015"])
    code: str = Field(examples=["import_date_unreadable"])
    detail: str = Field(examples=[_DETAIL])
    reference: str | None = Field(examples=["GL-2015-000123"])


class NumberedFindingOut(ImportFindingOut):
    """The same with its number in the report, from 1."""

    number: int = Field(examples=[1])


class ImportControlTotalOut(Out):
    """What the rows come to, against what was given: debits of ledger lines, payments less credits of spend."""

    read_pence: int = Field(examples=[9080000])
    given_pence: int | None = Field(examples=[9080000])
    out_by_pence: int | None = Field(examples=[0])
    out_by_factor: int | None = Field(
        examples=[1000], description="1000 or 100 where the amounts seem to be in another scale."
    )


class ImportCountsOut(Out):
    """Rows and journals: each posted, unchanged since an earlier import, or left out."""

    rows: int
    rows_posted: int
    rows_unchanged: int
    rows_left: int
    journals_posted: int
    journals_unchanged: int
    journals_left: int


class LedgerImportOut(Out):
    """What became of a file. Its first 200 findings stand here, all that are kept in a list of their own."""

    id: UUID | None = Field(examples=[_ID], description="None of a dry run.")
    partnership_id: UUID
    owner_organisation_id: UUID
    layout: Layout
    take: Take
    dry_run: bool
    file_sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    file_bytes: int
    encoding: str = Field(examples=["windows-1252"])
    heading_line: int
    columns_not_read: list[str] = Field(examples=[["Cost centre"]])
    counts: ImportCountsOut
    control_total: ImportControlTotalOut
    causes: list[ImportCauseOut]
    findings: list[ImportFindingOut]
    recorded_at: datetime | None


class LedgerImportsOut(Out):
    """A page of imports, without their findings."""

    items: list[LedgerImportOut]
    next: str | None


class ImportFindingsOut(Out):
    """A page of findings."""

    items: list[NumberedFindingOut]
    next: str | None
