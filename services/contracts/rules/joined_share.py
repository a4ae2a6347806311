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
from shared.errors import Kind, reason
from shared.money import allocate

CONSOLIDATION_FUNDING = reason(
    "consolidation_funding_unknown",
    Kind.CONFLICT,
    "Who would pay for the one contract cannot be said: of those named no value is known, or nobody pays for them yet."
    " Record the value or the funding first, or let all be paid for out of the same money.",
)
CONSOLIDATION_SHARES = reason(
    "consolidation_shares_unknown",
    Kind.CONFLICT,
    "The commissioners' shares of the one contract cannot be said: of those named no value or no shares are known."
    " Record them first, or agree the same shares in all.",
)

_UNITS = 10**12  # shares are kept to ten places: units of a ten-thousand-millionth percent


def _weights(sources: Sequence[Contract], weights: Sequence[int | None]) -> list[Fraction] | None:
    """Each source's weight by value, or None where it is not known or nothing is worth anything."""
    known = [each for each in weights if each is not None]
    if len(known) < len(sources) or sum(known) == 0:
        return None
    return [Fraction(each, sum(known)) for each in known]


def _worthless(sources: Sequence[Contract], weights: Sequence[int | None]) -> list[str]:
    """Those whose value is not known; all of them where together they are worth nothing."""
    nothing = all(each == 0 for each in weights)
    return [str(each.id) for each, pence in zip(sources, weights, strict=True) if nothing or pence is None]


def joined_funding(sources: Sequence[Contract], weights: Sequence[int | None]) -> tuple[FundingLine, ...]:
    """The money of all sources, each line by the value of its contract. The same money stays as it is. Otherwise a
    value that is not known, or a source that nobody pays for yet, leaves open who would pay: a refusal that says so."""
    if len({frozenset(each.funding) for each in sources}) == 1:
        return sources[0].funding
    parts = _weights(sources, weights)
    unfunded = [str(each.id) for each in sources if not each.funding]
    if parts is None or unfunded:
        raise CONSOLIDATION_FUNDING(
            "/source_contract_ids", without_funding=unfunded, without_value=_worthless(sources, weights)
        )
    together: dict[tuple[UUID | None, UUID, str | None], Fraction] = {}
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
        bodies = _commissioners(source)
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
    if _same_shares(sources):
        return tuple(made.values())
    given = any(each.share_percent is not None for source in sources for each in source.parties)
    if given and not whole:
        raise CONSOLIDATION_SHARES(
            "/source_contract_ids",
            without_shares=[str(each.id) for each in sources if not _shares_known(each)],
            without_value=_worthless(sources, weights),
        )
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


def _commissioners(source: Contract) -> tuple[Party, ...]:
    return of_role(source.parties, Role.LEAD_COMMISSIONER, Role.ASSOCIATE_COMMISSIONER)


def _same_shares(sources: Sequence[Contract]) -> bool:
    """Whether the same commissioners have the same shares in all: then values do not matter."""
    shares = {
        frozenset((one.organisation_id, one.share_percent) for one in _commissioners(each))
        for each in sources
    }
    return len(shares) == 1 and all(one.organisation_id is not None for one in _commissioners(sources[0]))


def _shares_known(source: Contract) -> bool:
    """Whether each commissioner's share is: said, or the whole of the only one."""
    bodies = _commissioners(source)
    return len(bodies) == 1 or all(each.share_percent is not None for each in bodies)


def _to_ten_places(percents: Sequence[Fraction]) -> list[Decimal]:
    """Percentages to ten places that still come to 100, by largest remainders."""
    units = [f"{Decimal(each).scaleb(-10):f}" for each in allocate(_UNITS, list(percents))]
    return [Decimal(each.rstrip("0").rstrip(".") if "." in each else each) for each in units]
