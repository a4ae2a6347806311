"""The service catalogue: what documents list as services, by cluster, entered as they stand there."""

from shared.migrate import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql(_TABLE)
    run_sql(_WALLS)


# A service may stand there twice: that a document lists it twice is to be found, not to be refused.
_TABLE = """
create table services (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    name text not null,
    name_key text not null,
    cluster_number integer check (cluster_number between 1 and 99),
    cluster_name text,
    category category,
    in_scope boolean,
    source text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint services_cluster check (cluster_number is null or cluster_name is not null)
);
create index services_partnership on services (partnership_id, recorded_at, id);
create index services_owner on services (owner_organisation_id, recorded_at, id);
create trigger services_append_only before update or delete on services
    for each row execute function refuse_change();
create trigger services_no_truncate before truncate on services for each statement execute function refuse_change();
"""

_COMMISSIONED = "partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])"
_WALLS = f"""
alter table services enable row level security;
alter table services force row level security;
create policy services_read on services for select to contracts_app using ({_COMMISSIONED});
create policy services_add on services for insert to contracts_app with check (
    owner_organisation_id = (select contracts.ctx_organisation()) and {_COMMISSIONED});
grant select, insert on services to contracts_app;
"""
