"""Tables of what reports ask and say, of year-end packs, and of partners' own ledger codes and journals."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.budget.rules.report_statement import DECISION_NOT_HERE
from services.budget.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE


def _owned(name: str, *more: Column[object]) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("partnership_id", Uuid, nullable=False),
        Column("owner_organisation_id", Uuid, nullable=False),
        Column("financial_year", Text, nullable=False),
        *more,
        Column("recorded_at", DateTime(timezone=True), nullable=False),
    )


report_requirements = _owned(
    "report_requirements",
    Column("report", Text, nullable=False),
    Column("quarter", SmallInteger),
    Column("due_on", Date, nullable=False),
    Column("conditions", JSONB, nullable=False),
    Column("source", Text, nullable=False),
)
report_statements = _owned(
    "report_statements",
    Column("report", Text, nullable=False),
    Column("quarter", SmallInteger),
    Column("pool_id", Uuid, ForeignKey("budget.pools.id")),
    Column("section", Text, nullable=False),
    Column("met", Boolean),
    Column("text", Text),
    Column("decision_id", Uuid, ForeignKey("budget.decisions.id")),
)
year_end_packs = _owned(
    "year_end_packs",
    Column("pool_id", Uuid, ForeignKey("budget.pools.id"), nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
)
ledger_code_maps = _owned(
    "ledger_code_maps",
    Column("control_code", Text, nullable=False),
    Column("codes", JSONB, nullable=False),
)
partner_journals = _owned(
    "partner_journals",
    Column("period", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("taken_until", DateTime(timezone=True), nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
)

for _table in (report_requirements, report_statements, year_end_packs, ledger_code_maps, partner_journals):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("report_statements_own_decision", DECISION_NOT_HERE, "/decision_id")
