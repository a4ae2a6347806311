"""The journals of a file into the ledger: many at once, with the same entries and balances as one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.db import Prepared, Transaction
from shared.logs import request_id

_AT_A_TIME = 5_000  # journals a statement, so that no work that the database puts off grows with the file

# What was posted under a reference before: the same, which changes nothing, or other content; or what was
# reversed since, which is not in the books any more.
_STANDING = Prepared(
    """
update import_journals j
   set standing = case when exists (select from journals undo where undo.reverses_journal_id = k.id) then 'reversed'
       when k.kind::text = j.kind and k.effective_date = j.effective_date and k.narrative = j.narrative
        and (j.posting_period is null or k.posting_period = j.posting_period)
        and (select array_agg(e.account_id order by e.position) from entries e where e.journal_id = k.id)
            is not distinct from
            (select array_agg(a.id order by u.at) from unnest(j.accounts) with ordinality u (number, at)
               left join import_accounts a on a.number = u.number)
        and (select array_agg(e.amount_pence order by e.position) from entries e where e.journal_id = k.id) = j.amounts
        and (select case when count(e.vat_regime) + count(d.journal_id) > 0 then jsonb_agg(jsonb_build_array(
                 e.vat_regime, e.vat_organisation_id, e.vat_tax_point, e.vat_net_pence, e.vat_recoverable_pence,
                 e.vat_irrecoverable_pence, d.contract_id, d.provider_organisation_id, d.service_code,
                 d.locality_code) order by e.position) end
               from entries e left join entry_dimensions d
                 on d.journal_id = e.journal_id and d.position = e.position and d.version = 1
              where e.journal_id = k.id) is not distinct from j.more
       then 'unchanged' else 'changed' end
  from journals k
 where k.posted_by_organisation_id = $1 and k.client_reference = j.reference and j.shape is not null
""",
    ("poster",),
    {},
)
# The clock is read once, under the locks of all accounts: an instant once settled never gains a journal.
_NOW = Prepared("select clock_timestamp() as at", (), {})
_MOST = Prepared("select coalesce(max(number), 0) as most from import_journals", (), {})
# Each statement is checked by the second locks at its own end.
_AT_ONCE = Prepared("set constraints all immediate", (), {})
_TAKEN = """
    select j.number, j.id, j.reference, j.effective_date, j.kind, j.narrative, j.accounts, j.amounts, j.more,
           d.partnership_id, d.owner_organisation_id, d.arrangement, d.book, d.financial_year, d.posting_period
      from import_journals j join import_decided d on d.of_shape = j.shape
     where d.code is null and j.standing is null"""
_ADD = Prepared(
    f"""
with taken as materialized (
    select one.*, gen_random_uuid() as change_id from ({_TAKEN} and j.number > $1 and j.number <= $2) one),
added as (
    insert into journals (id, partnership_id, owner_organisation_id, posted_by_organisation_id, arrangement, book,
        kind, effective_date, financial_year, posting_period, narrative, client_reference, reverses_journal_id,
        recorded_at)
    select id, partnership_id, owner_organisation_id, $3, arrangement, book, kind::journal_kind, effective_date,
           financial_year, posting_period, narrative, reference, null, $4
      from taken),
audited as (
    insert into audit_events (id, what, thing, thing_id, partnership_id, owner_organisation_id,
        reader_organisation_ids, actor_organisation_id, actor_client_id, on_behalf_of, request_id, facts)
    select change_id, 'journal_posted', 'journal', id, partnership_id, owner_organisation_id, '{{}}', $3, $5, $6, $7,
           jsonb_build_object('kind', kind, 'book', book, 'posting_period', posting_period,
               'posted_with', 'ledger_import')
      from taken),
told as (
    insert into events (id, what, thing, thing_id, partnership_id, owner_organisation_id, reader_organisation_ids)
    select change_id, 'journal_posted', 'journal', id, partnership_id, owner_organisation_id, '{{}}' from taken),
sides as (
    select t.*, u.at as position, a.id as account_id, u.amount_pence, t.more -> (u.at - 1)::integer as said
      from taken t cross join lateral unnest(t.accounts, t.amounts) with ordinality u (account, amount_pence, at)
      join import_accounts a on a.number = u.account),
