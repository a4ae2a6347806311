"""The tables of placements, and what each database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB

from services.contracts.rules.high_cost import THRESHOLD_USED
from services.contracts.rules.placement import CONTRACT_NOT_OPEN, REFERENCE_USED, FundingType, RateUnit
from services.contracts.rules.placement_life import MOVE_NOT_OPEN, PlacementMove, PlacementState
from services.contracts.rules.placement_move import RETENTION_AT_END
from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.money import Qualifier, Status

PLACEMENT_UNIT = ENUM(*(each.value for each in RateUnit), name="placement_unit", create_type=False)
PLACEMENT_STATE = ENUM(*(each.value for each in PlacementState), name="placement_state", create_type=False)
PLACEMENT_MOVE = ENUM(*(each.value for each in PlacementMove), name="placement_move", create_type=False)
PLACEMENT_FUNDING = ENUM(*(each.value for each in FundingType), name="placement_funding", create_type=False)

placements = Table(
    "placements",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("provider_organisation_id", Uuid, nullable=False),
    Column("reference", Text),
    Column("person_reference", Text),
    Column("service", Text, nullable=False),
    Column("service_key", Text, nullable=False),
    Column("unit", PLACEMENT_UNIT, nullable=False),
    Column("unit_rate", Numeric),
    Column("units_per_week", Numeric),
    Column("weekly_cost_pence", BigInteger),
    Column(
        "weekly_cost_status",
        ENUM(*(each.value for each in Status), name="money_status", create_type=False),
        nullable=False,
    ),
    Column(
        "weekly_cost_qualifier",
        ENUM(*(each.value for each in Qualifier), name="money_qualifier", create_type=False),
    ),
    Column("funding_type", PLACEMENT_FUNDING, nullable=False),
    Column("start_date", Date),
    Column("review_date", Date),
    Column("end_date", Date),
    Column("outcomes_expected", JSONB, nullable=False),
    Column("site_name", Text),
    Column("site_area_code", Text),
    Column("responsible_area_code", Text),
    Column("out_of_area", Boolean),
    Column("keep_until", Date, nullable=False),
    Column("state", PLACEMENT_STATE, nullable=False),
    Column("reviewed_on", Date),
    Column("ended_on", Date),
    Column("end_reason", Text),
    Column("disposed_on", Date),
    Column("missing", ARRAY(Text), nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("disclosed", Boolean, nullable=False),
)

placement_steps = Table(
    "placement_steps",
    metadata,
    Column("placement_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("move", PLACEMENT_MOVE, nullable=False),
    Column("from_state", PLACEMENT_STATE),
    Column("to_state", PLACEMENT_STATE, nullable=False),
    Column("holds_from", Date),
    Column("reason", Text),
    Column("next_review", Date),
    Column("organisation_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("person", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

high_cost_thresholds = Table(
    "high_cost_thresholds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("holds_from", Date, nullable=False),
    Column("weekly_cost_pence", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

placement_disposals = Table(
    "placement_disposals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("as_at", Date, nullable=False),
    Column("basis", Text, nullable=False),
    Column("placement_ids", ARRAY(Uuid), nullable=False),
    Column("placements", Integer, nullable=False),
    Column("weekly_cost_known_pence", BigInteger, nullable=False),
    Column("weekly_cost_unknown", Integer, nullable=False),
    Column("copies_gone_by", Date, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("person", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("placements_pkey", ID_UNAVAILABLE)
refuse_constraint("placements_reference", REFERENCE_USED, "/reference")
refuse_constraint("placement_contract_is_open", CONTRACT_NOT_OPEN, "/contract_id")
refuse_constraint("placement_moves", MOVE_NOT_OPEN)
refuse_constraint("high_cost_thresholds_pkey", ID_UNAVAILABLE)
refuse_constraint("high_cost_thresholds_once", THRESHOLD_USED, "/holds_from")
refuse_constraint("placement_kept_beyond", RETENTION_AT_END, "/on")
