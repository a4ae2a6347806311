"""Tables of periods and their seals, and what each of their database locks says when it holds."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.budget.rules.period import (
    NO_SUCH_PERIOD_MOVE,
    NOT_ENDED,
    PERIOD_STANDS_ALREADY,
    REOPENED_BY_CLOSER,
    YEAR_IS_CARRIED,
)
from services.budget.rules.posting_period import PERIOD_CLOSED, PERIOD_TOO_LATE, YEAR_END_ONLY
from services.budget.rules.year_end import POSTED_ALREADY, YEAR_NOT_CLOSED
from services.budget.store.tables import ARRANGEMENT, metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.idempotency import STALE

periods = Table(
    "periods",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("books", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("moved_by_client_id", Uuid, nullable=False),
    Column("reopened_because", Text),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

period_moves = Table(
    "period_moves",
    metadata,
    Column("period_id", Uuid, ForeignKey("budget.periods.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("books", Text, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("moved_by_client_id", Uuid, nullable=False),
    Column("reopened_because", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

seals = Table(
    "seals",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    Column("period_id", Uuid, ForeignKey("budget.periods.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("period_version", Integer, nullable=False),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("books", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("sealed_until", DateTime(timezone=True), nullable=False),
    Column("scheme", SmallInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

seal_branches = Table(
    "seal_branches",
    metadata,
    Column("seal_id", Uuid, ForeignKey("budget.seals.id"), primary_key=True),
    Column("arrangement", ARRANGEMENT, primary_key=True),
    Column("owner_organisation_id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("books", Text, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("sealed_by_organisation_id", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

year_ends = Table(
    "year_ends",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("books", Text, nullable=False),
    Column("pool_id", Uuid, ForeignKey("budget.pools.id"), nullable=False),
    Column("account_id", Uuid, ForeignKey("budget.accounts.id"), nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("balance_pence", BigInteger, nullable=False),
    Column("shares", JSONB, nullable=False),
    Column("journal_id", Uuid, ForeignKey("budget.journals.id")),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("year_ends_pkey", ID_UNAVAILABLE)
refuse_constraint("year_ends_posted_once", POSTED_ALREADY)
refuse_constraint("year_end_moves", YEAR_NOT_CLOSED)
refuse_constraint("period_year_is_carried", YEAR_IS_CARRIED)
refuse_constraint("periods_pkey", ID_UNAVAILABLE)
refuse_constraint("periods_once", PERIOD_STANDS_ALREADY, "/period")
refuse_constraint("period_moves_on", NO_SUCH_PERIOD_MOVE)
refuse_constraint("period_moves_pkey", STALE)
refuse_constraint("period_reopened_by_another", REOPENED_BY_CLOSER)
refuse_constraint("period_has_ended", NOT_ENDED)
refuse_constraint("journal_in_open_period", PERIOD_CLOSED, "/posting_period")
refuse_constraint("journal_in_first_open_period", PERIOD_TOO_LATE, "/posting_period")
refuse_constraint("journals_year_end_kind", YEAR_END_ONLY, "/posting_period")
