"""Tables of risk shares, settlements, waterfalls, savings and appraisals, and what their database locks say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, Column, Date, DateTime, ForeignKey, Integer, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.budget.rules.risk_share import VERSION_TAKEN
from services.budget.rules.settlement import (
    APPROVED_ALREADY,
    MAKER_APPROVES,
    NO_SUCH_MOVE,
    NOT_APPROVED_BY_ALL,
    NOT_OF_THE_YEAR,
    SETTLED_ALREADY,
    UNDERSPEND_TAKEN,
)
from services.budget.rules.settlement_dispute import RESOLVED_ALREADY
from services.budget.rules.settlement_journal import RESERVE_GONE
from services.budget.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE


def _filled(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _owned() -> list[Column[Any]]:
    return [_filled("partnership_id", Uuid), _filled("owner_organisation_id", Uuid)]


def _of_settlement() -> Column[Any]:
    return Column("settlement_id", Uuid, primary_key=True)


def _recorded() -> Column[Any]:
    return _filled("recorded_at", DateTime(timezone=True))


def _updated() -> Column[Any]:
    return _filled("updated_at", DateTime(timezone=True))


risk_shares = Table(
    "risk_shares",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_owned(),
    _filled("pool_id", Uuid),
    _filled("agreement_id", Uuid),
    _filled("edition", Integer),
    _filled("effective_from", Date),
    _filled("clause", Text),
    _filled("scheme", JSONB),
    _recorded(),
)

settlements = Table(
    "settlements",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_owned(),
    _filled("pool_id", Uuid),
    _filled("risk_share_id", Uuid),
    _filled("agreement_id", Uuid),
    _filled("financial_year", Text),
    _filled("source", Text),
    Column("as_at", Date),
    _filled("facts", JSONB),
    _filled("outcome", JSONB),
    _filled("party_ids", ARRAY(Uuid)),
    _filled("state", Text),
    Column("withdrawn_because", Text),
    _filled("version", Integer),
    _filled("proposed_by_client_id", Uuid),
    Column("proposed_by_person", Text),
    _recorded(),
    _updated(),
)

settlement_approvals = Table(
    "settlement_approvals",
    metadata,
    _of_settlement(),
    _filled("partnership_id", Uuid),
    Column("owner_organisation_id", Uuid, primary_key=True),
    _filled("financial_year", Text),
    _filled("approved_by_client_id", Uuid),
    _recorded(),
)

settlement_disputes = Table(
    "settlement_disputes",
    metadata,
    Column("id", Uuid, primary_key=True),
    _filled("settlement_id", Uuid),
    *_owned(),
    _filled("financial_year", Text),
    _filled("steps", ARRAY(SmallInteger)),
    _filled("grounds", Text),
    _filled("answer_due_on", Date),
    Column("outcome", Text),
    Column("explanation", Text),
    _filled("version", Integer),
    _recorded(),
    _updated(),
)

settlement_postings = Table(
    "settlement_postings",
    metadata,
    _of_settlement(),
    Column("journal_id", Uuid, ForeignKey("budget.journals.id"), primary_key=True),
    *_owned(),
    _filled("financial_year", Text),
    _filled("steps", ARRAY(SmallInteger)),
    _recorded(),
)

waterfalls = Table(
    "waterfalls",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_owned(),
    _filled("title", Text),
    _filled("financial_year", Text),
    _filled("need", JSONB),
    _filled("sources", JSONB),
    _filled("version", Integer),
    _recorded(),
    _updated(),
)

savings = Table(
    "savings",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_owned(),
    _filled("benefit_id", Text),
    _filled("title", Text),
    _filled("programme", Text),
    _filled("terms", JSONB),
    _filled("status", Text),
    _filled("version", Integer),
    _recorded(),
    _updated(),
)

saving_moves = Table(
    "saving_moves",
    metadata,
    Column("saving_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    *_owned(),
    _filled("from_status", Text),
    _filled("to_status", Text),
    _filled("on_day", Date),
    Column("slipped_to", Text),
    Column("delivered", JSONB),
    _filled("explanation", Text),
    _recorded(),
)

saving_plans = Table(
    "saving_plans",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_owned(),
    _filled("title", Text),
    _filled("programme", Text),
    _filled("years", JSONB),
    Column("gap", JSONB),
    _recorded(),
)

appraisals = Table(
    "appraisals",
    metadata,
    Column("id", Uuid, primary_key=True),
    *_owned(),
    _filled("title", Text),
    _filled("given", JSONB),
    _recorded(),
)

for _table in (risk_shares, settlements, settlement_disputes, waterfalls, savings, saving_plans, appraisals):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("risk_shares_edition", VERSION_TAKEN)
refuse_constraint("settlements_one_of_a_year", SETTLED_ALREADY, "/pool_id")
refuse_constraint("settlement_moves", NO_SUCH_MOVE)
refuse_constraint("settlement_underspend_once", UNDERSPEND_TAKEN)
refuse_constraint("settlement_of_whole_year", NOT_OF_THE_YEAR, "/as_at")
refuse_constraint("settlement_reserve_there", RESERVE_GONE)
refuse_constraint("settlement_approved_by_all", NOT_APPROVED_BY_ALL)
refuse_constraint("settlement_approvals_pkey", APPROVED_ALREADY)
refuse_constraint("settlement_approver_is_another", MAKER_APPROVES)
refuse_constraint("settlement_dispute_ends_once", RESOLVED_ALREADY)
