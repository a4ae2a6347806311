"""Tables of what is measured, in SQLAlchemy Core, and what each of their database locks says when it holds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from services.outcomes.rules.baseline import BASELINE_TWICE
from services.outcomes.rules.change import Direction, Reading, Side
from services.outcomes.rules.comparator import COMPARATOR_TWICE, SERIES_CHANGED, ComparatorKind
from services.outcomes.rules.framework import FRAMEWORK_TAKEN
from services.outcomes.rules.indicator import CODE_TAKEN, Axis, Frequency, Polarity, ValueType
from services.outcomes.rules.indicator_definition import PART_UNCOUNTED
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.population import POPULATION_TWICE, Basis
from services.outcomes.rules.target import TARGET_TWICE, Interpolation, TargetKind
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.idempotency import STALE
from shared.money import Qualifier

metadata = MetaData(schema="outcomes")

VALUE_TYPE = ENUM(*ValueType, name="value_type", create_type=False)
POLARITY = ENUM(*Polarity, name="polarity", create_type=False)
AXIS = ENUM(*Axis, name="axis", create_type=False)
FREQUENCY = ENUM(*Frequency, name="frequency", create_type=False)
MEASURE_STATUS = ENUM(*MeasureStatus, name="measure_status", create_type=False)
QUALIFIER = ENUM(*Qualifier, name="qualifier", create_type=False)
COMPARATOR_KIND = ENUM(*ComparatorKind, name="comparator_kind", create_type=False)
TARGET_KIND = ENUM(*TargetKind, name="target_kind", create_type=False)
DIRECTION = ENUM(*Direction, name="direction", create_type=False)
READING = ENUM(*Reading, name="reading", create_type=False)
SIDE = ENUM(*Side, name="side", create_type=False)
INTERPOLATION = ENUM(*Interpolation, name="interpolation", create_type=False)
BASIS = ENUM(*Basis, name="basis", create_type=False)


def column(name: str, kind: Any, nullable: bool = False) -> Column[Any]:
    """A column that must be filled unless said otherwise."""
    return Column(name, kind, nullable=nullable)


def identified() -> list[Column[Any]]:
    """The columns with which every record of a partnership begins."""
    return [Column("id", Uuid, primary_key=True), *owned()]


def owned() -> list[Column[Any]]:
    return [column("partnership_id", Uuid), column("owner_organisation_id", Uuid)]


def recorded() -> Column[Any]:
    return column("recorded_at", DateTime(timezone=True))


def belongs(table: str, local: str, remote: str) -> ForeignKeyConstraint:
    """A foreign key over several columns, each side as words."""
    return ForeignKeyConstraint(local.split(), [f"outcomes.{table}.{name}" for name in remote.split()])


_OF_INDICATOR = "indicator_id partnership_id owner_organisation_id"


def of_indicator() -> ForeignKeyConstraint:
    return belongs("indicators", _OF_INDICATOR, "id partnership_id owner_organisation_id")


frameworks = Table(
    "frameworks",
    metadata,
    *identified(),
    column("name", Text),
    column("edition", Text),
    column("publisher", Text, nullable=True),
    column("in_force_from", Date, nullable=True),
    column("in_force_until", Date, nullable=True),
    recorded(),
    column("domains", JSONB),
)

indicators = Table(
    "indicators",
    metadata,
    *identified(),
    column("code", Text),
    column("title", Text),
    column("definition", Text),
    column("numerator", Text, nullable=True),
    column("denominator", Text, nullable=True),
    column("unit", Text, nullable=True),
    column("value_type", VALUE_TYPE),
    column("multiplier", Numeric, nullable=True),
    column("scale_low", Numeric, nullable=True),
    column("scale_high", Numeric, nullable=True),
    column("polarity", POLARITY),
    column("frequency", FREQUENCY),
    column("source", Text, nullable=True),
    column("instrument", Text, nullable=True),
    column("instrument_version", Text, nullable=True),
    column("part_of_indicator_id", Uuid, nullable=True),
    column("counts_people", Boolean),
    column("warn_above_change_percent", Numeric, nullable=True),
    recorded(),
    column("rationale", Text, nullable=True),
    column("caveats", Text, nullable=True),
    column("axis", AXIS),
    column("breakdown_of_indicator_id", Uuid, nullable=True),
    column("dimensions", JSONB),
    column("version", Integer),
    column("updated_at", DateTime(timezone=True)),
    column("reason", Text, nullable=True),
    column("placed_version", Integer),
    belongs("indicators", "breakdown_of_indicator_id partnership_id", "id partnership_id"),
    belongs("indicators", "part_of_indicator_id partnership_id", "id partnership_id"),
)

indicator_wordings = Table(
    "indicator_wordings",
    metadata,
    Column("indicator_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    *owned(),
    column("title", Text),
    column("definition", Text),
    column("numerator", Text, nullable=True),
    column("denominator", Text, nullable=True),
    column("source", Text, nullable=True),
    column("rationale", Text, nullable=True),
    column("caveats", Text, nullable=True),
    column("warn_above_change_percent", Numeric, nullable=True),
    column("reason", Text, nullable=True),
    column("held_from", DateTime(timezone=True)),
    column("held_until", DateTime(timezone=True)),
    column("placed_version", Integer),
    of_indicator(),
)

indicator_placings = Table(
    "indicator_placings",
    metadata,
    Column("indicator_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("framework_id", Uuid, primary_key=True),
    *owned(),
    column("position", SmallInteger),
    column("code", Text),
    column("polarity", POLARITY, nullable=True),
    column("domain", Text, nullable=True),
    of_indicator(),
    belongs("frameworks", "framework_id partnership_id", "id partnership_id"),
)

baselines = Table(
    "baselines",
    metadata,
    *identified(),
    column("indicator_id", Uuid),
    column("contract_id", Uuid, nullable=True),
    column("period", Text),
    column("value", Numeric, nullable=True),
    column("status", MEASURE_STATUS),
    column("numerator", Numeric, nullable=True),
    column("denominator", Numeric, nullable=True),
    column("qualifier", QUALIFIER, nullable=True),
    column("source", Text),
    recorded(),
    of_indicator(),
)

comparators = Table(
    "comparators",
    metadata,
    *identified(),
    column("indicator_id", Uuid),
    column("kind", COMPARATOR_KIND),
    column("name", Text),
    column("area_code", Text, nullable=True),
    column("group_version", Text, nullable=True),
    column("source", Text),
    recorded(),
    of_indicator(),
)

comparator_values = Table(
    "comparator_values",
    metadata,
    Column("comparator_id", Uuid, primary_key=True),
    column("indicator_id", Uuid),
    *owned(),
    Column("period", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    column("value", Numeric, nullable=True),
    column("status", MEASURE_STATUS),
    column("qualifier", QUALIFIER, nullable=True),
    recorded(),
    belongs("comparators", f"comparator_id {_OF_INDICATOR}", f"id {_OF_INDICATOR}"),
)

targets = Table(
    "targets",
    metadata,
    *identified(),
    column("indicator_id", Uuid),
    column("contract_id", Uuid, nullable=True),
    column("kind", TARGET_KIND),
    column("period", Text, nullable=True),
    column("value", Numeric, nullable=True),
    column("change", Numeric, nullable=True),
    column("change_qualifier", QUALIFIER, nullable=True),
    column("direction", DIRECTION, nullable=True),
    column("reading", READING, nullable=True),
    column("comparator_id", Uuid, nullable=True),
    column("side", SIDE, nullable=True),
    column("interpolation", INTERPOLATION),
    column("amber_tolerance", Numeric, nullable=True),
    column("stated", Text, nullable=True),
    recorded(),
    of_indicator(),
    belongs("comparators", f"comparator_id {_OF_INDICATOR}", f"id {_OF_INDICATOR}"),
)

target_milestones = Table(
    "target_milestones",
    metadata,
    Column("target_id", Uuid, primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    column("indicator_id", Uuid),
    *owned(),
    column("contract_id", Uuid, nullable=True),
    column("period", Text),
    column("value", Numeric, nullable=True),
    belongs("targets", f"target_id {_OF_INDICATOR}", f"id {_OF_INDICATOR}"),
)

populations = Table(
    "populations",
    metadata,
    *identified(),
    column("area_code", Text),
    column("area_name", Text),
    column("basis", BASIS),
    column("age_band", Text),
    column("at", Date),
    column("vintage", Text),
    column("source", Text),
    column("count", BigInteger),
    column("qualifier", QUALIFIER, nullable=True),
    Column("projected_from_id", Uuid, ForeignKey("outcomes.populations.id")),
    column("growth_percent", Numeric, nullable=True),
    column("base_count", BigInteger, nullable=True),
    column("here_percent", Numeric, nullable=True),
    column("elsewhere_percent", Numeric, nullable=True),
    column("living_elsewhere", BigInteger, nullable=True),
    column("more_come_in_than_go_out", Boolean, nullable=True),
    recorded(),
    Column("share_of_id", Uuid, ForeignKey("outcomes.populations.id")),
    column("share_percent", Numeric, nullable=True),
    column("share_count", BigInteger, nullable=True),
)

for _table in (frameworks, indicators, baselines, comparators, targets, populations):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("frameworks_name", FRAMEWORK_TAKEN, "/name")
refuse_constraint("indicators_code", CODE_TAKEN, "/code")
refuse_constraint("indicators_part_counted", PART_UNCOUNTED, "/counts_people")
refuse_constraint("indicators_versioned", STALE)
refuse_constraint("baselines_once", BASELINE_TWICE, "/indicator_id")
refuse_constraint("comparators_name", COMPARATOR_TWICE, "/name")
refuse_constraint("comparator_values_pkey", SERIES_CHANGED)
refuse_constraint("targets_once", TARGET_TWICE, "/indicator_id")
refuse_constraint("populations_once", POPULATION_TWICE, "/vintage")
