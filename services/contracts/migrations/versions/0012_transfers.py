"""Novations, statutory transfers, consolidations, splits; successions of a contract's parties; lineage without cycles."""

from shared.migrate import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_GUARDS)
    run_sql(_SUCCESSION)
    run_sql(_AUDITS)
    run_sql(_LINEAGE)


_TABLES = """
create type transfer_kind as enum ('novation', 'statutory_transfer');
create type transfer_role as enum ('commissioner', 'provider');
create type transfer_state as enum ('proposed', 'ready', 'refused', 'withdrawn', 'handed_over', 'completed');
create type regrouping_kind as enum ('consolidation', 'split');

-- It is read and moved by bodies of which one does not see the contract yet: its own columns say who.
create table transfers (
    id uuid primary key,
    contract_id uuid not null references contracts (id),
    new_contract_id uuid not null,
    owner_organisation_id uuid not null,
    partnership_id uuid,
    kind transfer_kind not null,
    role transfer_role not null,
    outgoing_organisation_id uuid not null,
    incoming_organisation_id uuid not null,
    effective_on date not null,
    reason text not null,
    instrument jsonb,
    needed uuid[] not null,
    readers uuid[] not null,
    state transfer_state not null,
    handed jsonb,
    version integer not null,
    recorded_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    constraint transfers_to_another check (outgoing_organisation_id <> incoming_organisation_id),
    constraint transfers_instrument check ((kind = 'statutory_transfer') = (instrument is not null))
);
create index transfers_contract on transfers (contract_id, effective_on, id);
create index transfers_owner on transfers (owner_organisation_id, effective_on, id);
create index transfers_incoming on transfers (incoming_organisation_id, effective_on, id);
create unique index transfers_one_at_a_time on transfers (contract_id) where state in ('proposed', 'ready', 'handed_over');

create table transfer_consents (
    transfer_id uuid not null references transfers (id),
    organisation_id uuid not null,
    agreed boolean not null,
    given_on date not null,
    note text,
    recorded_by_organisation_id uuid not null,
    client_id uuid not null,
    person text,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (transfer_id, organisation_id)
);

-- What went in is what came out: the second lock on rules/consolidation.py.
create table regroupings (
    id uuid primary key,
    kind regrouping_kind not null,
    owner_organisation_id uuid not null,
    partnership_id uuid,
    effective_on date not null,
    reason text not null,
    source_contract_ids uuid[] not null,
    contract_ids uuid[] not null,
    value_before_pence bigint,
    value_after_pence bigint,
    ended jsonb not null,
    going_on jsonb not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint regroupings_conserve check (value_before_pence is not distinct from value_after_pence),
    constraint regroupings_of_many check (
        case kind when 'consolidation' then cardinality(source_contract_ids) > 1 and cardinality(contract_ids) = 1
                  else cardinality(source_contract_ids) = 1 and cardinality(contract_ids) > 1 end)
);
create index regroupings_owner on regroupings (owner_organisation_id, effective_on, id);
create index regroupings_partnership on regroupings (partnership_id, effective_on, id);
"""

_OURS = "(select contracts.ctx_organisations())::uuid[]"
_COMMISSIONED = "partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])"
_MINE = f"owner_organisation_id = any ({_OURS})"
_STANDS = f"({_MINE} or incoming_organisation_id = any ({_OURS}) or readers && {_OURS})"
_OF_IT = "exists (select from contracts.transfers t where t.id = transfer_consents.transfer_id"

_WALLS = f"""
alter table transfers enable row level security;
alter table transfers force row level security;
alter table transfer_consents enable row level security;
alter table transfer_consents force row level security;
alter table regroupings enable row level security;
alter table regroupings force row level security;
create policy transfers_read on transfers for select to contracts_app using ({_STANDS} or {_COMMISSIONED});
create policy transfers_add on transfers for insert to contracts_app with check ({_MINE} and exists (
    select from contracts.contracts c where c.id = transfers.contract_id
       and c.owner_organisation_id = transfers.owner_organisation_id));
create policy transfers_change on transfers for update to contracts_app
    using ({_MINE} or incoming_organisation_id = any ({_OURS}) or needed && {_OURS})
    with check ({_MINE}
        or (state in ('proposed', 'ready', 'refused') and needed && {_OURS})
        or (state = 'completed' and incoming_organisation_id = any ({_OURS})));
create policy transfer_consents_read on transfer_consents for select to contracts_app using ({_OF_IT}));
create policy transfer_consents_add on transfer_consents for insert to contracts_app with check (
    recorded_by_organisation_id = (select contracts.ctx_organisation())
    and client_id = (select contracts.ctx_client())
    and {_OF_IT} and transfer_consents.organisation_id = any (t.needed)
             and (transfer_consents.organisation_id = any ({_OURS}) or t.owner_organisation_id = any ({_OURS}))));
create policy regroupings_read on regroupings for select to contracts_app using (
    {_MINE} or {_COMMISSIONED} or exists (
        select from contracts.contracts c where c.id = any (regroupings.contract_ids)
           and (c.associate_ids && {_OURS} or (c.disclosed and c.provider_ids && {_OURS}))));
create policy regroupings_add on regroupings for insert to contracts_app with check (
    {_MINE} and (partnership_id is null or {_COMMISSIONED}));
grant select, insert on transfers, transfer_consents, regroupings to contracts_app;
grant update (state, handed, version, changed_at) on transfers to contracts_app;
"""  # noqa: S608 fixed names

