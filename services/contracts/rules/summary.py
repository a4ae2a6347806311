"""The contracts of a partnership in one picture: how many, worth what, what ends next, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.rules.classification import Category
from services.contracts.rules.state import State


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A sum of contract values. `known_pence` is null where none is known, and where there is no contract.

    `unknown` counts the contracts whose value is not known; with none of them the sum is complete.

    `missing_contributors` names the organisations that lead the contracts whose value is not known.
    """

    known_pence: int | None
    complete: bool
    contracts: int
    unknown: int
    missing_contributors: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class StateCount:
    state: State
    contracts: int


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """Contracts of a category (null: not classified), running ones only."""

    category: Category | None
    contracts: int
    total: KnownValue
    annual: KnownValue


@dataclass(frozen=True, slots=True)
class EndsNext:
    """A running contract whose end comes next."""

    contract_id: UUID
    reference: str
    title: str
    owner_organisation_id: UUID
    ends_on: date


@dataclass(frozen=True, slots=True)
class FieldKnown:
    """Of how many running contracts a field is known."""

    field: str
    known: int
    contracts: int


@dataclass(frozen=True, slots=True)
class ContractSummary:
    """All contracts of a partnership that the caller may see; values, ends and what is known of those that run.

    States and values are as they stand when it is read. Only `ends_next` and `past_end` are told from the day
    `as_at`; `past_end` counts contracts that run although their end is past. `without_indicator` is null where the
    caller may not know.
    """

    partnership_id: UUID
    as_at: date
    contracts: int
    running: int
    by_state: tuple[StateCount, ...]
    by_category: tuple[CategoryCount, ...]
    total: KnownValue
    annual: KnownValue
    ends_next: tuple[EndsNext, ...]
    past_end: int
    without_indicator: int | None
    completeness: tuple[FieldKnown, ...]
