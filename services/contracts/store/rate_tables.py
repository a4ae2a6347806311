"""The table of contracts' rates, and what its locks say when they hold."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from services.contracts.rules.rate import OVERLAPS, RateState
from services.contracts.store.placement_tables import PLACEMENT_UNIT
from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

RATE_STATE = ENUM(*(each.value for each in RateState), name="rate_state", create_type=False)

contract_rates = Table(
    "contract_rates",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("provider_organisation_id", Uuid, nullable=False),
    Column("service", Text, nullable=False),
    Column("service_key", Text, nullable=False),
    Column("unit", PLACEMENT_UNIT, nullable=False),
    Column("unit_rate", Numeric, nullable=False),
    Column("holds_from", Date, nullable=False),
    Column("holds_until", Date),
    Column("uplifts_id", Uuid),
    Column("effect", JSONB),
    Column("state", RATE_STATE, nullable=False),
    Column("decided_on", Date),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("contract_rates_pkey", ID_UNAVAILABLE)
refuse_constraint("contract_rates_apart", OVERLAPS, "/holds_from")
