"""What was decided of a contract's publication holds for the records that go on from it; audits of contracts that ended."""

from shared.migrate import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql(_CARRIED)
    run_sql(_AUDITS)


# A contract that passes to its lead's successor stands in the successor's register from then on.
# A record that comes out of a transfer, a consolidation or a split says nothing that was withheld of one before it, and
# is opened by no default where one before it was closed by hand, or where the next lead cannot see what was decided.
_CARRIED = """
create function carried_publication(of contracts, out closed boolean, out from_stage release_stage,
                                    out withheld jsonb) language sql stable as $$
    with source as (
        select (each ->> 'contract_id')::uuid as id
          from contracts.contract_plans plan, jsonb_array_elements(plan.related) each
         where plan.contract_id = of.id
           and each ->> 'relation' in ('transferred_from', 'consolidates', 'split_from')),
    decided as (
        select source.id, p.contract_id is null or (p.decided and not p.open) as closed, p.from_stage, p.withheld
          from source left join contracts.publications p on p.contract_id = source.id),
    hidden as (
        select distinct on (each ->> 'field') each
          from decided, jsonb_array_elements(decided.withheld) each
         order by each ->> 'field', coalesce((each ->> 'until')::date, 'infinity'::date) desc)
    select coalesce(bool_or(decided.closed), false),
           greatest('award'::contracts.release_stage, max(decided.from_stage)),
           coalesce((select jsonb_agg(hidden.each) from hidden), '[]')
      from decided
$$;
grant execute on function carried_publication(contracts) to contracts_app;

do $$
declare
    said text := pg_get_functiondef('contracts.keep_edition(contracts.contracts)'::regprocedure);
    changed text;
begin
    changed := regexp_replace(said, 'values \\(of\\.id, of\\.owner_organisation_id,.*?returning \\* into publication',
        'select of.id, of.owner_organisation_id,
                not carried.closed and coalesce((select p.open_by_default from contracts.publishers p
                           where p.owner_organisation_id = of.owner_organisation_id), false),
                carried.closed, carried.from_stage, carried.withheld, ''{}'', 1
          from contracts.carried_publication(of) carried
        returning * into publication');
    if changed = said then
        raise exception 'the function that keeps editions is not as it was';
    end if;
    said := changed;
    changed := replace(said, 'if newest.content is distinct from content then',
        'if newest.content is distinct from content
        or newest.owner_organisation_id is distinct from of.owner_organisation_id then');
    if changed = said then
        raise exception 'the function that keeps editions is not as it was';
    end if;
    execute changed;
end $$;
"""

# As the others: an auditor's years go by when the contract ran.
_AUDITS = """
do $$
declare
    found record;
    changed integer := 0;
begin
    for found in
        select policyname, tablename, qual,
               regexp_replace(qual, $r$COALESCE\\(((?:\\w+\\.)?)end_date, 'infinity'::date\\)$r$, '\\1runs_until', 'gi') as said
          from pg_policies where schemaname = 'contracts' and tablename in ('management_actions', 'contract_rates')
                             and qual like '%end_date%'
    loop
        if found.said <> found.qual then
            execute format('alter policy %I on contracts.%I using (%s)', found.policyname, found.tablename, found.said);
            changed := changed + 1;
        end if;
    end loop;
    if changed <> 2 then
        raise exception 'the policies of % tables go by the day on which a contract ended, not of 2', changed;
    end if;
end $$;
"""
