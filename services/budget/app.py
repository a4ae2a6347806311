"""Composition root of the budget service."""

from __future__ import annotations

from fastapi import FastAPI

from services.budget.api import (
    accounts,
    agreement_versions,
    agreements,
    contributions,
    decisions,
    journals,
    lines,
    periods,
    pools,
    positions,
)
from shared.settings import read_settings
from shared.web.app import make_app

# The busiest first: a request is held against one door after the other.
_DOORS = (journals, positions, accounts, agreements, agreement_versions, decisions, pools, lines, contributions, periods)


def create_app() -> FastAPI:
    """The app of the budget service, with its settings read from the environment."""
    return make_app("budget", "Budget", [each.router for each in _DOORS], read_settings("budget"))
