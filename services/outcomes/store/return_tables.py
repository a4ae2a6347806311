"""Tables of what is owed, sent and accepted, and what each of their database locks says when it holds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB

from services.outcomes.rules.disclosure import OBSERVATION_DISCLOSED
from services.outcomes.rules.kpi_return import (
    MOVE_NOT_POSSIBLE,
    NOT_LEAD,
    NOT_PROVIDER,
    PERIOD_TAKEN,
    ReturnState,
)
from services.outcomes.rules.obligation import TITLE_TAKEN
from services.outcomes.store.tables import (
    FREQUENCY,
    MEASURE_STATUS,
    belongs,
    column,
    identified,
    metadata,
    owned,
    recorded,
)
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.idempotency import STALE

RETURN_STATE = ENUM(*ReturnState, name="return_state", create_type=False)
_PARTIES = "partnership_id contract_id lead_organisation_id provider_organisation_id reader_organisation_ids"
_OF_OBLIGATION = (
    "partnership_id contract_id owner_organisation_id provider_organisation_id reader_organisation_ids"
)
OF_RETURN = (
    "obligation_id period partnership_id owner_organisation_id lead_organisation_id"
    " reader_organisation_ids financial_year"
)


def _readers() -> Column[Any]:
    return column("reader_organisation_ids", ARRAY(Uuid))


def _figures(status_nullable: bool = False) -> list[Column[Any]]:
    return [
        column("value", Numeric, nullable=True),
        column("status", MEASURE_STATUS, nullable=status_nullable),
        column("numerator", Numeric, nullable=True),
        column("denominator", Numeric, nullable=True),
        column("explanation", Text, nullable=True),
    ]


def of_return() -> list[Column[Any]]:
    """What a row below a return repeats of it, for its policy."""
    return [
        column("obligation_id", Uuid),
        column("period", Text),
        *owned(),
        column("lead_organisation_id", Uuid),
        _readers(),
        column("financial_year", Text),
    ]


obligations = Table(
    "obligations",
    metadata,
    *identified(),
    column("contract_id", Uuid),
    column("lead_organisation_id", Uuid),
    column("provider_organisation_id", Uuid),
    column("associate_organisation_ids", ARRAY(Uuid)),
    _readers(),
    column("title", Text),
    column("frequency", FREQUENCY),
    column("begins_on", Date),
    column("ends_on", Date),
    column("due_days", SmallInteger),
    recorded(),
    column("silence_days", SmallInteger, nullable=True),
    column("dimensions", JSONB),
)

obligation_indicators = Table(
    "obligation_indicators",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("indicator_id", Uuid, primary_key=True),
    *owned(),
    column("contract_id", Uuid),
    column("provider_organisation_id", Uuid),
    _readers(),
    column("position", SmallInteger),
    column("compulsory", Boolean),
    recorded(),
    column("dimensions", JSONB),
    belongs("obligations", f"obligation_id {_OF_OBLIGATION}", f"id {_PARTIES}"),
    belongs("indicators", "indicator_id partnership_id", "id partnership_id"),
)

obligation_terms = Table(
    "obligation_terms",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("edition", Integer, primary_key=True),
    *owned(),
    column("contract_id", Uuid),
    column("provider_organisation_id", Uuid),
    _readers(),
    column("ends_on", Date),
    column("reason", Text),
    column("set_by_organisation_id", Uuid),
    column("set_by_client_id", Uuid),
    recorded(),
    belongs("obligations", f"obligation_id {_OF_OBLIGATION}", f"id {_PARTIES}"),
)

due_returns = Table(
    "due_returns",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("period", Text, primary_key=True),
    *owned(),
    column("contract_id", Uuid),
    column("provider_organisation_id", Uuid),
    _readers(),
    column("financial_year", Text),
    column("first_day", Date),
    column("last_day", Date),
    column("due_on", Date),
    column("closes_on", Date, nullable=True),
    belongs("obligations", f"obligation_id {_OF_OBLIGATION}", f"id {_PARTIES}"),
)

_DATES = "financial_year first_day last_day due_on"
returns = Table(
    "returns",
    metadata,
    Column("id", Uuid, primary_key=True),
    column("obligation_id", Uuid),
    column("period", Text),
    *owned(),
    column("contract_id", Uuid),
    column("lead_organisation_id", Uuid),
    column("associate_organisation_ids", ARRAY(Uuid)),
    _readers(),
    column("financial_year", Text),
    column("first_day", Date),
    column("last_day", Date),
    column("due_on", Date),
    column("state", RETURN_STATE),
    column("revision", Integer),
    column("accepted_revision", Integer, nullable=True),
    column("submitted_at", DateTime(timezone=True), nullable=True),
    column("days_late", Integer, nullable=True),
    column("explained", Boolean),
    column("reasons", JSONB),
    column("version", Integer),
    recorded(),
    column("updated_at", DateTime(timezone=True)),
    belongs(
        "due_returns",
        "obligation_id period partnership_id contract_id lead_organisation_id owner_organisation_id"
        f" reader_organisation_ids {_DATES}",
        "obligation_id period partnership_id contract_id owner_organisation_id provider_organisation_id"
        f" reader_organisation_ids {_DATES}",
    ),
)

return_drafts = Table(
    "return_drafts",
    metadata,
    Column("return_id", Uuid, ForeignKey("outcomes.returns.id"), primary_key=True),
    Column("indicator_id", Uuid, ForeignKey("outcomes.indicators.id"), primary_key=True),
    column("owner_organisation_id", Uuid),
    *_figures(status_nullable=True),
)

return_values = Table(
    "return_values",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("indicator_id", Uuid, primary_key=True),
    *of_return(),
    *_figures(),
    belongs("obligation_indicators", "obligation_id indicator_id", "obligation_id indicator_id"),
    belongs("returns", f"return_id {OF_RETURN}", f"id {OF_RETURN}"),
)

return_moves = Table(
    "return_moves",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    column("revision", Integer),
    *of_return(),
    column("from_state", RETURN_STATE),
    column("to_state", RETURN_STATE),
    column("moved_at", DateTime(timezone=True)),
    column("organisation_id", Uuid),
    column("client_id", Uuid),
    column("reasons", JSONB),
    column("warnings", JSONB),
    column("reviewer", Text, nullable=True),
    belongs("returns", f"return_id {OF_RETURN}", f"id {OF_RETURN}"),
)

observations = Table(
    "observations",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    column("return_id", Uuid),
    column("revision", Integer),
    column("indicator_id", Uuid),
    *of_return(),
    column("contract_id", Uuid),
    column("last_day", Date),
    column("value", Numeric, nullable=True),
    column("status", MEASURE_STATUS),
    recorded(),
    belongs("return_values", "return_id revision indicator_id", "return_id revision indicator_id"),
    belongs("returns", f"return_id {OF_RETURN}", f"id {OF_RETURN}"),
)

for _table in (obligations, returns):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("obligations_title", TITLE_TAKEN, "/title")
refuse_constraint("obligation_terms_edition", STALE)
refuse_constraint("returns_period", PERIOD_TAKEN, "/period")
refuse_constraint("returns_move", MOVE_NOT_POSSIBLE)
refuse_constraint("returns_submitter", NOT_PROVIDER)
refuse_constraint("returns_decider", NOT_LEAD)
refuse_constraint("returns_versioned", STALE)
refuse_constraint("return_moves_possible", MOVE_NOT_POSSIBLE)
refuse_constraint("return_drafts_open", MOVE_NOT_POSSIBLE)
refuse_constraint("observations_shown_rightly", OBSERVATION_DISCLOSED)
