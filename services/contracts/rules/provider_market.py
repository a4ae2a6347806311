"""The market of providers: what all commissioners buy from each, and how much of a service rests on few (S4-C05, S4-C06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from services.contracts.rules.summary import KnownValue

# The thresholds of the competition authorities' merger guidelines (OFT1254, 2010, paragraph 5.3.5): above 1,000 a
# market is concentrated, above 2,000 highly concentrated.
CONCENTRATED, HIGHLY_CONCENTRATED = 1000, 2000


@dataclass(frozen=True, slots=True)
class ProviderVolume:
    """What the commissioners whose contracts the caller sees whole buy from one provider, in contracts that run.

    A contract with several providers has one value that nobody split: it counts in `joint_contracts` and in no sum.
    """

    provider_organisation_id: UUID
    contracts: int
    joint_contracts: int
    commissioner_ids: tuple[UUID, ...]
    total: KnownValue
    annual: KnownValue


@dataclass(frozen=True, slots=True)
class ProviderShare:
    """A provider's part of what is known to be spent in a year. `share_percent` has two decimals."""

    provider_organisation_id: UUID
    annual_pence: int
    share_percent: Decimal


@dataclass(frozen=True, slots=True)
class ProviderConcentration:
    """How a service's yearly spend is spread over providers.

    `hhi` is the Herfindahl-Hirschman index: the sum of the squares of all shares in percent, from near 0 to 10,000.
    It is null where nothing is known, and rests on the known part where `complete` is false.
    """

    service: str
    contracts: int
    unknown: int
    complete: bool
    providers: int
    single_provider: bool
    annual_known_pence: int
    hhi: int | None
    concentrated: bool
    highly_concentrated: bool
    largest: tuple[ProviderShare, ...]


def concentration(
    service: str, contracts: int, unknown: int, amounts: Mapping[UUID, int | None], most: int = 5
) -> ProviderConcentration:
    """The spread of a service over providers. `amounts`: yearly pence of each provider, None where nothing is known."""
    known = {provider: pence for provider, pence in amounts.items() if pence}
    whole = sum(known.values())
    hhi = None
    if whole:
        squares = sum(((Decimal(pence) * 100 / whole) ** 2 for pence in known.values()), Decimal(0))
        hhi = int(squares.to_integral_value(ROUND_HALF_UP))
    return ProviderConcentration(
        service=service,
        contracts=contracts,
        unknown=unknown,
        complete=not unknown,
        providers=len(amounts),
        single_provider=len(amounts) == 1,
        annual_known_pence=whole,
        hhi=hhi,
        concentrated=hhi is not None and hhi > CONCENTRATED,
        highly_concentrated=hhi is not None and hhi > HIGHLY_CONCENTRATED,
        largest=_largest(known, whole)[:most],
    )


def _largest(known: Mapping[UUID, int], whole: int) -> tuple[ProviderShare, ...]:
    ordered = sorted(known.items(), key=lambda each: (-each[1], each[0]))
    return tuple(
        ProviderShare(
            provider, pence, (Decimal(pence) * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
        )
        for provider, pence in ordered
    )
