"""Composition root of the budget service."""

from __future__ import annotations

from fastapi import FastAPI

from services.budget.api import journals
from shared.settings import read_settings
from shared.web.app import make_app


def create_app() -> FastAPI:
    """The app of the budget service, with its settings read from the environment."""
    return make_app("budget", "Budget", [journals.router], read_settings("budget"))
