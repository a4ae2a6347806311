"""Tables of what a journal is made of, what its entries were for, and what was sent together."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from services.budget.rules.dimension import DIMENSIONS_STALE, NOT_TO_DESCRIBE
from services.budget.rules.entry import BALANCE_TOO_LARGE
from services.budget.rules.journal import OTHER_BOOKS, UNBALANCED
from services.budget.rules.journal_batch import BATCH_REVERSED_ALREADY
from services.budget.rules.posting_right import BY_SETTLEMENT_ONLY, NOT_A_PARTNER_S
from services.budget.rules.vat import VAT_NOT_RECOVERED
from services.budget.store.tables import ARRANGEMENT, BOOK, metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

VAT_REGIME = ENUM(
    "s33",
    "nhs_contracted_out",
    "agency",
    "no_recovery",
    "outside_scope",
    name="vat_regime",
    create_type=False,
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
    Column("vat_regime", VAT_REGIME),
    Column("vat_organisation_id", Uuid),
    Column("vat_tax_point", Date),
    Column("vat_net_pence", BigInteger),
    Column("vat_recoverable_pence", BigInteger),
    Column("vat_irrecoverable_pence", BigInteger),
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
    Column("day_pence", ARRAY(BigInteger), nullable=False),
)

entry_dimensions = Table(
    "entry_dimensions",
    metadata,
    Column("journal_id", Uuid, ForeignKey("budget.entries.journal_id"), primary_key=True),
    Column("position", SmallInteger, ForeignKey("budget.entries.position"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("recorded_by_organisation_id", Uuid, nullable=False),
    Column("contract_id", Uuid),
    Column("provider_organisation_id", Uuid),
    Column("service_code", Text),
    Column("locality_code", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

journal_batches = Table(
    "journal_batches",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("mode", Text, nullable=False),
    Column("control_total_pence", BigInteger),
    Column("reverses_batch_id", Uuid, ForeignKey("budget.journal_batches.id")),
    Column("items", JSONB, nullable=False),
    Column("posted", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("total_pence", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("journal_is_whole", UNBALANCED)
refuse_constraint("journal_vat_recovered", VAT_NOT_RECOVERED, "/entries")
refuse_constraint("journal_by_a_partner", NOT_A_PARTNER_S)
refuse_constraint("journal_by_a_settlement", BY_SETTLEMENT_ONLY, "/kind")
refuse_constraint("reversal_of_the_same_books", OTHER_BOOKS)
refuse_constraint("balances_within", BALANCE_TOO_LARGE, "/entries")
refuse_constraint("entry_dimensions_pkey", DIMENSIONS_STALE)
refuse_constraint("dimensions_of_their_journal", NOT_TO_DESCRIBE)
# An id that another journal has: of a journal's rows its entries may be put first.
refuse_constraint("entries_pkey", ID_UNAVAILABLE)
refuse_constraint("journal_batches_pkey", ID_UNAVAILABLE)
refuse_constraint("journal_batches_reversed_once", BATCH_REVERSED_ALREADY)
