"""The wording of an indicator can be amended, and KPIs of a contract from a day on; what held before is kept."""

from shared.migrate import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql(_WORDING)
    run_sql(_DUTIES)


_COMMISSIONED = "partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])"
_DEFINE = f"{_COMMISSIONED} and {_OWN}"
_WHOLE = (
    f"{_COMMISSIONED} or partnership_id = any ((select outcomes.ctx_in('observer'))::uuid[])"
    " or outcomes.ctx_audited(partnership_id, null, '*')"
)
_REPORTED = (
    "in (select o.indicator_id from outcomes.obligation_indicators o"
    " where o.reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[])"
)
_WORDS = (
    "title, definition, numerator, denominator, source, rationale, caveats, warn_above_change_percent, reason"
)

# The words change in place, so that every reader has them; what they replace is kept by the same statement. What is
# measured (unit, scale, polarity, frequency, what it is part of) never changes. The owner is held by the walls too.
_WORDING = f"""
alter table indicators add column version integer not null default 1, add column updated_at timestamptz,
    add column reason text;
drop trigger indicators_append_only on indicators;
alter table indicators no force row level security;
update indicators set updated_at = recorded_at;
do $$
begin
    if exists (select from outcomes.indicators where updated_at is null) then
        raise exception 'not every indicator has the day of its wording';
    end if;
end $$;
alter table indicators force row level security;
alter table indicators alter column updated_at set not null, alter column updated_at set default clock_timestamp(),
    add constraint indicators_reasoned check ((reason is null) = (version = 1));
create index indicators_updated on indicators (partnership_id, updated_at, id);
drop index indicators_partnership;

create table indicator_wordings (
    indicator_id uuid not null,
    version integer not null check (version > 0),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    title text not null,
    definition text not null,
    numerator text,
    denominator text,
    source text,
    rationale text,
    caveats text,
    warn_above_change_percent numeric,
    reason text,
    held_from timestamptz not null,
    held_until timestamptz not null,
    primary key (indicator_id, version),
    check (held_from <= held_until),
    foreign key (indicator_id, partnership_id, owner_organisation_id)
        references indicators (id, partnership_id, owner_organisation_id)
);
alter table indicator_wordings enable row level security;
alter table indicator_wordings force row level security;
create policy indicator_wordings_read on indicator_wordings for select to outcomes_app
    using ({_WHOLE} or indicator_id {_REPORTED});
create policy indicator_wordings_add on indicator_wordings for insert to outcomes_app with check ({_DEFINE});
grant select, insert on indicator_wordings to outcomes_app;
create trigger indicator_wordings_append_only before update or delete on indicator_wordings
    for each row execute function refuse_change();
create trigger indicator_wordings_no_truncate before truncate on indicator_wordings
    for each statement execute function refuse_change();
create function indicator_wordings_kept() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        raise exception 'what a wording replaces is kept by the change itself' using
            errcode = 'integrity_constraint_violation', constraint = 'indicator_wordings_kept';
    end if;
    return new;
end $$;
create trigger indicator_wordings_kept before insert on indicator_wordings
    for each row execute function indicator_wordings_kept();

create policy indicators_reword on indicators for update to outcomes_app using ({_DEFINE}) with check ({_DEFINE});
grant update ({_WORDS}, version, updated_at) on indicators to outcomes_app;
create function indicators_reword() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'outcomes.indicators is append-only' using
            errcode = 'integrity_constraint_violation', constraint = 'indicators_append_only';
    end if;
    if new.version <> old.version + 1 then
        raise exception 'outcomes.indicators is append-only but for its words, and each change counts its version up' using
            errcode = 'integrity_constraint_violation', constraint = 'indicators_versioned';
    end if;
    if to_jsonb(new) - '{{{_WORDS},version,updated_at}}'::text[]
        is distinct from to_jsonb(old) - '{{{_WORDS},version,updated_at}}'::text[] then
        raise exception 'outcomes.indicators is append-only but for its words' using
            errcode = 'integrity_constraint_violation', constraint = 'indicators_append_only';
    end if;
    new.updated_at := greatest(clock_timestamp(), old.updated_at);
    insert into outcomes.indicator_wordings (indicator_id, version, partnership_id, owner_organisation_id, {_WORDS},
        held_from, held_until)
    values (old.id, old.version, old.partnership_id, old.owner_organisation_id, old.title, old.definition,
        old.numerator, old.denominator, old.source, old.rationale, old.caveats, old.warn_above_change_percent,
        old.reason, old.updated_at, new.updated_at);
    return new;
end $$;
create trigger indicators_reword before update or delete on indicators
    for each row execute function indicators_reword();
"""  # noqa: S608 fixed text

_DUTIES = f"""
alter table kpi_duties add constraint kpi_duties_kept unique (id, partnership_id, owner_organisation_id);
create table kpi_duty_editions (
    duty_id uuid not null,
    edition integer not null check (edition > 0),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    effective_from date not null,
    award_regime award_regime not null,
    value_pence bigint check (value_pence >= 0),
    framework_or_concession boolean not null,
    indicator_ids uuid[] not null check (cardinality(indicator_ids) > 0),
    reason text not null,
    set_by_organisation_id uuid not null,
    set_by_client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint kpi_duty_editions_edition primary key (duty_id, edition),
    foreign key (duty_id, partnership_id, owner_organisation_id)
        references kpi_duties (id, partnership_id, owner_organisation_id)
);
alter table kpi_duty_editions enable row level security;
alter table kpi_duty_editions force row level security;
create policy kpi_duty_editions_read on kpi_duty_editions for select to outcomes_app using ({_WHOLE});
create policy kpi_duty_editions_add on kpi_duty_editions for insert to outcomes_app with check ({_DEFINE}
    and set_by_organisation_id = (select outcomes.ctx_organisation())
    and set_by_client_id = (select outcomes.ctx_client()));
grant select, insert on kpi_duty_editions to outcomes_app;
create trigger kpi_duty_editions_append_only before update or delete on kpi_duty_editions
    for each row execute function refuse_change();
create trigger kpi_duty_editions_no_truncate before truncate on kpi_duty_editions
    for each statement execute function refuse_change();
"""
