"""The tables of the schema `budget`, in SQLAlchemy Core, and what each database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ENUM

from services.budget.rules.journal import ALREADY_REVERSED, CLIENT_REFERENCE_USED, UNBALANCED
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

metadata = MetaData(schema="budget")

ARRANGEMENT = ENUM("pooled", "aligned", "shadow", name="arrangement", create_type=False)
CATEGORY = ENUM("wellness", "community_intervention", "complex_bed_based", name="category", create_type=False)
MONEY_STATUS = ENUM(
    "actual", "estimate", "provisional", "tbc", "not_stated", name="money_status", create_type=False
)
MONEY_QUALIFIER = ENUM(
    "more_than", "almost", "up_to", "approximately", name="money_qualifier", create_type=False
)
BOOK = ENUM("budget", "actual", name="book", create_type=False)
ACCOUNT_KIND = ENUM(
    "fund",
    "contribution",
    "expenditure",
    "income",
    "reserve",
    "interim",
    name="account_kind",
    create_type=False,
)
JOURNAL_KIND = ENUM(
    "contribution",
    "expenditure",
    "accrual",
    "income",
    "virement",
    "carry_forward",
    "risk_share_adjustment",
    "supplementary_estimate",
    "prepayment",
    "in_kind",
    "reversal",
    name="journal_kind",
    create_type=False,
)

pools = Table(
    "pools",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("agreement_id", Uuid),
    Column("name", Text, nullable=False),
    Column("category", CATEGORY, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

lines = Table(
    "lines",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("pool_id", Uuid, ForeignKey("budget.pools.id")),
    Column("name", Text, nullable=False),
    Column("category", CATEGORY, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("budget_pence", BigInteger),
    Column("budget_status", MONEY_STATUS, nullable=False),
    Column("budget_qualifier", MONEY_QUALIFIER),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("pool_id", Uuid, ForeignKey("budget.pools.id")),
    Column("line_id", Uuid, ForeignKey("budget.lines.id")),
    Column("organisation_id", Uuid),
    Column("name", Text, nullable=False),
    Column("kind", ACCOUNT_KIND, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

journals = Table(
    "journals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("posted_by_organisation_id", Uuid, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("book", BOOK, nullable=False),
    Column("kind", JOURNAL_KIND, nullable=False),
    Column("effective_date", Date, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("posting_period", Text, nullable=False),
    Column("narrative", Text, nullable=False),
    Column("client_reference", Text),
    Column("reverses_journal_id", Uuid, ForeignKey("budget.journals.id")),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("journal_id", Uuid, ForeignKey("budget.journals.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("account_id", Uuid, ForeignKey("budget.accounts.id"), nullable=False),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("book", BOOK, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("effective_date", Date, nullable=False),
    Column("posting_period", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

balances = Table(
    "balances",
    metadata,
    Column("account_id", Uuid, ForeignKey("budget.accounts.id"), primary_key=True),
    Column("book", BOOK, primary_key=True),
    Column("effective_month", Date, primary_key=True),
    Column("posting_period", Text, primary_key=True),
    Column("recorded_month", Date, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
)

for _table in (pools, lines, accounts, journals):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("journal_is_whole", UNBALANCED)
refuse_constraint("journals_reversed_once", ALREADY_REVERSED)
refuse_constraint("journals_client_reference", CLIENT_REFERENCE_USED, "/client_reference")
