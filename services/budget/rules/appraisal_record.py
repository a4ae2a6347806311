"""An appraisal as it is kept: what was given, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.budget.rules import cost_recovery
from services.budget.rules.appraisal import Project, Result, appraise, check
from services.budget.rules.cost_recovery import Service, ServiceResult
from services.budget.rules.printed import Audit, Printed
from services.budget.rules.printed_figures import NOTHING_TO_AUDIT, audit


@dataclass(frozen=True, slots=True)
class Given:
    """A project to appraise, a service to examine, printed figures to audit: one of them or more."""

    project: Project | None = None
    service: Service | None = None
    printed: Printed | None = None


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What was given, under its title. Never edited: other figures are another appraisal."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    given: Given


@dataclass(frozen=True, slots=True)
class AppraisalView:
    """An appraisal with its results, worked out anew from what was given."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    title: str
    given: Given
    project: Result | None
    service: ServiceResult | None
    audit: Audit | None
    version: int = 1


def examine(asked: Appraisal) -> AppraisalView:
    """The results, or a refusal of figures that do not hold together."""
    given = asked.given
    if given == Given():
        raise NOTHING_TO_AUDIT("/project")
    return AppraisalView(
        asked.id,
        asked.partnership_id,
        asked.owner_organisation_id,
        asked.title,
        given,
        None if given.project is None else appraise(check(given.project)),
        None if given.service is None else cost_recovery.examine(cost_recovery.check(given.service)),
        None if given.printed is None else audit(given.printed),
    )
