"""Payments against contracts with their disputes, and the management of contracts from query notice to closure."""

from shared.migrate import run_sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_GUARDS)


_TABLES = """
create type payment_state as enum ('scheduled', 'invoiced', 'paid', 'cancelled');
create type payment_entry as enum ('schedule', 'invoice', 'pay', 'contest', 'stage', 'resolve', 'cancel');
create type management_kind as enum (
    'query_notice', 'remedial_action_plan', 'withholding', 'performance_notice', 'quality_concern');
create type management_state as enum ('open', 'answered', 'closed');

-- What is due of the contract, by whom to whom. Contested, paid and credited money never come to more than the amount.
create table payments (
    id uuid primary key,
    contract_id uuid not null references contracts (id),
    partnership_id uuid,
    owner_organisation_id uuid not null,
    provider_organisation_id uuid not null,
    reference text not null,
    amount_pence bigint check (amount_pence > 0),
    amount_status money_status not null,
    amount_qualifier money_qualifier,
    period_start date,
    period_end date,
    due_on date,
    invoiced_on date,
    state payment_state not null,
    paid_pence bigint not null check (paid_pence >= 0),
    contested_pence bigint not null check (contested_pence >= 0),
    credited_pence bigint not null check (credited_pence >= 0),
    disputes jsonb not null,
    version integer not null check (version > 0),
    recorded_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    constraint payments_reference unique (owner_organisation_id, provider_organisation_id, reference),
    constraint payments_of_owner unique (id, owner_organisation_id),
    constraint payments_amount_known check ((amount_pence is null) = (amount_status in ('tbc', 'not_stated'))),
    constraint payments_period check (period_end >= period_start),
    constraint payments_invoiced check (
        state in ('scheduled', 'cancelled') or (invoiced_on is not null and amount_pence is not null)),
    constraint payments_within_amount check (
        paid_pence + contested_pence + credited_pence <= coalesce(amount_pence, 0)),
    constraint payments_paid check (
        (state = 'paid') = (state <> 'cancelled' and amount_pence is not null and invoiced_on is not null
            and contested_pence = 0 and paid_pence + credited_pence = amount_pence))
);
create index payments_owner_changed on payments (owner_organisation_id, changed_at, id);
create index payments_provider_changed on payments (provider_organisation_id, changed_at, id);
create index payments_contract on payments (contract_id, changed_at, id);

create table payment_entries (
    payment_id uuid not null references payments (id),
    version integer not null,
    owner_organisation_id uuid not null,
    entry payment_entry not null,
    holds_from date not null,
    pence bigint,
    reason text,
    organisation_id uuid not null,
    client_id uuid not null,
    person text,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (payment_id, version),
    foreign key (payment_id, owner_organisation_id) references payments (id, owner_organisation_id)
);

create table management_actions (
    id uuid primary key,
    contract_id uuid not null references contracts (id),
    partnership_id uuid,
    owner_organisation_id uuid not null,
    provider_organisation_id uuid not null,
    kind management_kind not null,
    follows_id uuid references management_actions (id),
    subject text not null,
    reason text not null,
    evidence_id uuid,
    served_on date not null,
    respond_by date,
    withheld_percent numeric check (withheld_percent > 0 and withheld_percent <= 100),
    steps jsonb not null,
    safeguarding boolean not null,
    shared boolean not null,
    state management_state not null,
    answered_on date,
    answer text,
    closed_on date,
    outcome text,
    version integer not null check (version > 0),
    recorded_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    constraint management_actions_respond check (respond_by >= served_on),
    constraint management_actions_withheld check ((kind = 'withholding') = (withheld_percent is not null)),
    constraint management_actions_shared check (shared or kind = 'quality_concern'),
    constraint management_actions_closed check ((state = 'closed') = (closed_on is not null)
        and (closed_on is null) = (outcome is null) and closed_on >= served_on)
);
create index management_actions_contract on management_actions (contract_id, changed_at, id);
create index management_actions_partnership on management_actions (partnership_id, changed_at, id);
create index management_actions_owner on management_actions (owner_organisation_id, changed_at, id);
create index management_actions_provider on management_actions (provider_organisation_id, changed_at, id);
"""

