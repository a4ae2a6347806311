"""What contracts must have in common to become one, and what the parts of a split keep: no order of naming decides it."""

from __future__ import annotations

from collections.abc import Sequence

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.contract import Contract
from services.contracts.rules.party import Role, of_role
from shared.errors import Kind, reason

CONSOLIDATION_NEEDS_TWO = reason(
    "consolidation_needs_two",
    Kind.INVALID,
    "A consolidation brings at least two different contracts together.",
)
CONSOLIDATION_PROVIDERS = reason(
    "consolidation_different_providers",
    Kind.INVALID,
    "These contracts have different providers. Only contracts with the same provider become one.",
)
CONSOLIDATION_LEADS = reason(
    "consolidation_different_leads",
    Kind.CONFLICT,
    "These contracts have different lead commissioners or partnerships. Novate them to one lead first.",
)
CONSOLIDATION_BASES = reason(
    "consolidation_different_bases",
    Kind.CONFLICT,
    "Some of these values are for a year and some for the whole term. Agree one way by a variation first.",
)
CONSOLIDATION_REGIMES = reason(
    "consolidation_different_regimes",
    Kind.CONFLICT,
    "These contracts were awarded, or are changed, under different procurement rules, or it is not recorded of all. One"
    " contract has one set of rules: record them, or keep the contracts apart.",
)
CONSOLIDATION_NOTICES = reason(
    "consolidation_different_notice",
    Kind.CONFLICT,
    "These contracts have different notice periods, or some have none on record. Agree one by a variation first.",
)
YEARLY_VALUE_KEEPS_END = reason(
    "yearly_value_keeps_end",
    Kind.CONFLICT,
    "The value is for a year, so another end would add or lose money. Let all of these end on one day, by an extension"
    " or a variation before or after, or agree the value for the whole term.",
)


def check_joinable(sources: Sequence[Contract]) -> None:
    """Refuse contracts that do not become one: the terms of one of them would hold for the others unasked."""
    if len({each.id for each in sources}) < max(2, len(sources)):
        raise CONSOLIDATION_NEEDS_TWO("/source_contract_ids")
    if len({providers(each) for each in sources}) > 1:
        raise CONSOLIDATION_PROVIDERS("/source_contract_ids")
    if len({(each.owner_organisation_id, each.partnership_id) for each in sources}) > 1:
        raise CONSOLIDATION_LEADS("/source_contract_ids")
    if len({each.value_basis for each in sources}) > 1:
        raise CONSOLIDATION_BASES("/source_contract_ids")
    if len({(each.award_regime, each.modification_regime or each.award_regime) for each in sources}) > 1:
        raise CONSOLIDATION_REGIMES(
            "/source_contract_ids",
            regimes=[
                {
                    "contract_id": str(each.id),
                    "award_regime": each.award_regime and each.award_regime.value,
                    "modification_regime": each.modification_regime and each.modification_regime.value,
                }
                for each in sources
            ],
        )
    if len({each.notice_period for each in sources}) > 1:
        raise CONSOLIDATION_NOTICES("/source_contract_ids", contract_ids=[str(each.id) for each in sources])


def check_ends(sources: Sequence[Contract], going: Sequence[Contract]) -> None:
    """Refuse another end where the value is that of a year: what is due for each day would last longer or shorter."""
    yearly = [each for each in (*sources, *going) if each.value_basis is ValueBasis.ANNUAL]
    ends = {each.end_date for each in yearly}
    if len(ends) > 1:
        said = sorted("none" if each is None else each.isoformat() for each in ends)
        raise YEARLY_VALUE_KEEPS_END(ends=said)


def providers(contract: Contract) -> frozenset[str]:
    """The providers as they are told apart: by id, or by name where they are not in the directory."""
    return frozenset(
        str(each.organisation_id or (each.name or "").casefold())
        for each in of_role(contract.parties, Role.PROVIDER)
    )
