"""Tables of how long figures can be put in, and what their database locks say when they hold."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Date, Integer, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.outcomes.store.tables import belongs, column, metadata, owned, recorded
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE
from shared.idempotency import STALE


def _below() -> list[Any]:
    return [
        *owned(),
        column("contract_id", Uuid),
        column("provider_organisation_id", Uuid),
        column("reader_organisation_ids", ARRAY(Uuid)),
        column("reason", Text),
        column("set_by_organisation_id", Uuid),
        column("set_by_client_id", Uuid),
        recorded(),
        belongs(
            "obligations",
            "obligation_id partnership_id contract_id owner_organisation_id provider_organisation_id"
            " reader_organisation_ids",
            "id partnership_id contract_id lead_organisation_id provider_organisation_id reader_organisation_ids",
        ),
    ]


obligation_settings = Table(
    "obligation_settings",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("edition", Integer, primary_key=True),
    column("effective_from", Date),
    column("due_days", SmallInteger),
    column("input_days", SmallInteger, nullable=True),
    column("silence_days", SmallInteger, nullable=True),
    *_below(),
)

lock_exceptions = Table(
    "lock_exceptions",
    metadata,
    Column("id", Uuid, primary_key=True),
    column("obligation_id", Uuid),
    column("period", Text),
    column("open_until", Date),
    *_below(),
    belongs("due_returns", "obligation_id period", "obligation_id period"),
)

refuse_constraint("obligation_settings_edition", STALE)
refuse_constraint("lock_exceptions_pkey", ID_UNAVAILABLE)
