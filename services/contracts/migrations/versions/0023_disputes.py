"""Disputes on contracts, between two of their parties."""

from shared.migrate import run_sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_sql(_SQL)


_OURS = "any ((select contracts.ctx_organisations())::uuid[])"
# Both sides: while they see more of the contract than what is published.
_SIDE = f"""(contract_disputes.owner_organisation_id = {_OURS}
    or contract_disputes.against_organisation_id = {_OURS})"""
_SQL = f"""
create table contract_disputes (
    id uuid primary key,
    contract_id uuid not null references contracts (id),
    partnership_id uuid,
    owner_organisation_id uuid not null,
    against_organisation_id uuid not null,
    matter text not null,
    raised_on date not null,
    disputed_pence bigint check (disputed_pence > 0),
    disputed_status text not null,
    undisputed_pence bigint check (undisputed_pence >= 0),
    stage text not null check (stage in ('raised', 'negotiation', 'escalation', 'mediation', 'expert_determination',
        'resolved')),
    stage_began_on date not null check (stage_began_on >= raised_on),
    due_on date not null check (due_on >= stage_began_on),
    outcome text check (outcome in ('upheld', 'partly_upheld', 'rejected', 'settled', 'withdrawn')),
    resolution text,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    check (owner_organisation_id <> against_organisation_id),
    check ((disputed_pence is null) = (disputed_status in ('tbc', 'not_stated'))),
    check ((stage = 'resolved') = (outcome is not null) and (outcome is null) = (resolution is null))
);
create index contract_disputes_contract on contract_disputes (contract_id, raised_on, id);
alter table contract_disputes enable row level security;
alter table contract_disputes force row level security;
create policy contract_disputes_read on contract_disputes for select to contracts_app using (
    exists (select from contracts.contracts c where c.id = contract_disputes.contract_id and (
        c.owner_organisation_id = {_OURS}
        or c.partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
        or c.associate_ids && (select contracts.ctx_organisations())::uuid[]
        or (c.disclosed and {_SIDE})
        or (c.partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists (
            select from contracts.ctx_audited_years() audit where audit.partnership_id = c.partnership_id
               and audit.body_id = any (c.owner_organisation_id || c.associate_ids)
               and audit.first_day <= coalesce(c.end_date, 'infinity'::date)
               and audit.last_day >= coalesce(c.start_date, '-infinity'::date))))));
create policy contract_disputes_add on contract_disputes for insert to contracts_app with check (
    owner_organisation_id = {_OURS}
    and exists (select from contracts.contracts c where c.id = contract_disputes.contract_id
        and c.partnership_id is not distinct from contract_disputes.partnership_id
        and contract_disputes.owner_organisation_id = any (
            c.owner_organisation_id || c.associate_ids || case when c.disclosed then c.provider_ids end)
        and contract_disputes.against_organisation_id = any (
            c.owner_organisation_id || c.associate_ids || c.provider_ids)));
create policy contract_disputes_move on contract_disputes for update to contracts_app
    using {_SIDE} with check {_SIDE};
grant select, insert on contract_disputes to contracts_app;
grant update (stage, stage_began_on, due_on, outcome, resolution, version, changed_at) on contract_disputes
    to contracts_app;

create function contract_dispute_moves() returns trigger language plpgsql as $$
begin
    if old.stage = 'resolved' or new.version <> old.version + 1 or new.stage_began_on < old.stage_began_on
       or array_position(array['raised', 'negotiation', 'escalation', 'mediation', 'expert_determination', 'resolved'],
              new.stage)
          <= array_position(array['raised', 'negotiation', 'escalation', 'mediation', 'expert_determination',
              'resolved'], old.stage) then
        raise exception 'dispute % goes on to a later stage, and not out of its end', old.id
            using errcode = 'integrity_constraint_violation', constraint = 'contract_dispute_moves';
    end if;
    return new;
end $$;
create trigger contract_disputes_move_on before update on contract_disputes
    for each row execute function contract_dispute_moves();
create trigger contract_disputes_no_delete before delete on contract_disputes
    for each row execute function refuse_change();
create trigger contract_disputes_no_truncate before truncate on contract_disputes
    for each statement execute function refuse_change();
"""  # noqa: S608 fixed pieces
