"""Packs for scrutiny, kept byte by byte as they were drawn up."""

from shared.migrate import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql(_PACKS)


_PACKS = """
create table scrutiny_packs (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    financial_year text not null,
    as_at date not null,
    content bytea not null,
    sha256 text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint scrutiny_packs_digest check (sha256 = encode(sha256(content), 'hex')),
    constraint scrutiny_packs_size check (octet_length(content) between 1 and 4194304)
);
create index scrutiny_packs_latest on scrutiny_packs (partnership_id, recorded_at desc, id);
alter table scrutiny_packs enable row level security;
alter table scrutiny_packs force row level security;

-- The partners, whoever scrutinises, and auditors read; a commissioner draws up for its own partnership.
create policy scrutiny_packs_read on scrutiny_packs for select to gateway_app using (
    partnership_id = any ((select gateway.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select gateway.ctx_in('host'))::uuid[])
    or partnership_id = any ((select gateway.ctx_in('observer'))::uuid[])
    or partnership_id = any ((select gateway.ctx_in('auditor'))::uuid[]));
create policy scrutiny_packs_add on scrutiny_packs for insert to gateway_app with check (
    owner_organisation_id = (select gateway.ctx_organisation())
    and partnership_id = any ((select gateway.ctx_in('commissioner'))::uuid[]));
grant select, insert on scrutiny_packs to gateway_app;
create trigger scrutiny_packs_append_only before update or delete on scrutiny_packs
    for each row execute function refuse_change();
create trigger scrutiny_packs_no_truncate before truncate on scrutiny_packs
    for each statement execute function refuse_change();
"""
