"""Settings of control charts, and early triggers."""

from shared.migrate import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(_CHARTS)
    run_sql(_TRIGGERS)


# Settings stay as they were set; the newest edition for an indicator, or for one contract of it, holds. Who sees a
# baseline sees these too: they hold no figure.
_CHARTS = """
create table spc_settings (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    indicator_id uuid not null,
    contract_id uuid,
    edition integer not null check (edition > 0),
    replaces_id uuid,
    rebasings jsonb not null,
    frozen_after smallint,
    reason text not null,
    set_by_organisation_id uuid not null,
    set_by_client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, indicator_id, partnership_id, owner_organisation_id),
    constraint spc_settings_edition unique nulls not distinct (owner_organisation_id, indicator_id, contract_id, edition),
    constraint spc_settings_replaces check ((replaces_id is null) = (edition = 1)),
    constraint spc_settings_frozen check (frozen_after between 12 and 500),
    foreign key (indicator_id, partnership_id, owner_organisation_id)
        references indicators (id, partnership_id, owner_organisation_id),
    foreign key (replaces_id, indicator_id, partnership_id, owner_organisation_id)
        references spc_settings (id, indicator_id, partnership_id, owner_organisation_id)
);
create index spc_settings_partnership on spc_settings (partnership_id, recorded_at, id);
create index spc_settings_indicator on spc_settings (indicator_id);
-- A chart reads one indicator's figures over the returns of several obligations.
create index observations_indicator on observations (indicator_id, last_day);

alter table spc_settings enable row level security;
alter table spc_settings force row level security;
create policy spc_settings_read on spc_settings for select to outcomes_app using (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select outcomes.ctx_in('observer'))::uuid[])
    or outcomes.ctx_audited(partnership_id, null, '*')
    or (indicator_id in (select o.indicator_id from outcomes.obligation_indicators o
            where o.reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[])
        and (contract_id is null or contract_id in (select o.contract_id from outcomes.obligation_indicators o
            where o.reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[]))));
create policy spc_settings_add on spc_settings for insert to outcomes_app with check (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    and owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])
    and set_by_organisation_id = (select outcomes.ctx_organisation()));
grant select, insert on spc_settings to outcomes_app;
create trigger spc_settings_append_only before update or delete on spc_settings
    for each row execute function refuse_change();
create trigger spc_settings_no_truncate before truncate on spc_settings
    for each statement execute function refuse_change();
"""

# The owner is the lead commissioner. A trigger says what a rule saw, which nobody changes afterwards; it is acknowledged
# and then resolved. Of one rule and series one is open at a time, and the same figure raises it once.
_TRIGGERS = """
create type trigger_rule as enum ('worse_than_comparator', 'spc_concern', 'two_reds_running', 'return_overdue');
create type trigger_state as enum ('raised', 'acknowledged', 'resolved');
create type trigger_outcome as enum (
    'recovered', 'explained', 'action_agreed', 'figure_corrected', 'return_received');
create table triggers (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid not null,
    obligation_id uuid not null,
    provider_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    indicator_id uuid,
    rule trigger_rule not null,
    period text not null,
    financial_year text not null,
    revision integer not null check (revision >= 0),
    evidence jsonb not null,
    state trigger_state not null default 'raised',
    version integer not null default 1,
    raised_at timestamptz not null default clock_timestamp(),
    acknowledged_at timestamptz,
    acknowledgement text,
    resolved_at timestamptz,
    outcome trigger_outcome,
    resolution text,
    updated_at timestamptz not null default clock_timestamp(),
    constraint triggers_once unique nulls not distinct (obligation_id, rule, indicator_id, period, revision),
    constraint triggers_series check ((indicator_id is null) = (rule = 'return_overdue')),
    constraint triggers_seen_to check ((acknowledged_at is not null) = (state in ('acknowledged', 'resolved'))
        and (resolved_at is not null) = (state = 'resolved')
        and (resolved_at is null) = (outcome is null) and (resolved_at is null) = (resolution is null)),
    foreign key (obligation_id, partnership_id, contract_id, owner_organisation_id, provider_organisation_id,
        reader_organisation_ids) references obligations (id, partnership_id, contract_id, lead_organisation_id,
        provider_organisation_id, reader_organisation_ids),
    foreign key (obligation_id, indicator_id) references obligation_indicators (obligation_id, indicator_id),
    foreign key (obligation_id, period) references due_returns (obligation_id, period)
);
create unique index triggers_open on triggers (obligation_id, rule, indicator_id)
    where state <> 'resolved' and indicator_id is not null;
create unique index triggers_open_period on triggers (obligation_id, period)
    where state <> 'resolved' and indicator_id is null;
create index triggers_partnership on triggers (partnership_id, updated_at, id);
create index triggers_readers on triggers using gin (reader_organisation_ids);

alter table triggers enable row level security;
alter table triggers force row level security;
create policy triggers_read on triggers for select to outcomes_app using (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    or reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[]
    or outcomes.bodies_audited(partnership_id, reader_organisation_ids, financial_year));
create policy triggers_add on triggers for insert to outcomes_app with check (
    owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[]) and state = 'raised');
create policy triggers_move on triggers for update to outcomes_app
    using (owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[]))
    with check (owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[]));
grant select, insert on triggers to outcomes_app;
grant update (state, version, acknowledged_at, acknowledgement, resolved_at, outcome, resolution, updated_at)
    on triggers to outcomes_app;

create function triggers_move_rightly() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'a change of a trigger counts its version up' using
            errcode = 'integrity_constraint_violation', constraint = 'triggers_versioned';
    end if;
    if (old.state, new.state) not in (('raised', 'acknowledged'), ('acknowledged', 'resolved'))
        or (old.state = 'acknowledged' and (old.acknowledged_at, old.acknowledgement)
            is distinct from (new.acknowledged_at, new.acknowledgement)) then
        raise exception 'no trigger moves from % to %', old.state, new.state using
            errcode = 'integrity_constraint_violation', constraint = 'triggers_move';
    end if;
    return new;
end $$;
create trigger triggers_move_rightly before update on triggers for each row execute function triggers_move_rightly();
create trigger triggers_no_delete before delete on triggers for each row execute function refuse_change();
create trigger triggers_no_truncate before truncate on triggers for each statement execute function refuse_change();
"""
