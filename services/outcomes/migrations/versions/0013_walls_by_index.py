"""The walls of what is owed can be looked up in indexes, however much other bodies owe and report."""

from shared.migrate import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql(_AUDITED)
    run_sql(_INDEXES)


# Whose audits a caller holds was asked of every row that was not its own, by a function that no index can answer. Now the
# partnerships that it audits are looked up once, and the function is asked of their rows alone. An owner of what was sent is
# among its readers (obligations_readers and the keys below it), so that readers say it all.
_AUDITED = """
create function ctx_audited_in() returns uuid[] language sql stable parallel safe
    return array(select distinct split_part(each, '/', 1)::uuid
        from unnest(coalesce(nullif(current_setting('app.audits', true), '')::text[], '{}')) as each);
grant execute on function ctx_audited_in() to outcomes_app;
do $$
declare
    wall record;
    made text;
    done integer := 0;
begin
    for wall in select tablename, policyname, qual from pg_policies
        where schemaname = 'outcomes' and qual like '%bodies_audited(%'
    loop
        made := regexp_replace(wall.qual,
            '(outcomes\\.)?bodies_audited\\(partnership_id, reader_organisation_ids, ([^)]+)\\)',
            '((partnership_id = any ((select outcomes.ctx_audited_in())::uuid[]))'
            ' and outcomes.bodies_audited(partnership_id, reader_organisation_ids, \\2))', 'g');
        if wall.tablename in ('observations', 'return_values', 'return_moves') then
            made := regexp_replace(made,
                '\\(owner_organisation_id = ANY \\(\\( SELECT (outcomes\\.)?ctx_organisations\\(\\)'
                ' AS ctx_organisations\\)::uuid\\[\\]\\)\\) OR ', '');
            if made like '%owner_organisation_id%' then
                raise exception 'the wall of % is not as it was expected', wall.tablename;
            end if;
        end if;
        execute format('alter policy %I on outcomes.%I using (%s)', wall.policyname, wall.tablename, made);
        done := done + 1;
    end loop;
    if done <> 16 then
        raise exception '% walls ask for audits, and not 16', done;
    end if;
end $$;
"""
_INDEXES = """
create index obligation_indicators_partnership on obligation_indicators (partnership_id);
"""
