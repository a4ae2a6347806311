"""The table of packs that were drawn up for scrutiny. Rows are only ever added."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, ForeignKey, LargeBinary, Table, Text, Uuid

from services.gateway.rules.scrutiny_pack import PACK_TOO_LARGE
from services.gateway.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

scrutiny_packs = Table(
    "scrutiny_packs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, ForeignKey("gateway.partnerships.id"), nullable=False),
    Column("owner_organisation_id", Uuid, ForeignKey("gateway.organisations.id"), nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("as_at", Date, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("scrutiny_packs_pkey", ID_UNAVAILABLE)
refuse_constraint("scrutiny_packs_size", PACK_TOO_LARGE)
