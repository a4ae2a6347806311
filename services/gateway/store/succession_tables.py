"""The tables of successions."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, ForeignKey, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.gateway.store.tables import metadata

successions = Table(
    "successions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("effective_date", Date, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("party_ids", ARRAY(Uuid), nullable=False),
    Column("recorded_by_client_id", Uuid, nullable=False),
    Column("recorded_by_person", Text),
    Column("approved_by_client_id", Uuid),
    Column("approved_by_person", Text),
    Column("parts", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

succession_moves = Table(
    "succession_moves",
    metadata,
    Column("succession_id", Uuid, ForeignKey("gateway.successions.id"), primary_key=True),
    Column("predecessor_id", Uuid, ForeignKey("gateway.organisations.id"), primary_key=True),
    Column("successor_id", Uuid, ForeignKey("gateway.organisations.id"), primary_key=True),
    Column("share", Numeric, nullable=False),
)
