"""Composition root of the contracts service."""

from __future__ import annotations

from fastapi import FastAPI

from services.contracts.api import (
    consolidations,
    contract_expiries,
    contract_findings,
    contract_moves,
    contract_steps,
    contract_summaries,
    contracts,
    driven_moves,
    due_dates,
    extensions,
    high_costs,
    management_actions,
    novations,
    payment_disputes,
    payments,
    pipeline,
    placement_disposals,
    placement_imports,
    placement_moves,
    placement_subject_access,
    placements,
    provider_markets,
    providers,
    publications,
    publishers,
    rate_benchmarks,
    rates,
    register,
    register_completeness,
    register_imports,
    release_imports,
    releases,
    services,
    splits,
    statutory_transfers,
    succession_parts,
    succession_previews,
    supplier_duplicates,
    variations,
)
from shared.settings import read_settings
from shared.web.app import make_app
from shared.web.audit_doors import audit_router
from shared.web.feeds import feed_router

ROUTERS = (
    contracts.router,
    contract_moves.router,
    driven_moves.router,
    contract_steps.router,
    extensions.router,
    variations.router,
    novations.router,
    statutory_transfers.router,
    consolidations.router,
    splits.router,
    succession_parts.router,
    succession_previews.router,
    pipeline.router,
    register_completeness.router,
    services.router,
    services.findings_router,
    contract_expiries.router,
    contract_findings.router,
    register_imports.router,
    due_dates.router,
    contract_summaries.router,
    feed_router("contracts"),
    audit_router("contracts"),
    publishers.router,
    publications.router,
    releases.router,
    register.router,
    release_imports.router,
    placements.router,
    placement_moves.router,
    placement_imports.router,
    placement_subject_access.router,
    placement_disposals.router,
    high_costs.router,
    rates.router,
    rate_benchmarks.router,
    payments.router,
    payment_disputes.router,
    management_actions.router,
    provider_markets.router,
    providers.router,
    supplier_duplicates.router,
)


def create_app() -> FastAPI:
    """The app of the contracts service, with its settings read from the environment."""
    return make_app("contracts", "Contracts", ROUTERS, read_settings("contracts"))
