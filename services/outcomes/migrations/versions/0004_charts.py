"""Settings of control charts."""

from shared.migrate import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(_CHARTS)


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
