"""The table of what was read at the gateway."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, FetchedValue, SmallInteger, Table, Text, Uuid

from services.gateway.store.tables import metadata

reads = Table(
    "reads",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=FetchedValue()),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("batch_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("on_behalf_of", Text),
    Column("operation", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("request_id", Uuid, nullable=False),
)
