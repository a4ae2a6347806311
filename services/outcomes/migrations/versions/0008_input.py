"""How long figures can be put in: dated settings of obligations, closing days, exceptions; reviewers of returns."""

from shared.migrate import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql(_SETTINGS)
    run_sql(_DUE_DAYS)
    run_sql(_RECEIVED)


_BELOW = """
    obligation_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid not null,
    provider_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    reason text not null,
    set_by_organisation_id uuid not null,
    set_by_client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    foreign key (obligation_id, partnership_id, contract_id, owner_organisation_id, provider_organisation_id,
        reader_organisation_ids) references obligations (id, partnership_id, contract_id, lead_organisation_id,
        provider_organisation_id, reader_organisation_ids)
"""


def _wall(table: str) -> str:
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to outcomes_app using (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    or reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[]
    or outcomes.bodies_audited(partnership_id, reader_organisation_ids, '*'));
create policy {table}_add on {table} for insert to outcomes_app with check (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    and owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])
    and set_by_organisation_id = (select outcomes.ctx_organisation()));
grant select, insert on {table} to outcomes_app;
create trigger {table}_append_only before update or delete on {table}
    for each row execute function refuse_change();
create trigger {table}_no_truncate before truncate on {table}
    for each statement execute function refuse_change();
"""


_SETTINGS = f"""
-- From a day on: when returns are due, when input closes, and how long silence lasts. The newest for a day holds.
create table obligation_settings (
    edition integer not null check (edition > 0),
    effective_from date not null,
    due_days smallint not null check (due_days between 0 and 366),
    input_days smallint check (input_days between 0 and 3660),
    silence_days smallint check (silence_days between 1 and 366),
    {_BELOW},
    constraint obligation_settings_edition primary key (obligation_id, edition)
);
{_wall("obligation_settings")}

create table lock_exceptions (
    id uuid primary key,
    period text not null,
    open_until date not null,
    {_BELOW},
    foreign key (obligation_id, period) references due_returns (obligation_id, period)
);
create index lock_exceptions_period on lock_exceptions (obligation_id, period, open_until);
create index lock_exceptions_partnership on lock_exceptions (partnership_id, recorded_at, id);
{_wall("lock_exceptions")}

alter table return_moves add column reviewer text;
"""

# A due day moves while its return has not been sent; a draft that was begun moves with it, unseen by who moves it.
_DUE_DAYS = """
alter table due_returns add column closes_on date;
drop trigger due_returns_append_only on due_returns;
create function due_returns_keep_their_period() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and to_jsonb(new) - array['due_on', 'closes_on']
        = to_jsonb(old) - array['due_on', 'closes_on']
        and (new.due_on, new.closes_on) is distinct from (old.due_on, old.closes_on)
        and not exists (select from outcomes.returns r where r.obligation_id = new.obligation_id
            and r.period = new.period and r.revision > 0) then
        return new;
    end if;
    raise exception 'outcomes.due_returns is append-only but for its days' using
        errcode = 'integrity_constraint_violation', constraint = 'due_returns_append_only';
end $$;
create trigger due_returns_append_only before update or delete on due_returns
    for each row execute function due_returns_keep_their_period();
create policy due_returns_move on due_returns for update to outcomes_app
    using (owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[]))
    with check (owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[]));
grant update (due_on, closes_on) on due_returns to outcomes_app;
do $$
declare
    named text;
begin
    select conname into strict named from pg_constraint
        where conrelid = 'outcomes.returns'::regclass and confrelid = 'outcomes.due_returns'::regclass;
    execute format('alter table returns drop constraint %I', named);
end $$;
alter table returns add constraint returns_due foreign key (obligation_id, period, partnership_id, contract_id,
    lead_organisation_id, owner_organisation_id, reader_organisation_ids, financial_year, first_day, last_day, due_on)
    references due_returns (obligation_id, period, partnership_id, contract_id, owner_organisation_id,
    provider_organisation_id, reader_organisation_ids, financial_year, first_day, last_day, due_on)
    on update cascade;
drop trigger returns_move_rightly on returns;
create trigger returns_move_rightly before update on returns for each row
    when (to_jsonb(new) - 'due_on' is distinct from to_jsonb(old) - 'due_on')
    execute function returns_move_rightly();
"""

# The return that was missing resolves its own trigger when the provider sends it.
_RECEIVED = """
alter table triggers drop constraint triggers_seen_to;
alter table triggers add constraint triggers_seen_to check (
    case state when 'raised' then acknowledged_at is null
        when 'acknowledged' then acknowledged_at is not null
        else acknowledged_at is not null or outcome = 'return_received' end
    and (resolved_at is not null) = (state = 'resolved')
    and (resolved_at is null) = (outcome is null) and (resolved_at is null) = (resolution is null));
create policy triggers_received on triggers for update to outcomes_app
    using (provider_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])
        and rule = 'return_overdue' and state <> 'resolved')
    with check (provider_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])
        and rule = 'return_overdue' and state = 'resolved' and outcome = 'return_received'
        and exists (select from outcomes.returns r where r.obligation_id = triggers.obligation_id
            and r.period = triggers.period and r.state in ('submitted', 'validated')));
create or replace function triggers_move_rightly() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'a change of a trigger counts its version up' using
            errcode = 'integrity_constraint_violation', constraint = 'triggers_versioned';
    end if;
    if not ((old.state, new.state) in (('raised', 'acknowledged'), ('acknowledged', 'resolved'))
            or (old.state, new.state) = ('raised', 'resolved') and new.rule = 'return_overdue'
                and new.outcome = 'return_received')
        or (old.state = 'acknowledged' and (old.acknowledged_at, old.acknowledgement)
            is distinct from (new.acknowledged_at, new.acknowledgement)) then
        raise exception 'no trigger moves from % to %', old.state, new.state using
            errcode = 'integrity_constraint_violation', constraint = 'triggers_move';
    end if;
    return new;
end $$;
"""
