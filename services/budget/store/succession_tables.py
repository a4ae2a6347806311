"""Tables of successions: who took over from whom, and what each of its things became."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Numeric, Table, Text, Uuid

from services.budget.rules.late_entry import (
    AFTER_SUCCESSION,
    BEFORE_SUCCESSION,
    BY_PREDECESSOR,
    BY_SUCCESSION_ONLY,
)
from services.budget.rules.succession import SUCCEEDED_ALREADY
from services.budget.store.tables import ARRANGEMENT, metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

successions = Table(
    "successions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, primary_key=True),
    Column("predecessor_organisation_id", Uuid, primary_key=True),
    Column("owner_organisation_id", Uuid, primary_key=True),
    Column("effective_on", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("share", Numeric, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

succession_items = Table(
    "succession_items",
    metadata,
    Column("succession_id", Uuid, ForeignKey("budget.successions.id"), nullable=False),
    Column("partnership_id", Uuid, ForeignKey("budget.successions.partnership_id"), nullable=False),
    Column(
        "predecessor_organisation_id",
        Uuid,
        ForeignKey("budget.successions.predecessor_organisation_id"),
        nullable=False,
    ),
    Column(
        "owner_organisation_id",
        Uuid,
        ForeignKey("budget.successions.owner_organisation_id"),
        primary_key=True,
    ),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("thing", Text, nullable=False),
    Column("from_id", Uuid, primary_key=True),
    Column("to_id", Uuid, primary_key=True),
    Column("share", Numeric, nullable=False),
    Column("amount_pence", BigInteger),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("successions_pkey", ID_UNAVAILABLE)
refuse_constraint("successions_once", SUCCEEDED_ALREADY, "/moves")
refuse_constraint("journal_of_a_succession", BY_SUCCESSION_ONLY, "/kind")
refuse_constraint("journal_by_who_succeeded", BY_PREDECESSOR)
refuse_constraint("journal_before_succession", AFTER_SUCCESSION, "/effective_date")
refuse_constraint("journal_since_succession", BEFORE_SUCCESSION, "/effective_date")
