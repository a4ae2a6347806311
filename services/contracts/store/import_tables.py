"""Tables of imports: what became of each file, and of each of its rows."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.contracts.store.tables import metadata

register_imports = Table(
    "register_imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("register_date", Date, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("report", JSONB),
)

register_entries = Table(
    "register_entries",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("reference_key", Text, nullable=False),
    Column("register_import_id", Uuid, nullable=False),
    Column("line", Integer, nullable=False),
    Column("content", JSONB, nullable=False),
)

register_import_rows = Table(
    "register_import_rows",
    metadata,
    Column("register_import_id", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("reference", Text),
    Column("outcome", Text, nullable=False),
    Column("contract_id", Uuid),
    Column("findings", JSONB, nullable=False),
)

placement_imports = Table(
    "placement_imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("report", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

placement_import_rows = Table(
    "placement_import_rows",
    metadata,
    Column("placement_import_id", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("placement_id", Uuid),
    Column("missing", ARRAY(Text), nullable=False),
    Column("findings", JSONB, nullable=False),
)
