"""What becomes of the journals of a file: the very rules of a posting are asked, once for all journals that are alike."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.budget.rules.dimension import Dimensions
from services.budget.rules.entry import Entry
from services.budget.rules.import_remark import OTHER_PARTNERSHIP
from services.budget.rules.journal import BUDGET_ONLY, Book, Draft, JournalKind
from services.budget.rules.vat import Vat, VatRegime
from services.budget.store import postings
from services.budget.store import staged_lines as staging
from services.budget.store.import_accounts import Books
from shared.calendar import read_ledger_period
from shared.db import Prepared, Row, Transaction
from shared.errors import Refusal

_MOST = 1_000
_SHAPES = Prepared(
    "select s.number, j.id, j.effective_date, j.posting_period, j.kind, j.narrative, j.reference, j.accounts, j.amounts,"
    " j.more from import_shapes s join import_journals j on j.number = s.journal"
    " where s.number > $1 and s.number <= $2 order by s.number",
    ("after", "to"),
    {},
)
# Where a pointer of a journal points to in a row of the file.
_COLUMNS = {
    "account_id": "account",
    "amount_pence": "amount",
    "vat": "vat_regime",
    "regime": "vat_regime",
    "recoverable_pence": "vat_recoverable",
    "organisation_id": "vat_organisation_id",
    "effective_date": "effective_date",
    "posting_period": "posting_period",
    "kind": "kind",
    "book": "kind",
}


async def decide_all(tx: Transaction, partnership_id: UUID, books: Books) -> None:
    """Decide every shape, some at a time, so that memory does not grow with the file."""
    after = 0
    while rows := await tx.all(_SHAPES, after=after, to=after + _MOST):
        await staging.add_decisions(tx, [await _decided(tx, partnership_id, books, row) for row in rows])
        after += _MOST
    await staging.settle_decisions(tx)


async def _decided(tx: Transaction, partnership_id: UUID, books: Books, row: Row) -> tuple[Any, ...]:
    draft = _draft(row, books)
    shut = await books.shut(tx, frozenset(draft.account_ids))
    try:
        journal = postings.decide(draft, books.open_to_us, tx.caller, shut)
    except Refusal as refusal:
        return _refused(row["number"], refusal)
    if journal.partnership_id != partnership_id:
        remark = OTHER_PARTNERSHIP
        return (row["number"], remark.code, remark.detail, "account", 0, *(None,) * 6)
    return (
        row["number"],
        *(None,) * 4,
        journal.partnership_id,
        journal.owner_organisation_id,
        journal.arrangement,
        journal.book.value,
        journal.financial_year,
        journal.posting_period,
    )


def _refused(number: int, refusal: Refusal) -> tuple[Any, ...]:
    """The refusal at its place: `/entries/3/account_id` is the account column of the journal's fourth row."""
    parts = refusal.faults[0].pointer.strip("/").split("/") if refusal.faults else []
    entry = int(parts[1]) if len(parts) > 1 and parts[0] == "entries" else None
    column = _COLUMNS.get(parts[-1] if parts else "", "amount" if parts == ["entries"] else "reference")
    return (number, refusal.code, refusal.reason.sentence, column, entry, *(None,) * 6)


def _draft(row: Row, books: Books) -> Draft:
    kind = JournalKind(row["kind"])
    period = row["posting_period"]
    more = row["more"] or [None] * len(row["accounts"])
    return Draft(
        id=row["id"],
        book=Book.BUDGET if kind in BUDGET_ONLY else Book.ACTUAL,
        kind=kind,
        effective_date=row["effective_date"],
        posting_period=None if period is None else read_ledger_period(period),
        narrative=row["narrative"],
        client_reference=row["reference"],
        entries=tuple(
            Entry(books.ids[number - 1], pence, *_details(said))
            for number, pence, said in zip(row["accounts"], row["amounts"], more, strict=True)
        ),
    )


def _details(said: list[Any] | None) -> tuple[Vat | None, Dimensions | None]:
    if said is None:
        return None, None
    regime, whose, tax_point, net, recoverable, irrecoverable, *what_for = said
    vat = None
    if regime is not None:
        day = date.fromisoformat(tax_point)
        vat = Vat(VatRegime(regime), _id(whose), day, net, recoverable, irrecoverable)
    contract, provider, service, locality = what_for
    if not any(what_for):
        return vat, None
    return vat, Dimensions(_id(contract), _id(provider), service, locality)


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
