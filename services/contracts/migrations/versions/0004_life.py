"""A contract's life: the history of its moves, the ways back from notice and suspension, and the day it ended."""

from shared.migrate import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(_STEPS)
    run_sql(_WALLS)
    run_sql(_ENDED)
    run_sql(_MOVES)


_STEPS = """
create type contract_move as enum (
    'registration', 'correction', 'procurement', 'standstill', 'award', 'activation', 'suspension', 'resumption',
    'notice', 'notice_withdrawal', 'part_termination', 'termination', 'completion', 'hold_over', 'abandonment');

alter table contracts add constraint contracts_of_owner unique (id, owner_organisation_id);

-- `private`: for commissioners only, what comes before an award.
create table contract_steps (
    contract_id uuid not null references contracts (id),
    version integer not null check (version > 0),
    partnership_id uuid,
    owner_organisation_id uuid not null,
    move contract_move not null,
    from_state contract_state,
    to_state contract_state not null,
    holds_from date,
    reason text,
    note text,
    value_before jsonb,
    value_after jsonb,
    private boolean not null,
    organisation_id uuid not null,
    client_id uuid not null,
    person text,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (contract_id, version),
    foreign key (contract_id, owner_organisation_id) references contracts (id, owner_organisation_id),
    constraint contract_steps_first check ((from_state is null) = (version = 1)),
    constraint contract_steps_move_on check (from_state <> to_state)
);
create index contract_steps_partnership on contract_steps (partnership_id, recorded_at, contract_id, version);
create trigger contract_steps_append_only before update or delete on contract_steps
    for each row execute function refuse_change();
create trigger contract_steps_no_truncate before truncate on contract_steps
    for each statement execute function refuse_change();
"""

_WALLS = """
alter table contract_steps enable row level security;
alter table contract_steps force row level security;
create policy contract_steps_read on contract_steps for select to contracts_app using (exists (
    select from contracts.contracts c where c.id = contract_steps.contract_id and (
        c.owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
        or c.partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
        or c.associate_ids && (select contracts.ctx_organisations())::uuid[]
        or (c.partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists (
            select from contracts.ctx_audited_years() audit where audit.partnership_id = c.partnership_id
               and audit.body_id = any (c.owner_organisation_id || c.associate_ids)
               and audit.first_day <= coalesce(c.end_date, 'infinity'::date)
               and audit.last_day >= coalesce(c.start_date, '-infinity'::date)))
        or (not contract_steps.private and c.disclosed
            and c.provider_ids && (select contracts.ctx_organisations())::uuid[]))));
create policy contract_steps_add on contract_steps for insert to contracts_app with check (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
    and organisation_id = (select contracts.ctx_organisation())
    and client_id = (select contracts.ctx_client())
    and exists (select from contracts.contracts c where c.id = contract_steps.contract_id
        and c.owner_organisation_id = contract_steps.owner_organisation_id
        and c.partnership_id is not distinct from contract_steps.partnership_id
        and c.version = contract_steps.version and c.state = contract_steps.to_state));
grant select, insert on contract_steps to contracts_app;
"""

# A notice on a contract that is held over runs out after the end that was agreed.
_ENDED = """
alter table contracts add column ended_on date;
alter table contracts alter column ends_as_it_stands
    set expression as (coalesce(ended_on, notice_ends_on, end_date, 'infinity'::date));
alter table contracts add constraint contracts_ended check (
    ended_on is null or state in ('expired', 'terminated', 'novated', 'consolidated'));
grant update (ended_on) on contracts to contracts_app;
"""

# The same moves as rules/state.py, and no change of state without its step in the history.
_MOVES = """
create or replace function contract_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'the version of a contract counts one on' using errcode = 'restrict_violation';
    end if;
    if new.state <> old.state and not exists (
        select from (values
            ('pipeline', 'procurement'), ('pipeline', 'awarded'), ('pipeline', 'abandoned'),
            ('procurement', 'standstill'), ('procurement', 'awarded'), ('procurement', 'abandoned'),
            ('standstill', 'awarded'), ('standstill', 'abandoned'),
            ('awarded', 'active'), ('awarded', 'recorded_as_active'), ('awarded', 'expired'),
            ('awarded', 'abandoned'),
            ('active', 'suspended'), ('active', 'notice_given'), ('active', 'part_terminated'),
            ('active', 'held_over'), ('active', 'expired'), ('active', 'terminated'), ('active', 'novated'),
            ('active', 'consolidated'),
            ('recorded_as_active', 'active'), ('recorded_as_active', 'suspended'),
            ('recorded_as_active', 'notice_given'), ('recorded_as_active', 'part_terminated'),
            ('recorded_as_active', 'held_over'), ('recorded_as_active', 'expired'),
            ('recorded_as_active', 'terminated'), ('recorded_as_active', 'novated'),
            ('recorded_as_active', 'consolidated'),
            ('suspended', 'active'), ('suspended', 'recorded_as_active'), ('suspended', 'part_terminated'),
            ('suspended', 'notice_given'), ('suspended', 'held_over'), ('suspended', 'expired'),
            ('suspended', 'terminated'), ('suspended', 'novated'), ('suspended', 'consolidated'),
            ('notice_given', 'active'), ('notice_given', 'recorded_as_active'), ('notice_given', 'suspended'),
            ('notice_given', 'part_terminated'), ('notice_given', 'held_over'), ('notice_given', 'expired'),
            ('notice_given', 'terminated'), ('notice_given', 'novated'), ('notice_given', 'consolidated'),
            ('part_terminated', 'suspended'), ('part_terminated', 'notice_given'),
            ('part_terminated', 'held_over'), ('part_terminated', 'expired'),
            ('part_terminated', 'terminated'), ('part_terminated', 'novated'),
            ('part_terminated', 'consolidated'),
            ('held_over', 'notice_given'), ('held_over', 'expired'), ('held_over', 'terminated'),
            ('held_over', 'novated'), ('held_over', 'consolidated'),
            ('expired', 'held_over')
        ) as move (come, go) where come = old.state::text and go = new.state::text
    ) then
        raise exception 'a contract does not move from % to %', old.state, new.state
            using errcode = 'integrity_constraint_violation', constraint = 'contract_moves';
    end if;
    return new;
end $$;

create function contract_step_is_kept() returns trigger language plpgsql as $$
begin
    if not exists (
        select from contracts.contract_steps
         where contract_id = new.id and version = new.version and from_state = old.state and to_state = new.state
    ) then
        raise exception 'the history of contract % lacks its step to %', new.id, new.state
            using errcode = 'integrity_constraint_violation', constraint = 'contract_step_is_kept';
    end if;
    return null;
end $$;
create constraint trigger contracts_step_kept after update on contracts deferrable initially deferred
    for each row when (old.state is distinct from new.state) execute function contract_step_is_kept();
"""
