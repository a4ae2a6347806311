"""The table of records that their owner opens to scrutiny or an auditor."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.gateway.rules.record_grant import GRANT_DECIDED, GRANT_TOO_LONG
from services.gateway.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

record_grants = Table(
    "record_grants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, ForeignKey("gateway.partnerships.id"), nullable=False),
    Column("owner_organisation_id", Uuid, ForeignKey("gateway.organisations.id"), nullable=False),
    Column("grantee_organisation_id", Uuid, ForeignKey("gateway.organisations.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("records", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("decision_reason", Text),
    Column("from_date", Date),
    Column("to_date", Date),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("record_grants_pkey", ID_UNAVAILABLE)
refuse_constraint("record_grants_days", GRANT_TOO_LONG, "/to_date")
refuse_constraint("record_grant_moves", GRANT_DECIDED)
