"""An import of ledger lines: how it is asked for, what its file held, what became of it, and when it is refused whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.budget.rules.import_remark import Finding
from shared.errors import Fault, Kind, reason

MOST_ROWS = 2_000_000
MOST_ACCOUNTS = 20_000
MOST_SHOWN = 200  # findings within the report; the rest is a list of its own

IMPORT_REFUSED = reason(
    "ledger_import_refused",
    Kind.INVALID,
    "Nothing was posted. Mend the rows that are named here and send the file again, or take what is good.",
)
CONTROL_TOTAL_DIFFERS = reason(
    "ledger_import_control_total_differs",
    Kind.INVALID,
    "The rows of the file do not come to the control total. Check that no row is missing, and the scale of its amounts.",
)
AMOUNT_COLUMN_MISSING = reason(
    "ledger_import_amount_missing",
    Kind.INVALID,
    "The headings name no amount: a column for the amount in pounds or in pence, or one for debits and one for credits.",
)
TOO_MANY_ACCOUNTS = reason(
    "ledger_import_too_many_accounts",
    Kind.INVALID,
    "The file names more accounts than any ledger of a partnership has. Is another column headed as the account?",
)
FUND_NEEDED = reason(
    "ledger_import_fund_needed",
    Kind.INVALID,
    "Published spend has one side only: name the account that it is paid from.",
)
MAP_UNREADABLE = reason(
    "ledger_import_map_unreadable",
    Kind.INVALID,
    "Map an area or type of spend to an account as its text, an equals sign, and the account's id or name.",
)


class Layout(StrEnum):
    """What a row is: one entry of a journal, or one payment of a published list."""

    LEDGER = "ledger"
    SPEND = "spend"


class Take(StrEnum):
    """Whether one journal that cannot be posted stops the others."""

    ALL = "all"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Asked:
    """How an import is asked for."""

    partnership_id: UUID
    layout: Layout
    take: Take
    control_total_pence: int | None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file was, once it is read to its end. `total_pence`: the debits of its rows, or the sum of its payments."""

    sha256: str
    length: int
    encoding: str
    heading_line: int
    columns_not_read: tuple[str, ...]
    rows: int
    total_pence: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Why rows or journals were left out, and how many of them."""

    code: str
    detail: str
    times: int


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """The total of all rows that could be read, against the one that came with the file."""

    read_pence: int
    given_pence: int | None
    out_by_pence: int | None
    out_by_factor: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """`journals` and `rows` are each posted, unchanged since an earlier import, or left out."""

    rows: int
    rows_posted: int
    rows_unchanged: int
    rows_left: int
    journals_posted: int
    journals_unchanged: int
    journals_left: int


@dataclass(frozen=True, slots=True)
class LedgerImport:
    """What became of a file. `findings` are its first; `causes` count them all. A dry run has no id."""

    id: UUID | None
    partnership_id: UUID
    owner_organisation_id: UUID
    layout: Layout
    take: Take
    dry_run: bool
    file_sha256: str
    file_bytes: int
    encoding: str
    heading_line: int
    columns_not_read: tuple[str, ...]
    counts: Counts
    control_total: ControlTotal
    causes: tuple[Cause, ...]
    findings: tuple[Finding, ...]
    recorded_at: datetime | None = None


def control(read_pence: int, given_pence: int | None) -> ControlTotal:
    """A total that is out by a thousand or a hundred says so: thousands sent as pounds, or pounds as pence."""
    if given_pence is None:
        return ControlTotal(read_pence, None, None, None)
    factor = None
    if read_pence != given_pence and read_pence and given_pence:
        near = (
            each
            for each in (1000, 100)
            if each * read_pence == given_pence or each * given_pence == read_pence
        )
        factor = next(near, None)
    return ControlTotal(read_pence, given_pence, read_pence - given_pence, factor)


def require_control(total: ControlTotal) -> None:
    """Refuse a file that does not come to its control total."""
    if total.out_by_pence:
        raise CONTROL_TOTAL_DIFFERS(
            "?control_total_pence",
            read_pence=total.read_pence,
            control_total_pence=total.given_pence,
            out_by_pence=total.out_by_pence,
            out_by_factor=total.out_by_factor,
        )


def require_takeable(
    take: Take, counts: Counts, causes: Iterable[Cause], findings: Iterable[Finding]
) -> None:
    """Refuse the whole where all was asked for and something is wrong, or where nothing at all is right."""
    causes = tuple(causes)
    nothing = counts.journals_posted == 0 and counts.journals_unchanged == 0
    if not causes or (take is Take.GOOD and not nothing):
        return
    faults = [
        Fault(f"/rows/{each.line}/{each.column}", each.code, each.detail)
        for each, _ in zip(findings, range(100), strict=False)
    ]
    raise IMPORT_REFUSED(
        faults=faults,
        rows=counts.rows,
        rows_left=counts.rows_left,
        causes=[{"code": each.code, "detail": each.detail, "times": each.times} for each in causes],
    )


def causes_of(counts: Mapping[tuple[str, str], int]) -> tuple[Cause, ...]:
    """The causes, the most frequent first."""
    merged = Counter[tuple[str, str]](counts)
    ordered = sorted(merged.items(), key=lambda each: (-each[1], each[0]))
    return tuple(Cause(code, detail, times) for (code, detail), times in ordered)
