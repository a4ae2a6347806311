"""What the published register says beyond a contract goes on with the records that go on from it."""

from shared.migrate import run_sql

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    run_sql(_PARTICULARS)
    run_sql(_EDITIONS)


# Of a transfer and of a split: all that was said of the one before. Of a consolidation: what was said alike of all, and
# the documents of each; where one id stands for several, the one that was published last. Whom to ask is the lead's own:
# another lead says it anew. What the next lead cannot see of the record before is not carried to it.
_PARTICULARS = """
create function carried_particulars(of contracts) returns jsonb language sql stable as $$
    with source as (
        select distinct (each ->> 'contract_id')::uuid as id
          from contracts.contract_plans plan, jsonb_array_elements(plan.related) each
         where plan.contract_id = of.id and plan.carried_over
           and each ->> 'relation' in ('transferred_from', 'consolidates', 'split_from')),
    said as (
        select case when p.owner_organisation_id = of.owner_organisation_id then p.particulars
                    else p.particulars - array['contact_name', 'contact_email', 'contact_url'] end as particulars
          from source left join contracts.publications p on p.contract_id = source.id),
    alike as (
        select field.key, field.value
          from said, jsonb_each(said.particulars - 'documents') field
         group by field.key, field.value
        having count(*) = (select count(*) from source)),
    documents as (
        select distinct on (each ->> 'id') each
          from said, jsonb_array_elements(said.particulars -> 'documents') each
         order by each ->> 'id', (each ->> 'published_on')::date desc nulls last, each)
    select coalesce((select jsonb_object_agg(alike.key, alike.value) from alike), '{}')
        || coalesce((select jsonb_build_object('documents', jsonb_agg(documents.each)) from documents
                     having count(*) > 0), '{}')
$$;
grant execute on function carried_particulars(contracts) to contracts_app;
"""

_EDITIONS = """
do $$
declare
    said text := pg_get_functiondef('contracts.keep_editions(uuid[])'::regprocedure);
    changed text;
begin
    changed := replace(said, $r$coalesce(carried.withheld, '[]'), '{}', 1$r$,
        $r$coalesce(carried.withheld, '[]'),
           case when plan.carried_over then contracts.carried_particulars(c) else '{}' end, 1$r$);
    if changed = said then
        raise exception 'the function that keeps editions is not as it was';
    end if;
    execute changed;
end $$;
"""
