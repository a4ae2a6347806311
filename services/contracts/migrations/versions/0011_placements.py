"""Placements and packages of care, by pseudonym: their life, what is high cost, and certificates of disposal."""

from shared.migrate import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_GUARDS)


_TABLES = """
create type placement_unit as enum (
    'hour', 'day', 'night', 'week', 'month', 'year', 'session', 'visit', 'journey', 'episode', 'other');
create type placement_state as enum ('planned', 'active', 'reviewed', 'suspended', 'ended');
create type placement_move as enum (
    'registration', 'activation', 'review', 'suspension', 'resumption', 'end', 'disposal');
create type placement_funding as enum (
    'social_care', 'continuing_healthcare', 'funded_nursing_care', 'joint', 'section_117', 'looked_after_child',
    'special_educational_needs', 'personal_budget', 'direct_payment', 'personal_health_budget',
    'integrated_personal_budget', 'other', 'not_stated');

-- The owner is the commissioner that placed, and the controller of what is kept of a person. A provider is told of a
-- placement once it has begun: `disclosed`. What disposal takes away may be null then, and only then.
create table placements (
    id uuid primary key,
    contract_id uuid not null references contracts (id),
    partnership_id uuid,
    owner_organisation_id uuid not null,
    provider_organisation_id uuid not null,
    reference text,
    person_reference text,
    service text not null,
    service_key text not null,
    unit placement_unit not null,
    unit_rate numeric check (unit_rate > 0 and scale(unit_rate) <= 10),
    units_per_week numeric check (units_per_week > 0 and scale(units_per_week) <= 10),
    weekly_cost_pence bigint check (weekly_cost_pence >= 0),
    weekly_cost_status money_status not null,
    weekly_cost_qualifier money_qualifier,
    funding_type placement_funding not null,
    start_date date,
    review_date date,
    end_date date,
    outcomes_expected jsonb not null,
    site_name text,
    site_area_code text,
    responsible_area_code text,
    out_of_area boolean,
    keep_until date not null,
    state placement_state not null,
    reviewed_on date,
    ended_on date,
    end_reason text,
    disposed_on date,
    missing text[] not null,
    version integer not null check (version > 0),
    recorded_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    disclosed boolean not null generated always as (
        state not in ('planned', 'ended') or coalesce(end_reason, 'not_started') <> 'not_started') stored,
    constraint placements_reference unique (owner_organisation_id, reference),
    constraint placements_of_owner unique (id, owner_organisation_id),
    constraint placements_ends_after_start check (end_date >= start_date),
    constraint placements_review_after_start check (review_date >= start_date),
    constraint placements_kept check (keep_until >= greatest(start_date, end_date, ended_on)),
    constraint placements_started check (state in ('planned', 'ended') or start_date is not null),
    constraint placements_ended check (
        (state = 'ended') = (ended_on is not null) and (ended_on is null) = (end_reason is null)),
    constraint placements_cost_known check (
        (weekly_cost_pence is null) = (weekly_cost_status in ('tbc', 'not_stated'))),
    constraint placements_disposed check (case when disposed_on is null
        then reference is not null and person_reference is not null
        else state = 'ended' and num_nonnulls(reference, person_reference, site_name, site_area_code,
            responsible_area_code) = 0 and outcomes_expected = '[]' end)
);
create index placements_owner on placements (owner_organisation_id, id);
create index placements_owner_changed on placements (owner_organisation_id, changed_at, id);
create index placements_provider on placements (provider_organisation_id, id) where disclosed;
create index placements_provider_changed on placements (provider_organisation_id, changed_at, id) where disclosed;
create index placements_contract on placements (contract_id, id);
create index placements_person on placements (owner_organisation_id, person_reference);
create index placements_costly on placements (owner_organisation_id, weekly_cost_pence desc, id);
create index placements_kept_until on placements (owner_organisation_id, keep_until) where disposed_on is null;
create index placements_like on placements (partnership_id, service_key, unit);

create table placement_steps (
    placement_id uuid not null references placements (id),
    version integer not null check (version > 0),
    owner_organisation_id uuid not null,
    move placement_move not null,
    from_state placement_state,
    to_state placement_state not null,
    holds_from date,
    reason text,
    next_review date,
    organisation_id uuid not null,
    client_id uuid not null,
    person text,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (placement_id, version),
    foreign key (placement_id, owner_organisation_id) references placements (id, owner_organisation_id),
    constraint placement_steps_first check ((from_state is null) = (version = 1))
);
create index placement_steps_owner on placement_steps (owner_organisation_id, recorded_at, placement_id, version);

-- From which weekly cost an organisation looks at a package apart, since when.
create table high_cost_thresholds (
    id uuid primary key,
    owner_organisation_id uuid not null,
    holds_from date not null,
    weekly_cost_pence bigint not null check (weekly_cost_pence > 0),
    recorded_at timestamptz not null default clock_timestamp(),
    constraint high_cost_thresholds_once unique (owner_organisation_id, holds_from)
);
create index high_cost_thresholds_owner on high_cost_thresholds (owner_organisation_id, recorded_at, id);

create table placement_disposals (
    id uuid primary key,
    owner_organisation_id uuid not null,
    as_at date not null,
    basis text not null check (basis in ('retention_over', 'erasure')),
    placement_ids uuid[] not null,
    placements integer not null check (placements = cardinality(placement_ids)),
    weekly_cost_known_pence bigint not null,
    weekly_cost_unknown integer not null,
    copies_gone_by date not null,
    organisation_id uuid not null,
    client_id uuid not null,
    person text,
    recorded_at timestamptz not null default clock_timestamp()
);
create index placement_disposals_owner on placement_disposals (owner_organisation_id, recorded_at, id);
"""

