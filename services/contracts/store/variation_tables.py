"""The tables of variations: what is proposed, what only commissioners know of it, and the answers of both sides."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB

from services.contracts.rules.variation import VariationKind, VariationState
from services.contracts.rules.variation_move import (
    VARIATION_NOT_AGREED,
    VARIATION_NOT_OPEN,
    VARIATIONS_OVERLAP,
)
from services.contracts.rules.variation_side import VariationSide
from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

VARIATION_STATE = ENUM(*(each.value for each in VariationState), name="variation_state", create_type=False)
_KIND = ENUM(*(each.value for each in VariationKind), name="variation_kind", create_type=False)
_SIDE = ENUM(*(each.value for each in VariationSide), name="variation_side", create_type=False)

variations = Table(
    "variations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("kind", _KIND, nullable=False),
    Column("reason", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("signed_on", Date),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("rates", JSONB, nullable=False),
    Column("yearly", JSONB, nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    Column("state", VARIATION_STATE, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

variation_plans = Table(
    "variation_plans",
    metadata,
    Column("variation_id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("funding_before", JSONB),
    Column("funding_after", JSONB),
    Column("modification", JSONB),
    Column("despite_test", Text),
)

variation_answers = Table(
    "variation_answers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("variation_id", Uuid, nullable=False),
    Column("contract_id", Uuid, nullable=False),
    Column("side", _SIDE, nullable=False),
    Column("organisation_id", Uuid),
    Column("agreed", Boolean, nullable=False),
    Column("answered_on", Date, nullable=False),
    Column("note", Text),
    Column("recorded_by_organisation_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("person", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("variations_pkey", ID_UNAVAILABLE)
refuse_constraint("variation_moves", VARIATION_NOT_OPEN)
refuse_constraint("variation_answers_once", VARIATION_NOT_OPEN)
refuse_constraint("variation_agreed", VARIATION_NOT_AGREED)
refuse_constraint("variations_overlap", VARIATIONS_OVERLAP, "/effective_on")
