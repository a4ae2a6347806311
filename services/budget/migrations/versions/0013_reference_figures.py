"""Figures kept for reference, each as its source states it."""

from shared.migrate import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql(_TABLE)


_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_TABLE = f"""
create table reference_figures (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    name text not null,
    record jsonb not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index reference_figures_partnership on reference_figures (partnership_id, name, id);
alter table reference_figures enable row level security;
alter table reference_figures force row level security;
create policy reference_figures_read on reference_figures for select to budget_app
    using ({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, '*'));
create policy reference_figures_add on reference_figures for insert to budget_app
    with check (owner_organisation_id = (select budget.ctx_organisation()) and {_COMMISSIONED});
grant select, insert on reference_figures to budget_app;
create trigger reference_figures_append_only before update or delete on reference_figures
    for each row execute function refuse_change();
create trigger reference_figures_no_truncate before truncate on reference_figures
    for each statement execute function refuse_change();
"""
