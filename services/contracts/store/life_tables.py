"""The tables of a contract's life: the history of its moves, and what a database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from services.contracts.rules.step import DAY_TO_COME, Move
from services.contracts.store.tables import STATE, metadata
from shared.db import refuse_constraint

MOVE = ENUM(*(each.value for each in Move), name="contract_move", create_type=False)

contract_steps = Table(
    "contract_steps",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("partnership_id", Uuid),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("move", MOVE, nullable=False),
    Column("from_state", STATE),
    Column("to_state", STATE, nullable=False),
    Column("holds_from", Date),
    Column("reason", Text),
    Column("note", Text),
    Column("value_before", JSONB),
    Column("value_after", JSONB),
    Column("terms_before", JSONB),
    Column("terms_after", JSONB),
    Column("private", Boolean, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("person", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("contract_step_day_come", DAY_TO_COME, "/on")
