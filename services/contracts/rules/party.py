"""Who stands in a contract: one lead commissioner, associates, providers, and those beneath them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from shared.errors import Fault, Kind, Reason, reason

WHOLE = Decimal(100)

PARTIES_WRONG = reason(
    "parties_wrong", Kind.INVALID, "The parties of the contract do not fit together; see errors."
)
ONE_LEAD = reason("one_lead", Kind.INVALID, "A contract has exactly one lead commissioner.")
PARTY_UNNAMED = reason(
    "party_unnamed",
    Kind.INVALID,
    "Give the organisation's id, or for a provider that is not in the directory its name.",
)
COMMISSIONER_UNKNOWN = reason(
    "commissioner_without_id",
    Kind.INVALID,
    "A commissioner is an organisation of the directory: give its id.",
)
COMMISSIONER_TWICE = reason(
    "commissioner_twice",
    Kind.INVALID,
    "An organisation is a commissioner of a contract once, as lead or as associate.",
)
LEAD_PROVIDES = reason(
    "lead_is_provider",
    Kind.INVALID,
    "The lead commissioner cannot be a provider: a body has no contract with itself.",
)
PROVIDER_TWICE = reason("provider_twice", Kind.INVALID, "An organisation is a provider of a contract once.")
ONE_PRIME = reason(
    "subcontractor_needs_one_provider",
    Kind.INVALID,
    "Subcontractors stand beneath a single lead provider. Name exactly one provider, or no subcontractor.",
)
DELEGATE_PROVIDES = reason(
    "sub_commissioner_not_provider",
    Kind.INVALID,
    "Commissioning is delegated to a provider of the same contract. Name the organisation as provider too.",
)
SHARE_MISPLACED = reason(
    "share_misplaced", Kind.INVALID, "Only the lead and associate commissioners have a share of the value."
)
SHARES_NOT_WHOLE = reason(
    "shares_not_whole",
    Kind.INVALID,
    "Give every commissioner a share above zero so that the shares come to 100 percent, or give none.",
)


class Role(StrEnum):
    """What a party is in a contract."""

    LEAD_COMMISSIONER = "lead_commissioner"
    ASSOCIATE_COMMISSIONER = "associate_commissioner"
    PROVIDER = "provider"
    SUBCONTRACTOR = "subcontractor"
    SUB_COMMISSIONER = "sub_commissioner"  # a provider to whom commissioning is delegated (S3-C10)


COMMISSIONERS = (Role.LEAD_COMMISSIONER, Role.ASSOCIATE_COMMISSIONER)


class ProviderKind(StrEnum):
    """What kind of body a provider is (S1-C11). `individual`: a sole trader, or persons trading together."""

    NHS_TRUST = "nhs_trust"
    NHS_FOUNDATION_TRUST = "nhs_foundation_trust"
    GP_PRACTICE = "gp_practice"
    LOCAL_AUTHORITY = "local_authority"
    SOCIAL_ENTERPRISE = "social_enterprise"
    VOLUNTARY_SECTOR = "voluntary_sector"
    COMPANY = "company"
    INDIVIDUAL = "individual"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identifier:
    """An organisation's id in a scheme: `GB-COH` company, `GB-CHC` charity, `local` the register's own number."""

    scheme: str
    id: str


@dataclass(frozen=True, slots=True)
class Party:
    """One organisation in one role. `share_percent` is a commissioner's share of the contract's value."""

    role: Role
    organisation_id: UUID | None = None
    name: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    kind: ProviderKind | None = None
    sme: bool | None = None
    vcse: bool | None = None
    share_percent: Decimal | None = None


def of_role(parties: Sequence[Party], *roles: Role) -> tuple[Party, ...]:
    return tuple(party for party in parties if party.role in roles)


def check_parties(parties: Sequence[Party]) -> None:
    """Refuse parties that do not fit together, with every fault at its place (S1-C01, S3-C07, S3-C10)."""
    faults = [*_each(parties), *_among(parties)]
    if faults:
        raise PARTIES_WRONG(faults=faults)


def _fault(found: Reason, at: int | None = None) -> Fault:
    return Fault("/parties" if at is None else f"/parties/{at}", found.code, found.sentence)


def _each(parties: Sequence[Party]) -> Iterator[Fault]:
    seen: set[tuple[bool, UUID]] = set()
    for at, party in enumerate(parties):
        commissions = party.role in COMMISSIONERS
        if party.organisation_id is None:
            if commissions:
                yield _fault(COMMISSIONER_UNKNOWN, at)
            elif party.name is None:
                yield _fault(PARTY_UNNAMED, at)
        elif commissions or party.role is Role.PROVIDER:
            key = (commissions, party.organisation_id)
            if key in seen:
                yield _fault(COMMISSIONER_TWICE if commissions else PROVIDER_TWICE, at)
            seen.add(key)
        if party.share_percent is not None and not commissions:
            yield _fault(SHARE_MISPLACED, at)


def _among(parties: Sequence[Party]) -> Iterator[Fault]:
    leads = of_role(parties, Role.LEAD_COMMISSIONER)
    providers = of_role(parties, Role.PROVIDER)
    provider_ids = {party.organisation_id for party in providers if party.organisation_id}
    if len(leads) != 1:
        yield _fault(ONE_LEAD)
    if any(lead.organisation_id in provider_ids for lead in leads):
        yield _fault(LEAD_PROVIDES)
    if of_role(parties, Role.SUBCONTRACTOR) and len(providers) != 1:
        yield _fault(ONE_PRIME)
    if any(each.organisation_id not in provider_ids for each in of_role(parties, Role.SUB_COMMISSIONER)):
        yield _fault(DELEGATE_PROVIDES)
    shares = [party.share_percent for party in of_role(parties, *COMMISSIONERS)]
    given = [share for share in shares if share is not None]
    if given and (len(given) < len(shares) or min(given) <= 0 or sum(given) != WHOLE):
        yield _fault(SHARES_NOT_WHOLE)
