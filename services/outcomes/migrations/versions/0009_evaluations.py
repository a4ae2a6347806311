"""Benefits that are expected, evaluations that a board signs off, and which KPIs a contract must be rated on."""

from shared.migrate import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_SIGN_OFF)


_COMMISSIONED = "partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])"
_WHOLE = (
    f"{_COMMISSIONED} or partnership_id = any ((select outcomes.ctx_in('observer'))::uuid[])"
    " or outcomes.ctx_audited(partnership_id, null, '*')"
)


def _wall(table: str, *, kept: bool = True) -> str:
    only_added = f"""
create trigger {table}_append_only before update or delete on {table}
    for each row execute function refuse_change();
"""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to outcomes_app using ({_WHOLE});
create policy {table}_add on {table} for insert to outcomes_app with check ({_COMMISSIONED}
    and owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[]));
grant select, insert on {table} to outcomes_app;
create trigger {table}_no_truncate before truncate on {table}
    for each statement execute function refuse_change();
{only_added if kept else ""}"""


_TABLES = f"""
create type benefit_kind as enum ('outcome', 'quality', 'experience', 'efficiency', 'financial');
create table benefits (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    reference text not null,
    title text not null,
    description text not null,
    kind benefit_kind not null,
    indicator_id uuid,
    unit text not null,
    baseline_value numeric,
    expected_value numeric not null,
    qualifier qualifier,
    expected_by date not null,
    source text not null,
    accountable text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint benefits_reference unique (owner_organisation_id, partnership_id, reference),
    constraint benefits_expected check (qualifier is null or qualifier = 'approximately'),
    foreign key (indicator_id, partnership_id) references indicators (id, partnership_id)
);
create index benefits_partnership on benefits (partnership_id, recorded_at, id);
{_wall("benefits")}

create type award_regime as enum ('pcr2006_part_b', 'nhs2013', 'pcr2015', 'pa2023', 'pa2023_light_touch', 'psr',
    'below_threshold', 'exempt_horizontal', 'exempt_vertical');
create table kpi_duties (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid not null,
    award_regime award_regime not null,
    value_pence bigint check (value_pence >= 0),
    framework_or_concession boolean not null,
    indicator_ids uuid[] not null check (cardinality(indicator_ids) > 0),
    recorded_at timestamptz not null default clock_timestamp(),
    constraint kpi_duties_contract unique (partnership_id, contract_id)
);
create index kpi_duties_partnership on kpi_duties (partnership_id, recorded_at, id);
{_wall("kpi_duties")}

create type evaluation_state as enum ('submitted', 'signed_off', 'referred_back');
create table evaluations (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    title text not null,
    as_at date not null,
    framework_id uuid,
    contract_id uuid,
    conclusion text not null,
    body_organisation_id uuid not null,
    body_name text not null,
    state evaluation_state not null default 'submitted',
    decided_on date,
    minute text,
    decided_by_organisation_id uuid,
    decided_by_client_id uuid,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    constraint evaluations_decided check (
        (state = 'submitted') = (num_nulls(decided_on, minute, decided_by_organisation_id, decided_by_client_id) = 4)
        and num_nulls(decided_on, minute, decided_by_organisation_id, decided_by_client_id) in (0, 4)),
    foreign key (framework_id, partnership_id) references frameworks (id, partnership_id)
);
create index evaluations_partnership on evaluations (partnership_id, updated_at, id);
{_wall("evaluations", kept=False)}
"""

# The body that oversees it decides, once; what was evaluated stays as it was submitted.
_SIGN_OFF = f"""
create policy evaluations_decide on evaluations for update to outcomes_app
    using ({_COMMISSIONED} and body_organisation_id = any ((select outcomes.ctx_organisations())::uuid[]))
    with check (decided_by_organisation_id = (select outcomes.ctx_organisation()));
grant update (state, decided_on, minute, decided_by_organisation_id, decided_by_client_id, version, updated_at)
    on evaluations to outcomes_app;
create function evaluations_decide_once() returns trigger language plpgsql as $$
begin
    if old.state <> 'submitted' or new.version <> old.version + 1 then
        raise exception 'an evaluation is decided once' using
            errcode = 'integrity_constraint_violation', constraint = 'evaluations_decided_once';
    end if;
    return new;
end $$;
create trigger evaluations_decide_once before update on evaluations
    for each row execute function evaluations_decide_once();
create trigger evaluations_no_delete before delete on evaluations for each row execute function refuse_change();
"""
