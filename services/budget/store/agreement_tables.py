"""Tables of an agreement's later life, and what each of their database locks says when it holds."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Column, Date, DateTime, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.budget.rules.agreement_version import NO_SUCH_VERSION_MOVE, VERSION_OPEN
from services.budget.rules.milestone import REACHED_ALREADY
from services.budget.rules.ratification import RATIFIED_ALREADY
from services.budget.rules.reclassification import MORE_THAN_HELD
from services.budget.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

agreement_texts = Table(
    "agreement_texts",
    metadata,
    Column("agreement_id", Uuid, ForeignKey("budget.agreements.id"), primary_key=True),
    Column("edition", Integer, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("reason", Text),
    Column("signer_ids", ARRAY(Uuid), nullable=False),
    Column("stage", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("approvals", JSONB, nullable=False),
    Column("approved_from", Date),
    Column("signed_on", Date),
    Column("signatories", JSONB, nullable=False),
    Column("commencing", JSONB, nullable=False),
    Column("holds_from", Date),
    Column("held_until", Date),
    Column("missing", ARRAY(Text), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

reclassifications = Table(
    "reclassifications",
    metadata,
    Column("journal_id", Uuid, ForeignKey("budget.journals.id"), primary_key=True),
    Column("interim_account_id", Uuid, ForeignKey("budget.accounts.id"), primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("budget.agreements.id"), nullable=False),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

milestones = Table(
    "milestones",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("budget.agreements.id"), nullable=False),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("planned", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("stage", Text),
    Column("reached", Text),
    Column("reached_source", Text),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("milestones_pkey", ID_UNAVAILABLE)
refuse_constraint("milestone_reached_once", REACHED_ALREADY, "/reached")
refuse_constraint("decisions_ratify_once", RATIFIED_ALREADY, "/ratifies_decision_id")
refuse_constraint("agreement_texts_one_on_its_way", VERSION_OPEN)
refuse_constraint("interim_is_moved_once", MORE_THAN_HELD, "/moves")
refuse_constraint("agreement_text_moves", NO_SUCH_VERSION_MOVE)
