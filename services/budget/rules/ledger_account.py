"""An account of the ledger: what it stands for, and as a posting finds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class AccountKind(StrEnum):
    """What an account stands for."""

    FUND = "fund"
    CONTRIBUTION = "contribution"
    EXPENDITURE = "expenditure"
    INCOME = "income"
    RESERVE = "reserve"
    INTERIM = "interim"
    VAT_CONTROL = "vat_control"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a pool, a line or a partner. Debits are positive, credits negative."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    kind: AccountKind
    arrangement: str
    pool_id: UUID | None = None
    line_id: UUID | None = None
    organisation_id: UUID | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class PostingAccount(Account):
    """An account as a posting finds it: the year of its line, and since when its pool holds real money.

    `line_ended_on`: another line took its line's place; `line_counts_from`: since when its line has that of another.
    `line_waits_for`: what its grant demands before spending.
    `predecessor_id` is the organisation behind it, where that was succeeded, from when and by how many.
    """

    line_financial_year: str | None = None
    commenced_on: date | None = None
    agreement_last_day: date | None = None
    agreement_closed_on: date | None = None
    line_ended_on: date | None = None
    line_counts_from: date | None = None
    line_waits_for: tuple[str, ...] = ()
    line_spend_until: date | None = None
    line_taken_over_on: date | None = None
    predecessor_id: UUID | None = None
    succeeded_on: date | None = None
    successors: int = 0


@dataclass(frozen=True, slots=True)
class NextYear:
    """An account of an accrual, and the one that takes its place where the accrual is undone in the next year."""

    account_id: UUID
    next_account_id: UUID
