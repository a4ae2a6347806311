"""The tables of governance, and what each database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from services.gateway.rules.board import BOARD_ABOVE_UNKNOWN, BOARD_NAMED, BOARDS_IN_A_CIRCLE
from services.gateway.rules.identifier import DATES_CROSSED
from services.gateway.rules.paper import PAPER_EDITION_TAKEN, PAPER_KEPT
from services.gateway.rules.programme_part import PART_NAMED
from services.gateway.rules.responsibility_chart import CHART_TITLED
from services.gateway.rules.risk import RATING_HALF, RISK_CLOSED, RISK_REFERENCE_TAKEN, TARGET_ABOVE_CURRENT
from services.gateway.rules.timetable_entry import ENTRY_NAMED, STATEMENTS_KEPT
from services.gateway.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE


def _table(name: str, *columns: SchemaItem) -> Table:
    """A table of records that a partnership's partners share and one of them owns."""
    refuse_constraint(f"{name}_pkey", ID_UNAVAILABLE)
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("partnership_id", Uuid, ForeignKey("gateway.partnerships.id"), nullable=False),
        Column("owner_organisation_id", Uuid, ForeignKey("gateway.organisations.id"), nullable=False),
        *columns,
        Column("version", Integer, nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
    )


boards = _table(
    "boards",
    Column("organisation_id", Uuid, ForeignKey("gateway.organisations.id")),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("short_name", Text),
    Column("reports_to_board_id", Uuid),
    Column("terms_of_reference", Text),
    Column("quorum", Integer),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("seats", JSONB, nullable=False),
)
responsibility_charts = _table(
    "responsibility_charts",
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("columns", JSONB, nullable=False),
    Column("activities", JSONB, nullable=False),
)
risks = _table(
    "risks",
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("board_id", Uuid, nullable=False),
    Column("owner_post", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("current_likelihood", SmallInteger),
    Column("current_impact", SmallInteger),
    Column("target_likelihood", SmallInteger),
    Column("target_impact", SmallInteger),
    Column("actions", JSONB, nullable=False),
    Column("route", ARRAY(Uuid), nullable=False),
    Column("escalated_to", Uuid),
    Column("steps", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("closed_on", Date),
)
programme_parts = _table(
    "programme_parts",
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("part_of_id", Uuid),
    Column("board_id", Uuid),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("source", Text, nullable=False),
    Column("dependencies", JSONB, nullable=False),
    Column("things", JSONB, nullable=False),
)
papers = _table(
    "papers",
    Column("board_id", Uuid),
    Column("title", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("dated_on", Date, nullable=False),
    Column("legal_bases", ARRAY(Text), nullable=False),
    Column("stated_approved", Boolean, nullable=False),
    Column("review_every_months", SmallInteger),
    Column("stated_review_on", Date),
    Column("sections", JSONB, nullable=False),
    Column("signatories", JSONB, nullable=False),
    Column("signer_ids", ARRAY(Uuid), nullable=False),
    Column("voices_needed", ARRAY(Text), nullable=False),
    Column("signatures", JSONB, nullable=False),
    Column("reviews", JSONB, nullable=False),
)
timetable_entries = _table(
    "timetable_entries",
    Column("board_id", Uuid),
    Column("name", Text, nullable=False),
    Column("statements", JSONB, nullable=False),
)
assurance_reports = _table(
    "assurance_reports",
    Column("board_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("as_at", Date, nullable=False),
    Column("content", JSONB, nullable=False),
)

refuse_constraint("boards_name", BOARD_NAMED, "/name")
refuse_constraint("boards_dates", DATES_CROSSED, "/to_date")
refuse_constraint("boards_above", BOARD_ABOVE_UNKNOWN, "/reports_to_board_id")
refuse_constraint("boards_make_no_circle", BOARDS_IN_A_CIRCLE, "/reports_to_board_id")
refuse_constraint("responsibility_charts_title", CHART_TITLED, "/title")
refuse_constraint("risks_reference", RISK_REFERENCE_TAKEN, "/reference")
refuse_constraint("risks_rating_whole", RATING_HALF)
refuse_constraint("risks_target", TARGET_ABOVE_CURRENT, "/target_impact")
refuse_constraint("risk_stays_closed", RISK_CLOSED)
refuse_constraint("programme_parts_name", PART_NAMED, "/name")
refuse_constraint("programme_parts_dates", DATES_CROSSED, "/to_date")
refuse_constraint("papers_edition", PAPER_EDITION_TAKEN, "/edition")
refuse_constraint("paper_keeps_signatures", PAPER_KEPT)
refuse_constraint("timetable_entries_name", ENTRY_NAMED, "/name")
refuse_constraint("timetable_keeps_statements", STATEMENTS_KEPT)
