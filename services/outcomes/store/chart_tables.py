"""The table of how control charts are read, and what its database locks say when they hold."""

from __future__ import annotations

from sqlalchemy import Integer, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.outcomes.rules.spc_setting import SETTINGS_STALE
from services.outcomes.store.tables import (
    belongs,
    column,
    identified,
    metadata,
    of_indicator,
    recorded,
)
from shared.db import refuse_constraint
from shared.errors import ID_UNAVAILABLE

_OF_INDICATOR = "indicator_id partnership_id owner_organisation_id"

spc_settings = Table(
    "spc_settings",
    metadata,
    *identified(),
    column("indicator_id", Uuid),
    column("contract_id", Uuid, nullable=True),
    column("edition", Integer),
    column("replaces_id", Uuid, nullable=True),
    column("rebasings", JSONB),
    column("frozen_after", SmallInteger, nullable=True),
    column("reason", Text),
    column("set_by_organisation_id", Uuid),
    column("set_by_client_id", Uuid),
    recorded(),
    of_indicator(),
    belongs("spc_settings", f"replaces_id {_OF_INDICATOR}", f"id {_OF_INDICATOR}"),
)

refuse_constraint("spc_settings_pkey", ID_UNAVAILABLE)
refuse_constraint("spc_settings_edition", SETTINGS_STALE, "/replaces_id")
