"""Tables of what is said and decided about a return besides its own moves, and what their locks say when they hold."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB

from services.outcomes.rules.associate_decision import DECIDED_ALREADY, Decision
from services.outcomes.rules.dispute import DISPUTE_RESOLVED, DisputeOutcome, DisputeStage
from services.outcomes.rules.validation_rule import RULE_REPLACED, MissingPolicy, Operator, RuleSeverity
from services.outcomes.store.return_tables import OF_RETURN, of_return
from services.outcomes.store.tables import belongs, column, metadata, owned, recorded
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.idempotency import STALE

DECISION = ENUM(*Decision, name="associate_decision", create_type=False)
DISPUTE_STAGE = ENUM(*DisputeStage, name="dispute_stage", create_type=False)
DISPUTE_OUTCOME = ENUM(*DisputeOutcome, name="dispute_outcome", create_type=False)
_INSTANT = DateTime(timezone=True)


associate_decisions = Table(
    "associate_decisions",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    *of_return(),
    Column("associate_organisation_id", Uuid, primary_key=True),
    column("decision", DECISION),
    column("organisation_id", Uuid),
    column("client_id", Uuid),
    recorded(),
    belongs("returns", f"return_id {OF_RETURN}", f"id {OF_RETURN}"),
)

return_comments = Table(
    "return_comments",
    metadata,
    Column("id", Uuid, primary_key=True),
    column("return_id", Uuid),
    column("revision", Integer),
    *of_return(),
    column("pointer", Text, nullable=True),
    column("text", Text),
    column("organisation_id", Uuid),
    column("client_id", Uuid),
    recorded(),
    belongs("returns", f"return_id {OF_RETURN}", f"id {OF_RETURN}"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", Uuid, primary_key=True),
    column("return_id", Uuid),
    column("revision", Integer),
    *of_return(),
    column("organisation_id", Uuid),
    column("client_id", Uuid),
    column("points", JSONB),
    column("disputed_indicator_ids", ARRAY(Uuid)),
    column("undisputed_indicator_ids", ARRAY(Uuid)),
    column("stage", DISPUTE_STAGE),
    column("stage_until", Date),
    column("outcome", DISPUTE_OUTCOME, nullable=True),
    column("resolution", Text, nullable=True),
    column("resolved_at", _INSTANT, nullable=True),
    column("version", Integer),
    recorded(),
    column("updated_at", _INSTANT),
    belongs("returns", f"return_id {OF_RETURN}", f"id {OF_RETURN}"),
)

dispute_steps = Table(
    "dispute_steps",
    metadata,
    Column("dispute_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    column("return_id", Uuid),
    column("revision", Integer),
    *of_return(),
    column("stage", DISPUTE_STAGE),
    column("until", Date),
    column("note", Text, nullable=True),
    column("organisation_id", Uuid),
    column("client_id", Uuid),
    recorded(),
    belongs("returns", f"return_id {OF_RETURN}", f"id {OF_RETURN}"),
    belongs("disputes", "dispute_id return_id", "id return_id"),
)

validation_rules = Table(
    "validation_rules",
    metadata,
    Column("id", Uuid, primary_key=True),
    column("obligation_id", Uuid),
    *owned(),
    column("contract_id", Uuid),
    column("provider_organisation_id", Uuid),
    column("reader_organisation_ids", ARRAY(Uuid)),
    column("replaces_id", Uuid, nullable=True),
    column("words", Text),
    column("left", Text),
    column("operator", ENUM(*Operator, name="validation_operator", create_type=False)),
    column("right", Text),
    column("severity", ENUM(*RuleSeverity, name="validation_severity", create_type=False)),
    column("missing", ENUM(*MissingPolicy, name="missing_policy", create_type=False)),
    recorded(),
    belongs(
        "obligations",
        "obligation_id partnership_id contract_id owner_organisation_id provider_organisation_id"
        " reader_organisation_ids",
        "id partnership_id contract_id lead_organisation_id provider_organisation_id reader_organisation_ids",
    ),
    belongs("validation_rules", "replaces_id obligation_id", "id obligation_id"),
)

refuse_constraint("validation_rules_pkey", ID_UNAVAILABLE)
refuse_constraint("validation_rules_replaced", RULE_REPLACED, "/replaces_id")
refuse_constraint("associate_decisions_pkey", DECIDED_ALREADY)
refuse_constraint("return_comments_pkey", ID_UNAVAILABLE)
refuse_constraint("disputes_pkey", ID_UNAVAILABLE)
refuse_constraint("disputes_move", DISPUTE_RESOLVED)
refuse_constraint("disputes_versioned", STALE)
