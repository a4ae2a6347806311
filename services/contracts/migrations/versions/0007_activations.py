"""What stood behind a contract when it came into force, and no coming into force without it."""

from shared.migrate import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(_TABLE)
    run_sql(_WALLS)
    run_sql(_GUARD)


_TABLE = """
create table contract_activations (
    contract_id uuid not null,
    version integer not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    active_from date not null,
    backing jsonb not null check (jsonb_array_length(backing -> 'commitments') > 0),
    no_indicator_reason text,
    organisation_id uuid not null,
    client_id uuid not null,
    person text,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (contract_id, version),
    foreign key (contract_id, owner_organisation_id) references contracts (id, owner_organisation_id),
    constraint contract_activations_indicators check (
        jsonb_array_length(backing -> 'indicator_ids') > 0 or no_indicator_reason is not null)
);
create trigger contract_activations_append_only before update or delete on contract_activations
    for each row execute function refuse_change();
create trigger contract_activations_no_truncate before truncate on contract_activations
    for each statement execute function refuse_change();
"""

# For commissioners, associates and auditors of a commissioner: what is behind a contract is not for its providers.
_WALLS = """
alter table contract_activations enable row level security;
alter table contract_activations force row level security;
create policy contract_activations_read on contract_activations for select to contracts_app using (exists (
    select from contracts.contracts c where c.id = contract_activations.contract_id and (
        c.owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
        or c.partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
        or c.associate_ids && (select contracts.ctx_organisations())::uuid[]
        or (c.partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists (
            select from contracts.ctx_audited_years() audit where audit.partnership_id = c.partnership_id
               and audit.body_id = any (c.owner_organisation_id || c.associate_ids)
               and audit.first_day <= coalesce(c.end_date, 'infinity'::date)
               and audit.last_day >= coalesce(c.start_date, '-infinity'::date))))));
create policy contract_activations_add on contract_activations for insert to contracts_app with check (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
    and organisation_id = (select contracts.ctx_organisation())
    and client_id = (select contracts.ctx_client())
    and exists (select from contracts.contract_steps s where s.contract_id = contract_activations.contract_id
        and s.version = contract_activations.version and s.move = 'activation'));
grant select, insert on contract_activations to contracts_app;
"""

# The second lock on rules/activation.py. It looks when the transaction commits, since the step comes first.
_GUARD = """
create function activation_is_backed() returns trigger language plpgsql as $$
begin
    if not exists (select from contracts.contract_activations a
                    where a.contract_id = new.contract_id and a.version = new.version) then
        raise exception 'nothing stands behind the activation of contract %', new.contract_id
            using errcode = 'integrity_constraint_violation', constraint = 'activation_is_backed';
    end if;
    return null;
end $$;
create constraint trigger activation_is_backed after insert on contract_steps deferrable initially deferred
    for each row when (new.move = 'activation') execute function activation_is_backed();
"""
