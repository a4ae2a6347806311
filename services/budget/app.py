"""Composition root of the budget service."""

from __future__ import annotations

from fastapi import FastAPI

from services.budget.api import (
    accounts,
    action_plans,
    agreement_versions,
    agreements,
    commitment_limits,
    commitments,
    contributions,
    decisions,
    delegations,
    forecasts,
    journal_batches,
    journal_dimensions,
    journals,
    line_budgets,
    line_moves,
    line_profiles,
    lines,
    met_demands,
    periods,
    pools,
    positions,
    reclassifications,
    risk_shares,
    settlement_postings,
    settlements,
    virements,
    warning_thresholds,
    waterfalls,
)
from shared.settings import read_settings
from shared.web.app import make_app

# The busiest first: a request is held against one door after the other.
_DOORS = (
    journals,
    positions,
    journal_batches,
    journal_dimensions,
    accounts,
    agreements,
    agreement_versions,
    reclassifications,
    decisions,
    pools,
    lines,
    line_budgets,
    line_moves,
    line_profiles,
    met_demands,
    contributions,
    periods,
    risk_shares,
    settlements,
    settlement_postings,
    waterfalls,
    commitments,
    commitment_limits,
    virements,
    delegations,
    forecasts,
    warning_thresholds,
    action_plans,
)


def create_app() -> FastAPI:
    """The app of the budget service, with its settings read from the environment."""
    return make_app("budget", "Budget", [each.router for each in _DOORS], read_settings("budget"))
