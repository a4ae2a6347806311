"""The tables of payments and of contract management, and what each database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from services.contracts.rules.management_action import ManagementKind, ManagementState
from services.contracts.rules.payment import REFERENCE_USED, TOO_MUCH, PaymentEntry, PaymentState
from services.contracts.rules.payment_day import PAYMENT_AHEAD
from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.money import Qualifier, Status

PAYMENT_STATE = ENUM(*(each.value for each in PaymentState), name="payment_state", create_type=False)
MANAGEMENT_KIND = ENUM(*(each.value for each in ManagementKind), name="management_kind", create_type=False)
MANAGEMENT_STATE = ENUM(*(each.value for each in ManagementState), name="management_state", create_type=False)

payments = Table(
    "payments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("provider_organisation_id", Uuid, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount_pence", BigInteger),
    Column(
        "amount_status",
        ENUM(*(each.value for each in Status), name="money_status", create_type=False),
        nullable=False,
    ),
    Column(
        "amount_qualifier",
        ENUM(*(each.value for each in Qualifier), name="money_qualifier", create_type=False),
    ),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("due_on", Date),
    Column("invoiced_on", Date),
    Column("state", PAYMENT_STATE, nullable=False),
    Column("paid_pence", BigInteger, nullable=False),
    Column("contested_pence", BigInteger, nullable=False),
    Column("credited_pence", BigInteger, nullable=False),
    Column("disputes", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

payment_entries = Table(
    "payment_entries",
    metadata,
    Column("payment_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column(
        "entry",
        ENUM(*(each.value for each in PaymentEntry), name="payment_entry", create_type=False),
        nullable=False,
    ),
    Column("holds_from", Date, nullable=False),
    Column("pence", BigInteger),
    Column("reason", Text),
    Column("organisation_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("person", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

management_actions = Table(
    "management_actions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("provider_organisation_id", Uuid, nullable=False),
    Column("kind", MANAGEMENT_KIND, nullable=False),
    Column("follows_id", Uuid),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence_id", Uuid),
    Column("served_on", Date, nullable=False),
    Column("respond_by", Date),
    Column("withheld_percent", Numeric),
    Column("steps", JSONB, nullable=False),
    Column("safeguarding", Boolean, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("state", MANAGEMENT_STATE, nullable=False),
    Column("answered_on", Date),
    Column("answer", Text),
    Column("closed_on", Date),
    Column("outcome", Text),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("payments_pkey", ID_UNAVAILABLE)
refuse_constraint("management_actions_pkey", ID_UNAVAILABLE)
refuse_constraint("payments_reference", REFERENCE_USED, "/reference")
refuse_constraint("payments_within_amount", TOO_MUCH)
refuse_constraint("payment_entry_has_come", PAYMENT_AHEAD, "/on")
