"""Tables of benefits, evaluations and KPIs that are rated, and what their database locks say when they hold."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, ENUM

from services.outcomes.rules.benefit import BENEFIT_TAKEN, BenefitKind
from services.outcomes.rules.evaluation import EVALUATION_DECIDED, EvaluationState
from services.outcomes.rules.kpi_rating import KPI_DUTY_TAKEN, AwardRegime
from services.outcomes.store.tables import QUALIFIER, belongs, column, identified, metadata, owned, recorded
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.idempotency import STALE

BENEFIT_KIND = ENUM(*BenefitKind, name="benefit_kind", create_type=False)
AWARD_REGIME = ENUM(*AwardRegime, name="award_regime", create_type=False)
EVALUATION_STATE = ENUM(*EvaluationState, name="evaluation_state", create_type=False)

benefits = Table(
    "benefits",
    metadata,
    *identified(),
    column("reference", Text),
    column("title", Text),
    column("description", Text),
    column("kind", BENEFIT_KIND),
    column("indicator_id", Uuid, nullable=True),
    column("unit", Text),
    column("baseline_value", Numeric, nullable=True),
    column("expected_value", Numeric),
    column("qualifier", QUALIFIER, nullable=True),
    column("expected_by", Date),
    column("source", Text),
    column("accountable", Text),
    recorded(),
    belongs("indicators", "indicator_id partnership_id", "id partnership_id"),
)

kpi_duties = Table(
    "kpi_duties",
    metadata,
    *identified(),
    column("contract_id", Uuid),
    column("award_regime", AWARD_REGIME),
    column("value_pence", BigInteger, nullable=True),
    column("framework_or_concession", Boolean),
    column("indicator_ids", ARRAY(Uuid)),
    recorded(),
)

kpi_duty_editions = Table(
    "kpi_duty_editions",
    metadata,
    Column("duty_id", Uuid, primary_key=True),
    Column("edition", Integer, primary_key=True),
    *owned(),
    column("effective_from", Date),
    column("award_regime", AWARD_REGIME),
    column("value_pence", BigInteger, nullable=True),
    column("framework_or_concession", Boolean),
    column("indicator_ids", ARRAY(Uuid)),
    column("reason", Text),
    column("set_by_organisation_id", Uuid),
    column("set_by_client_id", Uuid),
    recorded(),
    belongs(
        "kpi_duties",
        "duty_id partnership_id owner_organisation_id",
        "id partnership_id owner_organisation_id",
    ),
)

evaluations = Table(
    "evaluations",
    metadata,
    *identified(),
    column("title", Text),
    column("as_at", Date),
    column("framework_id", Uuid, nullable=True),
    column("contract_id", Uuid, nullable=True),
    column("conclusion", Text),
    column("body_organisation_id", Uuid),
    column("body_name", Text),
    column("state", EVALUATION_STATE),
    column("decided_on", Date, nullable=True),
    column("minute", Text, nullable=True),
    column("decided_by_organisation_id", Uuid, nullable=True),
    column("decided_by_client_id", Uuid, nullable=True),
    column("version", Integer),
    recorded(),
    column("updated_at", DateTime(timezone=True)),
    belongs("frameworks", "framework_id partnership_id", "id partnership_id"),
)

for _table in (benefits, kpi_duties, evaluations):
    refuse_constraint(f"{_table.name}_pkey", ID_UNAVAILABLE)
refuse_constraint("benefits_reference", BENEFIT_TAKEN, "/reference")
refuse_constraint("kpi_duties_contract", KPI_DUTY_TAKEN, "/contract_id")
refuse_constraint("kpi_duty_editions_edition", STALE)
refuse_constraint("evaluations_decided_once", EVALUATION_DECIDED)
