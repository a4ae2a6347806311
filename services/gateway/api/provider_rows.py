"""A provider over all its commissioners as a table for people: in pounds, and what is not known stays empty."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.api.place_rows import withheld_rows
from services.gateway.renderings.pounds import Row, pounds
from services.gateway.views.provider_overview import ProviderOverview

HEADINGS: Row = (
    "Row", "Partnership", "Organisation", "Contract", "Reference", "Title", "State", "Ends on", "Value (£)", "Value is",
    "Spend (£)", "Period", "Due", "Received", "In time", "Accepted",
)  # fmt: skip


def provider_rows(view: ProviderOverview) -> Iterator[Row]:
    """Who buys, contracts with what was spent for each, how it reports period by period, and who withholds what."""
    yield HEADINGS
    picture, spend = view.contracts, view.spend
    for buyer in picture.commissioners if picture else ():
        for basis, value in (("total", buyer.total), ("annual", buyer.annual)):
            known = pounds(value.known_pence if value.complete else None)
            yield (
                "commissioner", None, str(buyer.organisation_id), *(None,) * 5, known, basis, *(None,) * 6,
            )  # fmt: skip
    spent: dict[object, int] = {}
    for each in spend.contracts if spend else ():
        spent[each.contract_id] = spent.get(each.contract_id, 0) + each.spend_pence
    for contract in picture.listed if picture else ():
        place = str(contract.partnership_id) if contract.partnership_id else None
        yield (
            "contract", place, str(contract.owner_organisation_id), str(contract.id), contract.reference, contract.title,
            contract.state, contract.ends_on, pounds(contract.value.amount_pence), contract.value_basis,
            pounds(spent.get(contract.id)), *(None,) * 5,
        )  # fmt: skip
    for period in view.reporting.periods if view.reporting else ():
        counts = (period.expected, period.received, period.on_time, period.accepted)
        yield ("returns", *(None,) * 10, period.period, *counts)
    yield from withheld_rows(view.withheld_contributors, len(HEADINGS))
    if not view.complete:
        yield ("Not complete: something is missing, unknown or withheld.",)
