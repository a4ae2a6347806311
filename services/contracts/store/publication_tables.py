"""The tables of publication: who publishes, what of each contract, and the editions of which releases are made."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB

from services.contracts.rules.publication import ReleaseStage
from services.contracts.rules.publisher import PublisherKind
from services.contracts.store.life_tables import MOVE
from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

STAGE = ENUM(*(each.value for each in ReleaseStage), name="release_stage", create_type=False)
PUBLISHER_KIND = ENUM(*(each.value for each in PublisherKind), name="publisher_kind", create_type=False)

publishers = Table(
    "publishers",
    metadata,
    Column("owner_organisation_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", PUBLISHER_KIND, nullable=False),
    Column("identifiers", JSONB, nullable=False),
    Column("open_by_default", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("decided", Boolean, nullable=False),
    Column("shown", Boolean, nullable=False),
    Column("from_stage", STAGE, nullable=False),
    Column("withheld", JSONB, nullable=False),
    Column("particulars", JSONB, nullable=False),
    Column("lapses", ARRAY(DateTime(timezone=True)), nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

contract_editions = Table(
    "contract_editions",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("stage", STAGE, nullable=False),
    Column("contract_version", Integer, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("move", MOVE),
    Column("reason", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("released_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("publishers_pkey", ID_UNAVAILABLE)
