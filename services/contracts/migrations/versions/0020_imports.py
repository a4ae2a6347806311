"""Reports of imports, row by row: of registers, and of placements."""

from shared.migrate import run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)


_TABLES = """
-- A report is whole only once all rows were taken, so that its record follows what points at it. Imports of before
-- have counts alone.
alter table register_imports add column report jsonb;
alter table register_imports add constraint register_imports_of_owner unique (id, owner_organisation_id);
alter table register_entries drop constraint register_entries_register_import_id_fkey;
alter table register_entries add constraint register_entries_import
    foreign key (register_import_id) references register_imports (id) deferrable initially deferred;

create table register_import_rows (
    register_import_id uuid not null,
    line integer not null check (line > 0),
    owner_organisation_id uuid not null,
    reference text,
    outcome text not null check (outcome in ('taken', 'updated', 'unchanged', 'rejected')),
    contract_id uuid,
    findings jsonb not null,
    primary key (register_import_id, line),
    constraint register_import_rows_of_import foreign key (register_import_id, owner_organisation_id)
        references register_imports (id, owner_organisation_id) deferrable initially deferred
);

create table placement_imports (
    id uuid primary key,
    owner_organisation_id uuid not null,
    report jsonb not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint placement_imports_of_owner unique (id, owner_organisation_id)
);
create index placement_imports_owner on placement_imports (owner_organisation_id, recorded_at, id);

-- Nothing here stands for a person: the placement is named by its id, and what was read in a cell is kept of codes,
-- dates and figures alone.
create table placement_import_rows (
    placement_import_id uuid not null,
    line integer not null check (line > 0),
    owner_organisation_id uuid not null,
    outcome text not null check (outcome in ('taken', 'updated', 'unchanged', 'rejected')),
    placement_id uuid,
    missing text[] not null,
    findings jsonb not null,
    primary key (placement_import_id, line),
    constraint placement_import_rows_of_import foreign key (placement_import_id, owner_organisation_id)
        references placement_imports (id, owner_organisation_id) deferrable initially deferred
);
"""

_OWN = "owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])"

_WALLS = "\n".join(
    f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to contracts_app using ({_OWN});
create policy {table}_add on {table} for insert to contracts_app with check ({_OWN});
grant select, insert on {table} to contracts_app;
create trigger {table}_append_only before update or delete on {table}
    for each row execute function refuse_change();
create trigger {table}_no_truncate before truncate on {table}
    for each statement execute function refuse_change();
"""
    for table in ("register_import_rows", "placement_imports", "placement_import_rows")
)