_OURS = "(select contracts.ctx_organisations())::uuid[]"

_WALLS = """
alter table placements enable row level security;
alter table placements force row level security;
alter table placement_steps enable row level security;
alter table placement_steps force row level security;
alter table high_cost_thresholds enable row level security;
alter table high_cost_thresholds force row level security;
alter table placement_disposals enable row level security;
alter table placement_disposals force row level security;

-- A partner reads them too while a data-sharing agreement that names placements is in force between the two.
create policy placements_read on placements for select to contracts_app using (
    owner_organisation_id = any ({ours}) or (disclosed and provider_organisation_id = any ({ours}))
    or (partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
        and partnership_id::text || '/' || owner_organisation_id::text
            = any ((select contracts.ctx_shares('placements'))::text[])));
create policy placements_add on placements for insert to contracts_app with check (
    owner_organisation_id = any ({ours})
    and exists (select from contracts.contracts c where c.id = placements.contract_id
        and c.partnership_id is not distinct from placements.partnership_id
        and placements.owner_organisation_id = any (c.owner_organisation_id || c.associate_ids)
        and placements.provider_organisation_id = any (c.provider_ids)));
create policy placements_change on placements for update to contracts_app
    using (owner_organisation_id = any ({ours})) with check (owner_organisation_id = any ({ours}));
grant select, insert on placements to contracts_app;
grant update (reference, person_reference, service, service_key, unit, unit_rate, units_per_week, weekly_cost_pence,
    weekly_cost_status, weekly_cost_qualifier, funding_type, start_date, review_date, end_date, outcomes_expected,
    site_name, site_area_code, responsible_area_code, out_of_area, keep_until, state, reviewed_on, ended_on,
    end_reason, disposed_on, missing, version, changed_at) on placements to contracts_app;

create policy placement_steps_read on placement_steps for select to contracts_app using (
    owner_organisation_id = any ({ours}));
create policy placement_steps_add on placement_steps for insert to contracts_app with check (
    owner_organisation_id = any ({ours})
    and organisation_id = (select contracts.ctx_organisation()) and client_id = (select contracts.ctx_client())
    and exists (select from contracts.placements p where p.id = placement_steps.placement_id
        and p.owner_organisation_id = placement_steps.owner_organisation_id
        and p.version = placement_steps.version and p.state = placement_steps.to_state));
grant select, insert on placement_steps to contracts_app;

create policy high_cost_thresholds_read on high_cost_thresholds for select to contracts_app using (
    owner_organisation_id = any ({ours}));
create policy high_cost_thresholds_add on high_cost_thresholds for insert to contracts_app with check (
    owner_organisation_id = any ({ours}));
grant select, insert on high_cost_thresholds to contracts_app;

create policy placement_disposals_read on placement_disposals for select to contracts_app using (
    owner_organisation_id = any ({ours}));
create policy placement_disposals_add on placement_disposals for insert to contracts_app with check (
    owner_organisation_id = any ({ours})
    and organisation_id = (select contracts.ctx_organisation()) and client_id = (select contracts.ctx_client()));
grant select, insert on placement_disposals to contracts_app;
""".replace("{ours}", _OURS)

