"""Tables of when contributions are due, and of what a year's money is held against."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Integer, Table, Text, Uuid

from services.budget.rules.funding_requirement import REQUIREMENT_REPLACED
from services.budget.rules.instalment import NOT_THE_CONTRIBUTION
from services.budget.store.tables import ARRANGEMENT, metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

instalments = Table(
    "instalments",
    metadata,
    Column("contribution_id", Uuid, ForeignKey("budget.contributions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due_on", Date, nullable=False),
    Column("amount_pence", BigInteger),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

funding_requirements = Table(
    "funding_requirements",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("pool_id", Uuid, ForeignKey("budget.pools.id")),
    Column("financial_year", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("amount_pence", BigInteger),
    Column("tag", Text),
    Column("source", Text, nullable=False),
    Column("replaces_requirement_id", Uuid, ForeignKey("budget.funding_requirements.id")),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("instalments_add_up", NOT_THE_CONTRIBUTION, "/instalments")
refuse_constraint("funding_requirements_pkey", ID_UNAVAILABLE)
refuse_constraint("funding_requirements_replaced_once", REQUIREMENT_REPLACED, "/replaces_requirement_id")
