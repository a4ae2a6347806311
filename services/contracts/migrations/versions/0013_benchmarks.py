"""Rate benchmarks: published once for each table, under the disclosure rule, by a function that alone sees all rows."""

from shared.migrate import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_PUBLISH)
    run_sql(_OWNER)


_TABLES = """
-- One table: what is published of the rates of a partnership for one service and unit in one period. Never a second
-- version, so that nothing is told by what came between the two. Rates are decimals in pounds.
create table rate_benchmarks (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    service text not null,
    service_key text not null,
    unit placement_unit not null,
    period text not null,
    first_day date not null,
    last_day date not null check (last_day >= first_day),
    placements integer not null,
    providers integer not null,
    largest_provider_placements integer not null,
    fewest_of_others integer,
    lowest numeric not null,
    lower_quartile numeric not null,
    median numeric not null,
    upper_quartile numeric not null,
    highest numeric not null,
    outliers_below integer not null,
    outliers_above integer not null,
    inconsistent_provider_ids uuid[] not null,
    client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint rate_benchmarks_once unique (partnership_id, service_key, unit, period),
    constraint rate_benchmarks_disclosable check (
        placements >= 5 and providers >= 3 and largest_provider_placements * 2 <= placements
        and coalesce(fewest_of_others >= 3, true)),
    constraint rate_benchmarks_ordered check (
        lowest <= lower_quartile and lower_quartile <= median and median <= upper_quartile
        and upper_quartile <= highest)
);
create index rate_benchmarks_partnership on rate_benchmarks (partnership_id, recorded_at, id);

-- Which placements a table rests on: for the function alone, which compares each new table with those before it.
create table rate_benchmark_members (
    benchmark_id uuid primary key references rate_benchmarks (id),
    placement_ids uuid[] not null
);
create trigger rate_benchmarks_append_only before update or delete on rate_benchmarks
    for each row execute function refuse_change();
create trigger rate_benchmarks_no_truncate before truncate on rate_benchmarks
    for each statement execute function refuse_change();
create trigger rate_benchmark_members_append_only before update or delete on rate_benchmark_members
    for each row execute function refuse_change();
create trigger rate_benchmark_members_no_truncate before truncate on rate_benchmark_members
    for each statement execute function refuse_change();
"""

# For commissioners, observers and auditors of the partnership; never for who provides there, whatever else it is.
_WALLS = """
alter table rate_benchmarks enable row level security;
alter table rate_benchmarks force row level security;
alter table rate_benchmark_members enable row level security;
alter table rate_benchmark_members force row level security;
create policy rate_benchmarks_read on rate_benchmarks for select to contracts_app using (
    (partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
        or partnership_id = any ((select contracts.ctx_in('observer'))::uuid[])
        or partnership_id = any ((select contracts.ctx_audited_in())::uuid[]))
    and partnership_id <> all ((select contracts.ctx_in('provider'))::uuid[]));
grant select on rate_benchmarks to contracts_app;

create policy placements_totals on placements for select to contracts_totals using (
    partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[]));
create policy rate_benchmarks_totals on rate_benchmarks for select to contracts_totals using (
    partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[]));
create policy rate_benchmarks_publish on rate_benchmarks for insert to contracts_totals with check (
    partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
    and owner_organisation_id = (select contracts.ctx_organisation())
    and client_id = (select contracts.ctx_client()));
create policy rate_benchmark_members_totals on rate_benchmark_members for select to contracts_totals using (
    exists (select from contracts.rate_benchmarks b where b.id = benchmark_id));
create policy rate_benchmark_members_publish on rate_benchmark_members for insert to contracts_totals with check (
    exists (select from contracts.rate_benchmarks b where b.id = benchmark_id));
grant select on placements to contracts_totals;
grant select, insert on rate_benchmarks, rate_benchmark_members to contracts_totals;
"""