# The same moves as rules/placement_life.py, no change of state without its step, no change of what was disposed of.
_GUARDS = """
create function placement_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'the version of a placement counts one on' using errcode = 'restrict_violation';
    end if;
    if old.disposed_on is not null then
        raise exception 'placement % was disposed of', old.id using errcode = 'restrict_violation';
    end if;
    if new.state <> old.state and not exists (
        select from (values
            ('planned', 'active'), ('planned', 'ended'),
            ('active', 'reviewed'), ('active', 'suspended'), ('active', 'ended'),
            ('reviewed', 'suspended'), ('reviewed', 'ended'),
            ('suspended', 'active'), ('suspended', 'reviewed'), ('suspended', 'ended')
        ) as move (come, go) where come = old.state::text and go = new.state::text
    ) then
        raise exception 'a placement does not move from % to %', old.state, new.state
            using errcode = 'integrity_constraint_violation', constraint = 'placement_moves';
    end if;
    if old.state = 'ended' and (old.unit_rate, old.units_per_week, old.weekly_cost_pence, old.weekly_cost_status,
            old.service_key, old.unit, old.start_date, old.end_date, old.ended_on)
        is distinct from (new.unit_rate, new.units_per_week, new.weekly_cost_pence, new.weekly_cost_status,
            new.service_key, new.unit, new.start_date, new.end_date, new.ended_on) then
        raise exception 'what placement % came to stays', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger placements_move before update on placements for each row execute function placement_moves();

create function placement_step_is_kept() returns trigger language plpgsql as $$
begin
    if not exists (
        select from contracts.placement_steps
         where placement_id = new.id and version = new.version and from_state = old.state and to_state = new.state
    ) then
        raise exception 'the history of placement % lacks its step to %', new.id, new.state
            using errcode = 'integrity_constraint_violation', constraint = 'placement_step_is_kept';
    end if;
    return null;
end $$;
create constraint trigger placements_step_kept after update on placements deferrable initially deferred
    for each row when (old.state is distinct from new.state or old.reviewed_on is distinct from new.reviewed_on
                       or old.disposed_on is distinct from new.disposed_on)
    execute function placement_step_is_kept();

-- No placement under a contract that is over, not awarded or suspended, whoever writes it.
create function placement_contract_is_open() returns trigger language plpgsql as $$
declare
    found contract_state;
begin
    select state into found from contracts.contracts where id = new.contract_id;
    if found is null or found not in ('active', 'recorded_as_active', 'notice_given', 'part_terminated', 'held_over')
        and not (found = 'awarded' and new.state = 'planned') then
        raise exception 'contract % is not open to placements', new.contract_id
            using errcode = 'integrity_constraint_violation', constraint = 'placement_contract_is_open';
    end if;
    return new;
end $$;
create trigger placements_contract_open before insert on placements
    for each row execute function placement_contract_is_open();
create trigger placements_contract_open_to_begin before update on placements
    for each row when (old.state = 'planned' and new.state = 'active')
    execute function placement_contract_is_open();

create trigger placements_no_delete before delete on placements for each row execute function refuse_change();
create trigger placements_no_truncate before truncate on placements for each statement execute function refuse_change();
create trigger placement_steps_append_only before update or delete on placement_steps
    for each row execute function refuse_change();
create trigger placement_steps_no_truncate before truncate on placement_steps
    for each statement execute function refuse_change();
create trigger high_cost_thresholds_append_only before update or delete on high_cost_thresholds
    for each row execute function refuse_change();
create trigger high_cost_thresholds_no_truncate before truncate on high_cost_thresholds
    for each statement execute function refuse_change();
create trigger placement_disposals_append_only before update or delete on placement_disposals
    for each row execute function refuse_change();
create trigger placement_disposals_no_truncate before truncate on placement_disposals
    for each statement execute function refuse_change();
"""
