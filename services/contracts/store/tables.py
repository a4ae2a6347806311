"""The tables of the schema `contracts`, in SQLAlchemy Core, and what each database lock says when it holds."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB, TSVECTOR

from services.contracts.rules.classification import AgreementForm, Category, Regime, TenderType, ValueBasis
from services.contracts.rules.contract import REFERENCE_USED, EndStatus, Origin
from services.contracts.rules.due_date import DueKind
from services.contracts.rules.funding import FUNDING_NOT_WHOLE
from services.contracts.rules.notice import NoticeUnit, ServedBy
from services.contracts.rules.party import PARTIES_WRONG, ProviderKind, Role
from services.contracts.rules.state import MOVE_NOT_OPEN, State
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.money import Qualifier, Status

metadata = MetaData(schema="contracts")


def _enum(of: type[StrEnum], name: str) -> Any:
    return ENUM(*(each.value for each in of), name=name, create_type=False)


CATEGORY = _enum(Category, "category")
STATE = _enum(State, "contract_state")
REGIME = _enum(Regime, "regime")
DUE_KIND = _enum(DueKind, "due_kind")


def _money(name: str) -> Iterable[Column[Any]]:
    return (
        Column(f"{name}_pence", BigInteger),
        Column(f"{name}_status", _enum(Status, "money_status"), nullable=False),
        Column(f"{name}_qualifier", _enum(Qualifier, "money_qualifier")),
    )


contracts = Table(
    "contracts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("associate_ids", ARRAY(Uuid), nullable=False),
    Column("provider_ids", ARRAY(Uuid), nullable=False),
    Column("providers", JSONB, nullable=False),
    Column("reference", Text, nullable=False),
    Column("reference_key", Text, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("category", CATEGORY),
    Column("service", Text),
    Column("procurement_category", Text),
    Column("department", Text),
    Column("state", STATE, nullable=False),
    Column("agreement_form", _enum(AgreementForm, "agreement_form"), nullable=False),
    Column("award_regime", REGIME),
    Column("tender_type", _enum(TenderType, "tender_type"), nullable=False),
    Column("start_date", Date),
    Column("end_date", Date),
    Column("end_status", _enum(EndStatus, "end_status"), nullable=False),
    Column("max_end_date", Date),
    Column("review_date", Date),
    *_money("value"),
    Column("value_basis", _enum(ValueBasis, "value_basis"), nullable=False),
    *_money("irrecoverable_vat"),
    Column("awarded_on", Date),
    Column("origin", _enum(Origin, "origin"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("notice_ends_on", Date),
    Column("ended_on", Date),
    Column("ends_sort", Date, nullable=False),
    Column("ends_as_it_stands", Date, nullable=False),
    Column("disclosed", Boolean, nullable=False),
    Column("title_words", TSVECTOR, nullable=False),
    Column("runs_until", Date, nullable=False),
    Column("worth_pence", BigInteger),
)

contract_terms = Table(
    "contract_terms",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("modification_regime", REGIME),
    Column("notice_count", Integer),
    Column("notice_unit", _enum(NoticeUnit, "notice_unit")),
    Column("responsible_post", Text),
    Column("indicator_ids", ARRAY(Uuid), nullable=False),
    Column("sites", JSONB, nullable=False),
    Column("staff_transfers", JSONB, nullable=False),
    Column("active_from", Date),
    Column("notice_id", Uuid),
    Column("extension_options", JSONB, nullable=False),
    Column("scope", Text),
    Column("activity_plan", JSONB, nullable=False),
)

contract_plans = Table(
    "contract_plans",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("award_basis", Text),
    Column("standstill_ends_on", Date),
    Column("no_indicator_reason", Text),
    Column("related", JSONB, nullable=False),
    Column("stated_dates", JSONB, nullable=False),
    Column("carried_over", Boolean, nullable=False),
)

contract_parties = Table(
    "contract_parties",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("role", _enum(Role, "party_role"), nullable=False),
    Column("organisation_id", Uuid),
    Column("name", Text),
    Column("identifiers", JSONB, nullable=False),
    Column("kind", _enum(ProviderKind, "provider_kind")),
    Column("sme", Boolean),
    Column("vcse", Boolean),
    Column("share_percent", Numeric),
)

contract_funding = Table(
    "contract_funding",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("pool_id", Uuid),
    Column("organisation_id", Uuid, nullable=False),
    Column("share_percent", Numeric, nullable=False),
    Column("funding_source", Text),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("served_on", Date, nullable=False),
    Column("served_by", _enum(ServedBy, "served_by"), nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("consultation", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

due_dates = Table(
    "due_dates",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("kind", DUE_KIND, primary_key=True),
    Column("partnership_id", Uuid),
    Column("due_on", Date, nullable=False),
    Column("because", Text, nullable=False),
    Column("private", Boolean, nullable=False),
)

refuse_constraint("contracts_pkey", ID_UNAVAILABLE)
refuse_constraint("contracts_reference", REFERENCE_USED, "/reference")
refuse_constraint("contract_is_whole", PARTIES_WRONG, "/parties")
refuse_constraint("contract_funding_is_whole", FUNDING_NOT_WHOLE, "/funding")
refuse_constraint("contract_moves", MOVE_NOT_OPEN)
