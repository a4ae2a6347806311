"""The tables of transfers and regroupings of contracts, and what their locks say."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB

from services.contracts.rules.carry_over import CUT_NOT_YET, CUT_VARIATION_OPEN
from services.contracts.rules.consolidation import REGROUPING_LOSES_VALUE, RegroupingKind
from services.contracts.rules.joining import YEARLY_VALUE_KEEPS_END
from services.contracts.rules.lineage import LINEAGE_CYCLE
from services.contracts.rules.transfer import (
    CONSENTS_MISSING,
    INSTRUMENT_MISSING,
    TRANSFER_NOT_OPEN,
    TRANSFER_TO_ITSELF,
    TRANSFER_UNDER_WAY,
    TransferKind,
    TransferRole,
    TransferState,
)
from services.contracts.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

TRANSFER_KIND = ENUM(*(each.value for each in TransferKind), name="transfer_kind", create_type=False)
TRANSFER_STATE = ENUM(*(each.value for each in TransferState), name="transfer_state", create_type=False)
_ROLE = ENUM(*(each.value for each in TransferRole), name="transfer_role", create_type=False)
REGROUPING_KIND = ENUM(*(each.value for each in RegroupingKind), name="regrouping_kind", create_type=False)

transfers = Table(
    "transfers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("new_contract_id", Uuid, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("kind", TRANSFER_KIND, nullable=False),
    Column("role", _ROLE, nullable=False),
    Column("outgoing_organisation_id", Uuid, nullable=False),
    Column("incoming_organisation_id", Uuid, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("instrument", JSONB),
    Column("needed", ARRAY(Uuid), nullable=False),
    Column("readers", ARRAY(Uuid), nullable=False),
    Column("state", TRANSFER_STATE, nullable=False),
    Column("handed", JSONB),
    Column("handed_award", JSONB),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

transfer_consents = Table(
    "transfer_consents",
    metadata,
    Column("transfer_id", Uuid, primary_key=True),
    Column("organisation_id", Uuid, primary_key=True),
    Column("agreed", Boolean, nullable=False),
    Column("given_on", Date, nullable=False),
    Column("note", Text),
    Column("recorded_by_organisation_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("person", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

regroupings = Table(
    "regroupings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", REGROUPING_KIND, nullable=False),
    Column("owner_organisation_id", Uuid, nullable=False),
    Column("partnership_id", Uuid),
    Column("effective_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source_contract_ids", ARRAY(Uuid), nullable=False),
    Column("contract_ids", ARRAY(Uuid), nullable=False),
    Column("value_before_pence", BigInteger),
    Column("value_after_pence", BigInteger),
    Column("ended", JSONB, nullable=False),
    Column("going_on", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("transfers_pkey", ID_UNAVAILABLE)
refuse_constraint("transfers_to_another", TRANSFER_TO_ITSELF, "/incoming_organisation_id")
refuse_constraint("transfers_instrument", INSTRUMENT_MISSING, "/instrument")
refuse_constraint("transfers_one_at_a_time", TRANSFER_UNDER_WAY)
refuse_constraint("transfer_moves", TRANSFER_NOT_OPEN)
refuse_constraint("transfer_consents_pkey", TRANSFER_NOT_OPEN)
refuse_constraint("transfer_consented", CONSENTS_MISSING)
refuse_constraint("regroupings_pkey", ID_UNAVAILABLE)
refuse_constraint("regroupings_conserve", REGROUPING_LOSES_VALUE)
refuse_constraint("regrouping_keeps_ends", YEARLY_VALUE_KEEPS_END)
refuse_constraint("record_ends_ahead", CUT_NOT_YET, "/effective_on")
refuse_constraint("record_ends_varied", CUT_VARIATION_OPEN)
refuse_constraint("lineage_acyclic", LINEAGE_CYCLE, "/related")
