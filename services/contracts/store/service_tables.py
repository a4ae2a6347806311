"""The table of the service catalogue."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, Table, Text, Uuid

from services.contracts.store.tables import CATEGORY, metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

services = Table(
    "services",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("cluster_number", Integer),
    Column("cluster_name", Text),
    Column("category", CATEGORY),
    Column("in_scope", Boolean),
    Column("source", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("services_pkey", ID_UNAVAILABLE)
