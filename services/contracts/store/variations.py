"""Variations: proposed, answered, moved and read, each with what its reader may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import (
    Select,
    Uuid,
    any_,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from services.contracts.rules.variation import Variation, VariationState, Version
from services.contracts.rules.variation_side import Answered
from services.contracts.store.tables import contracts
from services.contracts.store.variation_tables import (
    VARIATION_STATE,
    variation_answers,
    variation_plans,
    variations,
)
from services.contracts.store.visibility import commissioned, inside, led, provided, reachable, scope
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_ID = bindparam("id", type_=Uuid)
_CONTRACT = bindparam("contract_id", type_=Uuid)
_PLANS = ("funding_before", "funding_after", "modification", "despite_test")


def _answers() -> Any:
    answers = variation_answers
    one = func.jsonb_build_object(
        literal_column("'side'"), answers.c.side,
        literal_column("'organisation_id'"), answers.c.organisation_id,
        literal_column("'agreed'"), answers.c.agreed,
        literal_column("'on'"), answers.c.answered_on,
        literal_column("'note'"), answers.c.note,
        literal_column("'recorded_by_organisation_id'"), answers.c.recorded_by_organisation_id,
        literal_column("'client_id'"), answers.c.client_id,
        literal_column("'person'"), answers.c.person,
        literal_column("'recorded_at'"), answers.c.recorded_at,
    )  # fmt: skip
    rows = func.jsonb_agg(aggregate_order_by(one, answers.c.recorded_at, answers.c.id))
    return (
        select(func.coalesce(rows, literal_column("'[]'::jsonb")))
        .where(answers.c.variation_id == variations.c.id)
        .correlate(variations)
        .scalar_subquery()
        .label("answers")
    )


def _whole() -> Select[Any]:
    return (
        select(
            *(each for each in variations.c if each.name != "fields"),
            *(variation_plans.c[name] for name in _PLANS),
            _answers(),
        )
        .join(contracts, contracts.c.id == variations.c.contract_id)
        .outerjoin(variation_plans, (variation_plans.c.variation_id == variations.c.id) & commissioned())
        .where(inside())
    )


_GET = prepare(_whole().where(variations.c.id == _ID))
_OF_CONTRACT = prepare(
    _whole().where(variations.c.contract_id == _CONTRACT).order_by(variations.c.effective_on, variations.c.id)
)
_OF_CONTRACTS = prepare(
    _whole()
    .where(variations.c.contract_id == any_(bindparam("contract_ids", type_=ARRAY(Uuid))))
    .order_by(variations.c.effective_on, variations.c.id)
)
_LOCK = prepare(
    select(variations.c.id, variations.c.contract_id)
    .join(contracts, contracts.c.id == variations.c.contract_id)
    .where(variations.c.id == _ID, led() | provided())
    .with_for_update(of=variations)
)
_ADD = prepare(
    insert(variations).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in variations.c
            if each.name not in ("recorded_at", "changed_at")
        }
    )
)
_ADD_PLANS = prepare(
    insert(variation_plans).values(
        {each.name: bindparam(each.name, type_=each.type) for each in variation_plans.c}
    )
)
_ANSWER = prepare(
    insert(variation_answers).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in variation_answers.c
            if each.name != "recorded_at"
        }
    )
)
_MOVE = prepare(
    update(variations)
    .where(variations.c.id == _ID)
    .values(
        state=bindparam("state", type_=VARIATION_STATE),
        version=variations.c.version + 1,
        changed_at=func.clock_timestamp(),
    )
)
_TEST = prepare(
    update(variation_plans)
    .where(variation_plans.c.variation_id == _ID)
    .values(modification=bindparam("modification", type_=JSONB))
)
_FILTERS: Mapping[str, Any] = {
    "contract_id": lambda: variations.c.contract_id == _CONTRACT,
    "partnership_id": lambda: variations.c.partnership_id == bindparam("partnership_id", type_=Uuid),
    "state": lambda: variations.c.state == bindparam("state", type_=VARIATION_STATE),
}


@cache
def _pages(filters: frozenset[str]) -> Pages:
    asked = _whole().where(*(_FILTERS[name]() for name in sorted(filters)))
    return Pages(
        asked if filters & {"contract_id", "partnership_id"} else asked.where(reachable()),
        variations.c.effective_on,
        variations.c.id,
        updated=variations.c.changed_at,
    )


async def get(tx: Transaction, variation_id: UUID) -> Variation:
    """A variation of a contract that the caller is a party to; to a provider without funding and test."""
    return _variation(await tx.one(_GET, id=variation_id, **scope(tx)))


async def lock(tx: Transaction, variation_id: UUID) -> UUID:
    """Lock a variation that the caller leads or provides under; the id of its contract."""
    contract_id: UUID = (await tx.one(_LOCK, id=variation_id, **scope(tx)))["contract_id"]
    return contract_id


async def of_contract(tx: Transaction, contract_id: UUID) -> list[Variation]:
    """All variations of a contract, in the order of the days on which they take effect."""
    return [_variation(row) for row in await tx.all(_OF_CONTRACT, contract_id=contract_id, **scope(tx))]


async def of_contracts(tx: Transaction, contract_ids: Sequence[UUID]) -> list[Variation]:
    """All variations of these contracts, as far as the caller may see them."""
    return [
        _variation(row) for row in await tx.all(_OF_CONTRACTS, contract_ids=list(contract_ids), **scope(tx))
    ]


def versions(found: Sequence[Variation]) -> list[Version]:
    """Those that hold or are agreed, which another one may not overlap."""
    holds = (VariationState.AGREED, VariationState.IN_EFFECT)
    return [Version(each.id, each.effective_on, each.fields) for each in found if each.state in holds]


async def page(
    tx: Transaction, filters: Mapping[str, Any], limit: int, after: After, within: Within = WHENEVER
) -> list[Variation]:
    """At most `limit + 1` variations in the order of the days on which they take effect."""
    rows = await _pages(frozenset(filters)).read(tx, limit, after, within, **filters, **scope(tx))
    return [_variation(row) for row in rows]


async def add(tx: Transaction, variation: Variation) -> Variation:
    """Add a proposal; gives it back with the database's times."""
    names = [each.name for each in variations.c if each.name not in ("recorded_at", "changed_at")]
    await tx.do(
        _ADD, **{**{name: getattr(variation, name) for name in names}, "fields": list(variation.fields)}
    )
    plans = {name: getattr(variation, name) for name in _PLANS}
    await tx.do(_ADD_PLANS, variation_id=variation.id, contract_id=variation.contract_id, **plans)
    return await get(tx, variation.id)


async def answer(tx: Transaction, variation: Variation, answered: Answered) -> None:
    """Keep an answer, which is never taken back."""
    await tx.do(
        _ANSWER,
        id=uuid4(),
        variation_id=variation.id,
        contract_id=variation.contract_id,
        side=answered.side,
        organisation_id=answered.organisation_id,
        agreed=answered.agreed,
        answered_on=answered.on,
        note=answered.note,
        recorded_by_organisation_id=answered.recorded_by_organisation_id,
        client_id=answered.client_id,
        person=answered.person,
    )


async def move(tx: Transaction, after: Variation) -> Variation:
    """Save the state of a variation under its next version."""
    await tx.do(_MOVE, id=after.id, state=after.state)
    return await get(tx, after.id)


async def keep_test(tx: Transaction, after: Variation) -> None:
    """Keep what the test said when the variation took effect."""
    await tx.do(_TEST, id=after.id, modification=after.modification)


def _variation(row: Mapping[str, Any]) -> Variation:
    kept = {name: value for name, value in row.items() if value is not None}
    return msgspec.convert({**kept, "partnership_id": row["partnership_id"]}, Variation)
