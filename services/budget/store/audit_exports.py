"""The inspection export, read batch by batch in short transactions: what is recorded up to an instant never changes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from services.budget.rules.audit_export import AuditRecord, ExportHead, RecordKind, head_of
from services.budget.rules.funding_requirement import FundingAsked
from services.budget.rules.position import Asked
from services.budget.store import funding_requirements, positions
from services.budget.store.horizon import settled_until
from services.budget.store.visibility import scope, scoped_sql
from shared.calendar import read_financial_year
from shared.caller import Caller
from shared.db import Database, Prepared, Row, Transaction
from shared.errors import NOT_FOUND

BATCH = 500
_ARGUMENTS = (
    "partnership",
    "year",
    "recorded",
    "as_at",
    "partner",
    "organisations",
    "audits",
    "after_at",
    "after_id",
    "after_position",
    "most",
)
# Each names all the arguments, so that one call serves the three. `$8 <=` lets the index begin where the batch does.
_ENTRIES = Prepared(
    f"""
select 'entry' as record, j.id, e.position::integer, j.recorded_at, j.owner_organisation_id,
       j.posted_by_organisation_id as by_organisation_id, j.effective_date as day, j.posting_period as period,
       j.book::text, j.kind::text as what, a.id as account_id, a.name as account_name, a.kind::text as account_kind,
       a.line_id, a.pool_id, e.amount_pence, j.narrative as text, j.client_reference as reference,
       j.reverses_journal_id as about_id
  from journals j
  join entries e on e.journal_id = j.id
  join accounts a on a.id = e.account_id
 where j.partnership_id = $1::uuid and j.financial_year = $2::text and j.recorded_at <= $3::timestamptz
   and j.effective_date <= $4::date and j.recorded_at >= $8::timestamptz
   and (j.recorded_at, j.id, e.position) > ($8, $9::uuid, $10::integer)
   and {scoped_sql("j", "j.owner_organisation_id")}
 order by j.recorded_at, j.id, e.position limit $11::integer
""",  # noqa: S608 fixed pieces; every value is bound
    _ARGUMENTS,
    {},
)
_IN_YEAR = "budget.financial_year_of({day}) = $2::text and {day} <= $4::date"
_NOT_MONEY = """null::text as period, null::text as book, {what} as what, null::uuid as account_id,
       null::text as account_name, null::text as account_kind, null::uuid as line_id, null::uuid as pool_id,
       null::bigint as amount_pence"""
# As to_decisions: every partner's; to an auditor what is public, and what is exempt of the bodies it is named for.
_DECISIONS = Prepared(
    f"""
select 'decision' as record, d.id, null::integer as position, d.recorded_at, d.owner_organisation_id,
       null::uuid as by_organisation_id, d.decided_on as day, {_NOT_MONEY.format(what="d.outcome")},
       d.body || ': ' || d.subject_title as text, d.reference, d.subject_id as about_id
  from decisions d
 where d.partnership_id = $1::uuid and {_IN_YEAR.format(day="d.decided_on")}
   and d.recorded_at <= $3::timestamptz and (d.recorded_at, d.id) > ($8::timestamptz, $9::uuid)
   and $10::integer is not null
   and ($5::boolean or (d.part = 'part_1' and d.partnership_id::text || '/*/*' = any ($7::text[]))
        or d.owner_organisation_id = any ($6::uuid[])
        or d.partnership_id::text || '/' || d.owner_organisation_id::text || '/*' = any ($7))
 order by d.recorded_at, d.id limit $11::integer
""",  # noqa: S608 fixed pieces; every value is bound
    _ARGUMENTS,
    {},
)
# The caller's own trail: what was recorded in the year, and what was ever done to the year's journals and decisions.
_EVENTS = Prepared(
    f"""
select 'audit_event' as record, v.id, null::integer as position, v.recorded_at, v.owner_organisation_id,
       v.actor_organisation_id as by_organisation_id, null::date as day, {_NOT_MONEY.format(what="v.what")},
       v.facts::text as text, v.request_id as reference, v.thing_id as about_id
  from audit_events v
 where v.partnership_id = $1::uuid and v.recorded_at <= $3::timestamptz
   and (v.recorded_at, v.id) > ($8::timestamptz, $9::uuid) and $10::integer is not null
   and (v.owner_organisation_id = any ($6::uuid[]) or v.actor_organisation_id = any ($6))
   and ($5::boolean or $7::text[] is not null)
   and (({_IN_YEAR.format(day="(v.recorded_at at time zone 'Europe/London')::date")})
        or exists (select from journals j where j.id = v.thing_id and j.financial_year = $2)
        or exists (select from decisions d where d.id = v.thing_id
                      and budget.financial_year_of(d.decided_on) = $2))
 order by v.recorded_at, v.id limit $11::integer
""",  # noqa: S608 fixed pieces; every value is bound
    _ARGUMENTS,
    {},
)
_BEGINNING = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0), 0)


@dataclass(frozen=True, slots=True)
class AskedExport:
    """Which year of which partnership, up to which day, and up to which instant all that is recorded counts."""

    head: ExportHead
    caller: Caller


async def begin(tx: Transaction, asked: Asked) -> AskedExport:
    """The head of the export. Whoever may see no journal of the year finds nothing, an observer too."""
    place = asked.partnership_id
    partner = tx.caller.holds(place, "commissioner", "host")
    if not partner and f"{place}/*/{asked.financial_year}" not in scope(tx)["audits"]:
        raise NOT_FOUND()
    position = await positions.read(tx, asked)
    settled = asked.as_recorded or await settled_until(tx)
    others: list[UUID] = []
    if partner:
        funding = FundingAsked(place, None, asked.financial_year, asked.as_at, asked.as_recorded)
        others = await funding_requirements.unseen(tx, funding)
    return AskedExport(head_of(position, settled, others), tx.caller)


async def records(db: Database, asked: AskedExport) -> AsyncIterator[list[AuditRecord]]:
    """The records in batches: entries, decisions, then the caller's own trail, each in the order of recording."""
    for statement in (_ENTRIES, _DECISIONS, _EVENTS):
        after = _BEGINNING
        while True:
            async with db.begin(asked.caller, single=True) as tx:
                rows = await tx.all(statement, **_values(tx, asked, after))
            if rows:
                yield [_record(row) for row in rows]
            if len(rows) < BATCH:
                break
            last = rows[-1]
            after = (last["recorded_at"], last["id"], last["position"] or 0)


def _values(tx: Transaction, asked: AskedExport, after: tuple[datetime, UUID, int]) -> Mapping[str, Any]:
    head = asked.head
    year = read_financial_year(head.financial_year)
    return {
        "partnership": head.partnership_id,
        "year": year.label,
        "recorded": head.as_recorded,
        "as_at": head.as_at,
        "partner": asked.caller.holds(head.partnership_id, "commissioner", "host"),
        "organisations": scope(tx)["organisations"],
        "audits": scope(tx)["audits"],
        "after_at": after[0],
        "after_id": after[1],
        "after_position": after[2],
        "most": BATCH,
    }


def _record(row: Row) -> AuditRecord:
    return msgspec.convert({**row, "record": RecordKind(row["record"])}, AuditRecord)