# Quantiles by linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996), exact in numeric.
# Outliers lie more than 1.5 interquartile ranges outside the quartiles (Tukey, 1977). The answer is empty where the
# rule of rules/rate_benchmark.py does not hold; the app cannot tell which part of it.
_PUBLISH = """
create function rate_quantile(sorted numeric[], share numeric) returns numeric language sql immutable parallel safe
    return (
    with place as (select (cardinality(sorted) - 1) * share as at)
    select trim_scale(sorted[floor(at)::integer + 1]
         + (at - floor(at)) * (sorted[least(floor(at)::integer + 2, cardinality(sorted))] - sorted[floor(at)::integer + 1]))
      from place);

create function publish_rate_benchmark(new_id uuid, partnership uuid, service_asked text, key_asked text,
        unit_asked placement_unit, period_asked text, first_asked date, last_asked date)
    returns boolean language plpgsql volatile security definer set search_path = contracts, pg_temp as $$
declare
    own uuid := ctx_organisation();
    mine uuid[];
    rates numeric[];
    counted record;
    near boolean;
begin
    if not (partnership = any (ctx_in('commissioner'))) or partnership = any (ctx_in('provider')) then
        return false;
    end if;
    -- One at a time for one service and unit: each compares itself with all that were published before it.
    perform pg_advisory_xact_lock(hashtextextended(partnership::text || '/' || key_asked || '/' || unit_asked, 7));
    select array_agg(id), array_agg(unit_rate order by unit_rate) into mine, rates
      from placements
     where partnership_id = partnership and service_key = key_asked and unit = unit_asked and unit_rate is not null
       and disclosed and start_date <= last_asked and coalesce(ended_on, 'infinity') >= first_asked;
    select coalesce(sum(n), 0)::integer as n, count(*)::integer as providers, coalesce(max(n), 0)::integer as largest
      into counted
      from (select count(*) as n from placements where id = any (mine) group by provider_organisation_id) each;
    -- What is left when any one commissioner leaves out its own, which it knows.
    if counted.n < 5 or counted.providers < 3 or counted.largest * 2 > counted.n
        or exists (select from placements where id = any (mine) group by owner_organisation_id
                   having counted.n - count(*) between 1 and 2)
        or own = any (select provider_organisation_id from placements where id = any (mine)) then
        return false;
    end if;
    -- No sum or difference of tables comes to fewer: every set of placements that are in just the same tables, this one
    -- and all before it, holds as many as a table needs, and so does whatever is made of such sets.
    with told as (
        select new_id as benchmark, unnest(mine) as placement
        union all
        select b.id, unnest(m.placement_ids) from rate_benchmarks b
          join rate_benchmark_members m on m.benchmark_id = b.id
         where b.partnership_id = partnership and b.service_key = key_asked and b.unit = unit_asked),
    cells as (select placement, array_agg(benchmark order by benchmark) as cell from told group by placement),
    known as (
        select c.cell, p.owner_organisation_id as owner, p.provider_organisation_id as provider
          from cells c join placements p on p.id = c.placement),
    of_provider as (select cell, count(*) as n from known group by cell, provider),
    of_cell as (select cell, sum(n) as n, count(*) as providers, max(n) as largest from of_provider group by cell),
    of_owner as (select cell, count(*) as n from known group by cell, owner)
    select exists (select from of_cell where n < 5 or providers < 3 or largest * 2 > n)
        or exists (select from of_owner join of_cell using (cell) where of_cell.n - of_owner.n between 1 and 2)
      into near;
    if near then
        return false;
    end if;
    insert into rate_benchmarks (id, partnership_id, owner_organisation_id, service, service_key, unit, period,
            first_day, last_day, placements, providers, largest_provider_placements, fewest_of_others, lowest,
            lower_quartile, median, upper_quartile, highest, outliers_below, outliers_above,
            inconsistent_provider_ids, client_id)
    select new_id, partnership, own, service_asked, key_asked, unit_asked, period_asked, first_asked, last_asked,
           counted.n, counted.providers, counted.largest,
           (select nullif(min(counted.n - o.n), 0) from (
               select count(*)::integer as n from placements where id = any (mine) group by owner_organisation_id) o),
           rates[1], q.lower, rate_quantile(rates, 0.5), q.upper, rates[cardinality(rates)],
           (select count(*) from unnest(rates) r where r < q.lower - 1.5 * (q.upper - q.lower)),
           (select count(*) from unnest(rates) r where r > q.upper + 1.5 * (q.upper - q.lower)),
           (select coalesce(array_agg(provider_organisation_id order by provider_organisation_id), '{}') from (
               select provider_organisation_id from placements where id = any (mine)
                group by provider_organisation_id having count(distinct unit_rate) > 1) twice),
           ctx_client()
      from (select rate_quantile(rates, 0.25) as lower, rate_quantile(rates, 0.75) as upper) q;
    insert into rate_benchmark_members values (new_id, mine);
    return true;
end $$;
"""

_OWNER = """
grant execute on function rate_quantile(numeric[], numeric) to contracts_totals;
alter function publish_rate_benchmark(uuid, uuid, text, text, placement_unit, text, date, date)
    owner to contracts_totals;
set role contracts_totals;
grant execute on function publish_rate_benchmark(uuid, uuid, text, text, placement_unit, text, date, date)
    to contracts_app;
set role contracts_owner;
"""
