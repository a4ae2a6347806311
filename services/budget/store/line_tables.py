"""Tables of what becomes of lines: their budgets, profiles, met demands, and the moves by which one follows another."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Column, Date, DateTime, ForeignKey, Integer, Table, Text, Uuid

from services.budget.rules.budget_revision import BELOW_USED, FENCE_EMPTIED, NEEDS_DECISION
from services.budget.rules.limit_share import LIMIT_LOST
from services.budget.rules.line_budget import ORIGINAL_STANDS
from services.budget.rules.line_move import NOT_WHOLE
from services.budget.rules.ring_fence import CONDITION_MET, LINE_ENDED, ON_ENDED_LINE
from services.budget.store.tables import ARRANGEMENT, MONEY_QUALIFIER, MONEY_STATUS, metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE


def _of_a_line(key: bool = False) -> tuple[Column[object], ...]:
    return (
        Column("line_id", Uuid, ForeignKey("budget.lines.id"), nullable=False, primary_key=key),
        Column("partnership_id", Uuid, nullable=False),
        Column("owner_organisation_id", Uuid, nullable=False),
        Column("arrangement", ARRANGEMENT, nullable=False),
        Column("financial_year", Text, nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
    )


line_moves = Table(
    "line_moves",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("before_pence", BigInteger),
    Column("after_pence", BigInteger),
    Column("from_line_ids", ARRAY(Uuid), nullable=False),
    Column("to_line_ids", ARRAY(Uuid), nullable=False),
    Column("criteria_version", Text),
    Column("legal_basis", Text),
    Column("legality_assessed_on", Date),
    Column("legality_note", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

line_budgets = Table(
    "line_budgets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount_pence", BigInteger),
    Column("amount_status", MONEY_STATUS, nullable=False),
    Column("amount_qualifier", MONEY_QUALIFIER),
    Column("effective_from", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decision_id", Uuid, ForeignKey("budget.decisions.id")),
    *_of_a_line(),
)

line_profiles = Table(
    "line_profiles",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("interval", Text, nullable=False),
    Column("budget_pence", BigInteger, nullable=False),
    Column("amounts_pence", ARRAY(BigInteger), nullable=False),
    *_of_a_line(),
)

met_demands = Table(
    "met_demands",
    metadata,
    Column("code", Text, primary_key=True),
    Column("met_on", Date, nullable=False),
    Column("evidence", Text, nullable=False),
    *_of_a_line(key=True),
)

for _table in (line_moves, line_budgets, line_profiles):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("met_demands_pkey", CONDITION_MET, "/code")
refuse_constraint("line_budgets_one_original", ORIGINAL_STANDS, "/kind")
refuse_constraint("line_budget_below_used", BELOW_USED, "/amount/amount_pence")
refuse_constraint("line_budget_fence_emptied", FENCE_EMPTIED, "/amount/amount_pence")
refuse_constraint("line_budget_needs_decision", NEEDS_DECISION, "/decision_id")
refuse_constraint("line_move_is_whole", NOT_WHOLE)
refuse_constraint("line_keeps_limit", LIMIT_LOST)
refuse_constraint("journal_on_living_lines", LINE_ENDED, "/entries")
refuse_constraint("commitment_on_living_line", ON_ENDED_LINE, "/line_id")
