"""Imports of ledger lines: what became of each file, and what was wrong with its rows."""

from shared.migrate import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)


_TABLES = """
-- What was sent in as one file. The owner is who sent it; what became of it stays as it was answered.
create table ledger_imports (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    layout text not null check (layout in ('ledger', 'spend')),
    take text not null check (take in ('all', 'good')),
    file_sha256 text not null check (file_sha256 ~ '^[0-9a-f]{64}$'),
    file_bytes bigint not null check (file_bytes > 0),
    encoding text not null,
    heading_line integer not null check (heading_line > 0),
    columns_not_read jsonb not null,
    counts jsonb not null,
    control_total jsonb not null,
    causes jsonb not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, partnership_id, owner_organisation_id)
);
create index ledger_imports_partnership on ledger_imports (partnership_id, recorded_at, id);

-- What was wrong with rows that were left out, as far as it is kept; `read` is what stood there, never a narrative.
create table ledger_import_findings (
    ledger_import_id uuid not null,
    number integer not null check (number > 0),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    line integer not null check (line > 0),
    column_name text not null,
    read text check (length(read) <= 80),
    code text not null,
    detail text not null,
    reference text,
    primary key (ledger_import_id, number),
    foreign key (ledger_import_id, partnership_id, owner_organisation_id)
        references ledger_imports (id, partnership_id, owner_organisation_id)
);
"""

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])"
_SELF = "(select budget.ctx_organisation())"

_WALLS = "\n".join(
    f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to budget_app using ({_OWN});
create policy {table}_add on {table} for insert to budget_app with check (
    owner_organisation_id = {_SELF} and {_COMMISSIONED});
grant select, insert on {table} to budget_app;
create trigger {table}_append_only before update or delete on {table}
    for each row execute function refuse_change();
create trigger {table}_no_truncate before truncate on {table}
    for each statement execute function refuse_change();
"""
    for table in ("ledger_imports", "ledger_import_findings")
)
