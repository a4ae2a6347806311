"""Obligations, the indicators on their forms, and the returns that they make due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Select, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from services.outcomes.rules.dimension import read_dimensions
from services.outcomes.rules.obligation import (
    AskedIndicator,
    DueReturn,
    Obligation,
    ObligationSettings,
    ObligationTerm,
)
from services.outcomes.store.input_tables import obligation_settings
from services.outcomes.store.return_tables import (
    due_returns,
    obligation_indicators,
    obligation_terms,
    obligations,
    returns,
)
from services.outcomes.store.rows import adding, folded, if_given, only, read, values_of
from services.outcomes.store.scopes import owed, scope, sent
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_ADD = adding(obligations)
_ADD_INDICATOR = adding(obligation_indicators)
_ADD_DUE = adding(due_returns)
_ADD_TERM = adding(obligation_terms)
_ADD_MORE_DUE = prepare(
    insert(due_returns)
    .values({each.name: bindparam(each.name, type_=each.type) for each in due_returns.c})
    .on_conflict_do_nothing()
)
_DUE_COLUMNS = ("period", "first_day", "last_day", "financial_year", "due_on")


def _with_indicators() -> Select[Any]:
    oi = obligation_indicators
    asked = (
        select(func.jsonb_agg(aggregate_order_by(folded(oi.c.indicator_id, oi.c.compulsory), oi.c.position)))
        .where(oi.c.obligation_id == obligations.c.id)
        .scalar_subquery()
        .label("indicators")
    )
    t = obligation_terms
    term = folded(t.c.ends_on, t.c.reason, t.c.set_by_organisation_id, t.c.set_by_client_id, t.c.recorded_at)
    terms = (
        select(func.jsonb_agg(aggregate_order_by(term, t.c.edition)))
        .where(t.c.obligation_id == obligations.c.id)
        .scalar_subquery()
        .label("terms")
    )
    columns = [each for each in obligations.c if each.name != "reader_organisation_ids"]
    s = obligation_settings
    setting = folded(
        s.c.effective_from,
        s.c.due_days,
        s.c.input_days,
        s.c.silence_days,
        s.c.reason,
        s.c.set_by_organisation_id,
        s.c.set_by_client_id,
        s.c.recorded_at,
    )
    settings = (
        select(func.jsonb_agg(aggregate_order_by(setting, s.c.edition)))
        .where(s.c.obligation_id == obligations.c.id)
        .scalar_subquery()
        .label("settings")
    )
    return select(*columns, asked, terms, settings).where(owed(obligations))


def still_due() -> Any:
    """Due returns whose period begins by the last day that holds for their obligation."""
    t = obligation_terms
    last = (
        select(t.c.ends_on)
        .where(t.c.obligation_id == due_returns.c.obligation_id)
        .order_by(t.c.edition.desc())
        .limit(1)
        .scalar_subquery()
    )
    return due_returns.c.first_day <= func.coalesce(last, due_returns.c.first_day)


_GET = prepare(_with_indicators().where(obligations.c.id == bindparam("id", type_=Uuid)))
_OF_IDS = prepare(_with_indicators().where(obligations.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))
_PAGES = Pages(
    _with_indicators().where(
        if_given(obligations.c.partnership_id),
        if_given(obligations.c.contract_id),
        if_given(obligations.c.provider_organisation_id),
    ),
    obligations.c.recorded_at,
    obligations.c.id,
    obligations.c.recorded_at,
)
_DUE = prepare(
    select(*(due_returns.c[name] for name in _DUE_COLUMNS)).where(
        owed(due_returns, due_returns.c.financial_year),
        still_due(),
        due_returns.c.obligation_id == bindparam("obligation", type_=Uuid),
        due_returns.c.period == bindparam("period", type_=due_returns.c.period.type),
    )
)


_LAST = (
    select(obligation_terms.c.ends_on)
    .where(obligation_terms.c.obligation_id == obligations.c.id)
    .order_by(obligation_terms.c.edition.desc())
    .limit(1)
    .scalar_subquery()
)
_CONTRACT = bindparam("contract", type_=Uuid)
_OF_CONTRACT = prepare(
    _with_indicators()
    .where(
        obligations.c.contract_id == _CONTRACT,
        func.coalesce(_LAST, obligations.c.ends_on) >= bindparam("since", type_=Date),
    )
    .order_by(obligations.c.id)
)
_REPORTED = prepare(
    select(returns.c.obligation_id, func.max(returns.c.last_day).label("until"))
    .where(sent(returns), returns.c.contract_id == _CONTRACT, returns.c.submitted_at.is_not(None))
    .group_by(returns.c.obligation_id)
)


async def of_contract(tx: Transaction, contract_id: UUID, since: date) -> list[Obligation]:
    """The obligations of a contract that ask for something on a day or later."""
    rows = await tx.all(_OF_CONTRACT, contract=contract_id, since=since, **scope(tx))
    return [_obligation(row) for row in rows]


async def reported_until(tx: Transaction, contract_id: UUID) -> dict[UUID, date]:
    """The last day of what was sent under each obligation of a contract."""
    rows = await tx.all(_REPORTED, contract=contract_id, **scope(tx))
    return {row["obligation_id"]: row["until"] for row in rows}


async def add(tx: Transaction, obligation: Obligation, due: Sequence[DueReturn]) -> datetime:
    """Add an obligation, its form, and what it makes due. Returns when it was recorded."""
    of = {"dimensions": obligation.dimensions.kept()}
    row = await tx.one(_ADD, **values_of(obligation, reader_organisation_ids=readers(obligation)) | of)
    below = below_obligation(obligation)
    await tx.many(
        _ADD_INDICATOR,
        (values_of(each, position=at, **below, **of) for at, each in enumerate(obligation.indicators)),
    )
    await tx.many(_ADD_DUE, (values_of(each, closes_on=None, **below) for each in due))
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


def below_obligation(obligation: Obligation) -> dict[str, Any]:
    """What a row below an obligation repeats of it."""
    return {
        "obligation_id": obligation.id,
        "partnership_id": obligation.partnership_id,
        "owner_organisation_id": obligation.owner_organisation_id,
        "contract_id": obligation.contract_id,
        "provider_organisation_id": obligation.provider_organisation_id,
        "reader_organisation_ids": readers(obligation),
    }


async def add_term(tx: Transaction, changed: Obligation, due: Sequence[DueReturn]) -> datetime:
    """Keep another last day, and what is due by it that was not before. Returns when it was recorded."""
    below = below_obligation(changed)
    row = await tx.one(_ADD_TERM, **values_of(changed.terms[-1], edition=len(changed.terms), **below))
    await tx.many(_ADD_MORE_DUE, (values_of(each, closes_on=None, **below) for each in due))
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


def readers(obligation: Obligation) -> list[UUID]:
    """The parties of the contract, as every row below the obligation repeats them: lead, provider, associates."""
    return [
        obligation.lead_organisation_id,
        obligation.provider_organisation_id,
        *obligation.associate_organisation_ids,
    ]


async def get(tx: Transaction, obligation_id: UUID) -> Obligation:
    return _obligation(await tx.one(_GET, id=obligation_id, **scope(tx)))


async def maybe(tx: Transaction, obligation_id: UUID) -> Obligation | None:
    """The obligation, or None where there is none for this caller."""
    row = await tx.maybe(_GET, id=obligation_id, **scope(tx))
    return None if row is None else _obligation(row)


async def of_ids(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Obligation]:
    """Those of these obligations that the caller may see."""
    return {row["id"]: _obligation(row) for row in await tx.all(_OF_IDS, ids=list(ids), **scope(tx))}


async def due(tx: Transaction, obligation_id: UUID, period: str) -> DueReturn | None:
    """What is owed for a period (DHIS2 id), or None."""
    row = await tx.maybe(_DUE, obligation=obligation_id, period=period, **scope(tx))
    return None if row is None else DueReturn(**row)


async def page(
    tx: Transaction,
    limit: int,
    after: After,
    within: Within,
    *,
    partnership_id: UUID | None,
    contract_id: UUID | None,
    provider_organisation_id: UUID | None,
) -> list[Obligation]:
    """At most `limit + 1` obligations, of a partnership, contract or provider where they are named."""
    asked = only(
        partnership_id=partnership_id,
        contract_id=contract_id,
        provider_organisation_id=provider_organisation_id,
    )
    rows = await _PAGES.read(tx, limit, after, within, **asked, **scope(tx))
    return [_obligation(row) for row in rows]


def _obligation(row: Mapping[str, Any]) -> Obligation:
    asked = tuple(AskedIndicator(UUID(each), compulsory) for each, compulsory in row["indicators"])
    terms = tuple(_term(*each) for each in row["terms"] or ())
    settings = tuple(_setting(*each) for each in row["settings"] or ())
    return read(
        row,
        Obligation,
        indicators=asked,
        ends_on=terms[-1].ends_on if terms else row["ends_on"],
        terms=terms,
        settings=settings,
        dimensions=read_dimensions(row["dimensions"]),
        version=len(terms) + len(settings) + 1,
    )


def _setting(
    effective_from: str,
    due_days: int,
    input_days: int | None,
    silence_days: int | None,
    why: str,
    organisation: str,
    client: str,
    at: str,
) -> ObligationSettings:
    day, instant = date.fromisoformat(effective_from), datetime.fromisoformat(at)
    who = UUID(organisation), UUID(client)
    return ObligationSettings(day, due_days, input_days, silence_days, why, *who, instant)


def _term(ends_on: str, why: str, organisation: str, client: str, at: str) -> ObligationTerm:
    day, instant = date.fromisoformat(ends_on), datetime.fromisoformat(at)
    return ObligationTerm(day, why, UUID(organisation), UUID(client), instant)
