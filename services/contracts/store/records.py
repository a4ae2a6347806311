"""Between the things of the rules and rows: one place that knows which field stands in which column."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec

from services.contracts.rules.contract import Contract, reference_key
from services.contracts.rules.due_date import PRIVATE, clock
from services.contracts.rules.stated_date import conflicts
from services.contracts.rules.step import Step, is_private
from services.contracts.rules.terms import difference
from services.contracts.rules.view import PublishedProvider, published_providers
from services.contracts.store.tables import (
    contract_funding,
    contract_parties,
    contract_plans,
    contract_terms,
    contracts,
)
from shared.caller import Caller

# Of each table the columns that are named as the contract's fields are, and hold them as they are.
_NOT_FIELDS = {
    "contract_id",
    "position",
    "recorded_at",
    "changed_at",
    "disclosed",
    "providers",
    "runs_until",
}
_MONEY = ("value", "irrecoverable_vat")


def contract_row(contract: Contract) -> dict[str, Any]:
    """The row of `contracts`: what may be published, and what policies need."""
    row = _plain(contract, contracts.c.keys())
    for name in _MONEY:
        money = getattr(contract, name)
        row[f"{name}_pence"] = money.amount_pence
        row[f"{name}_status"] = money.status
        row[f"{name}_qualifier"] = money.qualifier
    return {
        **row,
        "associate_ids": list(contract.associate_ids),
        "provider_ids": list(contract.provider_ids),
        "providers": published_providers(contract.parties),
        "reference_key": reference_key(contract.reference),
        "notice_ends_on": None if contract.notice is None else contract.notice.ends_on,
    }


def terms_row(contract: Contract) -> dict[str, Any]:
    """The row of `contract_terms`: what the parties know."""
    period = contract.notice_period
    return {
        **_plain(contract, contract_terms.c.keys()),
        "contract_id": contract.id,
        "indicator_ids": list(contract.indicator_ids),
        "notice_count": None if period is None else period.count,
        "notice_unit": None if period is None else period.unit,
        "notice_id": None if contract.notice is None else contract.notice.id,
    }


def plans_row(contract: Contract) -> dict[str, Any]:
    """The row of `contract_plans`: what only commissioners know."""
    return {**_plain(contract, contract_plans.c.keys()), "contract_id": contract.id}


def party_rows(contract: Contract) -> list[dict[str, Any]]:
    return _numbered(contract, contract.parties, contract_parties.c.keys())


def funding_rows(contract: Contract) -> list[dict[str, Any]]:
    return _numbered(contract, contract.funding, contract_funding.c.keys())


def due_rows(contract: Contract) -> list[dict[str, Any]]:
    return [
        {
            "contract_id": contract.id,
            "partnership_id": contract.partnership_id,
            "kind": due.kind,
            "due_on": due.on,
            "because": due.because,
            "private": due.kind in PRIVATE,
        }
        for due in clock(contract)
    ]


def step_row(caller: Caller, before: Contract | None, after: Contract, step: Step) -> dict[str, Any]:
    """The row of a move that led `after` to where it stands, recorded by this caller."""
    changed = None if before is None else difference(before, after)
    return {
        "contract_id": after.id,
        "version": after.version,
        "partnership_id": after.partnership_id,
        "owner_organisation_id": after.owner_organisation_id,
        "move": step.move,
        "from_state": None if before is None else before.state,
        "to_state": after.state,
        "holds_from": step.on,
        "reason": step.reason,
        "note": step.note,
        "value_before": step.value_before,
        "value_after": step.value_after,
        "terms_before": None if changed is None else changed[0],
        "terms_after": None if changed is None else changed[1],
        "private": is_private(after.state),
        "organisation_id": caller.organisation_id,
        "client_id": caller.client_id,
        "person": caller.person,
    }


def _plain(thing: Any, columns: Collection[str]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in _plain_names(thing.__class__, tuple(columns))}


@cache
def _plain_names(kind: type, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in columns if name not in _NOT_FIELDS and hasattr(kind, name))


def _numbered(contract: Contract, things: tuple[Any, ...], columns: Collection[str]) -> list[dict[str, Any]]:
    return [
        {"contract_id": contract.id, "position": position, **_plain(thing, columns)}
        for position, thing in enumerate(things, 1)
    ]


def money_of(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "amount_pence": row[f"{name}_pence"],
        "status": row[f"{name}_status"],
        "qualifier": row[f"{name}_qualifier"],
    }


def contract_of(row: Mapping[str, Any]) -> Contract:
    """The contract of a row that joins all tables. What the caller may not see is not in the row, so it is empty."""
    made = {name: value for name, value in row.items() if value is not None}
    for name in _MONEY:
        made[name] = money_of(row, name)
    if row["notice_count"] is not None:
        made["notice_period"] = {"count": row["notice_count"], "unit": row["notice_unit"]}
    contract = msgspec.convert(made, Contract)
    return replace(contract, date_conflicts=conflicts(contract.stated_dates))


def providers_of(row: Mapping[str, Any]) -> tuple[PublishedProvider, ...]:
    return msgspec.convert(row["providers"], tuple[PublishedProvider, ...])
