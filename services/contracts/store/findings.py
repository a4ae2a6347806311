"""Findings on the running contracts of a partnership that the caller sees whole."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from services.contracts.rules.finding import TO_DO, Finding, FindingKind
from services.contracts.rules.party import Role
from services.contracts.rules.state import RUNNING, State
from services.contracts.store.tables import contract_parties, contract_plans, contract_terms, contracts
from services.contracts.store.visibility import commissioning, scope
from shared.db import Transaction
from shared.keyset import After, Pages

_NEVER = literal_column("'infinity'::date", Date)
_NOBODY, _NONE = cast(null(), Uuid), cast(null(), Integer)
_HELD_OVER: ColumnElement[bool] = contracts.c.state == literal_column(f"'{State.HELD_OVER.value}'")
_RUNS = contracts.c.state.in_([literal_column(f"'{each.value}'") for each in sorted(RUNNING)])


def _finding(kind: FindingKind, provider: Any = _NOBODY, many: Any = _NONE) -> Select[Any]:
    return select(
        literal_column(f"'{kind.value}'", Text).label("kind"),
        contracts.c.id.label("contract_id"),
        contracts.c.partnership_id,
        contracts.c.owner_organisation_id,
        contracts.c.reference,
        contracts.c.title,
        contracts.c.state,
        func.nullif(contracts.c.ends_as_it_stands, _NEVER).label("ends_on"),
        provider.label("provider_id"),
        many.label("contracts"),
    ).where(commissioning(), contracts.c.partnership_id == bindparam("partnership_id", type_=Uuid), _RUNS)


def _small() -> Select[Any]:
    """Contracts known to be worth less than the threshold over their term, whoever leads them, of a provider with more."""
    provider = contract_parties.c.organisation_id
    many = func.count().over(partition_by=provider)
    small = (
        _finding(FindingKind.SMALL_OF_ONE_PROVIDER, provider, many)
        .join(contract_parties, contract_parties.c.contract_id == contracts.c.id)
        .where(
            contract_parties.c.role == literal_column(f"'{Role.PROVIDER.value}'"),
            provider.is_not(None),
            contracts.c.worth_pence < bindparam("small_below_pence", type_=BigInteger),
        )
        .subquery()
    )
    return select(small).where(small.c.contracts > 1)


_FOUND = union_all(
    _finding(FindingKind.HELD_OVER).where(_HELD_OVER),
    _finding(FindingKind.PAST_END).where(
        ~_HELD_OVER, contracts.c.ends_as_it_stands < bindparam("as_at", type_=Date)
    ),
    _finding(FindingKind.WITHOUT_OUTCOME)
    .join(contract_terms, contract_terms.c.contract_id == contracts.c.id)
    .join(contract_plans, contract_plans.c.contract_id == contracts.c.id)
    .where(
        func.cardinality(contract_terms.c.indicator_ids) == 0, contract_plans.c.no_indicator_reason.is_(None)
    ),
    _small(),
).subquery()
# A contract of two providers can be small with each: the provider is a key of the list.
_PROVIDER = func.coalesce(cast(_FOUND.c.provider_id, Text), literal_column("''", Text))
_PAGES = {
    chosen: Pages(
        select(_FOUND).where(*([_FOUND.c.kind == bindparam("kind", type_=Text)] * chosen)),
        _FOUND.c.kind,
        _FOUND.c.contract_id,
        then=_PROVIDER,
    )
    for chosen in (False, True)
}


async def page(
    tx: Transaction,
    asked: tuple[UUID, FindingKind | None],
    measures: tuple[date, int],
    limit: int,
    after: After,
) -> list[Finding]:
    """At most `limit + 1` findings. `asked`: partnership, and kind or None; `measures`: the day, and what is small."""
    partnership_id, kind = asked
    as_at, small_below_pence = measures
    values: dict[str, Any] = {"partnership_id": partnership_id, "as_at": as_at, **scope(tx)}
    values["small_below_pence"] = small_below_pence
    if kind is not None:
        values["kind"] = kind.value
    rows = await _PAGES[kind is not None].read(tx, limit, after, **values)
    return [_of(row) for row in rows]


def _of(row: Any) -> Finding:
    kind = FindingKind(row["kind"])
    made = {**dict(row.items()), "kind": kind, "state": State(row["state"]), "what_to_do": TO_DO[kind]}
    return Finding(**made)
