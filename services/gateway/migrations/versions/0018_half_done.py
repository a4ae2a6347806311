"""What was found half done, so that each is told of once; and the look for it over all organisations."""

from shared.migrate import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql(_TABLE)
    run_sql(_WALLS)
    run_sql(_LOOK)


_TABLE = """
create table half_done_findings (
    joint_change_id uuid not null references joint_changes (id),
    change_version integer not null check (change_version > 0),
    owner_organisation_id uuid not null references organisations (id),
    found_at timestamptz not null default clock_timestamp(),
    -- A change that has not moved since is found once, whichever process looks.
    primary key (joint_change_id, change_version)
);
"""

_WALLS = """
alter table half_done_findings enable row level security;
alter table half_done_findings force row level security;
create policy half_done_findings_read on half_done_findings for select to gateway_app
    using (owner_organisation_id = any ((select gateway.ctx_organisations())::uuid[]));
create policy half_done_findings_add on half_done_findings for insert to gateway_app
    with check (owner_organisation_id = (select gateway.ctx_organisation()) and exists (
        select from joint_changes j
         where j.id = joint_change_id and j.version = change_version and j.state = 'under_way'
           and j.owner_organisation_id = half_done_findings.owner_organisation_id));
grant select, insert on half_done_findings to gateway_app;
create policy joint_changes_look on joint_changes for select to gateway_totals using (state = 'under_way');
create policy half_done_findings_look on half_done_findings for select to gateway_totals
    using (true);
grant select on joint_changes, half_done_findings to gateway_totals;
"""

# What the worker must know before it acts in somebody's name: which changes nobody moved on, and who began them.
_LOOK = """
create function half_done_changes(age interval, most integer) returns table (joint_change_id uuid, begun_by uuid)
    language sql stable security definer set search_path = gateway, pg_temp as $$
    select j.id, j.client_id from joint_changes j
     where j.state = 'under_way' and j.updated_at < clock_timestamp() - age
       and not exists (select from half_done_findings f
                        where f.joint_change_id = j.id and f.change_version = j.version)
     order by j.recorded_at, j.id limit most
$$;
grant execute on function half_done_changes(interval, integer) to gateway_app;
alter function half_done_changes(interval, integer) owner to gateway_totals;
"""
