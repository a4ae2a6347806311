"""The registers of governance by name."""

from __future__ import annotations

from services.gateway.rules import board, paper, responsibility_chart, risk, timetable_entry
from services.gateway.rules.assurance_report import AssuranceReport
from services.gateway.rules.board import Board
from services.gateway.rules.paper import Paper
from services.gateway.rules.programme_part import ProgrammePart
from services.gateway.rules.responsibility_chart import ResponsibilityChart
from services.gateway.rules.risk import Risk
from services.gateway.rules.timetable_entry import TimetableEntry
from services.gateway.store import governance_tables as tables
from services.gateway.store.registers import Register

boards = Register(
    tables.boards,
    Board,
    "board",
    by="name",
    changing=(
        "name",
        "short_name",
        "reports_to_board_id",
        "terms_of_reference",
        "quorum",
        "to_date",
        "seats",
    ),
    as_on=board.as_on,
)
responsibility_charts = Register(
    tables.responsibility_charts,
    ResponsibilityChart,
    "responsibility_chart",
    by="title",
    changing=("activities",),
    as_on=lambda chart, _: responsibility_chart.told(chart),
)
risks = Register(
    tables.risks,
    Risk,
    "risk",
    by="reference",
    changing=(
        "current_likelihood",
        "current_impact",
        "target_likelihood",
        "target_impact",
        "actions",
        "escalated_to",
        "steps",
        "state",
        "closed_on",
    ),
    as_on=risk.as_on,
)
programme_parts = Register(
    tables.programme_parts,
    ProgrammePart,
    "programme_part",
    by="name",
    changing=("name", "to_date", "dependencies", "things"),
)
papers = Register(
    tables.papers, Paper, "paper", by="title", changing=("signatures", "reviews"), as_on=paper.as_on
)
timetable_entries = Register(
    tables.timetable_entries,
    TimetableEntry,
    "timetable_entry",
    by="name",
    changing=("statements",),
    as_on=timetable_entry.as_on,
)
assurance_reports = Register(tables.assurance_reports, AssuranceReport, "assurance_report", by="as_at")
