"""The table of what records that go on as others were first awarded as."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Table, Uuid

from services.contracts.store.tables import metadata

contract_first_awards = Table(
    "contract_first_awards",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("value_pence", BigInteger),
    Column("changed_pence", BigInteger),
    Column("starts_on", Date),
    Column("last_day", Date),
)
