"""The table of what observers may see of baselines."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Numeric, Table, Text, Uuid

from services.outcomes.rules.disclosure import BASELINE_DISCLOSED
from services.outcomes.store.tables import (
    MEASURE_STATUS,
    QUALIFIER,
    column,
    metadata,
    of_indicator,
    owned,
    recorded,
)
from shared.db import refuse_constraint

shown_baselines = Table(
    "shown_baselines",
    metadata,
    Column("baseline_id", Uuid, ForeignKey("outcomes.baselines.id"), primary_key=True),
    *owned(),
    column("indicator_id", Uuid),
    column("contract_id", Uuid, nullable=True),
    column("period", Text),
    column("value", Numeric, nullable=True),
    column("status", MEASURE_STATUS),
    column("qualifier", QUALIFIER, nullable=True),
    column("source", Text),
    recorded(),
    of_indicator(),
)
refuse_constraint("shown_baselines_rightly", BASELINE_DISCLOSED)
