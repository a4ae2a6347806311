"""How the report on a register import is documented."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.contracts.rules.import_tally import Outcome
from shared.web.fields import Day, Out


class FindingOut(Out):
    """Something found in a row: at which column, what was read there, and what is wrong or odd."""

    column: str = Field(examples=["end_date"])
    read: str | None
    code: str = Field(examples=["register_date_unreadable"])
    detail: str = Field(examples=["This is not a date like 31/03/2015 or 31-Mar-2015."])


class RowReportOut(Out):
    """What became of one row."""

    line: int = Field(examples=[17])
    reference: str | None
    outcome: Outcome
    contract_id: UUID | None
    findings: list[FindingOut]


class CauseOut(Out):
    """One cause, in how many rows, and the first twenty lines."""

    code: str = Field(examples=["register_date_unreadable"])
    detail: str = Field(examples=["This is not a date like 31/03/2015 or 31-Mar-2015."])
    rows: int
    first_lines: list[int]


class RowCountsOut(Out):
    """`rows` = `taken` + `updated` + `unchanged` + `rejected`."""

    rows: int = Field(examples=[900])
    taken: int = Field(examples=[900])
    updated: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    rejected: int = Field(examples=[0])
    with_remarks: int = Field(examples=[134])


class ReusedReferenceOut(Out):
    """A reference that stands in several rows of the file, and the first twenty of these."""

    reference: str = Field(examples=["PCC-0142"])
    lines: list[int]


class ControlTotalOut(Out):
    """The values of all rows that were not rejected, against the total that was given."""

    read_pence: int
    given_pence: int | None
    out_by_pence: int | None


class RegisterOutcomeOut(Out):
    """What became of a file, without its rows."""

    register_import_id: UUID | None
    dry_run: bool
    owner_organisation_id: UUID
    partnership_id: UUID | None
    register_date: Day
    file_sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    file_bytes: int
    encoding: str = Field(examples=["utf-8"])
    heading_line: int
    columns_not_read: list[str] = Field(examples=[["Contact"]])
    counts: RowCountsOut
    distinct_references: int
    reused_references: int = Field(description="How many references stand in several rows.")
    references_used_again: list[ReusedReferenceOut] = Field(description="The first 200 of them.")
    not_stated: dict[str, int] = Field(examples=[{"end_date": 781, "value": 272}])
    control_total: ControlTotalOut
    rejected_because: list[CauseOut]
    remarked_because: list[CauseOut]
    recorded_at: datetime | None = Field(description="Null of a dry run.")


class RegisterReportOut(RegisterOutcomeOut):
    """What became of a file. Of more than 1,000 rows those stand here that were rejected, then those with remarks."""

    rows: list[RowReportOut]


class RegisterReportsOut(Out):
    """A page of imports, without their rows."""

    items: list[RegisterOutcomeOut]
    next: str | None


class ImportedRowsOut(Out):
    """A page of rows."""

    items: list[RowReportOut]
    next: str | None
