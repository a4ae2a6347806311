"""Bodies of journals: their entries with VAT and dimensions, how they are reversed, and how they are shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.budget.rules.dimension import Dimensions
from services.budget.rules.entry import Entry
from services.budget.rules.journal import MOST_ENTRIES, Book, Draft, JournalKind
from services.budget.rules.ledger_account import NextYear
from services.budget.rules.vat import Vat, VatRegime
from shared.calendar import LedgerPeriod, read_ledger_period
from shared.errors import Refusal
from shared.web.fields import Body, Code, Day, Out, Paragraph, Pence

_ID = "0b8a6a52-6e8c-4b5e-9a3f-0d6c1f1c7a10"


class VatIn(Body):
    """The VAT of an entry. The entry's amount is the net amount with the irrecoverable VAT; what is recovered
    goes to a VAT control account in the same journal."""

    regime: VatRegime = Field(
        examples=["s33"],
        description="Section 33 for a council, contracted-out services for an NHS body, as agent of a principal,"
        " nobody's recovery, or outside the scope.",
    )
    organisation_id: UUID | None = Field(
        default=None, examples=[_ID], description="Under whose regime the VAT is recovered."
    )
    tax_point: Day | None = Field(
        default=None, examples=["2015-04-20"], description="The day that decides; else the effective date."
    )
    net_pence: Pence = Field(examples=[100000])
    recoverable_pence: Pence = Field(default=0, examples=[20000])
    irrecoverable_pence: Pence = Field(default=0, examples=[0])


class DimensionsIn(Body):
    """What an entry was for, besides its account. Kept as given; more can be said later."""

    contract_id: UUID | None = Field(default=None, examples=[_ID])
    provider_organisation_id: UUID | None = Field(default=None, examples=[_ID])
    service_code: Code | None = Field(default=None, examples=["reablement"])
    locality_code: Code | None = Field(default=None, examples=["E05002084"])


class EntryIn(Body):
    """One side of a journal: a debit is positive, a credit negative, in pence. The amount is what counts."""

    account_id: UUID
    amount_pence: Pence = Field(examples=[9080000])
    vat: VatIn | None = None
    dimensions: DimensionsIn | None = None


class NextYearIn(Body):
    """An account of the accrual on a line, and the account of next year's line on which it is undone."""

    account_id: UUID = Field(examples=[_ID])
    next_account_id: UUID = Field(examples=["1c9b7b63-7f9d-4c6f-8b4a-1e7d2a2d8b21"])


_ENTRIES = [
    {"account_id": "2a9c1c5e-3a63-4d0b-9b66-0f6f5f5f7d11", "amount_pence": 9080000},
    {"account_id": "6f4be7d2-8f0f-4b57-8a0c-5d1f7c3b9e22", "amount_pence": -9080000},
]


class JournalIn(Body):
    """A journal to post. Its entries must add up to zero.

    An accrual is undone by itself on the first day of the period after its own. Where that is in another year,
    `next_year_accounts` says on which accounts.
    """

    book: Book = Book.ACTUAL
    kind: JournalKind
    effective_date: Day = Field(examples=["2015-04-01"])
    posting_period: str | None = Field(default=None, examples=["2015-16-M01"])
    narrative: Paragraph = Field(examples=["First quarter's contribution of the council"])
    client_reference: Code | None = Field(default=None, examples=["GL-2015-000123"])
    entries: list[EntryIn] = Field(max_length=MOST_ENTRIES, examples=[_ENTRIES])
    next_year_accounts: list[NextYearIn] = Field(default_factory=list, max_length=MOST_ENTRIES)

    def to_draft(self, journal_id: UUID) -> Draft:
        return Draft(
            id=journal_id,
            book=self.book,
            kind=self.kind,
            effective_date=self.effective_date,
            posting_period=asked_period(self.posting_period),
            narrative=self.narrative,
            client_reference=self.client_reference,
            entries=tuple(self._entry(each) for each in self.entries),
            next_year_accounts=tuple(
                NextYear(each.account_id, each.next_account_id) for each in self.next_year_accounts
            ),
        )

    def _entry(self, one: EntryIn) -> Entry:
        said = Dimensions(**one.dimensions.model_dump()) if one.dimensions else None
        if one.vat is None:
            return Entry(one.account_id, one.amount_pence, None, said)
        vat = Vat(**{**one.vat.model_dump(), "tax_point": one.vat.tax_point or self.effective_date})
        return Entry(one.account_id, one.amount_pence, vat, said)


class ReversalIn(Body):
    """How a journal is reversed: under which new id, as of which day of its financial year, and why.

    Where that year's periods are over, name a later one to post it to.
    """

    id: UUID = Field(examples=[_ID])
    effective_date: Day = Field(examples=["2015-05-01"])
    posting_period: str | None = Field(default=None, examples=["2016-17-M01"])
    narrative: Paragraph = Field(examples=["Sent twice by mistake"])


def asked_period(text: str | None, pointer: str = "/posting_period") -> LedgerPeriod | None:
    """The period that a body names, or a refusal that points at it."""
    try:
        return None if text is None else read_ledger_period(text)
    except Refusal as refusal:
        raise refusal.reason(pointer, **refusal.facts) from None


class VatOut(Out):
    """The VAT of an entry."""

    regime: VatRegime
    organisation_id: UUID | None
    tax_point: Day
    net_pence: int
    recoverable_pence: int
    irrecoverable_pence: int


class DimensionsOut(Out):
    """What an entry was for, as it was last told."""

    contract_id: UUID | None
    provider_organisation_id: UUID | None
    service_code: str | None
    locality_code: str | None


class EntryOut(Out):
    """One side of a journal. VAT is null where it was not stated, which is not the same as none."""

    account_id: UUID
    amount_pence: int
    vat: VatOut | None
    dimensions: DimensionsOut | None


class JournalOut(Out):
    """A journal as it stands in the ledger."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    posted_by_organisation_id: UUID
    arrangement: str = Field(examples=["pooled"])
    book: Book
    kind: JournalKind
    effective_date: Day
    financial_year: str
    posting_period: str
    narrative: str
    client_reference: str | None
    reverses_journal_id: UUID | None
    entries: list[EntryOut]
    recorded_at: datetime
    reversed_by_journal_id: UUID | None = Field(description="The journal that undid it, if one has.")
    succession_id: UUID | None = Field(description="The succession whose opening balances it carries.")
    on_behalf_of_organisation_id: UUID | None = Field(
        description="The organisation that its poster succeeded, for which it came late."
    )


class JournalsOut(Out):
    """A page of journals."""

    items: list[JournalOut]
    next: str | None
