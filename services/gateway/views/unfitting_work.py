"""Findings of a partnership: what is not right in one service, and what of one does not fit another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from services.gateway.clients.budget_lists import ListedCommitment, commitments
from services.gateway.clients.contract_lists import (
    FoundOnContract,
    ListedContract,
    contracts,
    found_on_contracts,
)
from services.gateway.clients.outcome_lists import ListedObligation, obligations
from services.gateway.clients.pages import WholeList
from services.gateway.clients.reading import Reader
from services.gateway.rules.joined_finding import (
    Held,
    JoinedFinding,
    Owed,
    Promised,
    owed_for_ended,
    without_running_contract,
)
from services.gateway.views.work import SECONDS, Found, Read, WorkAsked, WorkItem, WorkView, gather, in_order

Item = TypeVar("Item")

_BECAUSE = {
    "held_over": "It is past its last day, and delivery goes on.",
    "past_end": "It is past its last day.",
    "small_of_one_provider": "The provider has other small contracts here that could be one with it.",
    "without_outcome": "Nothing says what it is to achieve.",
}
OPERATIONS = {
    "listContractFindings": "contracts",
    "listContracts": "contracts",
    "listCommitments": "budget",
    "listObligations": "outcomes",
}


async def unfitting_work(readers: Mapping[str, Reader], asked: WorkAsked) -> WorkView:
    """The contracts' own findings, and those that need a second service to be seen."""
    place, day = asked.partnership_id, asked.as_at
    sources, found, complete = await gather(
        readers,
        asked,
        (
            Read("contracts", "listContractFindings", lambda r: found_on_contracts(r, place, day, SECONDS)),
            Read("contracts", "listContracts", lambda r: contracts(r, place, SECONDS)),
            Read("budget", "listCommitments", lambda r: commitments(r, place, SECONDS)),
            Read("outcomes", "listObligations", lambda r: obligations(r, place, SECONDS)),
        ),
    )
    return WorkView(place, day, complete, sources, in_order(_items(found)))


def _items(found: Found) -> Iterator[WorkItem]:
    for each in _of(found, "listContractFindings", FoundOnContract):
        yield WorkItem(
            "contracts", each.kind, each.ends_on, False, f"{each.reference} {each.title}",
            _BECAUSE.get(each.kind, each.kind.replace("_", " ").capitalize() + "."), each.what_to_do,
            "contract", each.contract_id, each.owner_organisation_id,
        )  # fmt: skip
    register = found.get("listContracts")
    if register is None:
        return
    held = {
        each.id: Held(f"{each.reference} {each.title}", each.state, each.ends_on)
        for each in _of(found, "listContracts", ListedContract)
    }
    promised = [
        Promised(
            each.id,
            each.owner_organisation_id,
            each.contract_id,
            each.description,
            each.reserved_pence - each.drawn_pence - each.released_pence,
        )
        for each in _of(found, "listCommitments", ListedCommitment)
        if each.contract_id is not None
    ]
    owed = [
        Owed(each.id, each.lead_organisation_id, each.contract_id, each.title, each.ends_on)
        for each in _of(found, "listObligations", ListedObligation)
    ]
    for finding in without_running_contract(promised, held, register.whole):
        yield _joined("budget", "commitment", finding)
    for finding in owed_for_ended(owed, held):
        yield _joined("outcomes", "obligation", finding)


def _joined(service: str, thing: str, finding: JoinedFinding) -> WorkItem:
    return WorkItem(
        service, finding.kind.value, None, False, finding.title, finding.because, finding.what_to_do,
        thing, finding.thing_id, finding.organisation_id,
    )  # fmt: skip


def _of(found: Found, operation: str, kind: type[Item]) -> list[Item]:
    listed = found.get(operation, WholeList(()))
    return [each for each in listed.items if isinstance(each, kind)]
