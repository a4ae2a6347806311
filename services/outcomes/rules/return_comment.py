"""What the parties of a contract write under a return. A comment stays as it was written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.outcomes.rules.kpi_return import Return
from shared.errors import Kind, reason

NOT_PARTY = reason(
    "return_not_party",
    Kind.FORBIDDEN,
    "The lead, the associates and the provider of a contract write under its returns; others read them.",
)


@dataclass(frozen=True, slots=True)
class ReturnComment:
    """A comment under a revision of a return, on the whole or on a field."""

    id: UUID
    return_id: UUID
    revision: int
    pointer: str | None
    text: str
    organisation_id: UUID
    client_id: UUID
    recorded_at: datetime | None = None


def check_party(found: Return, organisations: Collection[UUID]) -> None:
    """Refuse who is no party of the contract."""
    parties = {found.lead_organisation_id, found.provider_organisation_id, *found.associate_organisation_ids}
    if not parties & set(organisations):
        raise NOT_PARTY()
