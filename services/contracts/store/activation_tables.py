"""The table of what stood behind contracts when they came into force."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.contracts.store.tables import metadata

# Kept by triggers alone: when a contract last came to ask more of its funding partners than before.
contract_pricings = Table(
    "contract_pricings",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("priced_at", DateTime(timezone=True), nullable=False),
)

contract_activations = Table(
    "contract_activations",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("active_from", Date, nullable=False),
    Column("backing", JSONB, nullable=False),
    Column("no_indicator_reason", Text),
    Column("organisation_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("person", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)
