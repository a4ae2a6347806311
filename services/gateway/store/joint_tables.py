"""The table of changes that several services make together."""

from __future__ import annotations

from sqlalchemy import ARRAY, Column, DateTime, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.gateway.store.tables import metadata

joint_changes = Table(
    "joint_changes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("thing_id", Uuid, nullable=False),
    Column("thing_version", Integer, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("client_id", Uuid, nullable=False),
    Column("person", Text),
    Column("asked", JSONB, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("contract_ids", ARRAY(Uuid), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("plan", JSONB, nullable=False),
    Column("seen", JSONB),
    Column("steps", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("why", JSONB),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

half_done_findings = Table(
    "half_done_findings",
    metadata,
    Column("joint_change_id", Uuid, primary_key=True),
    Column("change_version", Integer, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False),
)
