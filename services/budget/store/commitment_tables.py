"""Tables of limits, virements, commitments and forecasts, and what each of their database locks says when it holds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.budget.rules.action_plan import PLANNED_ALREADY
from services.budget.rules.commitment import DRAWN_ALREADY, NOT_ITS_MOVES
from services.budget.rules.estimate_source import RESERVE_TOO_LITTLE
from services.budget.rules.virement import SAME_LINE
from services.budget.rules.virement_approval import DECIDED_ALREADY, MAKER_APART, NOT_PROPOSED
from services.budget.store.tables import ARRANGEMENT, CATEGORY, metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE


def _recorded() -> Column[Any]:
    return Column("recorded_at", DateTime(timezone=True), nullable=False)


def _changing() -> tuple[Column[Any], ...]:
    updated = Column("updated_at", DateTime(timezone=True), nullable=False)
    return (Column("version", Integer, nullable=False), _recorded(), updated)


def _kept() -> tuple[Column[Any], ...]:
    return (
        Column("partnership_id", Uuid, nullable=False),
        Column("owner_organisation_id", Uuid, nullable=False),
    )


def _money() -> tuple[Column[Any], ...]:
    """What a row of money repeats of its line."""
    year = Column("financial_year", Text, nullable=False)
    return (*_kept(), Column("arrangement", ARRANGEMENT, nullable=False), year)


def _id() -> Column[Any]:
    return Column("id", Uuid, primary_key=True)


def _line() -> Column[Any]:
    return Column("line_id", Uuid, nullable=False)


delegation_limits = Table(
    "delegation_limits",
    metadata,
    _id(),
    *_kept(),
    Column("subject", Text, nullable=False),
    Column("decider", Text, nullable=False),
    Column("decider_type", Text, nullable=False),
    Column("amount_limit_pence", BigInteger),
    Column("percent_limit", Numeric),
    Column("nature", Text),
    Column("permanence", Text),
    Column("budget_type", Text),
    Column("counted_over", Text, nullable=False),
    Column("in_force_from", Date, nullable=False),
    Column("in_force_to", Date),
    Column("source", Text),
    *_changing(),
)

virements = Table(
    "virements",
    metadata,
    _id(),
    *_money(),
    Column("kind", Text, nullable=False),
    Column("from_line_id", Uuid),
    Column("from_account_id", Uuid),
    Column("to_line_id", Uuid, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("nature", Text, nullable=False),
    Column("permanence", Text, nullable=False),
    Column("budget_type", Text),
    Column("reason", Text, nullable=False),
    Column("outcome", Text),
    Column("indicator_id", Uuid),
    Column("effective_date", Date, nullable=False),
    Column("posting_period", Text),
    Column("asked", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("journal_id", Uuid),
    Column("proposed_by_client_id", Uuid, nullable=False),
    Column("proposed_by_person", Text),
    *_changing(),
)

virement_decisions = Table(
    "virement_decisions",
    metadata,
    Column("virement_id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, primary_key=True),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("decider", Text),
    Column("decision_id", Uuid),
    Column("note", Text),
    Column("client_id", Uuid, nullable=False),
    Column("person", Text),
    _recorded(),
)

commitment_limits = Table(
    "commitment_limits",
    metadata,
    _id(),
    *_money(),
    _line(),
    Column("basis", Text, nullable=False),
    Column("limit_pence", BigInteger),
    Column("reason", Text, nullable=False),
    _recorded(),
)

commitments = Table(
    "commitments",
    metadata,
    _id(),
    *_money(),
    _line(),
    Column("made_by_organisation_id", Uuid, nullable=False),
    Column("level", Text, nullable=False),
    Column("contract_id", Uuid),
    Column("placement_id", Uuid),
    Column("description", Text, nullable=False),
    Column("reserved_pence", BigInteger, nullable=False),
    Column("drawn_pence", BigInteger, nullable=False),
    Column("released_pence", BigInteger, nullable=False),
    Column("continues_commitment_id", Uuid, ForeignKey("budget.commitments.id")),
    *_changing(),
)

commitment_moves = Table(
    "commitment_moves",
    metadata,
    Column("commitment_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    *_money(),
    _line(),
    Column("made_by_organisation_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("paid_pence", BigInteger),
    Column("journal_id", Uuid),
    Column("effective_date", Date, nullable=False),
    Column("reason", Text),
    _recorded(),
)

commitment_balances = Table(
    "commitment_balances",
    metadata,
    Column("line_id", Uuid, primary_key=True),
    Column("effective_month", Date, primary_key=True),
    Column("recorded_month", Date, primary_key=True),
    *_money(),
    Column("amount_pence", BigInteger, nullable=False),
    Column("day_pence", ARRAY(BigInteger), nullable=False),
)

warning_thresholds = Table(
    "warning_thresholds",
    metadata,
    _id(),
    *_kept(),
    Column("severity", Text, nullable=False),
    Column("percent_over", Numeric),
    Column("amount_over_pence", BigInteger),
    Column("category", CATEGORY),
    Column("action_plan", Boolean, nullable=False),
    Column("in_force_from", Date, nullable=False),
    Column("in_force_to", Date),
    *_changing(),
)

forecasts = Table(
    "forecasts",
    metadata,
    _id(),
    *_money(),
    _line(),
    Column("made_by_organisation_id", Uuid, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("basis", Text, nullable=False),
    Column("base_pence", ARRAY(BigInteger), nullable=False),
    Column("months_pence", ARRAY(BigInteger), nullable=False),
    Column("assumptions", JSONB, nullable=False),
    Column("outturn_pence", BigInteger),
    Column("budget_adjusted_pence", BigInteger),
    Column("warning", JSONB),
    Column("next_meeting_on", Date),
    Column("note", Text),
    _recorded(),
)

action_plans = Table(
    "action_plans",
    metadata,
    _id(),
    *_money(),
    _line(),
    Column("made_by_organisation_id", Uuid, nullable=False),
    Column("forecast_id", Uuid, nullable=False),
    Column("overspend_pence", BigInteger, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("steps", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    *_changing(),
)

for _table in (
    delegation_limits,
    virements,
    commitment_limits,
    commitments,
    warning_thresholds,
    forecasts,
    action_plans,
):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("virements_two_lines", SAME_LINE, "/to_line_id")
refuse_constraint("virement_moves", NOT_PROPOSED)
refuse_constraint("virement_apart", MAKER_APART)
refuse_constraint("virement_decisions_pkey", DECIDED_ALREADY)
refuse_constraint("commitment_moves_journal_once", DRAWN_ALREADY, "/journal_id")
refuse_constraint("commitment_is_its_moves", NOT_ITS_MOVES)
refuse_constraint("commitments_rest", NOT_ITS_MOVES)
refuse_constraint("action_plans_once", PLANNED_ALREADY, "/forecast_id")
refuse_constraint("estimate_from_what_is_there", RESERVE_TOO_LITTLE)
