"""The table of what a transaction changes: the database's own, filled and emptied by triggers before it commits."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.store.tables import metadata

changed_contracts = Table(
    "changed_contracts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("contract_ids", ARRAY(Uuid), nullable=False),
    Column("whole", Boolean, nullable=False),
)
