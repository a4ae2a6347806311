"""Tables of places and of what people there need, and what their database locks say when they hold."""

from __future__ import annotations

from sqlalchemy import Column, Numeric, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.outcomes.rules.area import HIERARCHY_TAKEN
from services.outcomes.rules.need import NEED_TAKEN
from services.outcomes.store.tables import (
    QUALIFIER,
    VALUE_TYPE,
    belongs,
    column,
    identified,
    metadata,
    owned,
    recorded,
)
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

area_hierarchies = Table(
    "area_hierarchies",
    metadata,
    *identified(),
    column("name", Text),
    column("edition", Text),
    column("source", Text),
    column("areas", JSONB),
    column("changes", JSONB),
    recorded(),
)

needs = Table(
    "needs",
    metadata,
    *identified(),
    column("reference", Text),
    column("title", Text),
    column("description", Text),
    column("source", Text),
    column("area_code", Text, nullable=True),
    column("value_type", VALUE_TYPE, nullable=True),
    column("value", Numeric, nullable=True),
    column("qualifier", QUALIFIER, nullable=True),
    recorded(),
)

need_indicators = Table(
    "need_indicators",
    metadata,
    Column("need_id", Uuid, primary_key=True),
    Column("indicator_id", Uuid, primary_key=True),
    *owned(),
    column("position", SmallInteger),
    belongs(
        "needs", "need_id partnership_id owner_organisation_id", "id partnership_id owner_organisation_id"
    ),
    belongs("indicators", "indicator_id partnership_id", "id partnership_id"),
)

refuse_constraint("area_hierarchies_pkey", ID_UNAVAILABLE)
refuse_constraint("area_hierarchies_name", HIERARCHY_TAKEN, "/edition")
refuse_constraint("needs_pkey", ID_UNAVAILABLE)
refuse_constraint("needs_reference", NEED_TAKEN, "/reference")