_OURS = "(select contracts.ctx_organisations())::uuid[]"
_WALLS = """
alter table payments enable row level security;
alter table payments force row level security;
alter table payment_entries enable row level security;
alter table payment_entries force row level security;
alter table management_actions enable row level security;
alter table management_actions force row level security;

create policy payments_read on payments for select to contracts_app using (
    owner_organisation_id = any ({ours})
    or (provider_organisation_id = any ({ours}) and exists (
        select from contracts.contracts c where c.id = payments.contract_id and c.disclosed))
    or (partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists (
        select from contracts.ctx_audited_years() audit where audit.partnership_id = payments.partnership_id
           and audit.body_id = payments.owner_organisation_id
           and coalesce(payments.due_on, payments.invoiced_on) between audit.first_day and audit.last_day)));
create policy payments_add on payments for insert to contracts_app with check (
    owner_organisation_id = any ({ours})
    and exists (select from contracts.contracts c where c.id = payments.contract_id
        and c.partnership_id is not distinct from payments.partnership_id
        and payments.owner_organisation_id = any (c.owner_organisation_id || c.associate_ids)
        and payments.provider_organisation_id = any (c.provider_ids)));
create policy payments_change on payments for update to contracts_app
    using (owner_organisation_id = any ({ours})) with check (owner_organisation_id = any ({ours}));
grant select, insert on payments to contracts_app;
grant update (reference, amount_pence, amount_status, amount_qualifier, due_on, invoiced_on, state, paid_pence,
    contested_pence, credited_pence, disputes, version, changed_at) on payments to contracts_app;

create policy payment_entries_read on payment_entries for select to contracts_app using (
    exists (select from contracts.payments p where p.id = payment_entries.payment_id));
create policy payment_entries_add on payment_entries for insert to contracts_app with check (
    owner_organisation_id = any ({ours})
    and organisation_id = (select contracts.ctx_organisation()) and client_id = (select contracts.ctx_client())
    and exists (select from contracts.payments p where p.id = payment_entries.payment_id
        and p.owner_organisation_id = payment_entries.owner_organisation_id
        and p.version = payment_entries.version));
grant select, insert on payment_entries to contracts_app;

create policy management_actions_read on management_actions for select to contracts_app using (
    exists (select from contracts.contracts c where c.id = management_actions.contract_id and (
        c.owner_organisation_id = any ({ours})
        or c.partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
        or c.associate_ids && {ours}
        or (c.partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists (
            select from contracts.ctx_audited_years() audit where audit.partnership_id = c.partnership_id
               and audit.body_id = any (c.owner_organisation_id || c.associate_ids)
               and audit.first_day <= coalesce(c.end_date, 'infinity'::date)
               and audit.last_day >= coalesce(c.start_date, '-infinity'::date)))))
    or (shared and provider_organisation_id = any ({ours})));
create policy management_actions_add on management_actions for insert to contracts_app with check (
    owner_organisation_id = any ({ours})
    and exists (select from contracts.contracts c where c.id = management_actions.contract_id
        and c.owner_organisation_id = management_actions.owner_organisation_id
        and c.partnership_id is not distinct from management_actions.partnership_id
        and management_actions.provider_organisation_id = any (c.provider_ids)));
create policy management_actions_change on management_actions for update to contracts_app
    using (owner_organisation_id = any ({ours})) with check (owner_organisation_id = any ({ours}));
grant select, insert on management_actions to contracts_app;
grant update (steps, shared, state, answered_on, answer, closed_on, outcome, version, changed_at)
    on management_actions to contracts_app;
""".replace("{ours}", _OURS)

# What was paid is what its entries come to, and nothing moves without one.
_GUARDS = """
create function payment_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'the version of a payment counts one on' using errcode = 'restrict_violation';
    end if;
    if old.state in ('paid', 'cancelled') or new.paid_pence < old.paid_pence
        or new.credited_pence < old.credited_pence or (old.state = 'invoiced' and new.state = 'scheduled')
        or (old.state = 'invoiced' and new.amount_pence is distinct from old.amount_pence) then
        raise exception 'payment % does not go back', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger payments_move before update on payments for each row execute function payment_moves();

create function payment_is_proved() returns trigger language plpgsql as $$
begin
    if not exists (select from contracts.payment_entries where payment_id = new.id and version = new.version)
        or new.paid_pence <> (select coalesce(sum(pence), 0) from contracts.payment_entries
                               where payment_id = new.id and entry = 'pay') then
        raise exception 'payment % is not what its entries come to', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'payment_is_proved';
    end if;
    return null;
end $$;
create constraint trigger payments_proved after insert or update on payments deferrable initially deferred
    for each row execute function payment_is_proved();

create function management_action_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'the version of a management action counts one on' using errcode = 'restrict_violation';
    end if;
    if old.state = 'closed' or (old.shared and not new.shared) then
        raise exception 'management action % is closed, or was shared', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger management_actions_move before update on management_actions
    for each row execute function management_action_moves();

create trigger payments_no_delete before delete on payments for each row execute function refuse_change();
create trigger payments_no_truncate before truncate on payments for each statement execute function refuse_change();
create trigger payment_entries_append_only before update or delete on payment_entries
    for each row execute function refuse_change();
create trigger payment_entries_no_truncate before truncate on payment_entries
    for each statement execute function refuse_change();
create trigger management_actions_no_delete before delete on management_actions
    for each row execute function refuse_change();
create trigger management_actions_no_truncate before truncate on management_actions
    for each statement execute function refuse_change();
"""
