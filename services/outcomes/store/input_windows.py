"""How long figures can be put in: settings of obligations by date, closing days, and exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, SmallInteger, Text, Uuid, bindparam, cast, exists, or_, select, update

from services.outcomes.rules.input_window import LockException, check_input
from services.outcomes.rules.kpi_return import ReturnState
from services.outcomes.rules.obligation import DueReturn, Obligation, ObligationSettings
from services.outcomes.store.input_tables import lock_exceptions, obligation_settings
from services.outcomes.store.obligations import below_obligation
from services.outcomes.store.return_tables import due_returns, returns
from services.outcomes.store.returns import visible
from services.outcomes.store.rows import adding, if_given, only, values_of
from services.outcomes.store.scopes import owed, own, scope
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_S, _E, _D = obligation_settings, lock_exceptions, due_returns
_EXCEPTION = (
    "id",
    "obligation_id",
    "partnership_id",
    "owner_organisation_id",
    "period",
    "open_until",
    "reason",
    "set_by_organisation_id",
    "set_by_client_id",
    "recorded_at",
)
_OBLIGATION = bindparam("obligation", type_=Uuid)
_PERIOD = bindparam("period", type_=Text)
_ADD_SETTINGS = adding(_S)
_DUE_DAYS = cast(bindparam("due_days", type_=SmallInteger), Integer)
_INPUT_DAYS = cast(bindparam("input_days", type_=SmallInteger), Integer)
_DUE_ON = _D.c.last_day + _DUE_DAYS
# The due and closing days of the periods from a day on.
_MOVE_DUE = prepare(
    update(_D)
    .where(
        own(_D),
        _D.c.obligation_id == _OBLIGATION,
        _D.c.first_day >= bindparam("first", type_=Date),
        # What was sent was in time or late by the day that held then.
        ~exists().where(
            returns.c.obligation_id == _D.c.obligation_id,
            returns.c.period == _D.c.period,
            returns.c.revision > 0,
            visible(),
        ),
        or_(_D.c.due_on != _DUE_ON, _D.c.closes_on.is_distinct_from(_DUE_ON + _INPUT_DAYS)),
    )
    .values(due_on=_DUE_ON, closes_on=_DUE_ON + _INPUT_DAYS)
)
_CLOSES = prepare(
    select(_D.c.closes_on).where(
        owed(_D, _D.c.financial_year), _D.c.obligation_id == _OBLIGATION, _D.c.period == _PERIOD
    )
)
_ADD_EXCEPTION = adding(_E)
_SHOWN = [_E.c[name] for name in _EXCEPTION]
_GET = prepare(select(*_SHOWN).where(owed(_E), _E.c.id == bindparam("id", type_=Uuid)))
_FURTHEST = prepare(
    select(*_SHOWN)
    .where(owed(_E), _E.c.obligation_id == _OBLIGATION, _E.c.period == _PERIOD)
    .order_by(_E.c.open_until.desc(), _E.c.recorded_at.desc())
    .limit(1)
)
_PAGES = Pages(
    select(*_SHOWN).where(owed(_E), if_given(_E.c.partnership_id), if_given(_E.c.obligation_id)),
    _E.c.recorded_at,
    _E.c.id,
    _E.c.recorded_at,
)
_SENT = prepare(
    select(returns.c.id, returns.c.state).where(
        visible(), returns.c.obligation_id == _OBLIGATION, returns.c.period == _PERIOD
    )
)


async def add_settings(
    tx: Transaction, obligation: Obligation, settings: ObligationSettings, edition: int
) -> datetime:
    """Keep settings below their obligation. Returns when they were recorded."""
    below = below_obligation(obligation)
    row = await tx.one(_ADD_SETTINGS, **values_of(settings, edition=edition, **below))
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


async def move_due_days(
    tx: Transaction, obligation_id: UUID, settings: tuple[ObligationSettings, ...]
) -> None:
    """Set due and closing days as the settings say, each for the periods from its day on, the newest over the older."""
    for each in settings:
        await tx.do(
            _MOVE_DUE,
            obligation=obligation_id,
            first=each.effective_from,
            due_days=each.due_days,
            input_days=each.input_days,
            **scope(tx),
        )


async def closes_on(tx: Transaction, obligation_id: UUID, period: str) -> date | None:
    """The day on which input for a period closes, or None."""
    row = await tx.maybe(_CLOSES, obligation=obligation_id, period=period, **scope(tx))
    return None if row is None else row["closes_on"]


async def add_exception(tx: Transaction, obligation: Obligation, exception: LockException) -> datetime:
    """Keep an exception below its obligation. Returns when it was recorded."""
    row = await tx.one(_ADD_EXCEPTION, **values_of(exception) | below_obligation(obligation))
    recorded_at: datetime = row["recorded_at"]
    return recorded_at


async def get(tx: Transaction, exception_id: UUID) -> LockException:
    return LockException(**await tx.one(_GET, id=exception_id, **scope(tx)))


async def furthest(tx: Transaction, obligation_id: UUID, period: str) -> LockException | None:
    """The exception for a period that reaches furthest, or None."""
    row = await tx.maybe(_FURTHEST, obligation=obligation_id, period=period, **scope(tx))
    return None if row is None else LockException(**row)


async def open_until(tx: Transaction, obligation_id: UUID, period: str) -> date | None:
    """The last day on which an exception keeps input for a period open, or None."""
    found = await furthest(tx, obligation_id, period)
    return None if found is None else found.open_until


async def require_open(
    tx: Transaction, obligation_id: UUID, due: DueReturn, state: ReturnState | None, today: date
) -> None:
    """Refuse figures for a period whose input has closed and that no exception opens."""
    closing = await closes_on(tx, obligation_id, due.period)
    if closing is not None and today > closing:
        check_input(due, closing, await open_until(tx, obligation_id, due.period), state, today)


async def page(
    tx: Transaction, limit: int, after: After, within: Within, **asked: Any
) -> list[LockException]:
    """At most `limit + 1` exceptions in the order in which they were recorded."""
    rows = await _PAGES.read(tx, limit, after, within, **only(**asked), **scope(tx))
    return [LockException(**row) for row in rows]


async def sent(tx: Transaction, obligation_id: UUID, period: str) -> tuple[UUID, ReturnState] | None:
    """The return for a period that the caller sees, and where it stands."""
    row: Mapping[str, Any] | None = await tx.maybe(
        _SENT, obligation=obligation_id, period=period, **scope(tx)
    )
    return None if row is None else (row["id"], ReturnState(row["state"]))
