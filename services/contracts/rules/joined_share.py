"""Shares of several contracts joined into one: of the money behind them, and of their commissioners, by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from services.contracts.rules.contract import Contract
from services.contracts.rules.funding import FundingLine
from services.contracts.rules.party import Party, Role, of_role
from shared.money import allocate

_UNITS = 10**12  # shares are kept to ten places: units of a ten-thousand-millionth percent


def _weights(sources: Sequence[Contract], weights: Sequence[int | None]) -> list[Fraction] | None:
    """Each source's weight by value, or None where it is not known or nothing is worth anything."""
    known = [each for each in weights if each is not None]
    if len(known) < len(sources) or sum(known) == 0:
        return None
    return [Fraction(each, sum(known)) for each in known]


def joined_funding(sources: Sequence[Contract], weights: Sequence[int | None]) -> tuple[FundingLine, ...]:
    """The money of all sources, each line by the value of its contract; none where a source has none."""
    parts = _weights(sources, weights)
    if parts is None or not all(each.funding for each in sources):
        return sources[0].funding if all(each.funding == sources[0].funding for each in sources) else ()
    together: dict[tuple[UUID, UUID, str | None], Fraction] = {}
    for weight, source in zip(parts, sources, strict=True):
        for line in source.funding:
            key = (line.pool_id, line.organisation_id, line.funding_source)
            together[key] = together.get(key, Fraction(0)) + weight * Fraction(line.share_percent)
    shares = _to_ten_places(list(together.values()))
    return tuple(
        FundingLine(key[0], key[1], share, key[2])
        for key, share in zip(together, shares, strict=True)
        if share > 0
    )


def joined_parties(sources: Sequence[Contract], weights: Sequence[int | None]) -> tuple[Party, ...]:
    """The lead, everybody's associates with their shares by value, the provider and its subcontractors."""
    parts = _weights(sources, weights)
    shares: dict[UUID, Fraction] = {}
    whole = parts is not None
    made: dict[tuple[Role, object], Party] = {}
    for at, source in enumerate(sources):
        for party in source.parties:
            made.setdefault((party.role, party.organisation_id or (party.name or "").casefold()), party)
        bodies = of_role(source.parties, Role.LEAD_COMMISSIONER, Role.ASSOCIATE_COMMISSIONER)
        for body in bodies:
            share = (
                body.share_percent
                if body.share_percent is not None
                else (Decimal(100) if len(bodies) == 1 else None)
            )
            if share is None or parts is None or body.organisation_id is None:
                whole = False
                continue
            shares[body.organisation_id] = shares.get(body.organisation_id, Fraction(0)) + parts[
                at
            ] * Fraction(share)
    given = any(each.share_percent is not None for each in made.values())
    if not whole or not (given or len(shares) > 1):
        return tuple(replace(each, share_percent=None) for each in made.values())
    rounded = dict(zip(shares, _to_ten_places(list(shares.values())), strict=True))
    return tuple(
        replace(each, share_percent=rounded.get(each.organisation_id))
        if each.organisation_id is not None
        and each.role in (Role.LEAD_COMMISSIONER, Role.ASSOCIATE_COMMISSIONER)
        else each
        for each in made.values()
    )


def _to_ten_places(percents: Sequence[Fraction]) -> list[Decimal]:
    """Percentages to ten places that still come to 100, by largest remainders."""
    units = [f"{Decimal(each).scaleb(-10):f}" for each in allocate(_UNITS, list(percents))]
    return [Decimal(each.rstrip("0").rstrip(".") if "." in each else each) for each in units]
