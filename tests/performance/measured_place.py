"""What P8 reads: one partnership's figures of five years, the rest of the size elsewhere, and thousands of obligations."""

import os
import uuid
from typing import Any

import httpx

from tests.outcomes.plymouth import Plymouth
from tests.stack import Stack

FULL_SIZE = 10_000_000
OBSERVATIONS = int(os.environ.get("BENCH_OBSERVATIONS", FULL_SIZE))
CARD, POINTS, OBLIGATIONS = 50, 60, 5000


def put(stack: Stack, client: httpx.Client, plymouth: Plymouth, kind: str, body: dict[str, Any]) -> str:
    id_ = str(uuid.uuid4())
    headers = {"X-Caller-Assertion": stack.assertion("outcomes", plymouth.callers["council"])}
    answer = client.put(f"/v1/{kind}/{id_}", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return id_


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


# The measured partnership's 60 months of 50 figures, and the rest of the size under other organisations' obligations.
# Guards and foreign keys are off while it runs.
_HOT = """
with sent as (
    insert into returns (id, obligation_id, period, partnership_id, owner_organisation_id, contract_id,
        lead_organisation_id, associate_organisation_ids, reader_organisation_ids, financial_year, first_day, last_day,
        due_on, state, revision, accepted_revision, submitted_at, days_late)
    select gen_random_uuid(), d.obligation_id, d.period, d.partnership_id, d.provider_organisation_id, d.contract_id,
           d.owner_organisation_id, o.associate_organisation_ids, d.reader_organisation_ids, d.financial_year, d.first_day,
           d.last_day, d.due_on, 'accepted', 1, 1, '2015-01-01', 0
      from due_returns d join obligations o on o.id = d.obligation_id
     where d.partnership_id = '{partnership}'
    returning *),
valued as (
    insert into return_values (return_id, revision, indicator_id, obligation_id, period, partnership_id,
        owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year, value, status)
    select r.id, 1, i.indicator_id, r.obligation_id, r.period, r.partnership_id, r.owner_organisation_id,
           r.lead_organisation_id, r.reader_organisation_ids, r.financial_year, 5 + random() * 5, 'actual'
      from sent r join obligation_indicators i on i.obligation_id = r.obligation_id
    returning *)
insert into observations (return_id, revision, indicator_id, obligation_id, period, partnership_id, owner_organisation_id,
    lead_organisation_id, reader_organisation_ids, financial_year, contract_id, last_day, value, status, recorded_at)
select v.return_id, 1, v.indicator_id, v.obligation_id, v.period, v.partnership_id, v.owner_organisation_id,
       v.lead_organisation_id, v.reader_organisation_ids, v.financial_year, r.contract_id, r.last_day, v.value, 'actual',
       '2015-01-01'
  from valued v join sent r on r.id = v.return_id
"""
_REST = """
with made as (
    select gen_random_uuid() as return_id, md5('i' || n % 2000)::uuid as indicator_id, md5('o' || n / 60)::uuid as obligation_id,
           to_char(d, 'YYYYMM') as period, md5('p' || n % 100)::uuid as partnership_id, md5('w' || n % 300)::uuid as owner,
           md5('l' || n % 100)::uuid as lead, (d + interval '1 month - 1 day')::date as last_day
      from generate_series({first}, {last}) n, lateral (select date '2015-04-01' + n % 60 * interval '1 month' as d)),
valued as (
    insert into return_values (return_id, revision, indicator_id, obligation_id, period, partnership_id,
        owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year, value, status)
    select return_id, 1, indicator_id, obligation_id, period, partnership_id, owner, lead, array[lead, owner], '2015/16', 7,
           'actual' from made)
insert into observations (return_id, revision, indicator_id, obligation_id, period, partnership_id, owner_organisation_id,
    lead_organisation_id, reader_organisation_ids, financial_year, contract_id, last_day, value, status, recorded_at)
select return_id, 1, indicator_id, obligation_id, period, partnership_id, owner, lead, array[lead, owner], '2015/16',
       partnership_id, last_day, 7, 'actual', '2015-01-01' from made
"""
_OWED = """
with owing as (
    insert into obligations (id, partnership_id, owner_organisation_id, contract_id, lead_organisation_id,
        provider_organisation_id, associate_organisation_ids, reader_organisation_ids, title, frequency, begins_on, ends_on,
        due_days)
    select gen_random_uuid(), '{partnership}', '{council}', gen_random_uuid(), '{council}', '{hospital}', '{{}}',
           array['{council}', '{hospital}']::uuid[], 'Return ' || n, 'quarterly', '2014-04-01', '2015-03-31', 20
      from generate_series(1, {obligations}) n returning *)
insert into due_returns (obligation_id, period, partnership_id, owner_organisation_id, contract_id,
    provider_organisation_id, reader_organisation_ids, financial_year, first_day, last_day, due_on)
select o.id, p.period, o.partnership_id, o.owner_organisation_id, o.contract_id, o.provider_organisation_id,
       o.reader_organisation_ids, '2014/15', p.first, p.last, p.last + 20
  from owing o, (values ('2014Q2', date '2014-04-01', date '2014-06-30'), ('2014Q3', '2014-07-01', '2014-09-30'),
       ('2014Q4', '2014-10-01', '2014-12-31'), ('2015Q1', '2015-01-01', '2015-03-31')) p (period, first, last)
"""


async def fill(stack: Stack, plymouth: Plymouth, ids: list[str]) -> None:
    connection = await stack.superuser()
    await connection.execute(
        "set search_path = outcomes; set session_replication_role = replica; set jit = off"
    )
    names = {
        "partnership": plymouth.partnership,
        "council": plymouth.council,
        "hospital": plymouth.hospital,
        "obligations": OBLIGATIONS,
    }
    await connection.execute(_HOT.format(**names))
    assert await connection.fetchval("select count(*) from observations") == POINTS * CARD
    for first in range(0, OBSERVATIONS, 500_000):
        last = min(first + 500_000, OBSERVATIONS) - 1
        await connection.execute(_REST.format(first=first, last=last), timeout=3600)
    await connection.execute(_OWED.format(**names))
    await connection.execute("vacuum analyze", timeout=3600)
    await connection.close()
