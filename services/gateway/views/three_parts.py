"""A partnership's fund, contracts and scorecard together: whether all of it is known, and whose figures are not."""

from __future__ import annotations

from services.gateway.clients.contract_summaries import ContractPicture
from services.gateway.clients.positions import FundPosition
from services.gateway.clients.scorecards import Card
from services.gateway.views.contributor import MissingContributor, merged


def all_known(fund: FundPosition | None, contracts: ContractPicture | None, card: Card | None) -> bool:
    """Whether every part answered, and nothing in it is unknown."""
    return (
        fund is not None
        and fund.complete
        and contracts is not None
        and contracts.total.complete
        and contracts.annual.complete
        and card is not None
        and card.complete
    )


def missing_of(
    fund: FundPosition | None, contracts: ContractPicture | None, card: Card | None
) -> tuple[MissingContributor, ...]:
    """Whose figures are not known in the parts that answered, each organisation once."""
    found = [
        (each.organisation_id, figure)
        for each in (fund.missing_contributors if fund else ())
        for figure in each.figures
    ]
    if contracts:
        unstated = (*contracts.total.missing_contributors, *contracts.annual.missing_contributors)
        found += [(each, "contract_value") for each in unstated]
    found += [(each, "outcome") for each in (card.missing_contributors if card else ())]
    return merged(found)
