"""Timetables: what papers say about when something is to be done or was."""

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0015"
down_revision = "0014"

_PARTNERS = """(partnership_id = any ((select gateway.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select gateway.ctx_in('host'))::uuid[]))"""
_OWN = "owner_organisation_id = any ((select gateway.ctx_organisations())::uuid[])"


def upgrade() -> None:
    run_sql(_TABLE)
    run_sql(with_last_change("timetable_entries"))


_TABLE = f"""
create table timetable_entries (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    board_id uuid,
    name text not null,
    statements jsonb not null check (jsonb_array_length(statements) between 1 and 50),
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint timetable_entries_name unique (owner_organisation_id, partnership_id, name),
    foreign key (board_id, partnership_id) references boards (id, partnership_id)
);
create index timetable_entries_partnership on timetable_entries (partnership_id, name, id);
alter table timetable_entries enable row level security;
alter table timetable_entries force row level security;
create policy timetable_entries_read on timetable_entries for select to gateway_app using (
    {_PARTNERS} or gateway.ctx_audited(partnership_id, null, '*'));
create policy timetable_entries_add on timetable_entries for insert to gateway_app with check (
    owner_organisation_id = (select gateway.ctx_organisation()) and {_PARTNERS});
create policy timetable_entries_change on timetable_entries for update to gateway_app
    using ({_OWN} and {_PARTNERS}) with check ({_OWN} and {_PARTNERS});
grant select, insert on timetable_entries to gateway_app;
grant update (statements, version) on timetable_entries to gateway_app;

-- What a source says stays on record: statements are added to.
create function timetable_keeps_statements() returns trigger language plpgsql as $$
begin
    if not new.statements @> old.statements then
        raise exception 'timetable entry % would lose a statement', new.id
            using errcode = 'check_violation', constraint = 'timetable_keeps_statements';
    end if;
    return new;
end $$;
create trigger timetable_entries_keep_statements before update on timetable_entries
    for each row execute function timetable_keeps_statements();
"""
