"""Composition root of the outcomes service."""

from __future__ import annotations

from fastapi import FastAPI

from services.outcomes.api import (
    area_hierarchies,
    associate_decisions,
    baselines,
    benefits,
    breakdowns,
    comparators,
    completeness,
    disputes,
    evaluations,
    frameworks,
    indicator_versions,
    indicators,
    lock_exceptions,
    needs,
    obligation_handovers,
    obligations,
    observations,
    populations,
    ratings,
    reporting_rates,
    return_batches,
    return_checks,
    return_comments,
    return_decisions,
    return_imports,
    returns,
    scorecards,
    spc_charts,
    spc_settings,
    succession_parts,
    succession_previews,
    targets,
    triggers,
    validation_rules,
)
from shared.settings import read_settings
from shared.web.app import make_app
from shared.web.audit_doors import audit_router
from shared.web.feeds import feed_router

_DOORS = (
    frameworks,
    indicators,
    indicator_versions,
    baselines,
    targets,
    comparators,
    populations,
    area_hierarchies,
    needs,
    obligation_handovers,
    obligations,
    lock_exceptions,
    returns,
    return_decisions,
    return_comments,
    associate_decisions,
    disputes,
    return_imports,
    return_batches,
    return_checks,
    observations,
    completeness,
    reporting_rates,
    scorecards,
    spc_settings,
    spc_charts,
    breakdowns,
    benefits,
    evaluations,
    ratings,
    triggers,
    validation_rules,
    succession_parts,
    succession_previews,
)


def create_app() -> FastAPI:
    """The app of the outcomes service, with its settings read from the environment."""
    return make_app(
        "outcomes",
        "Outcomes",
        [*(each.router for each in _DOORS), feed_router("outcomes"), audit_router("outcomes")],
        read_settings("outcomes"),
    )
