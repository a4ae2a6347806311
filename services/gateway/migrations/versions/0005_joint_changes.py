"""Changes that several services make together, and how far each has come."""

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(_TABLE)
    run_sql(with_last_change("joint_changes"))
    run_sql(_WALLS)
    run_sql(_GUARD)


_TABLE = """
create table joint_changes (
    id uuid primary key,
    kind text not null check (kind in ('activation', 'termination', 'completion')),
    thing_id uuid not null,
    thing_version integer not null check (thing_version > 0),
    owner_organisation_id uuid not null references organisations (id),
    partnership_id uuid,
    client_id uuid not null,
    person text,
    asked jsonb not null,
    digest bytea not null check (octet_length(digest) = 32),
    attempt integer not null default 1 check (attempt > 0),
    plan jsonb not null,
    seen jsonb,
    steps text[] not null default '{}',
    state text not null default 'under_way' check (state in ('under_way', 'done', 'declined')),
    why jsonb,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint joint_changes_declined check ((state = 'declined') = (why is not null)),
    constraint joint_changes_done check (state <> 'done' or cardinality(steps) > 1)
);
create unique index joint_changes_once on joint_changes (owner_organisation_id, thing_id, kind, thing_version);
create index joint_changes_owner on joint_changes (owner_organisation_id, recorded_at, id);
create index joint_changes_under_way on joint_changes (recorded_at) where state = 'under_way';
"""

_WALLS = """
alter table joint_changes enable row level security;
alter table joint_changes force row level security;
create policy joint_changes_read on joint_changes for select to gateway_app
    using (owner_organisation_id = any ((select gateway.ctx_organisations())::uuid[]));
create policy joint_changes_add on joint_changes for insert to gateway_app
    with check (owner_organisation_id = (select gateway.ctx_organisation()) and client_id = (select gateway.ctx_client()));
create policy joint_changes_change on joint_changes for update to gateway_app
    using (owner_organisation_id = any ((select gateway.ctx_organisations())::uuid[]))
    with check (owner_organisation_id = any ((select gateway.ctx_organisations())::uuid[]));
grant select, insert on joint_changes to gateway_app;
grant update (partnership_id, client_id, person, asked, digest, attempt, plan, seen, steps, state, why, version)
    on joint_changes to gateway_app;
"""

# The second lock on rules/joint_change.py: what is done stays done, and nothing that was asked for changes on the way.
_GUARD = """
create function joint_change_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 or old.state = 'done'
       or (new.attempt = old.attempt and (new.asked <> old.asked or new.plan <> old.plan or new.client_id <> old.client_id
                                          or not new.steps @> old.steps or old.state <> 'under_way'))
       or (new.attempt <> old.attempt and (new.attempt <> old.attempt + 1 or old.state <> 'declined'))
    then
        raise exception 'joint change % does not move so', old.id
            using errcode = 'integrity_constraint_violation', constraint = 'joint_change_moves';
    end if;
    return new;
end $$;
create trigger joint_changes_move before update on joint_changes
    for each row execute function joint_change_moves();
"""
