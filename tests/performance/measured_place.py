"""What P8 reads: one partnership's figures of five years, as many elsewhere as the size says, and thousands of obligations."""

import asyncio
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx

from shared.caller import Caller
from tests.outcomes.plymouth import EVERYTHING, Plymouth
from tests.stack import Stack, a_caller

FULL_SIZE = 10_000_000
OBSERVATIONS = int(os.environ.get("BENCH_OBSERVATIONS", FULL_SIZE))
CARD, POINTS, OBLIGATIONS = 50, 60, 5000
LARGE = ("return_values", "observations")
OWING = uuid.uuid5(uuid.NAMESPACE_URL, "a partnership that is owed thousands of returns")


def put(stack: Stack, client: httpx.Client, plymouth: Plymouth, kind: str, body: dict[str, Any]) -> str:
    id_ = str(uuid.uuid4())
    headers = {"X-Caller-Assertion": stack.assertion("outcomes", plymouth.callers["council"])}
    answer = client.put(f"/v1/{kind}/{id_}", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return id_


def reader(plymouth: Plymouth) -> Caller:
    """The council, which commissions in the measured partnership and in the one that is owed thousands of returns."""
    return a_caller(plymouth.council, EVERYTHING, commissioner=[plymouth.partnership, OWING])


def story(stack: Stack, base: str, plymouth: Plymouth) -> list[str]:
    """One obligation on 50 indicators, month by month for five years, with targets."""
    years = {"frequency": "monthly", "begins_on": "2015-04-01", "ends_on": "2020-03-31"}
    with httpx.Client(base_url=base, timeout=60) as client:
        ids = []
        for number in range(CARD):
            body = plymouth.indicator(f"measure-{number}", frequency="monthly")
            ids.append(put(stack, client, plymouth, "indicators", body))
            target = {"indicator_id": ids[-1], "kind": "absolute", "value": "8"}
            put(stack, client, plymouth, "targets", target)
        put(stack, client, plymouth, "obligations", plymouth.obligation(*ids, **years))
    return ids


# The rest of the size is the same story told of other bodies: 100 partnerships of 50 indicators with targets, 300
# providers, each obligation 60 months long. Rows are made from those that the doors made, set by set, guards on.
_ELSEWHERE = """
create temporary table elsewhere as
select n, o.id as like_id, md5('o' || n)::uuid as id, md5('p' || n % 100)::uuid as partnership_id,
       md5('l' || n % 100)::uuid as lead_id, md5('w' || n % 300)::uuid as provider_id, md5('c' || n)::uuid as contract_id,
       array[md5('l' || n % 100), md5('w' || n % 300)]::uuid[] as readers
  from generate_series(1, {others}) n, obligations o where o.partnership_id = '{partnership}';
create temporary table places as select distinct partnership_id, lead_id from elsewhere;
insert into indicators select (jsonb_populate_record(i, jsonb_build_object('id', md5(p.partnership_id::text || i.id)::uuid,
        'partnership_id', p.partnership_id, 'owner_organisation_id', p.lead_id))).*
  from indicators i, places p where i.partnership_id = '{partnership}';
insert into targets select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(),
        'indicator_id', md5(p.partnership_id::text || t.indicator_id)::uuid, 'partnership_id', p.partnership_id,
        'owner_organisation_id', p.lead_id))).*
  from targets t, places p where t.partnership_id = '{partnership}';
insert into obligations select (jsonb_populate_record(o, jsonb_build_object('id', e.id, 'title', 'Return ' || e.n,
        'partnership_id', e.partnership_id, 'owner_organisation_id', e.lead_id, 'contract_id', e.contract_id,
        'lead_organisation_id', e.lead_id, 'provider_organisation_id', e.provider_id,
        'associate_organisation_ids', array[]::uuid[], 'reader_organisation_ids', e.readers))).*
  from elsewhere e join obligations o on o.id = e.like_id;
insert into obligation_indicators select (jsonb_populate_record(i, jsonb_build_object('obligation_id', e.id,
        'indicator_id', md5(e.partnership_id::text || i.indicator_id)::uuid, 'partnership_id', e.partnership_id,
        'owner_organisation_id', e.lead_id, 'contract_id', e.contract_id, 'provider_organisation_id', e.provider_id,
        'reader_organisation_ids', e.readers))).*
  from elsewhere e join obligation_indicators i on i.obligation_id = e.like_id;
insert into due_returns select (jsonb_populate_record(d, jsonb_build_object('obligation_id', e.id,
        'partnership_id', e.partnership_id, 'owner_organisation_id', e.lead_id, 'contract_id', e.contract_id,
        'provider_organisation_id', e.provider_id, 'reader_organisation_ids', e.readers))).*
  from elsewhere e join due_returns d on d.obligation_id = e.like_id;
insert into returns (id, obligation_id, period, partnership_id, owner_organisation_id, contract_id, lead_organisation_id,
        associate_organisation_ids, reader_organisation_ids, financial_year, first_day, last_day, due_on, state, revision,
        accepted_revision, submitted_at, days_late, recorded_at, updated_at)
select gen_random_uuid(), d.obligation_id, d.period, d.partnership_id, d.provider_organisation_id, d.contract_id,
       d.owner_organisation_id, o.associate_organisation_ids, d.reader_organisation_ids, d.financial_year, d.first_day,
       d.last_day, d.due_on, 'accepted', 1, 1, d.due_on, 0, d.last_day + 5, d.due_on + 10
  from due_returns d join obligations o on o.id = d.obligation_id order by d.first_day, d.obligation_id;
"""
# One month of one of the large tables. The same return and indicator come to the same figure in both.
_FIGURE = "round(5 + (hashint4(uuid_hash(r.id) # uuid_hash(i.indicator_id)) & 511) / 100.0, 2)"
_MONTH = {
    "return_values": f"""
insert into return_values (return_id, revision, indicator_id, obligation_id, period, partnership_id, owner_organisation_id,
    lead_organisation_id, reader_organisation_ids, financial_year, value, status)
select r.id, 1, i.indicator_id, r.obligation_id, r.period, r.partnership_id, r.owner_organisation_id,
       r.lead_organisation_id, r.reader_organisation_ids, r.financial_year, {_FIGURE}, 'actual'
  from returns r join obligation_indicators i on i.obligation_id = r.obligation_id where r.first_day = $1
""",
    "observations": f"""
insert into observations (return_id, revision, indicator_id, obligation_id, period, partnership_id, owner_organisation_id,
    lead_organisation_id, reader_organisation_ids, financial_year, contract_id, last_day, value, status, recorded_at)
select r.id, 1, i.indicator_id, r.obligation_id, r.period, r.partnership_id, r.owner_organisation_id,
       r.lead_organisation_id, r.reader_organisation_ids, r.financial_year, r.contract_id, r.last_day, {_FIGURE},
       'actual', r.updated_at
  from returns r join obligation_indicators i on i.obligation_id = r.obligation_id where r.first_day = $1
""",
}
_OWED = """
insert into indicators select (jsonb_populate_record(i, jsonb_build_object('id', '{owing}', 'partnership_id', '{owing}',
        'frequency', 'quarterly'))).*
  from indicators i where i.id = '{first}';
insert into obligations (id, partnership_id, owner_organisation_id, contract_id, lead_organisation_id,
        provider_organisation_id, associate_organisation_ids, reader_organisation_ids, title, frequency, begins_on, ends_on,
        due_days)
select gen_random_uuid(), '{owing}', '{council}', gen_random_uuid(), '{council}', '{hospital}', '{{}}',
       array['{council}', '{hospital}']::uuid[], 'Return ' || n, 'quarterly', '2014-04-01', '2015-03-31', 20
  from generate_series(1, {obligations}) n;
insert into obligation_indicators (obligation_id, indicator_id, partnership_id, owner_organisation_id, contract_id,
        provider_organisation_id, reader_organisation_ids, position, compulsory)
select id, '{owing}', partnership_id, owner_organisation_id, contract_id, provider_organisation_id, reader_organisation_ids,
       0, true
  from obligations where partnership_id = '{owing}';
insert into due_returns (obligation_id, period, partnership_id, owner_organisation_id, contract_id,
    provider_organisation_id, reader_organisation_ids, financial_year, first_day, last_day, due_on)
select o.id, p.period, o.partnership_id, o.owner_organisation_id, o.contract_id, o.provider_organisation_id,
       o.reader_organisation_ids, '2014/15', p.first, p.last, p.last + 20
  from obligations o, (values ('2014Q2', date '2014-04-01', date '2014-06-30'), ('2014Q3', '2014-07-01', '2014-09-30'),
       ('2014Q4', '2014-10-01', '2014-12-31'), ('2015Q1', '2015-01-01', '2015-03-31')) p (period, first, last)
 where o.partnership_id = '{owing}';
"""


async def fill(stack: Stack, plymouth: Plymouth, ids: list[str]) -> None:
    """Bring the figures to their size, set by set.

    The two large tables are loaded bare, side by side; then their indexes are built and their foreign keys are put back,
    so that the database itself has checked every row.
    """
    names: dict[str, Any] = {
        "partnership": plymouth.partnership,
        "council": plymouth.council,
        "hospital": plymouth.hospital,
        "owing": OWING,
        "first": ids[0],
        "others": max(0, OBSERVATIONS // (CARD * POINTS) - 1),
        "obligations": OBLIGATIONS,
    }
    first = await _loader(stack)
    for setting in ("max_wal_size = '16GB'", "checkpoint_timeout = '30min'"):
        await first.execute(f"alter system set {setting}")
    await first.execute("select pg_reload_conf()")
    await first.execute(_ELSEWHERE.format(**names))
    async with _bare(first):
        await asyncio.gather(*(_load(stack, table) for table in LARGE))
    await first.execute(_OWED.format(**names))
    assert await first.fetchval("select count(*) from observations") == CARD * POINTS * (names["others"] + 1)
    await first.execute("vacuum (freeze, analyze)")
    await first.execute("checkpoint")
    await first.close()


async def _loader(stack: Stack) -> asyncpg.Connection:
    settings = {
        "search_path": "outcomes",
        "jit": "off",
        "synchronous_commit": "off",
        "maintenance_work_mem": "1GB",
        "work_mem": "256MB",
    }
    dsn = stack.cluster.superuser_dsn()
    return await asyncpg.connect(dsn, server_settings=settings, command_timeout=7200)


async def _load(stack: Stack, table: str) -> None:
    """Fill one of the large tables month by month, as it comes in life. Guards ask for moves, and stay off meanwhile."""
    connection = await _loader(stack)
    await connection.execute("set session_replication_role = replica")
    for row in await connection.fetch("select distinct first_day from returns order by 1"):
        await connection.execute(_MONTH[table], row["first_day"])
    await connection.close()


_CONSTRAINTS = """
select conrelid::regclass::text as on, conname as name, contype = 'f' as foreign, pg_get_constraintdef(oid) as said
  from pg_constraint where contype in ('p', 'u', 'f') and (conrelid = any ($1::regclass[]) or confrelid = any ($1::regclass[]))
 order by contype = 'f' desc, conname
"""
_INDEXES = """
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as said
  from pg_index where indrelid = any ($1::regclass[])
   and not exists (select from pg_constraint c where c.conindid = indexrelid and c.contype in ('p', 'u'))
"""


@asynccontextmanager
async def _bare(connection: asyncpg.Connection):
    """The large tables without keys and indexes while the block runs; all of them are made again and hold at its end."""
    constraints = await connection.fetch(_CONSTRAINTS, list(LARGE))
    indexes = await connection.fetch(_INDEXES, list(LARGE))
    for each in constraints:
        await connection.execute(f'alter table {each["on"]} drop constraint "{each["name"]}"')
    for each in indexes:
        await connection.execute(f"drop index {each['name']}")
    yield
    for statement in _made_again(constraints, indexes):
        await connection.execute(statement)


def _made_again(constraints: Sequence[Any], indexes: Sequence[Any]) -> Iterator[str]:
    """Keys, indexes, and then what refers to keys."""
    for of_others in (False, True):
        for each in constraints:
            if each["foreign"] is of_others:
                yield f'alter table {each["on"]} add constraint "{each["name"]}" {each["said"]}'
        if not of_others:
            yield from (each["said"] for each in indexes)
