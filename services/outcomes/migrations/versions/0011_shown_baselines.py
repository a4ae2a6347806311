"""What observers may see of a baseline is a row of its own: the exact figure is not theirs to read."""

from shared.migrate import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql(_SHOWN)
    run_sql(_FILL)
    run_sql(_GUARD)


_COMMISSIONED = "partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])"
_OBSERVED = "partnership_id = any ((select outcomes.ctx_in('observer'))::uuid[])"
_OWN = "owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])"
_PARTY = "reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[]"
_OF_CONTRACT = (
    f"indicator_id in (select o.indicator_id from outcomes.obligation_indicators o where o.{_PARTY})"  # noqa: S608 fixed text
    " and (contract_id is null or contract_id in"
    f" (select o.contract_id from outcomes.obligation_indicators o where o.{_PARTY}))"
)

_SHOWN = f"""
create table shown_baselines (
    baseline_id uuid primary key references baselines (id),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    indicator_id uuid not null,
    contract_id uuid,
    period text not null,
    value numeric,
    status measure_status not null,
    qualifier qualifier,
    source text not null,
    recorded_at timestamptz not null,
    constraint shown_baselines_known check (known_rightly(value, status)),
    foreign key (indicator_id, partnership_id, owner_organisation_id)
        references indicators (id, partnership_id, owner_organisation_id)
);
create index shown_baselines_partnership on shown_baselines (partnership_id, recorded_at, baseline_id);
create index shown_baselines_indicator on shown_baselines (indicator_id);
alter table shown_baselines enable row level security;
alter table shown_baselines force row level security;
create policy shown_baselines_read on shown_baselines for select to outcomes_app using ({_OBSERVED});
create policy shown_baselines_add on shown_baselines for insert to outcomes_app
    with check ({_COMMISSIONED} and {_OWN});
grant select, insert on shown_baselines to outcomes_app;
create trigger shown_baselines_append_only before update or delete on shown_baselines
    for each row execute function refuse_change();
create trigger shown_baselines_no_truncate before truncate on shown_baselines
    for each statement execute function refuse_change();
drop policy baselines_read on baselines;
create policy baselines_read on baselines for select to outcomes_app
    using ({_COMMISSIONED} or outcomes.ctx_audited(partnership_id, null, '*') or ({_OF_CONTRACT}));
"""

# The rule of rules/disclosure.py for what is on record already. The owner is held by the walls too.
_FILL = """
alter table baselines no force row level security;
alter table indicators no force row level security;
alter table shown_baselines no force row level security;
insert into shown_baselines
select b.id, b.partnership_id, b.owner_organisation_id, b.indicator_id, b.contract_id, b.period,
       case when hidden then null when i.counts_people and i.value_type = 'count' then round(b.value / 5) * 5
            else b.value end,
       case when hidden then 'suppressed' else b.status end, case when hidden then null else b.qualifier end, b.source,
       b.recorded_at
  from baselines b join indicators i on i.id = b.indicator_id,
       lateral (select i.value_type in ('percentage', 'rate') or i.value_type = 'not_stated' and i.unit is null
                    or coalesce(i.unit ~* '%|per cent|percent', false) as share) kind,
       lateral (select i.counts_people and b.value is not null and case when i.value_type = 'count'
                    then b.value > 0 and b.value <= 7
                    else b.numerator is null or b.denominator is null or (b.numerator > 0 and b.numerator <= 7)
                        or (b.denominator > 0 and b.denominator <= 7)
                        or (share and b.denominator > b.numerator and b.denominator - b.numerator <= 7) end
                as hidden) rule;
do $$
begin
    if (select count(*) from baselines) <> (select count(*) from shown_baselines) then
        raise exception 'not every baseline has what is shown of it';
    end if;
end $$;
alter table baselines force row level security;
alter table indicators force row level security;
alter table shown_baselines force row level security;
"""

# The second lock on what may be shown.
_GUARD = """
create function shown_baselines_rightly() returns trigger language plpgsql as $$
declare
    exact outcomes.baselines;
    measured outcomes.indicators;
begin
    select * into exact from outcomes.baselines b where b.id = new.baseline_id;
    select * into measured from outcomes.indicators i where i.id = new.indicator_id;
    if exact is null or measured is null or (exact.partnership_id, exact.owner_organisation_id, exact.indicator_id, exact.period,
            exact.source, exact.recorded_at) is distinct from (new.partnership_id, new.owner_organisation_id,
            new.indicator_id, new.period, new.source, new.recorded_at)
        or exact.contract_id is distinct from new.contract_id
        or new.value is not null and measured.counts_people and (case when measured.value_type = 'count'
            then (exact.value > 0 and exact.value <= 7) or new.value % 5 <> 0
            else exact.numerator is null or exact.denominator is null
                or (exact.numerator > 0 and exact.numerator <= 7)
                or (exact.denominator > 0 and exact.denominator <= 7) end) then
        raise exception 'a small baseline of people is not shown' using
            errcode = 'integrity_constraint_violation', constraint = 'shown_baselines_rightly';
    end if;
    return new;
end $$;
create trigger shown_baselines_rightly before insert on shown_baselines
    for each row execute function shown_baselines_rightly();

-- An observer goes on hearing of a baseline, of which it sees what is shown.
create or replace function seen_things(thing text, ids uuid[]) returns setof uuid language plpgsql stable as $$
declare
    place regclass := outcomes.table_of(thing);
begin
    if place is not null then
        return query execute format('select id from %s where id = any ($1)', place) using ids;
    end if;
    if thing = 'baseline' then
        return query select s.baseline_id from outcomes.shown_baselines s where s.baseline_id = any (ids)
            and not exists (select from outcomes.baselines b where b.id = s.baseline_id);
    end if;
end $$;
"""
