"""Early triggers: raised once for what a rule found, read, and seen to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Date, Text, Uuid, bindparam, cast, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.outcomes.rules.obligation import Obligation
from services.outcomes.rules.trigger import (
    RETURN_CAME,
    Found,
    Trigger,
    TriggerOutcome,
    TriggerRule,
    TriggerState,
)
from services.outcomes.store import obligations
from services.outcomes.store.obligations import still_due
from services.outcomes.store.return_tables import due_returns, returns
from services.outcomes.store.returns import awaited, visible
from services.outcomes.store.rows import if_given, only, read
from services.outcomes.store.scopes import owed, own, party, scope
from services.outcomes.store.trigger_tables import triggers
from shared.calendar import financial_year_of, read_period
from shared.db import Transaction, prepare
from shared.keyset import After, Pages, Within

_SHOWN = [each for each in triggers.c if each.name != "reader_organisation_ids"]
_NEW = (
    "id",
    "partnership_id",
    "owner_organisation_id",
    "contract_id",
    "obligation_id",
    "provider_organisation_id",
    "reader_organisation_ids",
    "indicator_id",
    "rule",
    "period",
    "financial_year",
    "revision",
    "evidence",
)
# What is open already, or was raised for the same figure before, is not raised again.
_RAISE = prepare(
    insert(triggers)
    .values({name: bindparam(name, type_=triggers.c[name].type) for name in _NEW})
    .on_conflict_do_nothing()
    .returning(*_SHOWN)
)
_OBLIGATION = cast(bindparam("obligation", type_=Uuid), Text)
_ONE_AT_A_TIME = prepare(select(func.pg_advisory_xact_lock(func.hashtextextended(_OBLIGATION, 5))))
_ALL = select(*_SHOWN).where(owed(triggers, triggers.c.financial_year))
_ID = triggers.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_ALL.where(_ID))
_LOCK = prepare(_ALL.where(_ID).with_for_update())
_FILTERS = (
    "partnership_id",
    "contract_id",
    "obligation_id",
    "indicator_id",
    "provider_organisation_id",
    "rule",
    "state",
)
_PAGES = Pages(
    _ALL.where(*(if_given(triggers.c[name]) for name in _FILTERS)),
    triggers.c.updated_at,
    triggers.c.id,
    triggers.c.updated_at,
)
_CHANGING = (
    "state",
    "version",
    "acknowledged_at",
    "acknowledgement",
    "resolved_at",
    "outcome",
    "resolution",
)
_SAVE = prepare(
    update(triggers)
    .where(_ID)
    .values(
        {name: bindparam(f"new_{name}", type_=triggers.c[name].type) for name in _CHANGING}
        | {"updated_at": func.clock_timestamp()}
    )
    .returning(triggers.c.updated_at)
)
_RECEIVED = prepare(
    update(triggers)
    .where(
        party(triggers),
        triggers.c.obligation_id == bindparam("obligation", type_=Uuid),
        triggers.c.period == bindparam("period", type_=Text),
        triggers.c.rule == TriggerRule.RETURN_OVERDUE.value,
        triggers.c.state != TriggerState.RESOLVED.value,
    )
    .values(
        state=TriggerState.RESOLVED.value,
        outcome=TriggerOutcome.RETURN_RECEIVED.value,
        resolution=bindparam("words", type_=Text),
        resolved_at=func.clock_timestamp(),
        version=triggers.c.version + 1,
        updated_at=func.clock_timestamp(),
    )
    .returning(*_SHOWN)
)
_D, _R = due_returns, returns
_OVERDUE = prepare(
    select(_D.c.obligation_id, _D.c.period, _R.c.revision, _D.c.due_on)
    .outerjoin_from(
        _D, _R, (_R.c.obligation_id == _D.c.obligation_id) & (_R.c.period == _D.c.period) & visible()
    )
    .where(
        own(_D),
        still_due(),
        _D.c.due_on < bindparam("as_at", type_=Date),
        or_(_R.c.id.is_(None), awaited()),
    )
    .order_by(_D.c.obligation_id, _D.c.due_on)
)


async def one_at_a_time(tx: Transaction, obligation_id: UUID) -> None:
    """Let one transaction at a time look at an obligation's series, so that none misses what the other accepts."""
    await tx.one(_ONE_AT_A_TIME, obligation=obligation_id)


async def raise_found(tx: Transaction, obligation: Obligation, found: Iterable[Found]) -> list[Trigger]:
    """Raise what was found and is not open, nor was raised for the same figure before; those that were raised."""
    raised = []
    for each in found:
        row = await tx.maybe(
            _RAISE,
            id=uuid4(),
            partnership_id=obligation.partnership_id,
            owner_organisation_id=obligation.lead_organisation_id,
            contract_id=obligation.contract_id,
            obligation_id=obligation.id,
            provider_organisation_id=obligation.provider_organisation_id,
            reader_organisation_ids=obligations.readers(obligation),
            indicator_id=each.indicator_id,
            rule=each.rule,
            period=each.period,
            financial_year=financial_year_of(read_period(each.period).last_day).label,
            revision=each.revision,
            evidence=each.evidence,
        )
        if row is not None:
            raised.append(_trigger(row))
    return raised


async def overdue(tx: Transaction, as_at: date) -> dict[UUID, list[tuple[str, int, date]]]:
    """What had not come by the day, by obligation that the caller leads: period, revision sent back (or 0), due day."""
    rows = await tx.all(_OVERDUE, as_at=as_at, **scope(tx))
    late: dict[UUID, list[tuple[str, int, date]]] = {}
    for row in rows:
        late.setdefault(row["obligation_id"], []).append((row["period"], row["revision"] or 0, row["due_on"]))
    return late


async def received(tx: Transaction, obligation_id: UUID, period: str) -> list[Trigger]:
    """Resolve what was raised because the return of a period had not come; those that were open."""
    rows = await tx.all(_RECEIVED, obligation=obligation_id, period=period, words=RETURN_CAME, **scope(tx))
    return [_trigger(row) for row in rows]


async def get(tx: Transaction, trigger_id: UUID) -> Trigger:
    return _trigger(await tx.one(_GET, id=trigger_id, **scope(tx)))


async def lock(tx: Transaction, trigger_id: UUID) -> Trigger:
    """The trigger as it is, held until the transaction ends. Only for those who may move it."""
    return _trigger(await tx.one(_LOCK, id=trigger_id, **scope(tx)))


async def save(tx: Transaction, changed: Trigger) -> datetime:
    """Keep how far a trigger has been seen to. Returns when it was changed."""
    values = {f"new_{name}": getattr(changed, name) for name in _CHANGING}
    updated_at: datetime = (await tx.one(_SAVE, id=changed.id, **values))["updated_at"]
    return updated_at


async def page(tx: Transaction, limit: int, after: After, within: Within, **asked: Any) -> list[Trigger]:
    """At most `limit + 1` triggers in the order in which they last changed."""
    rows = await _PAGES.read(tx, limit, after, within, **only(**asked), **scope(tx))
    return [_trigger(row) for row in rows]


def _trigger(row: Mapping[str, Any]) -> Trigger:
    return read(row, Trigger)
