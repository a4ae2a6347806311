"""Whose figures a view lacks: those that nobody stated, and those that the caller may not see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.gateway.rules.view import Sight, WithheldContributor, withheld_bodies
from services.gateway.store import members
from services.gateway.views.source import SourceStatus, ViewSource
from shared.calendar import FinancialYear
from shared.caller import Caller
from shared.db import Database


@dataclass(frozen=True, slots=True)
class MissingContributor:
    """An organisation whose figures are not known, and which: budget, actual, contribution, contract_value, outcome."""

    organisation_id: UUID
    figures: tuple[str, ...]


async def left_out(
    db: Database,
    caller: Caller,
    partnership_id: UUID,
    sights: Mapping[FinancialYear, Sight],
    sources: Sequence[ViewSource],
    told: Iterable[WithheldContributor] = (),
) -> tuple[WithheldContributor, ...]:
    """Whose figures are left out of which source: as a service told, and as the roles held in each year have it.

    The directory is read only where some may be.
    """
    found = dict.fromkeys(told)
    if any(each.bodies_alone for each in sights.values()) or any(
        each.status is SourceStatus.WITHHELD for each in sources
    ):
        async with db.begin(caller, single=True) as tx:
            known = await members.of(tx, partnership_id)
        for year, sight in sights.items():
            for each in sources:
                if each.status is not SourceStatus.UNAVAILABLE:
                    found |= dict.fromkeys(withheld_bodies(each.service, each.because, sight, known, year))
    return tuple(found)


def merged(missing: Iterable[tuple[UUID, str]]) -> tuple[MissingContributor, ...]:
    """Each organisation once, with all that is not known of it."""
    found: dict[UUID, dict[str, None]] = {}
    for organisation, figure in missing:
        found.setdefault(organisation, {})[figure] = None
    return tuple(MissingContributor(each, tuple(found[each])) for each in sorted(found))