described as (
    insert into entry_dimensions (journal_id, position, version, partnership_id, owner_organisation_id, arrangement,
        financial_year, recorded_by_organisation_id, contract_id, provider_organisation_id, service_code,
        locality_code, recorded_at)
    select id, position, 1, partnership_id, owner_organisation_id, arrangement, financial_year, $3,
           (said ->> 6)::uuid, (said ->> 7)::uuid, said ->> 8, said ->> 9, $4
      from sides where more is not null and said - 5 - 4 - 3 - 2 - 1 - 0 <> '[null, null, null, null]')
insert into entries (journal_id, position, account_id, partnership_id, owner_organisation_id, arrangement, book,
    amount_pence, effective_date, posting_period, recorded_at, vat_regime, vat_organisation_id, vat_tax_point,
    vat_net_pence, vat_recoverable_pence, vat_irrecoverable_pence)
select id, position, account_id, partnership_id, owner_organisation_id, arrangement, book, amount_pence, effective_date,
       posting_period, $4, (said ->> 0)::vat_regime, (said ->> 1)::uuid, (said ->> 2)::date, (said ->> 3)::bigint,
       (said ->> 4)::bigint, (said ->> 5)::bigint
  from sides
""",  # noqa: S608 fixed text
    ("after", "to", "poster", "at", "client", "person", "request"),
    {},
)
_MOVE = Prepared(
    f"""
with daily as (
    select a.id as account_id, t.book, t.posting_period, date_trunc('month', t.effective_date)::date as month,
           extract(day from t.effective_date)::integer as day, t.partnership_id, t.owner_organisation_id, t.arrangement,
           sum(u.amount_pence) as pence, count(*) as entries
      from ({_TAKEN}) t cross join lateral unnest(t.accounts, t.amounts) u (account, amount_pence)
      join import_accounts a on a.number = u.account
     group by 1, 2, 3, 4, 5, 6, 7, 8),
monthly as (
    select account_id, book, posting_period, month, partnership_id, owner_organisation_id, arrangement,
           sum(pence) as pence, sum(entries) as entries, max(day) as last, jsonb_object_agg(day, pence) as days
      from daily group by 1, 2, 3, 4, 5, 6, 7)
insert into balances (account_id, book, effective_month, posting_period, recorded_month, partnership_id,
    owner_organisation_id, arrangement, amount_pence, entries, day_pence)
select account_id, book, month, posting_period, date_trunc('month', $1::timestamptz at time zone 'UTC')::date,
       partnership_id, owner_organisation_id, arrangement, pence, entries,
       array(select (days ->> day::text)::bigint from generate_series(1, last) day order by day)
  from monthly order by account_id
on conflict (account_id, book, effective_month, posting_period, recorded_month) do update
   set amount_pence = balances.amount_pence + excluded.amount_pence,
       entries = balances.entries + excluded.entries,
       day_pence = array(
           select case when num_nonnulls(was, more) > 0 then coalesce(was, 0) + coalesce(more, 0) end
             from unnest(balances.day_pence, excluded.day_pence) with ordinality both_ (was, more, at) order by at)
""",  # noqa: S608 fixed text
    ("at",),
    {},
)


async def compare(tx: Transaction) -> None:
    """Mark the journals whose reference the caller's organisation has posted before."""
    await tx.do(_STANDING, poster=tx.caller.organisation_id)


def _who(tx: Transaction) -> dict[str, Any]:
    caller = tx.caller
    return {"poster": caller.organisation_id, "client": caller.client_id, "person": caller.person}


async def enter(tx: Transaction) -> datetime:
    """Post all journals that were decided to be posted. Returns the instant at which they were recorded."""
    at: datetime = (await tx.one(_NOW))["at"]
    most = (await tx.one(_MOST))["most"]
    await tx.do(_AT_ONCE)
    for after in range(0, most, _AT_A_TIME):
        await tx.do(_ADD, after=after, to=after + _AT_A_TIME, at=at, request=request_id.get(), **_who(tx))
    await tx.do(_MOVE, at=at)
    return at
