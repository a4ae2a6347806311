"""Tables of what partners assess and work out: scope, attributions, posts and addressable spend."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.budget.rules.scope_assessment import ASSESSED_ALREADY
from services.budget.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE


def _kept(name: str, *more: Column[object]) -> Table:
    """A record that is kept as it was worked out."""
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("partnership_id", Uuid, nullable=False),
        Column("owner_organisation_id", Uuid, nullable=False),
        Column("name", Text, nullable=False),
        Column("record", JSONB, nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        *more,
    )


attributions = _kept("attributions")
posts = _kept("posts")
addressable_spends = _kept("addressable_spends")
reference_figures = _kept("reference_figures")
scope_assessments = _kept(
    "scope_assessments",
    Column("line_id", Uuid, ForeignKey("budget.lines.id")),
    Column("replaces_assessment_id", Uuid, ForeignKey("budget.scope_assessments.id")),
)

for _table in (attributions, posts, addressable_spends, reference_figures, scope_assessments):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("scope_assessments_replaced_once", ASSESSED_ALREADY, "/replaces_assessment_id")
