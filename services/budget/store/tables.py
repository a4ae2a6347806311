"""The tables of the schema `budget`, in SQLAlchemy Core, and what each database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from services.budget.rules.account import ACCOUNT_NAME_USED
from services.budget.rules.agreement import NO_SUCH_MOVE, NOT_APPROVED, REFERENCE_USED
from services.budget.rules.contribution import REPLACED_ALREADY, STANDS_ALREADY
from services.budget.rules.decision import CONDITION_MET_ALREADY
from services.budget.rules.journal import (
    ALREADY_REVERSED,
    CLIENT_REFERENCE_USED,
    OUTSIDE_LINE_YEAR,
)
from services.budget.rules.line import LINE_NAME_USED
from services.budget.rules.pool import POOL_NAME_USED, POOL_NEEDS_FORCE
from services.budget.rules.posting_after_end import FINAL_ACCOUNT_SIGNED
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

metadata = MetaData(schema="budget")

ARRANGEMENT = ENUM("pooled", "aligned", "shadow", name="arrangement", create_type=False)
CATEGORY = ENUM("wellness", "community_intervention", "complex_bed_based", name="category", create_type=False)
MONEY_STATUS = ENUM(
    "actual", "estimate", "provisional", "tbc", "not_stated", name="money_status", create_type=False
)
MONEY_QUALIFIER = ENUM(
    "more_than", "almost", "up_to", "approximately", name="money_qualifier", create_type=False
)
BOOK = ENUM("budget", "actual", name="book", create_type=False)
ACCOUNT_KIND = ENUM(
    "fund",
    "contribution",
    "expenditure",
    "income",
    "reserve",
    "interim",
    "vat_control",
    name="account_kind",
    create_type=False,
)
JOURNAL_KIND = ENUM(
    "contribution",
    "expenditure",
    "accrual",
    "income",
    "virement",
    "carry_forward",
    "risk_share_adjustment",
    "supplementary_estimate",
    "prepayment",
    "in_kind",
    "reversal",
    "succession",
    name="journal_kind",
    create_type=False,
)

pools = Table(
    "pools",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("agreement_id", Uuid, ForeignKey("budget.agreements.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("category", CATEGORY, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("kept_before", ARRAY(Uuid), nullable=False),
)

lines = Table(
    "lines",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("pool_id", Uuid, ForeignKey("budget.pools.id")),
    Column("name", Text, nullable=False),
    Column("category", CATEGORY, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("budget_pence", BigInteger),
    Column("budget_status", MONEY_STATUS, nullable=False),
    Column("budget_qualifier", MONEY_QUALIFIER),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    Column("functions", ARRAY(Text), nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("legality_assessed_on", Date, nullable=False),
    Column("legality_note", Text),
    Column("nature", JSONB, nullable=False),
    Column("waits_for", ARRAY(Text), nullable=False),
    Column("criteria_version", Text),
    Column("continues_line_id", Uuid, ForeignKey("budget.lines.id")),
    Column("counts_from", Date),
    Column("ended_on", Date),
    Column("ended_recorded_at", DateTime(timezone=True)),
    Column("made_by_move_id", Uuid),
    Column("ended_by_move_id", Uuid),
    Column("succeeds_line_id", Uuid, ForeignKey("budget.lines.id")),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("pool_id", Uuid, ForeignKey("budget.pools.id")),
    Column("line_id", Uuid, ForeignKey("budget.lines.id")),
    Column("organisation_id", Uuid),
    Column("name", Text, nullable=False),
    Column("kind", ACCOUNT_KIND, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

journals = Table(
    "journals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("posted_by_organisation_id", Uuid, nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("book", BOOK, nullable=False),
    Column("kind", JOURNAL_KIND, nullable=False),
    Column("effective_date", Date, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("posting_period", Text, nullable=False),
    Column("narrative", Text, nullable=False),
    Column("client_reference", Text),
    Column("reverses_journal_id", Uuid, ForeignKey("budget.journals.id")),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("succession_id", Uuid),
    Column("on_behalf_of_organisation_id", Uuid),
)

agreements = Table(
    "agreements",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("reference", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("party_ids", ARRAY(Uuid), nullable=False),
    Column("state", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("approvals", JSONB, nullable=False),
    Column("approved_from", Date),
    Column("signed_on", Date),
    Column("signatories", JSONB, nullable=False),
    Column("commencing", JSONB, nullable=False),
    Column("commenced_on", Date),
    Column("holds_from", Date),
    Column("ended_on", Date),
    Column("ending", JSONB),
    Column("last_day", Date),
    Column("final_account", JSONB),
    Column("closed_on", Date),
    Column("candidates", ARRAY(Uuid), nullable=False),
    Column("shadow_consents", ARRAY(Uuid), nullable=False),
    Column("missing", ARRAY(Text), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

agreement_versions = Table(
    "agreement_versions",
    metadata,
    Column("agreement_id", Uuid, ForeignKey("budget.agreements.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("party_ids", ARRAY(Uuid), nullable=False),
    Column("shadow_consents", ARRAY(Uuid), nullable=False),
    Column("aligned_lines_open", Boolean, nullable=False),
    Column("edition", Integer),
    Column("host_organisation_id", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("subject", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("subject_title", Text, nullable=False),
    Column("edition", Integer),
    Column("body", Text, nullable=False),
    Column("body_type", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("conditions", JSONB, nullable=False),
    Column("delegates", JSONB),
    Column("authority", JSONB),
    Column("key_decision", Boolean, nullable=False),
    Column("part", Text, nullable=False),
    Column("exemption_paragraph", SmallInteger),
    Column("call_in_ends_on", Date),
    Column("reference", Text),
    Column("ratify_by", Date),
    Column("ratifies_decision_id", Uuid, ForeignKey("budget.decisions.id")),
    Column("at_meeting_id", Uuid, ForeignKey("budget.decisions.id")),
    Column("paper", JSONB, nullable=False),
    Column("recorded_by_client_id", Uuid, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

met_conditions = Table(
    "met_conditions",
    metadata,
    Column("decision_id", Uuid, ForeignKey("budget.decisions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("met_on", Date, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

contributions = Table(
    "contributions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("pool_id", Uuid, ForeignKey("budget.pools.id"), nullable=False),
    Column("arrangement", ARRANGEMENT, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("amount_pence", BigInteger),
    Column("amount_status", MONEY_STATUS, nullable=False),
    Column("amount_qualifier", MONEY_QUALIFIER),
    Column("form", Text, nullable=False),
    Column("funding_source", Text, nullable=False),
    Column("replaces_contribution_id", Uuid, ForeignKey("budget.contributions.id")),
    Column("effective_from", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("succession_id", Uuid),
)

for _table in (pools, lines, accounts, journals, agreements, decisions, contributions):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("agreements_owner_organisation_id_reference_key", REFERENCE_USED, "/reference")
refuse_constraint("agreement_approved_by_all", NOT_APPROVED)
refuse_constraint("agreement_moves", NO_SUCH_MOVE)
refuse_constraint("met_conditions_pkey", CONDITION_MET_ALREADY, "/number")
refuse_constraint("pools_owner_organisation_id_partnership_id_name_key", POOL_NAME_USED, "/name")
refuse_constraint("pool_turns_real", POOL_NEEDS_FORCE)
refuse_constraint("accounts_name_once", ACCOUNT_NAME_USED, "/name")
refuse_constraint("lines_owner_organisation_id_partnership_id_financial_year_n_key", LINE_NAME_USED, "/name")
refuse_constraint("contributions_stand_once", STANDS_ALREADY, "/replaces_contribution_id")
refuse_constraint("contributions_replaced_once", REPLACED_ALREADY, "/replaces_contribution_id")
refuse_constraint("journal_in_its_year", OUTSIDE_LINE_YEAR, "/effective_date")
refuse_constraint("journals_reversed_once", ALREADY_REVERSED)
refuse_constraint("journals_client_reference", CLIENT_REFERENCE_USED, "/client_reference")
refuse_constraint("journal_before_final_account", FINAL_ACCOUNT_SIGNED)
