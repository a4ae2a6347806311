"""Returns: what a provider is working on, what it has sent, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from services.outcomes.rules.kpi_return import Return, ReturnValue
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.store.return_tables import return_drafts, return_values, returns
from services.outcomes.store.rows import figure, folded, if_given, only, read, values_of, written
from services.outcomes.store.scopes import owed, own, scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_NOT_SHOWN = {"reader_organisation_ids", "recorded_at"}
_SHOWN = [each for each in returns.c if each.name not in _NOT_SHOWN]


def visible() -> Any:
    """The scoped query of returns: the provider's own; of the others what has left the draft."""
    return or_(own(returns), and_(returns.c.state != "draft", owed(returns, returns.c.financial_year)))


def with_provider() -> Any:
    """The returns whose figures their provider may still write."""
    return or_(returns.c.state == "draft", returns.c.state == "returned")


def awaited() -> Any:
    """The returns that have not come, or were sent back. One reopened has come: what was accepted of it holds."""
    return and_(with_provider(), returns.c.accepted_revision.is_(None))


def values_of_rows(table: Any) -> Any:
    """The figures of rows of a table as one JSON object by indicator."""
    each = folded(
        written(table.c.value),
        table.c.status,
        written(table.c.numerator),
        written(table.c.denominator),
        table.c.explanation,
    )
    return select(func.jsonb_object_agg(table.c.indicator_id, each))


def _with_values() -> Select[Any]:
    """Returns with figures: for the provider while it may write those in the making, else those last sent."""
    making = and_(with_provider(), own(returns))
    drafted = values_of_rows(return_drafts).where(return_drafts.c.return_id == returns.c.id).scalar_subquery()
    submitted = (
        values_of_rows(return_values)
        .where(return_values.c.return_id == returns.c.id, return_values.c.revision == returns.c.revision)
        .scalar_subquery()
    )
    return select(*_SHOWN, case((making, drafted), else_=submitted).label("values")).where(visible())


_ID = returns.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_with_values().where(_ID))
_OF_IDS = prepare(_with_values().where(returns.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))
_LOCK = prepare(select(returns.c.id).where(visible(), _ID).with_for_update())
_PAGES = Pages(
    select(*_SHOWN).where(
        visible(),
        if_given(returns.c.partnership_id),
        if_given(returns.c.contract_id),
        if_given(returns.c.obligation_id),
        if_given(returns.c.state),
        if_given(returns.c.financial_year),
    ),
    returns.c.updated_at,
    returns.c.id,
    returns.c.updated_at,
)
_NEW = (
    "id",
    "obligation_id",
    "period",
    "partnership_id",
    "owner_organisation_id",
    "contract_id",
    "lead_organisation_id",
    "associate_organisation_ids",
    "reader_organisation_ids",
    "financial_year",
    "first_day",
    "last_day",
    "due_on",
)
_ADD = prepare(
    insert(returns)
    .values({name: bindparam(name, type_=returns.c[name].type) for name in _NEW})
    .returning(returns.c.updated_at)
)
_CHANGING = (
    "state",
    "revision",
    "accepted_revision",
    "submitted_at",
    "days_late",
    "explained",
    "reasons",
    "version",
)
_SAVE = prepare(
    update(returns)
    .where(_ID)
    .values(
        {name: bindparam(f"new_{name}", type_=returns.c[name].type) for name in _CHANGING}
        | {"updated_at": func.clock_timestamp()}
    )
    .returning(returns.c.updated_at)
)
_DRAFT = {each.name: bindparam(each.name, type_=each.type) for each in return_drafts.c}
_CLEAR = prepare(delete(return_drafts).where(return_drafts.c.return_id == bindparam("return", type_=Uuid)))
_ADD_DRAFT = prepare(insert(return_drafts).values(_DRAFT))
_CLEAR_MANY = prepare(
    delete(return_drafts).where(return_drafts.c.return_id == any_(bindparam("returns", type_=ARRAY(Uuid))))
)
_FIGURES = [each.name for each in return_drafts.c]
_ADD_DRAFTS = prepare(
    insert(return_drafts).from_select(
        _FIGURES,
        select(
            func.unnest(*(bindparam(each.name, type_=ARRAY(each.type)) for each in return_drafts.c))
            .table_valued(*(column(each.name, each.type) for each in return_drafts.c))
            .render_derived("made")
        ),
    )
)


