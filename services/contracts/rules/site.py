"""Where a service is given, and staff who move with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import Kind, reason

SITE_NOT_OPERATED = reason(
    "site_operator_not_provider",
    Kind.INVALID,
    "A site is run by a provider of the contract. Name the organisation as provider, and the site beneath it.",
)


@dataclass(frozen=True, slots=True)
class Site:
    """A place, which is not an organisation: Derriford is a site that the hospital trust operates (S2-C03)."""

    name: str
    operated_by_organisation_id: UUID
    code: str | None = None


@dataclass(frozen=True, slots=True)
class StaffTransfer:
    """Staff who moved with a service: a headcount, never names (S3-C05). `under` is the law, such as TUPE."""

    headcount: int
    on: date
    from_organisation_id: UUID
    to_organisation_id: UUID
    under: str


def check_sites(sites: Sequence[Site], provider_ids: Collection[UUID]) -> None:
    for at, site in enumerate(sites):
        if site.operated_by_organisation_id not in provider_ids:
            raise SITE_NOT_OPERATED(f"/sites/{at}/operated_by_organisation_id")
