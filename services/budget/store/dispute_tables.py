"""Tables of disputes and documents, and what each of their database locks says when it holds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Table, Text, Uuid

from services.budget.rules.dispute import STAGE_BACKWARDS
from services.budget.rules.document import DOCUMENT_ENTERED
from services.budget.store.tables import MONEY_QUALIFIER, MONEY_STATUS, metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

disputes = Table(
    "disputes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("matter", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("disputed_pence", BigInteger),
    Column("disputed_status", MONEY_STATUS, nullable=False),
    Column("disputed_qualifier", MONEY_QUALIFIER),
    Column("undisputed_pence", BigInteger),
    Column("undisputed_status", MONEY_STATUS, nullable=False),
    Column("stage", Text, nullable=False),
    Column("stage_began_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("outcome", Text),
    Column("resolution", Text),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("publication_class", Text, nullable=False),
    Column("dated_on", Date, nullable=False),
    Column("keep_until", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

for _table in (disputes, documents):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("dispute_moves_on", STAGE_BACKWARDS, "/stage")
refuse_constraint("documents_once", DOCUMENT_ENTERED, "/sha256")
