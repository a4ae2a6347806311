"""The table of notices that were published of contracts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Table, Text, Uuid

from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

published_notices = Table(
    "published_notices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("published_on", Date, nullable=False),
    Column("reference", Text, nullable=False),
    Column("url", Text),
    Column("sha256", Text),
    Column("process", Text),
    Column("urgent", Boolean, nullable=False),
    Column("representations", Integer, nullable=False),
    Column("representations_summary", Text),
    Column("variation_id", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("published_notices_pkey", ID_UNAVAILABLE)
