"""Tables of imports of ledger lines: what became of each file, and what was wrong with its rows."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.budget.store.tables import metadata

ledger_imports = Table(
    "ledger_imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("layout", Text, nullable=False),
    Column("take", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("file_bytes", BigInteger, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("heading_line", Integer, nullable=False),
    Column("columns_not_read", JSONB, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("control_total", JSONB, nullable=False),
    Column("causes", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

ledger_import_findings = Table(
    "ledger_import_findings",
    metadata,
    Column("ledger_import_id", Uuid, ForeignKey("budget.ledger_imports.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("line", Integer, nullable=False),
    Column("column_name", Text, nullable=False),
    Column("read", Text),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("reference", Text),
)
