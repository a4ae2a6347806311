"""The tables of data-sharing agreements, and what each database lock says when it holds."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.gateway.rules.data_sharing_agreement import (
    SHARING_NEEDS_TWO,
    SHARING_REFERENCE_TAKEN,
    SIGNED_ALREADY,
)
from services.gateway.rules.identifier import DATES_CROSSED
from services.gateway.store.tables import metadata
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

data_sharing_agreements = Table(
    "data_sharing_agreements",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partnership_id", Uuid, ForeignKey("gateway.partnerships.id"), nullable=False),
    Column("owner_organisation_id", Uuid, ForeignKey("gateway.organisations.id"), nullable=False),
    Column("reference", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("categories", ARRAY(Text), nullable=False),
    Column("party_ids", ARRAY(Uuid), nullable=False),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Column("end_reason", Text),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

data_sharing_signatures = Table(
    "data_sharing_signatures",
    metadata,
    Column("agreement_id", Uuid, ForeignKey("gateway.data_sharing_agreements.id"), primary_key=True),
    Column("organisation_id", Uuid, primary_key=True),
    Column("signed_on", Date, nullable=False),
    Column("signatory", Text, nullable=False),
    Column("signed_by_client_id", Uuid, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

refuse_constraint("data_sharing_agreements_pkey", ID_UNAVAILABLE)
refuse_constraint("data_sharing_agreements_reference", SHARING_REFERENCE_TAKEN, "/reference")
refuse_constraint("data_sharing_agreements_dates", DATES_CROSSED, "/to_date")
refuse_constraint("data_sharing_agreements_parties", SHARING_NEEDS_TWO, "/party_ids")
refuse_constraint("data_sharing_signatures_pkey", SIGNED_ALREADY)
