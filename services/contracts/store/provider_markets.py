"""The market of providers, from the running contracts that the caller sees whole: added up by the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Numeric,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.provider_market import ProviderConcentration, ProviderVolume, concentration
from services.contracts.rules.state import RUNNING
from services.contracts.rules.summary import KnownValue
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import commissioning, reachable, scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages

_RUNS = contracts.c.state.in_([literal_column(f"'{each.value}'") for each in sorted(RUNNING)])
_HERE = contracts.c.partnership_id == bindparam("partnership_id", type_=Uuid)
_PROVIDERS = (
    func.unnest(contracts.c.provider_ids)
    .table_valued(Column("provider_id", Uuid), name="provider")
    .render_derived()
    .lateral()
)
_PROVIDER = _PROVIDERS.c.provider_id
_ALONE = func.cardinality(contracts.c.provider_ids) == literal_column("1")
# A value of less than nothing, as registers print one in brackets, is none that is known.
_VALUE = case((contracts.c.value_pence >= literal_column("0"), contracts.c.value_pence))
_days = contracts.c.end_date - contracts.c.start_date + literal_column("1")


def _basis(basis: ValueBasis) -> Any:
    return contracts.c.value_basis == literal_column(f"'{basis.value}'")


def _sums(basis: ValueBasis) -> list[Any]:
    mine = _ALONE & _basis(basis)
    owner = contracts.c.owner_organisation_id
    return [
        cast(func.sum(_VALUE).filter(mine), BigInteger).label(f"{basis.value}_known"),
        func.count().filter(mine).label(f"{basis.value}_contracts"),
        func.count().filter(mine & _VALUE.is_(None)).label(f"{basis.value}_unknown"),
        func.array_agg(owner.distinct()).filter(mine & _VALUE.is_(None)).label(f"{basis.value}_missing"),
    ]


_VOLUMES = (
    select(
        _PROVIDER.label("provider_organisation_id"),
        func.count().label("contracts"),
        func.count().filter(~_ALONE).label("joint_contracts"),
        func.array_agg(contracts.c.owner_organisation_id.distinct()).label("commissioner_ids"),
        *_sums(ValueBasis.TOTAL),
        *_sums(ValueBasis.ANNUAL),
    )
    .select_from(contracts)
    .join(_PROVIDERS, literal_column("true"))
    .where(_HERE, _RUNS, commissioning())
    .group_by(_PROVIDER)
    .subquery()
)
_VOLUME_PAGES = Pages(
    select(_VOLUMES), _VOLUMES.c.provider_organisation_id, _VOLUMES.c.provider_organisation_id
)

# What a contract costs in a year: as stated, or its total over its term; a term of less than a year counts whole.
_YEARLY = case(
    (_basis(ValueBasis.ANNUAL), cast(_VALUE, Numeric)),
    (_days <= literal_column("366"), cast(_VALUE, Numeric)),
    else_=func.round(cast(_VALUE, Numeric) * literal_column("365.25") / _days),
)
_KNOWN_YEARLY = case((_ALONE, _YEARLY))
_SERVICE = func.coalesce(
    contracts.c.service, cast(contracts.c.category, Text), literal_column("'not_stated'", Text)
)


def _spread(placed: bool = True, provided: bool = False) -> Select[Any]:
    """Services with what each provider is paid in a year: of a partnership, or of a provider's services alone."""
    each = (
        select(
            contracts.c.id,
            _SERVICE.label("service"),
            _PROVIDER.label("provider_id"),
            _KNOWN_YEARLY.label("yearly"),
        )
        .select_from(contracts)
        .join(_PROVIDERS, literal_column("true"))
        .where(_HERE if placed else reachable(), _RUNS, commissioning())
        .cte("each_contract")
    )
    if provided:
        of = each.alias("of")
        served = select(of.c.service).where(of.c.provider_id == bindparam("provider_id", type_=Uuid))
        each = select(each).where(each.c.service.in_(served)).cte("each_served")
    by_provider = (
        select(each.c.service, each.c.provider_id, func.sum(each.c.yearly).label("yearly"))
        .group_by(each.c.service, each.c.provider_id)
        .cte("by_provider")
    )
    counted = (
        select(
            each.c.service,
            func.count(each.c.id.distinct()).label("contracts"),
            func.count(each.c.id.distinct()).filter(each.c.yearly.is_(None)).label("unknown"),
        )
        .group_by(each.c.service)
        .cte("counted")
    )
    amounts = func.jsonb_object_agg(
        cast(by_provider.c.provider_id, Text), cast(by_provider.c.yearly, BigInteger)
    )
    return (
        select(counted.c.service, counted.c.contracts, counted.c.unknown, amounts.label("amounts"))
        .join(by_provider, by_provider.c.service == counted.c.service)
        .group_by(counted.c.service, counted.c.contracts, counted.c.unknown)
    )


def _by_service(spread: Any) -> Select[Any]:
    return select(spread).order_by(spread.c.contracts.desc(), spread.c.service).limit(bindparam("most"))


_SPREAD = _spread().subquery()
_OF_PROVIDER = {
    placed: prepare(_by_service(_spread(placed, provided=True).subquery())) for placed in (False, True)
}
_SPREAD_PAGES = Pages(select(_SPREAD), _SPREAD.c.service, _SPREAD.c.contracts)


async def volumes(tx: Transaction, partnership_id: UUID, limit: int, after: After) -> list[ProviderVolume]:
    """At most `limit + 1` providers of a partnership, with what is bought of each."""
    rows = await _VOLUME_PAGES.read(tx, limit, after, partnership_id=partnership_id, **scope(tx))
    return [
        ProviderVolume(
            provider_organisation_id=row["provider_organisation_id"],
            contracts=row["contracts"],
            joint_contracts=row["joint_contracts"],
            commissioner_ids=tuple(sorted(row["commissioner_ids"])),
            total=_known(row, ValueBasis.TOTAL),
            annual=_known(row, ValueBasis.ANNUAL),
        )
        for row in rows
    ]


async def concentrations(
    tx: Transaction, partnership_id: UUID, limit: int, after: After
) -> list[ProviderConcentration]:
    """At most `limit + 1` services of a partnership, with how each is spread over providers."""
    rows = await _SPREAD_PAGES.read(tx, limit, after, partnership_id=partnership_id, **scope(tx))
    return [_concentration(row) for row in rows]


async def of_provider(
    tx: Transaction, provider_id: UUID, partnership_id: UUID | None, most: int
) -> tuple[ProviderConcentration, ...]:
    """How the services of one provider are spread over providers, those with most contracts first."""
    place = {} if partnership_id is None else {"partnership_id": partnership_id}
    rows = await tx.all(_OF_PROVIDER[bool(place)], provider_id=provider_id, most=most, **place, **scope(tx))
    return tuple(_concentration(row) for row in rows)


def _concentration(row: Mapping[str, Any]) -> ProviderConcentration:
    amounts = {UUID(provider): pence for provider, pence in row["amounts"].items()}
    return concentration(row["service"], row["contracts"], row["unknown"], amounts)


def _known(row: Mapping[str, Any], basis: ValueBasis) -> KnownValue:
    name = basis.value
    unknown = row[f"{name}_unknown"]
    return KnownValue(
        known_pence=row[f"{name}_known"],
        complete=not unknown,
        contracts=row[f"{name}_contracts"],
        unknown=unknown,
        missing_contributors=tuple(sorted(row[f"{name}_missing"] or ())),
    )