async def get(tx: Transaction, return_id: UUID) -> Return:
    return _return(await tx.one(_GET, id=return_id, **scope(tx)))


async def lock(tx: Transaction, return_id: UUID) -> Return:
    """The return as it is, held until the transaction ends. Only for those who may move it."""
    await tx.one(_LOCK, id=return_id, **scope(tx))
    return await get(tx, return_id)


async def of_ids(tx: Transaction, ids: Sequence[UUID]) -> list[Return]:
    """Those of these returns that the caller may see, with their figures."""
    return [_return(row) for row in await tx.all(_OF_IDS, ids=list(ids), **scope(tx))]


async def page(
    tx: Transaction,
    limit: int,
    after: After,
    changed: Within,
    **asked: Any,
) -> list[Return]:
    """At most `limit + 1` returns without their figures, in the order in which they last changed."""
    rows = await _PAGES.read(tx, limit, after, changed, **only(**asked), **scope(tx))
    return [_return(row) for row in rows]


async def add(tx: Transaction, new: Return, readers: list[UUID]) -> datetime:
    """Add a draft with its figures. Returns when it was recorded."""
    row = await tx.one(_ADD, **values_of(new, reader_organisation_ids=readers))
    await _draft(tx, new)
    updated_at: datetime = row["updated_at"]
    return updated_at


async def save(tx: Transaction, changed: Return) -> datetime:
    """Keep where a return stands now. Returns when it was changed."""
    values = {f"new_{name}": getattr(changed, name) for name in _CHANGING}
    updated_at: datetime = (await tx.one(_SAVE, id=changed.id, **values))["updated_at"]
    return updated_at


async def replace_draft(tx: Transaction, changed: Return) -> None:
    """Put the figures in the making in place of those before."""
    await tx.do(_CLEAR, **{"return": changed.id})
    await _draft(tx, changed)


async def _draft(tx: Transaction, found: Return) -> None:
    rows = [
        values_of(
            value,
            return_id=found.id,
            indicator_id=indicator_id,
            owner_organisation_id=found.owner_organisation_id,
        )
        for indicator_id, value in (found.values or {}).items()
    ]
    if rows:
        await tx.many(_ADD_DRAFT, rows)


async def add_many(tx: Transaction, new: Sequence[tuple[Return, list[UUID]]]) -> None:
    """Add drafts with their figures, each with who may read it."""
    if new:
        await tx.many(_ADD, (values_of(each, reader_organisation_ids=readers) for each, readers in new))
        await _drafts(tx, [each for each, _ in new])


async def save_many(tx: Transaction, changed: Sequence[Return]) -> None:
    """Keep where returns stand now, and the figures in the making in place of those before."""
    if changed:
        rows = (
            {f"new_{name}": getattr(each, name) for name in _CHANGING} | {"id": each.id} for each in changed
        )
        await tx.many(_SAVE, rows)
        await tx.do(_CLEAR_MANY, returns=[each.id for each in changed])
        await _drafts(tx, changed)


async def _drafts(tx: Transaction, found: Sequence[Return]) -> None:
    """Add the figures of many drafts in one statement."""
    rows = [
        (each.id, indicator_id, each.owner_organisation_id, *_said(value))
        for each in found
        for indicator_id, value in (each.values or {}).items()
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(_FIGURES)
    await tx.do(_ADD_DRAFTS, **dict(zip(_FIGURES, columns, strict=True)))


_said = attrgetter(*_FIGURES[3:])


def read_values(found: Mapping[str, Any] | None) -> dict[UUID, ReturnValue]:
    """Figures by indicator from a JSON object of `values_of_rows`."""
    return {
        UUID(indicator): ReturnValue(
            figure(value),
            None if status is None else MeasureStatus(status),
            figure(numerator),
            figure(denominator),
            explanation,
        )
        for indicator, (value, status, numerator, denominator, explanation) in sorted((found or {}).items())
    }


def _return(row: Mapping[str, Any]) -> Return:
    values = {"values": read_values(row["values"])} if "values" in row else {}
    return read(row, Return, provider_organisation_id=row["owner_organisation_id"], **values)
