"""The inspection export as a table: a row for each entry, decision and event, and a last one that counts them."""

from __future__ import annotations

from services.budget.renderings.pounds import Row, pounds
from services.budget.rules.audit_export import AuditRecord

HEADINGS: Row = (
    "Record",
    "Id",
    "Position",
    "Recorded at",
    "Owner",
    "By",
    "Day",
    "Period",
    "Book",
    "What",
    "Account",
    "Account name",
    "Account kind",
    "Line",
    "Pool",
    "Amount (£)",
    "Text",
    "Reference",
    "About",
)


def row(each: AuditRecord) -> Row:
    """One record; debits are positive, in pounds."""
    return (
        each.record.value,
        str(each.id),
        each.position,
        each.recorded_at.isoformat(),
        str(each.owner_organisation_id),
        _id(each.by_organisation_id),
        each.day,
        each.period,
        each.book,
        each.what,
        _id(each.account_id),
        each.account_name,
        each.account_kind,
        _id(each.line_id),
        _id(each.pool_id),
        pounds(each.amount_pence),
        each.text,
        each.reference,
        _id(each.about_id),
    )


def end(records: int) -> Row:
    """The last row: a file without it was cut off."""
    return ("end", None, records, *(None,) * (len(HEADINGS) - 3))


def _id(value: object) -> str | None:
    return None if value is None else str(value)