_GUARDS = """
create function transfer_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'the version of a transfer counts one on' using errcode = 'restrict_violation';
    end if;
    if new.state <> old.state and not (
        (old.state = 'proposed' and new.state in ('ready', 'refused', 'withdrawn'))
        or (old.state = 'ready' and new.state in ('withdrawn', 'handed_over', 'completed'))
        or (old.state = 'handed_over' and new.state = 'completed'))
    then
        raise exception 'a transfer does not move from % to %', old.state, new.state
            using errcode = 'integrity_constraint_violation', constraint = 'transfer_moves';
    end if;
    if old.state = 'proposed' and new.state = 'ready' and exists (
        select from unnest(new.needed) as who where not exists (
            select from contracts.transfer_consents c
             where c.transfer_id = new.id and c.organisation_id = who and c.agreed))
    then
        raise exception 'transfer % lacks a consent', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'transfer_consented';
    end if;
    return new;
end $$;
create trigger transfers_move before update on transfers for each row execute function transfer_moves();
create trigger transfers_no_delete before delete on transfers for each row execute function refuse_change();
create trigger transfers_no_truncate before truncate on transfers for each statement execute function refuse_change();
create trigger transfer_consents_append_only before update or delete on transfer_consents
    for each row execute function refuse_change();
create trigger transfer_consents_no_truncate before truncate on transfer_consents
    for each statement execute function refuse_change();
create trigger regroupings_append_only before update or delete on regroupings
    for each row execute function refuse_change();
create trigger regroupings_no_truncate before truncate on regroupings
    for each statement execute function refuse_change();
"""

# A successor takes the predecessor's place as owner of the same record and its publication: the history keeps whose
# it was then.
_SUCCESSION = """
alter table contract_steps drop constraint contract_steps_contract_id_owner_organisation_id_fkey,
    add foreign key (contract_id) references contracts (id);
create function contract_step_of_owner() returns trigger language plpgsql as $$
begin
    if not exists (select from contracts.contracts c
                    where c.id = new.contract_id and c.owner_organisation_id = new.owner_organisation_id) then
        raise exception 'a step is recorded of the owner that contract % has then', new.contract_id
            using errcode = 'integrity_constraint_violation', constraint = 'contract_step_of_owner';
    end if;
    return null;
end $$;
create trigger contract_steps_of_owner after insert on contract_steps
    for each row execute function contract_step_of_owner();
alter table contract_activations drop constraint contract_activations_contract_id_owner_organisation_id_fkey,
    add foreign key (contract_id) references contracts (id);
alter table contract_editions drop constraint contract_editions_contract_id_owner_organisation_id_fkey,
    add foreign key (contract_id) references contracts (id);
alter table publications drop constraint publications_contract_id_owner_organisation_id_fkey,
    add foreign key (contract_id, owner_organisation_id) references contracts (id, owner_organisation_id)
        on update cascade;
grant update (owner_organisation_id, occurrence) on contracts to contracts_app;
grant update (owner_organisation_id) on register_entries to contracts_app;
"""

# As the others: an auditor's years go by when the contract ran.
_AUDITS = """
do $$
declare
    said text;
begin
    select regexp_replace(qual, $r$COALESCE\\(((?:\\w+\\.)?)end_date, 'infinity'::date\\)$r$, '\\1runs_until', 'gi') into said
      from pg_policies where schemaname = 'contracts' and policyname = 'contract_activations_read';
    if said is null or said not like '%runs_until%' then
        raise exception 'the policy of activations does not go by the day on which a contract ended';
    end if;
    execute format('alter policy contract_activations_read on contracts.contract_activations using (%s)', said);
end $$;
"""

_LINEAGE = """
create function lineage_is_acyclic() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('lineage of contracts'));
    if exists (
        with recursive up(id) as (
            select (each ->> 'contract_id')::uuid from jsonb_array_elements(new.related) each
             where each ->> 'relation' not in ('timed_with', 'framework')
            union
            select (each ->> 'contract_id')::uuid
              from up join contracts.contract_plans plan on plan.contract_id = up.id,
                   jsonb_array_elements(plan.related) each
             where each ->> 'relation' not in ('timed_with', 'framework')
        ) select from up where id = new.contract_id)
    then
        raise exception 'contract % would come from itself', new.contract_id
            using errcode = 'integrity_constraint_violation', constraint = 'lineage_acyclic';
    end if;
    return null;
end $$;
create trigger contract_plans_lineage_added after insert on contract_plans
    for each row when (new.related <> '[]') execute function lineage_is_acyclic();
create trigger contract_plans_lineage_changed after update of related on contract_plans
    for each row when (new.related <> old.related) execute function lineage_is_acyclic();
"""
