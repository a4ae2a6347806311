"""What P4 reads: a large partnership's contracts and placements, and the rest of the size elsewhere."""

import os
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg

from tests.stack import Stack

CONTRACTS = int(os.environ.get("BENCH_CONTRACTS", "100000"))
PLACEMENTS = int(os.environ.get("BENCH_PLACEMENTS", "1000000"))
PLACES = 100  # partnerships, the first of which is measured: it has one contract in 20, the others from 9 % to half of 1 %
PROVIDERS = 40  # in each partnership, most of them in several; the measured one has 1 in 30 contracts
SERVICES = tuple(f"Residential care {number}" for number in range(40))


@dataclass
class Register:
    """The partnership that is measured, its council, and one of its providers."""

    partnership: uuid.UUID = field(default_factory=uuid.uuid4)
    council: uuid.UUID = field(default_factory=uuid.uuid4)
    provider: uuid.UUID = field(default_factory=uuid.uuid4)
    changed_from: datetime = datetime(2015, 6, 1, tzinfo=UTC)


# Guards and foreign keys are off while it runs. One contract in 20 has an associate; the measured council is that of
# some contracts of other partnerships too.
_CONTRACTS = """
create temporary table drawn as
select n, gen_random_uuid() as id,
       case when n % 20 = 0 then 0 else 1 + floor(({places} - 1) * power((n::bigint * 7919 % 10007) / 10007.0, 2)) end
           as place,
       floor({providers} * power((n::bigint * 104729 % 10009) / 10009.0, 2)) as provides,
       date '2026-12-01' + n % 1500 as ends
  from generate_series(0, {contracts} - 1) n;
create temporary table made as
select n, id,
       case when place = 0 then '{partnership}'::uuid else md5('p' || place)::uuid end as partnership,
       case when place = 0 then '{council}'::uuid else md5('o' || place)::uuid end as owner,
       case when provides = 5 then '{provider}'::uuid
            else md5('v' || (provides + 7 * (place % 9))::integer)::uuid end as provider,
       case when n % 997 = 1 then '{council}'::uuid
            when n % 20 = 3 then md5('o' || 1 + place::integer % 98)::uuid end as associate,
       (array['active', 'active', 'recorded_as_active', 'awarded'])[1 + n / 20 % 4]::contract_state as state, ends
  from drawn;
update made set associate = null where associate = owner;
insert into contracts (id, partnership_id, owner_organisation_id, associate_ids, provider_ids, providers, reference,
    reference_key, occurrence, title, category, state, agreement_form, tender_type, start_date, end_date, end_status,
    value_pence, value_status, value_basis, irrecoverable_vat_status, awarded_on, origin, version, recorded_at, changed_at)
select id, partnership, owner, case when associate is null then '{{}}' else array[associate] end, array[provider],
       jsonb_build_array(jsonb_build_object('organisation_id', provider, 'name', 'Provider', 'identifiers', '[]'::jsonb,
                                            'kind', null, 'sme', null, 'vcse', null)),
       'C-' || n, 'c-' || n, 1, 'Care and support lot ' || n % 97,
       (array['wellness', 'community_intervention', 'complex_bed_based'])[1 + n / 80 % 3]::category,
       state, 'single_award', 'itt', '2014-04-01',
       ends, 'stated', 100000 + n, 'actual', 'total', 'not_stated', '2014-03-01', 'registered', 1, '2015-01-01',
       timestamptz '2015-01-01' + n * interval '4 minutes'
  from made;
insert into contract_terms (contract_id, indicator_ids, sites, staff_transfers, extension_options, activity_plan)
select id, '{{}}', '[]', '[]', '[]', '[]' from made;
insert into contract_plans (contract_id, related, stated_dates) select id, '[]', '[]' from made;
insert into publications (contract_id, owner_organisation_id, open, decided, from_stage, withheld, particulars, version)
select id, owner, false, false, 'award', '[]', '{{}}', 1 from made;
insert into contract_parties (contract_id, position, role, organisation_id, name, identifiers, share_percent)
select id, 1, 'lead_commissioner'::party_role, owner, null, '[]'::jsonb,
       case when associate is null then 100 else 70 end::numeric from made
union all select id, 2, 'associate_commissioner', associate, null, '[]', 30 from made where associate is not null
union all select id, 3, 'provider', provider, 'Provider', '[]', null from made;
insert into due_dates (contract_id, kind, partnership_id, due_on, because, private)
select id, kind, partnership, ends - days, 'The contract ends.', false
  from made, (values ('ends'::due_kind, 0), ('last_day_to_serve_notice', 180), ('review', 365)) k (kind, days);
create temporary table running as
select row_number() over (order by n) - 1 as k, id, partnership, owner, provider from made where state <> 'awarded';
create index on running (k);
analyze running;
"""
_PLACEMENTS = """
insert into placements (id, contract_id, partnership_id, owner_organisation_id, provider_organisation_id, reference,
    person_reference, service, service_key, unit, unit_rate, weekly_cost_pence, weekly_cost_status, funding_type,
    start_date, outcomes_expected, keep_until, state, missing, version, recorded_at, changed_at)
select gen_random_uuid(), r.id, r.partnership, r.owner, r.provider, 'PL-' || p, 'P-' || p,
       'Residential care ' || abs(hashint4(p) % 40), 'residential care ' || abs(hashint4(p) % 40), 'week', 500 + p % 900,
       50000 + p % 900 * 100, 'actual', 'joint', '2014-04-07', '[]', '2199-01-01', 'active', '{{}}', 1, '2015-01-01',
       '2015-01-01'
  from generate_series(0, {placements} - 1) p join running r on r.k = p % (select count(*) from running)
"""
_INDEXES = """
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made
      from pg_index i where i.indrelid = 'placements'::regclass
       and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
"""


async def fill(stack: Stack, register: Register) -> None:
    """Put the whole size in place, in a minute or two. The placements' indexes are made again after them, the same."""
    connection = await stack.superuser()
    await connection.execute(
        "set search_path = contracts; set session_replication_role = replica; set jit = off;"
        " set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '64MB'"
    )
    names = {
        "partnership": register.partnership,
        "council": register.council,
        "provider": register.provider,
        "places": PLACES,
        "providers": PROVIDERS,
        "contracts": CONTRACTS,
    }
    await connection.execute(_CONTRACTS.format(**names), timeout=3600)
    await _placements(connection)
    await connection.execute("vacuum analyze", timeout=3600)
    await connection.close()


async def _placements(connection: asyncpg.Connection) -> None:
    indexes = await connection.fetch(_INDEXES)
    for index in indexes:
        await connection.execute(f"drop index {index['name']}")
    await connection.execute(_PLACEMENTS.format(placements=PLACEMENTS), timeout=3600)
    for index in indexes:
        await connection.execute(index["made"], timeout=3600)
