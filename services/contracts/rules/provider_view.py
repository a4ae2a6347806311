"""A provider over all its commissioners: contracts, care in numbers that point at nobody, quality, concentration (S1-C08)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.management_action import ManagementKind, ManagementState
from services.contracts.rules.provider_market import ProviderConcentration
from services.contracts.rules.summary import EndsNext, KnownValue, StateCount
from services.contracts.rules.view import ListedContract

# Counts of 1 to 7 are kept back and others rounded to the nearest 5 (domain, section 2: disclosure control).
LEAST_TOLD, ROUNDED_TO = 8, 5
MOST_LISTED = 100


class CountBasis(StrEnum):
    """How far a count of placements is told: as it is, to the nearest 5, or not, since it is 1 to 7 or not for you."""

    EXACT = "exact"
    ROUNDED = "rounded"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class PlacementCount:
    """How many people one commissioner has placed with the provider in one partnership, in care today.

    What they cost in a week is told where every row may be read, and never of others: who reads a live sum twice
    learns what each new placement costs. `weekly_cost_unknown` placements are missing in it.
    """

    partnership_id: UUID | None
    organisation_id: UUID
    basis: CountBasis
    placements: int | None
    weekly_cost_known_pence: int | None = None
    weekly_cost_unknown: int | None = None


@dataclass(frozen=True, slots=True)
class ProviderCommissioner:
    """What one body buys from the provider: as lead with values, as associate by number. Running contracts."""

    organisation_id: UUID
    leads: int
    joins: int
    total: KnownValue
    annual: KnownValue


@dataclass(frozen=True, slots=True)
class QualityFlag:
    """An act of contract management, or a concern, that is not closed."""

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    kind: ManagementKind
    state: ManagementState
    subject: str
    served_on: date
    respond_by: date | None
    safeguarding: bool


@dataclass(frozen=True, slots=True)
class ProviderView:
    """A provider as the caller may know it; `as_at` is the day on which it is read.

    `joint_contracts` have other providers beside it: nobody split their value, so that it is in no sum.
    `missing_contributors` lead contracts whose value is not known, `withheld_contributors` keep a count of placements
    from the caller. With either, `complete` is false. At most 100 contracts, flags and services stand here; the list
    of contracts has the rest, where `more_contracts` says that there are more.
    """

    provider_organisation_id: UUID
    partnership_id: UUID | None
    as_at: date
    contracts: int
    running: int
    joint_contracts: int
    by_state: tuple[StateCount, ...]
    commissioners: tuple[ProviderCommissioner, ...]
    total: KnownValue
    annual: KnownValue
    ends_next: tuple[EndsNext, ...]
    past_end: int
    placements: tuple[PlacementCount, ...]
    open_flags: int
    quality_flags: tuple[QualityFlag, ...]
    concentrations: tuple[ProviderConcentration, ...]
    listed: tuple[ListedContract, ...]
    more_contracts: bool
    complete: bool
    missing_contributors: tuple[UUID, ...]
    withheld_contributors: tuple[UUID, ...]


def told(count: int) -> int | None:
    """A count of somebody else's placements as it may be told: to the nearest 5, and 1 to 7 not at all."""
    if 0 < count < LEAST_TOLD:
        return None
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def may_be_told(shown: int | None) -> bool:
    """Whether a number is one that `told` gives, of whatever count."""
    return shown is None or shown == 0 or (shown > LEAST_TOLD and shown % ROUNDED_TO == 0)


def joined_counts(
    readable: Mapping[tuple[UUID | None, UUID], PlacementCount],
    others: Mapping[tuple[UUID | None, UUID], int | None],
    unread: frozenset[UUID],
) -> tuple[PlacementCount, ...]:
    """One count for each commissioner and partnership.

    `readable`: where the caller may read every row. `others`: counts as the database tells them, None for 1 to 7.
    `unread`: bodies of whose placements the caller is told nothing, whether there are any or not.
    """
    found = dict(readable)
    for (partnership_id, organisation_id), shown in others.items():
        if not may_be_told(shown):
            raise AssertionError("a count that points at few")
        basis = CountBasis.WITHHELD if shown is None else CountBasis.ROUNDED
        found.setdefault(
            (partnership_id, organisation_id), PlacementCount(partnership_id, organisation_id, basis, shown)
        )
    known = {organisation_id for _, organisation_id in found}
    for organisation_id in unread - known:
        found[None, organisation_id] = PlacementCount(None, organisation_id, CountBasis.WITHHELD, None)
    return tuple(found[key] for key in sorted(found, key=lambda each: (str(each[1]), str(each[0]))))
