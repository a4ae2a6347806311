"""Ledgers of a size: journals, entries and balances put into the database by set-based SQL, balances kept consistent."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from tests.performance.place import Place
from tests.stack import Stack

ENTRIES_OF_A_JOURNAL = 10
FIRST_DAY, DAYS = "2012-04-01", 1095  # three financial years

# Every journal takes from one of the funds and spends on nine accounts of lines of its year, by turns. Guards and
# foreign keys are off while it runs (what they check is checked afterwards), and so are the indexes.
_JOURNALS = """
insert into journals (id, partnership_id, owner_organisation_id, posted_by_organisation_id, arrangement, book, kind,
    effective_date, financial_year, posting_period, narrative, recorded_at)
select ('{prefix}' || lpad(to_hex(n), 24, '0'))::uuid, '{partnership}', '{council}', '{council}', 'pooled', 'actual',
       'expenditure', day, financial_year_of(day),
       replace(financial_year_of(day), '/', '-') || '-M' ||
           lpad(((extract(month from day)::integer + 8) % 12 + 1)::text, 2, '0'),
       'Week''s payments', day + interval '9 days 10 hours' + n % 1000 * interval '1 second'
  from generate_series(0, {journals} - 1) n, lateral (select (date '{first}' + (n * {days} / {journals})::integer) as day) d
"""
_ENTRIES = """
insert into entries (journal_id, position, account_id, partnership_id, owner_organisation_id, arrangement, book,
    amount_pence, effective_date, posting_period, recorded_at)
select j.id, side, case when side = {sides} then f.funds[n % f.count + 1] else s.accounts[(n * 7 + side) % s.count + 1] end,
       j.partnership_id, j.owner_organisation_id, j.arrangement, j.book,
       case when side = {sides} then -({sides} - 1) else 1 end * (n % 100000 + 1), j.effective_date, j.posting_period,
       j.recorded_at
  from (select *, ('x' || right(id::text, 12))::bit(48)::bigint as n from journals where partnership_id = '{partnership}') j
  join (select l.financial_year, array_agg(a.id order by a.id) as accounts, count(*) as count from accounts a
          join lines l on l.id = a.line_id where a.partnership_id = '{partnership}' group by 1) s using (financial_year),
       (select array_agg(id order by id) as funds, count(*) as count from accounts
         where partnership_id = '{partnership}' and kind = 'fund') f,
       generate_series(1, {sides}) side
"""
_BALANCES = """
insert into balances (account_id, book, effective_month, posting_period, recorded_month, partnership_id,
    owner_organisation_id, arrangement, amount_pence, entries, day_pence)
select account_id, book, date_trunc('month', effective_date)::date, posting_period,
       date_trunc('month', recorded_at at time zone 'UTC')::date, partnership_id, owner_organisation_id, arrangement,
       sum(amount_pence), sum(entries),
       (select array_agg(d.pence order by n) from generate_series(1, 31) n
          left join unnest(array_agg(day), array_agg(amount_pence)) d (day, pence) on d.day = n)
  from (select account_id, book, effective_date, extract(day from effective_date)::integer as day, posting_period,
               min(recorded_at) as recorded_at, partnership_id, owner_organisation_id, arrangement,
               sum(amount_pence)::bigint as amount_pence, count(*) as entries
          from entries where partnership_id = '{partnership}'
         group by account_id, book, effective_date, posting_period, recorded_at::date, partnership_id,
                  owner_organisation_id, arrangement) days
 group by 1, 2, 3, 4, 5, 6, 7, 8
"""
_INDEXES = """
select indexname, indexdef from pg_indexes
 where schemaname = 'budget' and tablename in ('journals', 'entries')
   and indexname not in (select conname from pg_constraint)
"""
_WHOLE = """
select (select count(*) from entries where partnership_id = '{partnership}') = {entries}
   and (select sum(amount_pence) from entries where partnership_id = '{partnership}') = 0
   and (select sum(entries) from balances where partnership_id = '{partnership}') = {entries}
   and (select sum(amount_pence) from balances where partnership_id = '{partnership}') = 0
"""


async def fill(stack: Stack, places: Mapping[int, Place]) -> float:
    """Give each place its number of entries over three years. The seconds it took."""
    started = time.monotonic()
    connection = await stack.superuser()

    async def run(sql: str) -> None:
        await connection.execute(sql, timeout=900)

    try:
        await run(
            "set search_path = budget; set session_replication_role = replica; set synchronous_commit = off;"
            " set maintenance_work_mem = '512MB'; set work_mem = '256MB'"
        )
        await run("alter system set max_wal_size = '16GB'")
        await run("select pg_reload_conf()")
        indexes = await connection.fetch(_INDEXES)
        for index in indexes:
            await run(f"drop index {index['indexname']}")
        for values in _values(places):
            await run(_JOURNALS.format(**values))
            await run(_ENTRIES.format(**values))
            await run(_BALANCES.format(**values))
        for index in indexes:
            await run(index["indexdef"])
        for table in ("journals", "entries", "balances"):
            await run(f"vacuum (freeze, analyze) {table}")
        await run("alter system reset max_wal_size")
        await run("select pg_reload_conf()")
        await run("checkpoint")
        for values in _values(places):
            assert await connection.fetchval(_WHOLE.format(**values), timeout=900), "a ledger does not add up"
    finally:
        await connection.close()
    return time.monotonic() - started


def _values(places: Mapping[int, Place]) -> Iterator[dict[str, Any]]:
    """What the statements are told of each place. The prefix keeps the ids of several places apart."""
    for number, (entries, place) in enumerate(places.items(), 1):
        yield {
            "prefix": f"{number:08x}",
            "partnership": place.partnership,
            "council": place.council,
            "journals": entries // ENTRIES_OF_A_JOURNAL,
            "entries": entries // ENTRIES_OF_A_JOURNAL * ENTRIES_OF_A_JOURNAL,
            "sides": ENTRIES_OF_A_JOURNAL,
            "first": FIRST_DAY,
            "days": DAYS,
        }
