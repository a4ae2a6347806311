"""Since when a contract asks its funding partners for what it asks: approvals of before are of a smaller one."""

from shared.migrate import run_sql

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    run_sql(_TABLE)
    run_sql(_GUARDS)


# Without a row a contract asks for what it did when it was registered.
_TABLE = """
create table contract_pricings (
    contract_id uuid primary key references contracts (id),
    priced_at timestamptz not null default clock_timestamp()
);
alter table contract_pricings enable row level security;
alter table contract_pricings force row level security;
create policy contract_pricings_led on contract_pricings for all to contracts_app
    using (exists (select from contracts.contracts c where c.id = contract_pricings.contract_id
        and c.owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])))
    with check (exists (select from contracts.contracts c where c.id = contract_pricings.contract_id
        and c.owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])));
grant select, insert, update (priced_at) on contract_pricings to contracts_app;
create trigger contract_pricings_no_delete before delete on contract_pricings
    for each row execute function refuse_change();
create trigger contract_pricings_no_truncate before truncate on contract_pricings
    for each statement execute function refuse_change();
"""

# Whatever changes it: a worth that rises or is not known any more, a longer term of a yearly worth, other funding. A
# worth that falls leaves the approvals of the greater one.
_GUARDS = """
create function contract_is_priced() returns trigger language plpgsql as $$
begin
    insert into contracts.contract_pricings as kept (contract_id) values (new.id)
        on conflict (contract_id) do update set priced_at = clock_timestamp();
    return null;
end $$;
create trigger contracts_priced after update on contracts for each row when (
        (new.value_pence is distinct from old.value_pence and (new.value_pence <= old.value_pence) is not true)
        or new.value_basis <> old.value_basis
        or (new.value_basis <> 'total' and (
            coalesce(new.end_date, 'infinity') > coalesce(old.end_date, 'infinity')
            or coalesce(new.start_date, '-infinity') < coalesce(old.start_date, '-infinity'))))
    execute function contract_is_priced();
create function contract_is_funded_anew() returns trigger language plpgsql as $$
begin
    insert into contracts.contract_pricings as kept (contract_id)
        select distinct c.id from changed join contracts.contracts c on c.id = changed.contract_id
         where c.recorded_at < now()  -- its first funding is the one that it was registered with
        on conflict (contract_id) do update set priced_at = clock_timestamp();
    return null;
end $$;
create trigger contract_funding_priced after insert on contract_funding referencing new table as changed
    for each statement execute function contract_is_funded_anew();
"""
