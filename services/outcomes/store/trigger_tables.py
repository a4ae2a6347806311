"""The table of early triggers, and what its database locks say when they hold."""

from __future__ import annotations

from sqlalchemy import DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB

from services.outcomes.rules.trigger import (
    TRIGGER_MOVE_NOT_POSSIBLE,
    TriggerOutcome,
    TriggerRule,
    TriggerState,
)
from services.outcomes.store.return_tables import obligations
from services.outcomes.store.tables import belongs, column, identified, metadata
from shared.db import refuse_constraint
from shared.idempotency import STALE

TRIGGER_RULE = ENUM(*TriggerRule, name="trigger_rule", create_type=False)
TRIGGER_STATE = ENUM(*TriggerState, name="trigger_state", create_type=False)
TRIGGER_OUTCOME = ENUM(*TriggerOutcome, name="trigger_outcome", create_type=False)
_INSTANT = DateTime(timezone=True)

triggers = Table(
    "triggers",
    metadata,
    *identified(),
    column("contract_id", Uuid),
    column("obligation_id", Uuid),
    column("provider_organisation_id", Uuid),
    column("reader_organisation_ids", ARRAY(Uuid)),
    column("indicator_id", Uuid, nullable=True),
    column("rule", TRIGGER_RULE),
    column("period", Text),
    column("financial_year", Text),
    column("revision", Integer),
    column("evidence", JSONB),
    column("state", TRIGGER_STATE),
    column("version", Integer),
    column("raised_at", _INSTANT),
    column("acknowledged_at", _INSTANT, nullable=True),
    column("acknowledgement", Text, nullable=True),
    column("resolved_at", _INSTANT, nullable=True),
    column("outcome", TRIGGER_OUTCOME, nullable=True),
    column("resolution", Text, nullable=True),
    column("updated_at", _INSTANT),
    belongs(
        obligations.name,
        "obligation_id partnership_id contract_id owner_organisation_id provider_organisation_id"
        " reader_organisation_ids",
        "id partnership_id contract_id lead_organisation_id provider_organisation_id reader_organisation_ids",
    ),
    belongs("obligation_indicators", "obligation_id indicator_id", "obligation_id indicator_id"),
    belongs("due_returns", "obligation_id period", "obligation_id period"),
)

refuse_constraint("triggers_move", TRIGGER_MOVE_NOT_POSSIBLE)
refuse_constraint("triggers_versioned", STALE)
