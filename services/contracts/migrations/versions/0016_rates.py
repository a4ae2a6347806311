"""Dated unit rates of contracts, and uplifts that are proposed with their effect before they are agreed."""

from shared.migrate import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql(_TABLE)
    run_sql(_WALLS)
    run_sql(_GUARDS)


_TABLE = """
create type rate_state as enum ('proposed', 'agreed', 'refused');
-- Pounds for one unit. An uplift is a rate of its own that names the one it follows.
create table contract_rates (
    id uuid primary key,
    contract_id uuid not null references contracts (id),
    partnership_id uuid,
    owner_organisation_id uuid not null,
    provider_organisation_id uuid not null,
    service text not null,
    service_key text not null,
    unit placement_unit not null,
    unit_rate numeric not null check (unit_rate > 0 and scale(unit_rate) <= 10),
    holds_from date not null,
    holds_until date,
    uplifts_id uuid references contract_rates (id),
    effect jsonb,
    state rate_state not null,
    decided_on date,
    version integer not null check (version > 0),
    recorded_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    constraint contract_rates_ordered check (holds_until >= holds_from),
    constraint contract_rates_uplift check ((uplifts_id is null) = (effect is null))
);
create index contract_rates_contract on contract_rates (contract_id, changed_at, id);
create index contract_rates_partnership on contract_rates (partnership_id, changed_at, id);
create index contract_rates_owner on contract_rates (owner_organisation_id, changed_at, id);
create index contract_rates_provider on contract_rates (provider_organisation_id, changed_at, id);
"""

_OURS = "(select contracts.ctx_organisations())::uuid[]"
_WALLS = """
alter table contract_rates enable row level security;
alter table contract_rates force row level security;
create policy contract_rates_read on contract_rates for select to contracts_app using (
    exists (select from contracts.contracts c where c.id = contract_rates.contract_id and (
        c.owner_organisation_id = any ({ours})
        or c.partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
        or c.associate_ids && {ours}
        or (c.partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists (
            select from contracts.ctx_audited_years() audit where audit.partnership_id = c.partnership_id
               and audit.body_id = any (c.owner_organisation_id || c.associate_ids)
               and audit.first_day <= coalesce(c.end_date, 'infinity'::date)
               and audit.last_day >= coalesce(c.start_date, '-infinity'::date)))
        or (c.disclosed and contract_rates.state = 'agreed'
            and contract_rates.provider_organisation_id = any ({ours})))));
create policy contract_rates_add on contract_rates for insert to contracts_app with check (
    owner_organisation_id = any ({ours})
    and exists (select from contracts.contracts c where c.id = contract_rates.contract_id
        and c.owner_organisation_id = contract_rates.owner_organisation_id
        and c.partnership_id is not distinct from contract_rates.partnership_id
        and contract_rates.provider_organisation_id = any (c.provider_ids)));
create policy contract_rates_change on contract_rates for update to contracts_app
    using (owner_organisation_id = any ({ours})) with check (owner_organisation_id = any ({ours}));
grant select, insert on contract_rates to contracts_app;
grant update (holds_until, state, decided_on, version, changed_at) on contract_rates to contracts_app;
""".replace("{ours}", _OURS)

# No two agreed rates for the same days, whoever writes them at the same moment.
_GUARDS = """
create function contract_rates_are_apart() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (new.version <> old.version + 1 or old.state = 'refused'
            or (old.state = 'agreed' and new.state <> 'agreed')) then
        raise exception 'rate % does not go back', old.id using errcode = 'restrict_violation';
    end if;
    if new.state = 'agreed' then
        perform pg_advisory_xact_lock(hashtextextended(new.contract_id::text, 9));
        if exists (
            select from contracts.contract_rates r
             where r.contract_id = new.contract_id and r.id <> new.id and r.state = 'agreed'
               and r.provider_organisation_id = new.provider_organisation_id
               and r.service_key = new.service_key and r.unit = new.unit
               and daterange(r.holds_from, r.holds_until, '[]') && daterange(new.holds_from, new.holds_until, '[]')
        ) then
            raise exception 'rate % overlaps another', new.id
                using errcode = 'integrity_constraint_violation', constraint = 'contract_rates_apart';
        end if;
    end if;
    return new;
end $$;
create trigger contract_rates_apart before insert or update on contract_rates
    for each row execute function contract_rates_are_apart();
create trigger contract_rates_no_delete before delete on contract_rates
    for each row execute function refuse_change();
create trigger contract_rates_no_truncate before truncate on contract_rates
    for each statement execute function refuse_change();
"""
