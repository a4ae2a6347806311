"""The table of disputes on contracts, and what each database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Table, Text, Uuid

from services.contracts.rules.contract_dispute import DISPUTE_OVER
from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

contract_disputes = Table(
    "contract_disputes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("against_organisation_id", Uuid, nullable=False),
    Column("matter", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("disputed_pence", BigInteger),
    Column("disputed_status", Text, nullable=False),
    Column("undisputed_pence", BigInteger),
    Column("stage", Text, nullable=False),
    Column("stage_began_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("outcome", Text),
    Column("resolution", Text),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("contract_disputes_pkey", ID_UNAVAILABLE)
refuse_constraint("contract_dispute_moves", DISPUTE_OVER)
