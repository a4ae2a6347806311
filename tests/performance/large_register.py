"""What P4 reads: a partnership's contracts and placements, and the rest of the size elsewhere."""

import os
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.stack import Stack

CONTRACTS = int(os.environ.get("BENCH_CONTRACTS", "100000"))
PLACEMENTS = int(os.environ.get("BENCH_PLACEMENTS", "1000000"))
PLACES = 100  # partnerships of the same size
PROVIDERS = 40
SERVICES = tuple(f"Residential care {number}" for number in range(40))


@dataclass
class Register:
    """The partnership that is measured, its council, and one of its providers."""

    partnership: uuid.UUID = field(default_factory=uuid.uuid4)
    council: uuid.UUID = field(default_factory=uuid.uuid4)
    provider: uuid.UUID = field(default_factory=uuid.uuid4)
    changed_from: datetime = datetime(2015, 6, 1, tzinfo=UTC)


# Guards and foreign keys are off while it runs. The first partnership is the one that is measured.
_CONTRACTS = """
create temporary table made as
select n, gen_random_uuid() as id,
       case when n % {places} = 0 then '{partnership}'::uuid else md5('p' || n % {places})::uuid end as partnership,
       case when n % {places} = 0 then '{council}'::uuid else md5('o' || n % {places})::uuid end as owner,
       case when n / {places} % {providers} = 0 then '{provider}'::uuid
            else md5('v' || n / {places} % {providers})::uuid end as provider,
       date '2026-12-01' + n % 1500 as ends
  from generate_series(0, {contracts} - 1) n;
insert into contracts (id, partnership_id, owner_organisation_id, associate_ids, provider_ids, providers, reference,
    reference_key, occurrence, title, category, state, agreement_form, tender_type, start_date, end_date, end_status,
    value_pence, value_status, value_basis, irrecoverable_vat_status, awarded_on, origin, version, recorded_at, changed_at)
select id, partnership, owner, '{{}}', array[provider],
       jsonb_build_array(jsonb_build_object('organisation_id', provider, 'name', 'Provider', 'identifiers', '[]'::jsonb,
                                            'kind', null, 'sme', null, 'vcse', null)),
       'C-' || n, 'c-' || n, 1, 'Care and support lot ' || n % 97,
       (array['wellness', 'community_intervention', 'complex_bed_based'])[1 + n / {places} % 3]::category,
       (array['active', 'active', 'awarded'])[1 + n / {places} % 2]::contract_state, 'single_award', 'itt', '2014-04-01',
       ends, 'stated', 100000 + n, 'actual', 'total', 'not_stated', '2014-03-01', 'registered', 1, '2015-01-01',
       timestamptz '2015-01-01' + n * interval '4 minutes'
  from made;
insert into contract_terms (contract_id, indicator_ids, sites, staff_transfers, extension_options, activity_plan)
select id, '{{}}', '[]', '[]', '[]', '[]' from made;
insert into contract_plans (contract_id, related, stated_dates) select id, '[]', '[]' from made;
insert into contract_parties (contract_id, position, role, organisation_id, name, identifiers, share_percent)
select id, 1, 'lead_commissioner'::party_role, owner, null, '[]'::jsonb, 100::numeric from made
union all select id, 2, 'provider', provider, 'Provider', '[]', null from made;
insert into due_dates (contract_id, kind, partnership_id, due_on, because, private)
select id, kind, partnership, ends - days, 'The contract ends.', false
  from made, (values ('ends'::due_kind, 0), ('last_day_to_serve_notice', 180), ('review', 365)) k (kind, days);
create index on made (n);
"""
_PLACEMENTS = """
insert into placements (id, contract_id, partnership_id, owner_organisation_id, provider_organisation_id, reference,
    person_reference, service, service_key, unit, unit_rate, weekly_cost_pence, weekly_cost_status, funding_type,
    start_date, outcomes_expected, keep_until, state, missing, version, recorded_at, changed_at)
select gen_random_uuid(), m.id, m.partnership, m.owner, m.provider, 'PL-' || p, 'P-' || p,
       'Residential care ' || p / {contracts} % 40, 'residential care ' || p / {contracts} % 40, 'week', 500 + p % 900,
       50000 + p % 900 * 100, 'actual', 'joint', '2014-04-07', '[]', '2199-01-01', 'active', '{{}}', 1, '2015-01-01',
       '2015-01-01'
  from generate_series({first}, {last}) p join made m on m.n = p % {contracts}
"""


async def fill(stack: Stack, register: Register) -> None:
    connection = await stack.superuser()
    await connection.execute(
        "set search_path = contracts; set session_replication_role = replica; set jit = off"
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
    for first in range(0, PLACEMENTS, 250_000):
        last = min(first + 250_000, PLACEMENTS) - 1
        await connection.execute(
            _PLACEMENTS.format(first=first, last=last, contracts=CONTRACTS), timeout=3600
        )
    await connection.execute("vacuum analyze", timeout=3600)
    await connection.close()
