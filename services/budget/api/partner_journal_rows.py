"""A partner's journal as a table that its finance system loads: a row for each code, debit or credit, in pounds."""

from __future__ import annotations

from collections.abc import Iterator

from services.budget.renderings.pounds import Row, pounds
from services.budget.rules.partner_journal import PartnerJournal

HEADINGS: Row = (
    "Journal",
    "Period",
    "Code",
    "Debit (£)",
    "Credit (£)",
    "Description",
    "Kind",
    "Mapped",
    "Entries",
)


def rows(journal: PartnerJournal) -> Iterator[Row]:
    """The headings, the rows, and a last row with the totals."""
    yield HEADINGS
    for each in journal.rows:
        debit = pounds(each.amount_pence) if each.amount_pence > 0 else None
        credit = pounds(-each.amount_pence) if each.amount_pence < 0 else None
        told = (each.name, each.kind, each.mapped, each.entries)
        yield (journal.number, journal.period, each.code, debit, credit, *told)
    totals = (pounds(journal.debits_pence), pounds(journal.credits_pence))
    yield (journal.number, journal.period, None, *totals, "Total", None, None, journal.entries)
