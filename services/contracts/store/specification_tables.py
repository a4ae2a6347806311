"""The tables of specifications, and what each database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Integer, Table, Text, Uuid

from services.contracts.rules.specification import (
    NAMED_NOT_IN_FORCE,
    NAMED_TWICE,
    SPECIFICATION_NAMED_LATER,
    SPECIFICATION_NUMBER_USED,
    SPECIFICATION_OVERLAPS,
)
from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

specifications = Table(
    "specifications",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("code", Text, nullable=False),
    Column("code_key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("holds_from", Date, nullable=False),
    Column("holds_until", Date),
    Column("url", Text),
    Column("sha256", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

contract_specifications = Table(
    "contract_specifications",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("specification_id", Uuid, nullable=False),
    Column("code", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("holds_from", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("specifications_pkey", ID_UNAVAILABLE)
refuse_constraint("specifications_number", SPECIFICATION_NUMBER_USED, "/number")
refuse_constraint("specifications_apart", SPECIFICATION_OVERLAPS, "/holds_from")
refuse_constraint("contract_specifications_pkey", ID_UNAVAILABLE)
refuse_constraint("contract_specifications_once", NAMED_TWICE, "/holds_from")
refuse_constraint("contract_specifications_in_force", NAMED_NOT_IN_FORCE, "/holds_from")
refuse_constraint("specifications_named_later", SPECIFICATION_NAMED_LATER, "/holds_from")
