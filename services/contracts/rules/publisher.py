"""A publisher: a body that publishes its contracts, and how it is named in what it publishes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.party import Identifier
from shared.errors import Kind, reason

PUBLISHER_NOT_OWN = reason(
    "publisher_not_own",
    Kind.INVALID,
    "An organisation says for itself how it publishes: the id must be your own organisation.",
)
IDENTIFIER_UNFIT = reason(
    "publisher_identifier_unfit",
    Kind.INVALID,
    "Name the register as org-id.guide does, like GB-LAE, GB-NHS or GB-COH, and the number as it prints it.",
)

# Lists of org-id.guide for bodies in the United Kingdom, and the central digital platform's own number.
SCHEMES = frozenset(
    {
        "GB-COH",
        "GB-CHC",
        "GB-SC",
        "GB-NIC",
        "GB-NHS",
        "GB-LAE",
        "GB-LAC",
        "GB-LAS",
        "GB-LANI",
        "GB-GOR",
        "GB-UKPRN",
        "GB-PPON",
    }
)
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}", re.ASCII)


class PublisherKind(StrEnum):
    """What sort of body publishes: the Transparency Code binds local authorities alone."""

    LOCAL_AUTHORITY = "local_authority"
    NHS_COMMISSIONER = "nhs_commissioner"
    OTHER_PUBLIC_BODY = "other_public_body"


@dataclass(frozen=True, slots=True)
class Publisher:
    """A body that publishes. `open_by_default`: its contracts are published unless somebody decides otherwise."""

    owner_organisation_id: UUID
    name: str
    kind: PublisherKind
    identifiers: tuple[Identifier, ...] = ()
    open_by_default: bool = False
    version: int = 1
    recorded_at: datetime | None = None
    updated_at: datetime | None = None


def check_identifiers(identifiers: Sequence[Identifier]) -> None:
    for at, each in enumerate(identifiers):
        if each.scheme not in SCHEMES or not _NUMBER.fullmatch(each.id):
            raise IDENTIFIER_UNFIT(f"/identifiers/{at}")
