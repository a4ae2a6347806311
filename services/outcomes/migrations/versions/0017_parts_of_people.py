"""A part of a count of people counts people, no small observation is shown, and auditors read their bodies' contracts."""

from shared.migrate import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql(_COUNTED)
    run_sql(_TAKEN_BACK)
    run_sql(_GUARDS)
    run_sql(_AUDITED)


# What is recorded as a part, or as a category, of a count of people counts people. Its wording does not change by it.
_COUNTED = """
alter table indicators no force row level security;
alter table indicators disable trigger indicators_reword;
with recursive counted as (
    select id from indicators where counts_people
    union
    select i.id from indicators i join counted c on c.id in (i.part_of_indicator_id, i.breakdown_of_indicator_id))
update indicators set counts_people = true where not counts_people and id in (select id from counted);
do $$
begin
    if exists (select from outcomes.indicators part join outcomes.indicators whole
        on whole.id in (part.part_of_indicator_id, part.breakdown_of_indicator_id)
        where whole.counts_people and not part.counts_people) then
        raise exception 'not every part of a count of people counts people';
    end if;
end $$;
alter table indicators enable trigger indicators_reword;

create function indicators_part_counted() returns trigger language plpgsql as $$
begin
    if not new.counts_people and exists (select from outcomes.indicators i
        where i.id in (new.part_of_indicator_id, new.breakdown_of_indicator_id) and i.counts_people) then
        raise exception 'a part of a count of people counts people' using
            errcode = 'integrity_constraint_violation', constraint = 'indicators_part_counted';
    end if;
    return new;
end $$;
create trigger indicators_part_counted before insert on indicators
    for each row execute function indicators_part_counted();

-- Whether a figure of people rests on a few of them, or on nobody knows how many (rules/disclosure.py).
create function rests_on_few(value_type value_type, unit text, value numeric, numerator numeric, denominator numeric)
    returns boolean language sql immutable as $$
    select value is not null and case when value_type = 'count' then value > 0 and value <= 7
        else numerator is null or denominator is null or (numerator > 0 and numerator <= 7)
            or (denominator > 0 and denominator <= 7)
            or ((value_type::text in ('percentage', 'rate') or value_type = 'not_stated' and unit is null
                or coalesce(unit ~* '%|per cent|percent', false))
                and denominator > numerator and denominator - numerator <= 7) end
$$;
grant execute on function rests_on_few(value_type, text, numeric, numeric, numeric) to outcomes_app;
"""

# What was shown of parts before is taken back where it rests on a few people; other counts are rounded.
_TAKEN_BACK = """
alter table observations no force row level security;
alter table return_values no force row level security;
alter table baselines no force row level security;
alter table shown_baselines no force row level security;
alter table observations disable trigger observations_append_only;
alter table shown_baselines disable trigger shown_baselines_append_only;
update observations o
   set value = case when hidden then null else round(o.value / 5) * 5 end,
       status = case when hidden then 'suppressed' else o.status end
  from indicators i, return_values v,
       lateral (select rests_on_few(i.value_type, i.unit, v.value, v.numerator, v.denominator) as hidden) rule
 where i.id = o.indicator_id and i.counts_people and o.value is not null and v.return_id = o.return_id
   and v.revision = o.revision and v.indicator_id = o.indicator_id
   and (hidden or i.value_type = 'count' and o.value % 5 <> 0);
update shown_baselines s
   set value = case when hidden then null else round(s.value / 5) * 5 end,
       status = case when hidden then 'suppressed' else s.status end,
       qualifier = case when hidden then null else s.qualifier end
  from indicators i, baselines b,
       lateral (select rests_on_few(i.value_type, i.unit, b.value, b.numerator, b.denominator) as hidden) rule
 where i.id = s.indicator_id and i.counts_people and s.value is not null and b.id = s.baseline_id
   and (hidden or i.value_type = 'count' and s.value % 5 <> 0);
alter table observations enable trigger observations_append_only;
alter table shown_baselines enable trigger shown_baselines_append_only;
alter table observations force row level security;
alter table return_values force row level security;
alter table baselines force row level security;
alter table shown_baselines force row level security;
alter table indicators force row level security;
"""

# The second lock on what an observation shows.
_GUARDS = """
create function observations_shown_rightly() returns trigger language plpgsql as $$
begin
    if new.value is not null and exists (select from outcomes.indicators i join outcomes.return_values v
        on v.return_id = new.return_id and v.revision = new.revision and v.indicator_id = new.indicator_id
        where i.id = new.indicator_id and i.counts_people
        and (outcomes.rests_on_few(i.value_type, i.unit, v.value, v.numerator, v.denominator)
            or i.value_type = 'count' and new.value % 5 <> 0)) then
        raise exception 'a small figure of people is not shown' using
            errcode = 'integrity_constraint_violation', constraint = 'observations_shown_rightly';
    end if;
    return new;
end $$;
create trigger observations_shown_rightly before insert on observations
    for each row execute function observations_shown_rightly();
"""

# An auditor of named bodies reads what is a contract's own where one of its bodies is a party of the contract.
_AUDITED = """
create function contract_audited(partnership uuid, contract uuid) returns boolean language sql stable parallel safe
    return contract is null or exists (select from outcomes.obligation_indicators o
        where o.contract_id = contract and o.partnership_id = partnership
        and outcomes.bodies_audited(o.partnership_id, o.reader_organisation_ids, '*'));
grant execute on function contract_audited(uuid, uuid) to outcomes_app;
do $$
declare
    wall record;
    made text;
    done integer := 0;
    asked constant text := '(outcomes\\.)?ctx_audited\\(partnership_id, NULL::uuid, ''\\*''::text\\)';
begin
    for wall in select tablename, policyname, qual from pg_policies where schemaname = 'outcomes' and cmd = 'SELECT'
        and tablename in ('baselines', 'targets', 'target_milestones', 'spc_settings', 'kpi_duties', 'evaluations',
            'kpi_duty_editions')
    loop
        made := regexp_replace(wall.qual, asked, case wall.tablename when 'kpi_duty_editions'
            then '(outcomes.ctx_audited(partnership_id, null, ''*'')'
                ' and duty_id in (select k.id from outcomes.kpi_duties k))'
            else '(outcomes.ctx_audited(partnership_id, null, ''*'')'
                ' and outcomes.contract_audited(partnership_id, contract_id))' end);
        if made = wall.qual then
            raise exception 'the wall of % is not as it was expected: %', wall.tablename, wall.qual;
        end if;
        execute format('alter policy %I on outcomes.%I using (%s)', wall.policyname, wall.tablename, made);
        done := done + 1;
    end loop;
    if done <> 7 then
        raise exception '% walls ask for audits of contracts, and not 7', done;
    end if;
end $$;
"""
