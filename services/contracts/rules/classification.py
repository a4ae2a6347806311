"""The code lists of a contract: need category, form, regime, tender type."""

from __future__ import annotations

from enum import StrEnum

from shared.errors import Kind, reason

AWARD_BASIS_MISSING = reason(
    "award_basis_missing",
    Kind.INVALID,
    "An exempt award says on what basis it is exempt: for work kept in house control, activity and ownership,"
    " for public bodies together the common task.",
)


class Category(StrEnum):
    """What kind of need a service meets (S1-B02)."""

    WELLNESS = "wellness"
    COMMUNITY_INTERVENTION = "community_intervention"
    COMPLEX_BED_BASED = "complex_bed_based"


class AgreementForm(StrEnum):
    """What form a contract has: the Transparency Code's list, and the forms of the NHS and of joint work."""

    SINGLE_AWARD = "single_award"
    MULTIPLE_AWARD = "multiple_award"
    FRAMEWORK = "framework"
    DYNAMIC_PURCHASING_SYSTEM = "dynamic_purchasing_system"
    GRANT_AGREEMENT = "grant_agreement"
    NHS_STANDARD_CONTRACT = "nhs_standard_contract"
    PRIME_PROVIDER = "prime_provider"
    ALLIANCE = "alliance"
    MCP = "mcp"
    PACS = "pacs"
    SERVICE_LEVEL_AGREEMENT = "service_level_agreement"
    OTHER = "other"
    NOT_STATED = "not_stated"


class Regime(StrEnum):
    """The rules under which a contract was awarded, or is modified: the two can differ."""

    PCR2006_PART_B = "pcr2006_part_b"
    NHS2013 = "nhs2013"
    PCR2015 = "pcr2015"
    PA2023 = "pa2023"
    PA2023_LIGHT_TOUCH = "pa2023_light_touch"
    PSR = "psr"
    BELOW_THRESHOLD = "below_threshold"
    EXEMPT_HORIZONTAL = "exempt_horizontal"
    EXEMPT_VERTICAL = "exempt_vertical"


EXEMPT = frozenset({Regime.EXEMPT_HORIZONTAL, Regime.EXEMPT_VERTICAL})


class TenderType(StrEnum):
    """How offers were asked for, as the Transparency Code has it."""

    ITQ = "itq"
    ITT = "itt"
    OTHER = "other"
    NOT_STATED = "not_stated"


class ValueBasis(StrEnum):
    """Whether a contract's value is for its whole life or for a year."""

    TOTAL = "total"
    ANNUAL = "annual"


def check_award_basis(regime: Regime | None, basis: str | None) -> None:
    """An award that is exempt (Teckal or between public bodies, S1-C10) is recorded with its grounds.

    Source: Public Contracts Regulations 2015 reg 12; Procurement Act 2023 Schedule 2 paras 2 and 3.
    """
    if regime in EXEMPT and basis is None:
        raise AWARD_BASIS_MISSING("/award_basis", regime=regime.value)
