"""What waits for a decision in a partnership: agreements, virements, settlements, variations and returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from services.gateway.clients.budget_lists import (
    ListedAgreement,
    ProposedSettlement,
    ProposedVirement,
    agreements,
    proposed_settlements,
    proposed_virements,
)
from services.gateway.clients.contract_lists import ProposedVariation, proposed_variations
from services.gateway.clients.outcome_lists import SubmittedReturn, returns_in_state
from services.gateway.clients.pages import WholeList
from services.gateway.clients.reading import Reader
from services.gateway.views.work import SECONDS, Read, WorkAsked, WorkItem, WorkView, gather, in_order

OPERATIONS = {
    "listAgreements": "budget",
    "listVirements": "budget",
    "listSettlements": "budget",
    "listVariations": "contracts",
    "listReturns": "outcomes",
}


async def undecided_work(readers: Mapping[str, Reader], asked: WorkAsked) -> WorkView:
    """One item for every organisation whose decision is waited for."""
    place = asked.partnership_id
    sources, found, complete = await gather(
        readers,
        asked,
        (
            Read("budget", "listAgreements", lambda r: agreements(r, place, SECONDS)),
            Read("budget", "listVirements", lambda r: proposed_virements(r, place, SECONDS)),
            Read("budget", "listSettlements", lambda r: proposed_settlements(r, place, SECONDS)),
            Read("contracts", "listVariations", lambda r: proposed_variations(r, place, SECONDS)),
            Read("outcomes", "listReturns", partial(_waiting_returns, asked)),
        ),
    )
    items = [item for listed in found.values() for each in listed.items for item in _items(each)]
    return WorkView(place, asked.as_at, complete, sources, in_order(items))


async def _waiting_returns(asked: WorkAsked, reader: Reader) -> WholeList[SubmittedReturn]:
    """Submitted and validated ones alike wait for the lead."""
    lists = [
        await returns_in_state(reader, asked.partnership_id, state, SECONDS)
        for state in ("submitted", "validated")
    ]
    return WholeList(tuple(each for one in lists for each in one.items), all(each.whole for each in lists))


def _items(each: object) -> Iterator[WorkItem]:
    match each:
        case ListedAgreement(state="draft"):
            yield from _agreement(each)
        case ProposedVirement():
            yield from _virement(each)
        case ProposedSettlement():
            yield from _settlement(each)
        case ProposedVariation():
            yield _variation(each)
        case SubmittedReturn():
            yield _return(each)


def _agreement(draft: ListedAgreement) -> Iterator[WorkItem]:
    for approval in draft.approvals:
        if approval.counts_from is None:
            because = f"The approval of {approval.body} is missing or does not count yet."
            yield WorkItem(
                "budget", "agreement_approval", None, False, draft.reference, because,
                "Record the decision of this body.", "agreement", draft.id, approval.organisation_id,
            )  # fmt: skip


def _virement(proposed: ProposedVirement) -> Iterator[WorkItem]:
    given = {each.organisation_id for each in proposed.given}
    for each in proposed.asked:
        if each.organisation_id not in given:
            pounds = f"£{proposed.amount_pence // 100:,}.{proposed.amount_pence % 100:02d}"
            yield WorkItem(
                "budget", "virement_approval", proposed.effective_date, False,
                f"Virement of {pounds} in {proposed.financial_year}",
                "This organisation's limits of delegation ask for its approval.",
                "Approve or refuse it.", "virement", proposed.id, each.organisation_id,
            )  # fmt: skip


def _settlement(proposed: ProposedSettlement) -> Iterator[WorkItem]:
    for each in proposed.approvals:
        if each.approved_at is None:
            yield WorkItem(
                "budget", "settlement_approval", None, False, f"Settlement for {proposed.financial_year}",
                "This party has not approved it yet.",
                "Approve it, or raise a dispute.", "settlement", proposed.id, each.organisation_id,
            )  # fmt: skip


def _variation(proposed: ProposedVariation) -> WorkItem:
    return WorkItem(
        "contracts", "variation_answer", proposed.effective_on, False, proposed.description,
        f"A {proposed.kind.replace('_', ' ')} variation is proposed.", "Agree to it, or decline.",
        "variation", proposed.id, None,
    )  # fmt: skip


def _return(submitted: SubmittedReturn) -> WorkItem:
    return WorkItem(
        "outcomes", "return_acceptance", None, False, f"Return for {submitted.period}",
        "The provider has sent it.", "Accept it, or send it back with reasons.",
        "return", submitted.id, submitted.lead_organisation_id,
    )  # fmt: skip
