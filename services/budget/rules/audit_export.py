"""The inspection export: every entry and decision of a year that the asker may see, and its own audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.budget.rules.position import Missing, Position, without_figures


class RecordKind(StrEnum):
    """What a record of the export is."""

    ENTRY = "entry"
    DECISION = "decision"
    AUDIT_EVENT = "audit_event"


class LeftOut(StrEnum):
    """Why records that may exist are not in the export."""

    SHADOW_CONSENT_MISSING = "shadow_consent_missing"
    NOT_IN_AUDIT = "not_in_audit"
    ALIGNED_IS_ITS_OWNERS = "aligned_is_its_owners"


@dataclass(frozen=True, slots=True)
class WithheldRecords:
    """Whose records are left out, and why."""

    organisation_id: UUID
    because: LeftOut


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One record. Debits are positive pence; what does not apply to its kind is None.

    `id` is the journal's, the decision's or the event's; `position` numbers a journal's entries. `day` is when it took
    effect or was decided; `what` the kind of journal, the outcome, or what happened.
    """

    record: RecordKind
    id: UUID
    position: int | None
    recorded_at: datetime
    owner_organisation_id: UUID
    by_organisation_id: UUID | None
    day: date | None
    period: str | None
    book: str | None
    what: str
    account_id: UUID | None
    account_name: str | None
    account_kind: str | None
    line_id: UUID | None
    pool_id: UUID | None
    amount_pence: int | None
    text: str | None
    reference: str | None
    about_id: UUID | None


@dataclass(frozen=True, slots=True)
class ExportHead:
    """What stands before the records: which year, up to when, and what is left out."""

    partnership_id: UUID
    financial_year: str
    as_at: date
    as_recorded: datetime
    complete: bool
    missing_contributors: tuple[Missing, ...]
    withheld_contributors: tuple[WithheldRecords, ...]


def head_of(position: Position, settled: datetime, others_aligned: Iterable[UUID]) -> ExportHead:
    """The head. Figures may be unknown without a record missing: complete is that nothing is left out."""
    withheld = {
        *(
            WithheldRecords(each.organisation_id, LeftOut(each.because.value))
            for each in without_figures(position.withheld_contributors)
        ),
        *(WithheldRecords(each, LeftOut.ALIGNED_IS_ITS_OWNERS) for each in others_aligned),
    }
    return ExportHead(
        position.partnership_id,
        position.financial_year,
        position.as_at,
        settled,
        not withheld,
        position.missing_contributors,
        tuple(sorted(withheld, key=lambda each: (each.organisation_id, each.because))),
    )
