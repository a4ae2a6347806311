"""The tables of webhooks: addresses, secrets, places in the feeds, and deliveries."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    FetchedValue,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.gateway.store.tables import metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("url", Text, nullable=False),
    Column("types", ARRAY(Text), nullable=False),
    Column("description", Text),
    Column("state", Text, nullable=False),
    Column("failing_since", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=FetchedValue()),
    Column("webhook_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("counts_until", DateTime(timezone=True)),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

webhook_places = Table(
    "webhook_places",
    metadata,
    Column("webhook_id", Uuid, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("position", BigInteger, nullable=False),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("webhook_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("service", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("queued", Boolean, nullable=False),
    Column("attempted_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)
