"""A provider over all its commissioners, from what the caller may know of its contracts, placements and quality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Integer,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.placement_life import IN_CARE
from services.contracts.rules.provider_view import (
    MOST_LISTED,
    CountBasis,
    PlacementCount,
    ProviderCommissioner,
    ProviderView,
    joined_counts,
)
from services.contracts.rules.state import RUNNING, State
from services.contracts.rules.summary import EndsNext, StateCount
from services.contracts.store import contract_lists, management_actions, provider_markets
from services.contracts.store.contract_lists import Sort
from services.contracts.store.contract_summaries import ENDS_NEXT, folded, known_value
from services.contracts.store.placement_tables import placements
from services.contracts.store.placements import own_care, wholly_seen
from services.contracts.store.shown_contracts import shown
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import reachable, scope
from shared.db import Prepared, Transaction, prepare
from shared.errors import NOT_FOUND

_RUNNING = [literal_column(f"'{each.value}'", Text) for each in sorted(RUNNING)]
_PROVIDER = bindparam("provider_id", type_=Uuid)
_PROVIDERS = bindparam("provider_ids", type_=ARRAY(Uuid))
_AS_AT = bindparam("as_at", type_=Date)


@cache
def _contracts(placed: bool) -> Prepared:
    here = contracts.c.partnership_id == bindparam("partnership_id", type_=Uuid) if placed else reachable()
    every = shown(here, contracts.c.provider_ids.contains(_PROVIDERS), name="every")
    # Where its supplier is withheld from the caller, a contract is nobody's.
    mine = select(every).where(every.c.provider_ids.contains(_PROVIDERS)).cte("mine")
    runs = mine.c.state.in_(_RUNNING)
    joint = func.cardinality(mine.c.provider_ids) > literal_column("1")
    unknown = mine.c.value_pence.is_(None)
    joiner = (
        func.unnest(mine.c.associate_ids)
        .table_valued(Column("organisation_id", Uuid), name="joiner")
        .render_derived()
        .lateral()
    )
    return prepare(
        select(
            folded(
                select(
                    mine.c.state,
                    func.count().label("contracts"),
                    func.count().filter(joint).label("joint"),
                    func.count().filter(mine.c.ends_on < _AS_AT).label("past_end"),
                ).group_by(mine.c.state)
            ).label("by_state"),
            folded(
                select(
                    mine.c.owner_organisation_id,
                    case((joint, literal_column("'joint'", Text)), else_=mine.c.value_basis).label(
                        "value_basis"
                    ),
                    func.count().label("contracts"),
                    cast(func.sum(mine.c.value_pence), Text).label("known_pence"),
                    func.count().filter(unknown).label("unknown"),
                    func.array_agg(mine.c.owner_organisation_id.distinct()).filter(unknown).label("missing"),
                )
                .where(runs)
                .group_by(literal_column("1"), literal_column("2"))
            ).label("led"),
            folded(
                select(joiner.c.organisation_id, func.count().label("joins"))
                .select_from(mine)
                .join(joiner, literal_column("true"))
                .where(runs)
                .group_by(joiner.c.organisation_id)
            ).label("joined"),
            folded(
                select(
                    mine.c.id.label("contract_id"),
                    mine.c.reference,
                    mine.c.title,
                    mine.c.owner_organisation_id,
                    mine.c.ends_on,
                )
                .where(runs, mine.c.ends_on >= _AS_AT)
                .order_by(mine.c.ends_on, mine.c.id)
                .limit(literal_column(str(ENDS_NEXT)))
            ).label("ends_next"),
        )
    )


_CARE: list[Any] = [literal_column(f"'{each.value}'::contracts.placement_state") for each in sorted(IN_CARE)]


@cache
def _readable(placed: bool) -> Prepared:
    here = placements.c.partnership_id == bindparam("partnership_id", type_=Uuid)
    cost = placements.c.weekly_cost_pence
    return prepare(
        select(
            placements.c.partnership_id,
            placements.c.owner_organisation_id,
            func.count().label("placements"),
            cast(func.sum(cost), BigInteger).label("known"),
            func.count().filter(cost.is_(None)).label("unknown"),
        )
        .where(
            placements.c.provider_organisation_id == _PROVIDER,
            placements.c.state.in_(_CARE),
            wholly_seen(),
            *([here] * placed),
        )
        .group_by(placements.c.partnership_id, placements.c.owner_organisation_id)
    )


_told = (
    func.contracts.placements_with(_PROVIDER, bindparam("partnership_id", type_=Uuid))
    .table_valued(
        Column("partnership_id", Uuid),
        Column("owner_organisation_id", Uuid),
        Column("shown", Integer),
        name="told",
    )
    .render_derived()
)
_OTHERS = prepare(select(_told))


async def of_provider(
    tx: Transaction, provider_id: UUID, partnership_id: UUID | None, today: date
) -> ProviderView:
    """The view of a provider, in a partnership or wherever the caller sees it; without a contract it is not found."""
    place = {} if partnership_id is None else {"partnership_id": partnership_id}
    row = await tx.one(
        _contracts(bool(place)), provider_ids=[provider_id], as_at=today, today=today, **scope(tx) | place
    )
    if not row["by_state"]:
        raise NOT_FOUND()
    states: Counter[State] = Counter({State(each["state"]): each["contracts"] for each in row["by_state"]})
    running = [each for each in row["by_state"] if State(each["state"]) in RUNNING]
    commissioners = _commissioners(row["led"], row["joined"])
    counts = await _counts(
        tx, provider_id, partnership_id, frozenset(each.organisation_id for each in commissioners)
    )
    total, annual = (known_value(row["led"], basis) for basis in (ValueBasis.TOTAL, ValueBasis.ANNUAL))
    missing = tuple(sorted({*total.missing_contributors, *annual.missing_contributors}))
    withheld = {each.organisation_id for each in counts if each.basis is CountBasis.WITHHELD}
    filters = {"provider_id": provider_id, **place}
    listed = await contract_lists.page(tx, Sort.ENDS, filters, MOST_LISTED, None, today=today)
    open_flags, marked = await management_actions.flags(tx, filters, MOST_LISTED)
    return ProviderView(
        provider_organisation_id=provider_id,
        partnership_id=partnership_id,
        as_at=today,
        contracts=states.total(),
        running=sum(each["contracts"] for each in running),
        joint_contracts=sum(each["joint"] for each in running),
        by_state=tuple(StateCount(state, states[state]) for state in State if states[state]),
        commissioners=commissioners,
        total=total,
        annual=annual,
        ends_next=msgspec.convert(row["ends_next"], tuple[EndsNext, ...]),
        past_end=sum(each["past_end"] for each in running),
        placements=counts,
        open_flags=open_flags,
        quality_flags=marked,
        concentrations=await provider_markets.of_provider(tx, provider_id, partnership_id, MOST_LISTED),
        listed=tuple(listed[:MOST_LISTED]),
        more_contracts=len(listed) > MOST_LISTED,
        complete=not (missing or withheld),
        missing_contributors=missing,
        withheld_contributors=tuple(sorted(withheld)),
    )


def _commissioners(
    led: Iterable[Mapping[str, Any]], joined: Iterable[Mapping[str, Any]]
) -> tuple[ProviderCommissioner, ...]:
    joins = {UUID(each["organisation_id"]): each["joins"] for each in joined}
    of: dict[UUID, list[Mapping[str, Any]]] = {each: [] for each in joins}
    for group in led:
        of.setdefault(UUID(group["owner_organisation_id"]), []).append(group)
    return tuple(
        ProviderCommissioner(
            organisation_id=each,
            leads=sum(group["contracts"] for group in of[each]),
            joins=joins.get(each, 0),
            total=known_value(of[each], ValueBasis.TOTAL),
            annual=known_value(of[each], ValueBasis.ANNUAL),
        )
        for each in sorted(of)
    )


async def _counts(
    tx: Transaction, provider_id: UUID, partnership_id: UUID | None, commissioners: frozenset[UUID]
) -> tuple[PlacementCount, ...]:
    """The placements in care, by commissioner: exact where every row may be read, disclosed where others are told."""
    place = {} if partnership_id is None else {"partnership_id": partnership_id}
    care = own_care(tx)
    rows = await tx.all(_readable(bool(place)), provider_id=provider_id, **care, **place)
    readable = {
        (row["partnership_id"], row["owner_organisation_id"]): PlacementCount(
            partnership_id=row["partnership_id"],
            organisation_id=row["owner_organisation_id"],
            basis=CountBasis.EXACT,
            placements=row["placements"],
            weekly_cost_known_pence=row["known"],
            weekly_cost_unknown=row["unknown"],
        )
        for row in rows
    }
    told = await tx.all(_OTHERS, provider_id=provider_id, partnership_id=partnership_id)
    others = {(row["partnership_id"], row["owner_organisation_id"]): row["shown"] for row in told}
    return joined_counts(readable, others, _untold(tx, provider_id, partnership_id, commissioners))


def _untold(
    tx: Transaction, provider_id: UUID, partnership_id: UUID | None, commissioners: frozenset[UUID]
) -> frozenset[UUID]:
    """Of whose placements the caller is told nothing: a commissioner of the place is told of all, a provider of its own."""
    caller = tx.caller
    if provider_id in caller.organisations:
        return frozenset()
    sharers = {owner for place, owner in caller.shared("placements") if partnership_id in (None, place)}
    if partnership_id is not None and caller.holds(partnership_id, "commissioner"):
        if not caller.holds(partnership_id, "provider"):
            return frozenset()
        return commissioners - {*caller.organisations} - sharers
    return commissioners - {*caller.organisations} - (sharers if partnership_id is not None else set())
