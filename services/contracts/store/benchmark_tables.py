"""The table of published rate benchmarks, and what its lock says when it holds."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.rate_benchmark import NOT_DISCLOSABLE, PUBLISHED_ALREADY
from services.contracts.store.placement_tables import PLACEMENT_UNIT
from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

rate_benchmarks = Table(
    "rate_benchmarks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("service", Text, nullable=False),
    Column("service_key", Text, nullable=False),
    Column("unit", PLACEMENT_UNIT, nullable=False),
    Column("period", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("placements", Integer, nullable=False),
    Column("providers", Integer, nullable=False),
    Column("largest_provider_placements", Integer, nullable=False),
    Column("fewest_of_others", Integer),
    Column("lowest", Numeric, nullable=False),
    Column("lower_quartile", Numeric, nullable=False),
    Column("median", Numeric, nullable=False),
    Column("upper_quartile", Numeric, nullable=False),
    Column("highest", Numeric, nullable=False),
    Column("outliers_below", Integer, nullable=False),
    Column("outliers_above", Integer, nullable=False),
    Column("inconsistent_provider_ids", ARRAY(Uuid), nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("rate_benchmarks_pkey", ID_UNAVAILABLE)
refuse_constraint("rate_benchmarks_once", PUBLISHED_ALREADY)
refuse_constraint("rate_benchmarks_disclosable", NOT_DISCLOSABLE)
