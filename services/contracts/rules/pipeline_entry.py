"""The pipeline: what is to be procured by when, from plans and from contracts that documents say to re-commission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.contract import Related
from services.contracts.rules.state import BEFORE_AWARD, State
from services.contracts.rules.stated_date import DateConflict, StatedDate, conflicts


class PipelineKind(StrEnum):
    """`planned`: not awarded yet. `to_recommission`: it runs, and a document says by when it is procured again."""

    PLANNED = "planned"
    TO_RECOMMISSION = "to_recommission"


@dataclass(frozen=True, slots=True)
class PipelineEntry:
    """One procurement to come. `target_on` is the earliest day that a document states, or else the planned start."""

    contract_id: UUID
    kind: PipelineKind
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str
    title: str
    service: str | None
    state: State
    target_on: date | None
    stated_dates: tuple[StatedDate, ...]
    date_conflicts: tuple[DateConflict, ...]
    related: tuple[Related, ...]


def kind_of(state: State) -> PipelineKind:
    return PipelineKind.PLANNED if state in BEFORE_AWARD else PipelineKind.TO_RECOMMISSION


def torn(stated: tuple[StatedDate, ...]) -> tuple[DateConflict, ...]:
    """Where documents do not agree on a day: March 2016 in one and April 2016 in another (S1-C02, S2-C01)."""
    return conflicts(stated)
