"""What kind of money a virement moves: as its lines say, and not as its proposer words it."""

from __future__ import annotations

from services.budget.rules.delegation_limit import Nature
from services.budget.rules.headroom import LineFunds
from services.budget.rules.virement import Proposal
from shared.errors import Kind, reason

NATURE_DIFFERS = reason(
    "virement_nature_differs",
    Kind.INVALID,
    "The lines say whether their money is revenue or capital, and the virement says otherwise. Name what they say.",
)
TYPE_DIFFERS = reason(
    "virement_budget_type_differs",
    Kind.INVALID,
    "Neither line is of this type of budget. Name a type that one of them bears as its tag, or none.",
)


def check_kind(asked: Proposal, source: LineFunds | None, target: LineFunds) -> frozenset[str]:
    """The types of budget of the lines; limits by nature and type are not dodged by the proposer's words (S4-B11).

    Capital on either side makes it a capital virement. Where no line says, the proposer's word counts.
    """
    found = [each for each in (source, target) if each is not None]
    said = {each.spending for each in found if each.spending is not None}
    nature = Nature.CAPITAL if Nature.CAPITAL.value in said else Nature.REVENUE
    if said and asked.nature is not nature:
        raise NATURE_DIFFERS("/nature", lines_say=nature)
    types = frozenset().union(*(each.tags for each in found))
    if asked.budget_type is not None and types and asked.budget_type not in types:
        raise TYPE_DIFFERS("/budget_type", types=sorted(types))
    return types
